"""E14, steps 15-16: with the heap, the diamond prints 32.0, 1.0, ``1.0 1.0``, 16.0, 64.0."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import diamond


def test_e14_heap_diamond(capsys):
    x = ng.Variable(np.array(2.0))
    a, b, c, y = diamond(x)
    print(y.data)
    y.backward(retain_grad=True, use_heap=True)
    print(y.grad)
    print(c.grad, b.grad)
    print(a.grad)
    print(x.grad)
    assert capsys.readouterr().out == "32.0\n1.0\n1.0 1.0\n16.0\n64.0\n"
