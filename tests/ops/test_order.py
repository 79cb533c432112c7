"""Order statistics of nan."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops.order import BETWEEN

RNG = np.random.default_rng(0)
A = RNG.uniform(0.5, 2.0, (3, 4))
MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
HOLES = np.where(MASK, A, np.nan)


@pytest.mark.parametrize("name", ["median", "quantile", "percentile"])
def test_order_statistics_of_nan_are_nan_in_value_and_gradient(name: str) -> None:
    more = () if name == "median" else (0.5,)
    x = ng.Variable(HOLES[:2].copy())
    x.data[0] = A[0]
    y = getattr(ng, name)(x, *more, axis=1)
    assert np.isnan(y.data).tolist() == [False, True]
    y.sum().backward()
    assert np.isnan(x.grad).all(axis=1).tolist() == [False, True]
    assert np.isfinite(x.grad[0]).all()


@pytest.mark.parametrize("axis", [None, 1, (0, 2), ()])
def test_several_dimensions_of_q_come_first_also_without_nan(axis):
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    q = [[0.2, 0.8], [0.0, 1.0]]
    y = ng.nanquantile(x, q, axis=axis)
    np.testing.assert_allclose(y.data, np.quantile(x, q, axis=axis))
    assert ng.gradcheck(lambda x: ng.nanquantile(x, q, axis=axis), x)


@pytest.mark.parametrize("method", [*BETWEEN, "lower", "midpoint"])
@pytest.mark.parametrize("q", [np.array(0.37), np.array([[0.15, 0.62]])])
def test_q_has_a_gradient(q, method):
    for f, x in ((ng.quantile, A[:2, :3]), (ng.nanquantile, HOLES[:2])):

        def of_both(x, q, f=f):
            y = f(x, q, axis=1, method=method)
            return (y * y).sum()

        with ng.no_grad():
            assert f(x, ng.Variable(q), 1, method).data.tolist() == f(x, q, 1, method).data.tolist()
        assert ng.gradcheck(partial(of_both, x), q)
        if f is ng.quantile:
            assert ng.gradcheck(lambda *xs: ng.grad(of_both, 0)(*xs).sum(), x, q)
            assert ng.gradcheck(lambda *xs: ng.grad(of_both, 1)(*xs).sum(), x, q)


@pytest.mark.filterwarnings("ignore")
def test_q_of_no_elements_has_the_gradient_0():
    for f in (ng.quantile, ng.nanquantile):
        x, q = ng.Variable(np.zeros((0, 3))), ng.Variable(np.array([0.5, 1.0]))
        f(x, q, axis=1).sum().backward()
        assert q.grad.tolist() == [0.0, 0.0]


def test_the_slope_at_an_element_is_that_on_its_right_and_at_the_last_one_on_its_left():
    x = np.array([1.0, 2.0, 4.0])
    slopes = [ng.grad(partial(ng.percentile, x))(np.array(q)) for q in (0.0, 50.0, 100.0)]
    np.testing.assert_allclose(slopes, [0.02, 0.04, 0.04])
    assert ng.grad(partial(ng.quantile, np.array([4, 1, 2], np.uint8)))(np.array(0.3)) == 2.0
    outside = ng.grad(lambda q: ng.quantile(x, q, method="weibull"))
    assert outside(np.array(0.01)) == 0.0
