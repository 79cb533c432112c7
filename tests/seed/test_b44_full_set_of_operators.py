"""B44: only + and * were there. The full set is."""

import numpy as np
import pytest

import nbgrad as ng

# At x = 4: the expression, its value, its derivative.
EXPRESSIONS = {
    "x - 1": (lambda x: x - 1, 3.0, 1.0),
    "1 - x": (lambda x: 1 - x, -3.0, -1.0),
    "-x": (lambda x: -x, -4.0, -1.0),
    "+x": (lambda x: +x, 4.0, 1.0),
    "x / 2": (lambda x: x / 2, 2.0, 0.5),
    "2 / x": (lambda x: 2 / x, 0.5, -0.125),
    "x ** 2": (lambda x: x**2, 16.0, 8.0),
    "2 ** x": (lambda x: 2**x, 16.0, 16 * np.log(2)),
    "abs(-x)": (lambda x: abs(-x), 4.0, 1.0),
    "x += 1": (lambda x: x.__add__(1), 5.0, 1.0),
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_b44_full_set_of_operators(text):
    function, value, derivative = EXPRESSIONS[text]
    x = ng.Variable(np.array(4.0))
    y = function(x)
    y.backward()
    assert y.data == value
    assert x.grad == pytest.approx(derivative, rel=1e-15)


def test_b44_matmul():
    x = ng.Variable(np.array([[1.0, 2.0]]))
    y = x @ np.array([[3.0], [4.0]])
    y.backward()
    assert y.data.tolist() == [[11.0]]
    assert x.grad.tolist() == [[3.0, 4.0]]


def test_b44_augmented_assignment_rebinds():
    x = y = ng.Variable(np.array(4.0))
    y += 1
    y *= 2
    y -= 3
    y /= 4
    assert x.data == 4.0
    y.backward()
    assert y.data == 1.75
    assert x.grad == 0.5
