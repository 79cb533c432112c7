"""Norms over any number of axes, and of any size."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng

RNG = np.random.default_rng(0)


def test_norms_over_any_number_of_axes() -> None:
    a = RNG.normal(size=(2, 3, 2, 4))
    for axis in ((0, 1, 2), (3, 0, 1), None, (1,), 2):
        for p in (2, 1, 3):
            x = ng.Variable(a)
            y = ng.vector_norm(x, axis=axis, ord=p, keepdims=True)
            np.testing.assert_allclose(
                y.data, (abs(a) ** p).sum(axis=axis, keepdims=True) ** (1 / p)
            )
            y.sum().backward()
            np.testing.assert_allclose(x.grad, np.sign(a) * (abs(a) / y.data) ** (p - 1))


@pytest.mark.filterwarnings("ignore:Mean of empty", "ignore:Degrees of freedom")
def test_norms_over_no_axis_and_of_empty_matrices() -> None:
    x = ng.Variable(np.array([[3.0, -4.0]]))
    assert np.std(x, axis=(), where=np.array([True, False])).shape == (1, 2)
    for order in (1, 2, np.inf, "nuc"):
        assert ng.norm(ng.Variable(np.zeros((2, 0))), order).data == 0


@pytest.mark.parametrize("p", [0.5, 1.5, 3.0])
def test_the_gradient_of_a_norm_beyond_the_largest_number(p: float) -> None:
    a = np.array([[1.5e308, -1.5e308, 1e308], [1.5, -1.5, 1.0]])
    x = ng.Variable(a)
    y = ng.norm(x, p, axis=1)
    y.sum().backward()
    assert np.isinf(y.data).tolist() == [True, False]
    np.testing.assert_allclose(x.grad[0], x.grad[1], rtol=1e-14)
    np.testing.assert_allclose(x.grad[1], np.sign(a[1]) * (abs(a[1]) / y.data[1]) ** (p - 1))
