"""E12, steps 15-16: the diamond at 2 prints 32.0, 1.0, ``1.0 1.0``, 16.0, 64.0."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import diamond


def test_e12_diamond(capsys):
    x = ng.Variable(np.array(2.0))
    a, b, c, y = diamond(x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(c.grad, b.grad)
    print(a.grad)
    print(x.grad)
    assert capsys.readouterr().out == "32.0\n1.0\n1.0 1.0\n16.0\n64.0\n"


def test_e12_generations():
    x = ng.Variable(np.array(2.0))
    a, b, c, y = diamond(x)
    assert [v.generation for v in (x, a, b, c, y)] == [0, 1, 2, 2, 3]
    assert [v.creator.generation for v in (a, b, c, y)] == [0, 1, 1, 2]
