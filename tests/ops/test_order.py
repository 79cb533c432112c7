"""Order statistics of nan."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng

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
