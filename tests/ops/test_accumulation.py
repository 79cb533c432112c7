"""Running products and extremes."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng


@pytest.mark.parametrize(
    "values",
    [
        [2.0, 0.0, 3.0, 0.5],
        [0.0, 0.0, 2.0, 3.0],
        [1e-200, 1e-150, 3.0, 2.0],
        [1e-200, 1e-100, 1e200, 3.0],
        [1e200, 1e100, 1e-300, 2.0],
        [2.0, 3.0, 4.0, 5.0],
    ],
)
def test_running_products_with_zeros_and_of_far_magnitudes(values: list[float]) -> None:
    """Each derivative is a sum of products of the other elements up to some place."""
    from fractions import Fraction  # exact, without a limit of magnitude

    exact = [Fraction(v) for v in values]
    expected = []
    for i in range(4):
        total = Fraction(0)
        for k in range(i, 4):
            term = Fraction(1)
            for j in range(k + 1):
                term *= exact[j] if j != i else 1
            total += term
        expected.append(float(total) if total < Fraction(1e308) else np.inf)
    x = ng.Variable(np.array(values))
    with np.errstate(over="ignore"):
        ng.cumprod(x).sum().backward()
    np.testing.assert_allclose(x.grad, expected, rtol=1e-14)


def test_ties_and_nan_of_running_extremes() -> None:
    x = ng.Variable(np.array([1.0, 3.0, 3.0, 2.0, np.nan, 5.0]))
    y = np.maximum.accumulate(x)
    np.testing.assert_array_equal(y.data, np.maximum.accumulate(x.data))
    y.sum().backward()
    assert x.grad.tolist() == [1, 3, 0, 0, 2, 0]


@pytest.mark.parametrize("size", [1e-5, -2e-20, 1e-160, 3.0])
def test_the_second_derivative_of_running_products_keeps_its_digits(size: float) -> None:
    a = size * np.array([1.0, 2.0, 1.0])
    h = ng.hessian(lambda x: ng.cumprod(x).sum())(a)
    first, second, third = a
    expected = [[0, 1 + third, second], [1 + third, 0, first], [second, first, 0]]
    np.testing.assert_allclose(h, expected, rtol=1e-14)


@pytest.mark.parametrize("name", ["cumulative_sum", "cumulative_prod"])
def test_of_several_axes_one_is_asked_for(name):
    function = getattr(ng, name)
    assert function(np.ones(2)).shape == (2,)
    with pytest.raises(ng.ShapeError, match=rf"{name}: along which axis of shape \(2, 3\)"):
        function(np.ones((2, 3)))
