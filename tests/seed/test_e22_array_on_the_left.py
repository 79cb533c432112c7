"""E22, step 19: np.array(3.0) * Variable(2.0) prints 6.0; with one-element arrays [6.]."""

import numpy as np

import nbgrad as ng


def test_e22_array_on_the_left(capsys):
    x0 = np.array(3.0)
    x1 = ng.Variable(np.array(2.0))
    y = x0 * x1
    print(y.data)
    x0 = np.array([3.0])
    x1 = ng.Variable(np.array([2.0]))
    z = x0 * x1
    print(z.data)
    assert capsys.readouterr().out == "6.0\n[6.]\n"
    assert type(y) is ng.Variable
    assert type(z) is ng.Variable
    z.backward()
    assert x1.grad == [3.0]


def test_e22_repr_checks():
    assert repr(ng.Variable(np.array([[1, 2], [3, 4]]))) == (
        "variable([[1 2]\n" + " " * 10 + "[3 4]])"
    )
    assert repr(ng.Variable(np.array([1, 2, 3]))) == "variable([1 2 3])"
    assert repr(ng.Variable(None)) == "variable(None)"
