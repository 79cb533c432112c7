"""Reductions that leave nan out."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import differences

RNG = np.random.default_rng(0)
A = RNG.uniform(0.5, 2.0, (3, 4))
MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
HOLES = np.where(MASK, A, np.nan)
ROW = MASK & np.array([[True], [False], [True]])
NAN_REDUCTIONS = [
    f"nan{name}" for name in ("sum", "prod", "mean", "var", "std", "max", "min", "median")
]


@pytest.mark.parametrize("name", [*NAN_REDUCTIONS, "nancumsum", "nancumprod"])
def test_nan_gets_no_gradient(name: str) -> None:
    f = getattr(np, name)
    for axis in (None, 0, 1):
        x = ng.Variable(HOLES)
        y = f(x, axis=axis)
        np.testing.assert_allclose(y.data, f(HOLES, axis=axis), rtol=1e-13)
        y.sum().backward()
        assert (x.grad[~MASK] == 0).all()
        (expected,) = differences(
            lambda a, axis=axis: f(np.where(MASK, a, np.nan), axis=axis).sum(), [A.copy()]
        )
        np.testing.assert_allclose(x.grad[MASK], expected[MASK], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["nansum", "nanprod", "nanmean", "nanvar", "nanstd"])
@pytest.mark.parametrize("axis", [0, -1])
def test_a_number_counts_along_axis_0(name: str, axis: int) -> None:
    f, x = getattr(np, name), ng.Variable(np.array(2.0))
    y = f(x, axis=axis)
    assert y.data == f(np.array(2.0), axis=axis)
    y.backward()
    assert np.isfinite(x.grad)


@pytest.mark.parametrize("name", ["nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanmedian"])
def test_a_row_of_nan_is_nan_and_says_so(name: str) -> None:
    data = np.where(ROW, A, np.nan)
    with pytest.warns(RuntimeWarning):
        y = getattr(ng, name)(ng.Variable(data), axis=1)
    assert np.isnan(y.data).tolist() == [False, True, False]


INF, NAN = np.inf, np.nan


def test_float16_counts_beyond_its_largest_number() -> None:
    data = np.linspace(0, 1, 70000)
    data[::7] = NAN
    x = ng.Variable(data.astype(np.float16))
    for f, reference in ((ng.nanmean, np.nanmean), (ng.nanvar, np.nanvar), (ng.nanstd, np.nanstd)):
        y = f(x)
        assert y.dtype == np.float16
        np.testing.assert_allclose(y.data, reference(data), rtol=2e-3)
        y.backward()
        assert np.isfinite(x.grad).all()
    for f in (ng.average, ng.median, lambda x: ng.mean(x, where=np.arange(70000) > 9)):
        np.testing.assert_allclose(f(ng.Variable(np.full(70000, 0.5, np.float16))).data, 0.5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_number_is_its_mean_and_has_no_spread(dtype):
    x = np.full((12, 3), np.nan, dtype)
    x[4] = 0.1, 1.3, 0.7
    assert ng.nanmean(x, axis=0).data.tolist() == x[4].tolist()
    assert ng.nanvar(x, axis=0).data.tolist() == [0.0, 0.0, 0.0]
    assert ng.std(x, axis=0, where=~np.isnan(x)).data.tolist() == [0.0, 0.0, 0.0]
