"""E13, steps 15-16: with the heap, y = x + x at 2 prints 4.0, 1.0, 2.0."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add


def test_e13_heap_sum(capsys):
    x = ng.Variable(np.array(2.0))
    y = add(x, x)
    print(y.data)
    y.backward(retain_grad=True, use_heap=True)
    print(y.grad)
    print(x.grad)
    assert capsys.readouterr().out == "4.0\n1.0\n2.0\n"
