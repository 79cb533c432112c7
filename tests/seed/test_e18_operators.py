"""E18, step 19: (a * b) + c at 3, 2, 1 prints variable(7.0), None, 1.0, 3.0, 2.0."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import add, mul

LINES = "variable(7.0)\nNone\n1.0\n3.0\n2.0\n"


def three():
    return (ng.Variable(np.array(v)) for v in (3.0, 2.0, 1.0))


def show(y, a, b, c):
    print(y)
    y.backward()
    print(y.grad)
    print(c.grad)
    print(b.grad)
    print(a.grad)


def test_e18_operators(capsys):
    a, b, c = three()
    show((a * b) + c, a, b, c)
    assert capsys.readouterr().out == LINES


def test_e18_the_seeds_own_functions(capsys):
    a, b, c = three()
    show(add(mul(a, b), c), a, b, c)
    assert capsys.readouterr().out == LINES
