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
    "select default": lambda x: np.select([x > 50, x > 7], [x, x + x], 1),
    "choose": lambda x: np.choose(0, [x, 1]),
    "pad mean": lambda x: np.pad(x, 1, "mean"),
    "pad median": lambda x: np.pad(x, ((1, 2), (0, 1)), "median", stat_length=2),
    "pad maximum": lambda x: np.pad(x, 1, "maximum"),
    "pad ramp": lambda x: np.pad(x, 3, "linear_ramp", end_values=2),
    "clip of a number": lambda x: np.clip(1, x[0], x[0]),
    "hypot.reduce": lambda x: np.hypot.reduce(x, axis=1, keepdims=True),
    "hypot.reduce where": lambda x: np.hypot.reduce(x, where=[True, False, True], initial=2),
    "logaddexp.reduce": lambda x: np.logaddexp.reduce(x, axis=(0, 1)),
    "tril": np.tril,
    "triu": np.triu,
    "tril of a vector": lambda x: np.tril(x[0]),
    "reciprocal": np.reciprocal,
    "fabs": np.fabs,
    "piecewise": lambda x: np.piecewise(x, [x > 50, x < 9], [lambda v: v // 2, 3]),
    "piecewise cut": lambda x: np.piecewise(x, [x > 50], [lambda v: v / 2.5, 1.7]),
    "piecewise nowhere": lambda x: np.piecewise(x, [x > 200], [3]),
    "insert": lambda x: np.insert(x, 0, 5),
    "insert cut": lambda x: np.insert(x, [0, 1], [1.5, 2.5]),
    "quantile lower": lambda x: np.quantile(x, 0.3, method="lower"),
    "quantile higher": lambda x: np.quantile(x, [0.3, 0.7], axis=0, method="higher"),
    "quantile between": lambda x: np.quantile(x, 0.3, axis=1),
    "percentile nearest": lambda x: np.percentile(x, 30, method="nearest"),
    "nanquantile lower": lambda x: np.nanquantile(x, 0.3, axis=0, method="inverted_cdf"),
    "sum initial": lambda x: np.sum(x, 0, initial=2),
    "sum initial cut": lambda x: np.sum(x, initial=2.5),
    "sum where": lambda x: np.sum(x, where=x > 7),
    "prod where": lambda x: np.prod(x[:2, :2], where=x[:2, :2] < 90, initial=2),
    "max initial": lambda x: np.max(x, 0, initial=9),
    "max where": lambda x: np.max(x, initial=0, where=x < 90),
    "min where": lambda x: np.min(x, 1, initial=100, where=x > 7),
    "max of none": lambda x: np.max(x[:0], initial=5),
    "ediff1d": lambda x: np.ediff1d(x, to_end=x[1], to_begin=x[0, 0]),
    "vander": lambda x: np.vander(x[0], 3),
    "vander of none": lambda x: np.vander(x[0, :0]),
    "polyder": lambda x: np.polyder(x[0]),
    "polyint": lambda x: np.polyint(x[0]),
    "dot with a number": lambda x: np.dot(x, 2),
    "norm of none": lambda x: np.linalg.norm(x[:0], 1),
    "matrix norm of none": lambda x: np.linalg.norm(x[:0], "nuc"),
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


def test_what_an_integer_array_cannot_hold_is_refused() -> None:
    x = ng.Variable(M.astype(np.int8))
    for call in (
        lambda: np.insert(x, 0, 300),
        lambda: np.max(x, initial=-1000),
        lambda: np.piecewise(x, [x > 1], [np.inf]),
        lambda: np.ediff1d(x, to_end=1.5),
    ):
        with pytest.raises(ng.NbgradError, match="convert the array first"):
            call()


def test_what_is_cut_off_has_no_slope() -> None:
    x, value = ng.Variable(M), ng.Variable(np.array(2.7))
    y = np.insert(x, 0, value) * 3
    y.backward()
    assert (y.data[0], value.grad) == (6, 0.0)
    assert (x.grad == 3.0).all()
    whole = ng.Variable(np.array(2))
    (np.insert(ng.Variable(M.astype(np.int8)), 0, whole) * 3).backward()
    assert whole.grad == 3.0


def test_errors_of_numpys_functions_on_places_are_ours() -> None:
    x, number = ng.Variable(M.astype(float)), ng.Variable(np.array(2.0))
    for call, kind in (
        (lambda: np.partition(x, 7), ValueError),
        (lambda: np.partition(number, 0), IndexError),
        (lambda: np.insert(x, 0, 1.0, axis=5), IndexError),
        (lambda: np.delete(number, 0, axis=0), IndexError),
        (lambda: np.mean(number, axis=0), IndexError),
    ):
        with pytest.raises(kind) as found:
            call()
        assert isinstance(found.value, ng.NbgradError)
    for axis in (0, -1):
        assert np.cumprod(number, axis=axis).data == np.cumprod(number.data, axis=axis)


def test_orders_of_memory() -> None:
    """Of every layout each order reads as NumPy does, and gradients go where they belong."""
    a = np.arange(24.0).reshape(2, 3, 4)
    layouts = (
        a,
        np.asfortranarray(a),
        a[::-1, :, ::-1],
        a.transpose(1, 0, 2),
        a[:, :, 1:2],
        a[0, 0, 0],
    )
    cases = 0
    for x in map(np.asarray, layouts):
        for call in (
            *(lambda v, o=o: np.ravel(v, o) for o in "CFAK"),
            *(lambda v, o=o: np.reshape(v, (1, -1), order=o) for o in "CFA"),
            *(lambda v, o=o: v.flatten(o) for o in "CFAK"),
        ):
            cases += 1
            v = ng.Variable(x)
            y = call(v)
            np.testing.assert_array_equal(y.data, call(x))
            y.backward(call(x))
            np.testing.assert_array_equal(v.grad, x)
    print(f"{cases} cases")
    with pytest.raises(ng.NbgradError, match="'K'"):
        np.ravel(ng.Variable(a), "Q")


def test_infinities_and_signs_of_fractions() -> None:
    a = np.array([np.inf, -np.inf, np.nan, -1.0, -0.0, 2.5])
    x = ng.Variable(a)
    for found, right in zip(np.modf(x), np.modf(a), strict=True):
        np.testing.assert_array_equal(found.data, right)
        np.testing.assert_array_equal(np.signbit(found.data), np.signbit(right))
    with pytest.warns(RuntimeWarning):
        assert np.isnan(np.cov(ng.Variable(np.zeros((2, 0)))).data).all()


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
