"""E15, steps 15-16: E13 then E14 in one cell, the name x reused: the same eight lines."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add, diamond


def test_e15_both_with_heap(capsys):
    x = ng.Variable(np.array(2.0))
    y = add(x, x)
    print(y.data)
    y.backward(retain_grad=True, use_heap=True)
    print(y.grad)
    print(x.grad)
    x = ng.Variable(np.array(2.0))
    a, b, c, y = diamond(x)
    print(y.data)
    y.backward(retain_grad=True, use_heap=True)
    print(y.grad)
    print(c.grad, b.grad)
    print(a.grad)
    print(x.grad)
    assert capsys.readouterr().out == "4.0\n1.0\n2.0\n32.0\n1.0\n1.0 1.0\n16.0\n64.0\n"
