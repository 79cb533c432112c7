"""Integers compute as in NumPy: their own dtype where NumPy keeps it, else without overflow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbgrad as ng

M = np.array([[3, 100, 7], [50, 120, 9], [1, 8, 90]])
CALLS: dict[str, Callable[[Any], Any]] = {
    "nansum": np.nansum,
    "nanprod": lambda x: np.nanprod(x, axis=1),
    "nancumsum": lambda x: np.nancumsum(x, axis=0),
    "nancumprod": lambda x: np.nancumprod(x, axis=1),
    "nanmean": np.nanmean,
    "nanmax": np.nanmax,
    "average": lambda x: np.average(x, axis=1, weights=[1, 2, 3]),
    "average of integer weights": lambda x: np.average(x, axis=1, weights=np.array([100, 20, 3], x.dtype)),
    "sum of the weights": lambda x: np.average(x, axis=0, weights=np.array([1, 2, 3]), returned=True)[1],
    "cov": np.cov,
    "cov weighted": lambda x: np.cov(x, fweights=[1, 2, 3]),
    "matrix norm": lambda x: np.linalg.norm(x, 1),
    "matrix norm inf": lambda x: np.linalg.norm(x, np.inf),
    "cond": lambda x: np.linalg.cond(x, 1),
    "gradient": lambda x: np.gradient(x, axis=0),
    "gradient at points": lambda x: np.gradient(x, np.array([0.0, 1.0, 3.0]), axis=1),
    "modf": lambda x: np.modf(x)[0],
    "whole part": lambda x: np.modf(x)[1],
    "select": lambda x: np.select([x > 50], [x]),
    "tril": np.tril,
    "triu": np.triu,
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64])
def test_value_and_dtype_are_numpys(dtype: Any) -> None:
    wrong = []
    for name, f in CALLS.items():
        x = M.astype(dtype)
        found, right = f(ng.Variable(x)), f(x)
        if found.dtype != right.dtype or not np.allclose(found.data, right, 1e-3):
            wrong.append(f"{name}: {found.data!r} for {right!r}")
    print(f"{len(CALLS)} cases")
    assert not wrong, "\n".join(wrong)


def test_float16_and_float32_stay() -> None:
    for dtype in (np.float16, np.float32, np.longdouble):
        x = ng.Variable(M.astype(dtype))
        assert np.gradient(x, np.array([0.0, 1.0, 3.0]), axis=0).dtype == dtype
        assert np.cov(x).dtype == dtype
        assert np.interp(x, [0.0, 50.0, 120.0], [0.0, 1.0, 2.0]).shape == (3, 3)
    v = ng.Variable(np.array([0.001, 0.002, 500.0, 300.0], np.float16))
    assert abs(float(np.cov(v)) - 59999.6) < 40
    wide = ng.Variable(np.array(1e300, np.longdouble))
    assert np.float_power(wide, 2.0).data == np.longdouble(1e300) ** 2


@pytest.mark.parametrize("p", [1, -1, np.inf, "fro"])
def test_the_condition_of_a_singular_matrix_is_infinite(p: Any) -> None:
    x = np.stack([np.ones((2, 2)), np.eye(2) * [1.0, 4.0]])
    np.testing.assert_allclose(np.linalg.cond(ng.Variable(x), p).data, np.linalg.cond(x, p))
    assert np.linalg.cond(ng.Variable(np.ones((2, 2), int)), p).data == np.inf
