"""Reductions with NumPy's where, initial and dtype, of empty arrays, and of equal elements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import differences

RNG = np.random.default_rng(0)
A = RNG.uniform(0.5, 2.0, (3, 4))
MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
KEYWORDS: dict[str, Any] = {
    "sum": ({"where": MASK}, {"initial": 2.0}, {"where": MASK, "initial": 1.5, "axis": 0}),
    "prod": ({"where": MASK}, {"initial": 2.0}, {"where": MASK, "initial": 1.5, "axis": 1}),
    "mean": ({"where": MASK}, {"where": MASK, "axis": 1, "keepdims": True}, {"where": MASK[0]}),
    "var": ({"where": MASK}, {"where": MASK, "axis": 1, "ddof": 1}),
    "std": ({"where": MASK}, {"where": MASK, "axis": 0, "keepdims": True}),
    "max": ({"where": MASK, "initial": 0.1}, {"initial": 1.1, "axis": 1}),
    "min": ({"where": MASK, "initial": 9.0}, {"initial": 1.1, "axis": 1}),
}
CASES = [(name, kwargs) for name, each in KEYWORDS.items() for kwargs in each]


@pytest.mark.parametrize(("name", "kwargs"), CASES)
def test_keywords(name: str, kwargs: dict[str, Any]) -> None:
    """What does not count may be nan: neither value nor gradient is."""
    f = getattr(np, name)
    data = np.where(np.broadcast_to(kwargs.get("where", True), A.shape), A, np.nan)
    for call in (f, getattr(ng, name)):
        x = ng.Variable(data)
        y = call(x, **kwargs)
        np.testing.assert_allclose(y.data, f(data, **kwargs), rtol=1e-13)
        y.sum().backward()
        (expected,) = differences(lambda a: f(a, **kwargs).sum(), [A.copy()])
        np.testing.assert_allclose(x.grad, expected, rtol=1e-6, atol=1e-8)
    y = getattr(ng.Variable(data), name)(**kwargs)
    np.testing.assert_allclose(y.data, f(data, **kwargs), rtol=1e-13)


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "var", "std", "cumsum", "cumprod"])
def test_dtype(name: str) -> None:
    x = ng.Variable(A.astype(np.float32))
    y = getattr(np, name)(x, axis=0, dtype=np.float64)
    assert y.dtype == np.float64
    np.testing.assert_allclose(
        y.data, getattr(np, name)(x.data, axis=0, dtype=np.float64), rtol=1e-12
    )
    y.sum().backward()
    assert x.grad.dtype == np.float32


def test_where_without_initial_is_refused() -> None:
    with pytest.raises(
        ng.ShapeError, match=r"give initial too.*ng.max\(x, where=mask, initial=-inf\)"
    ):
        ng.max(ng.Variable(A), where=MASK)


def slopes(f: Any, *values: Any) -> list[Any]:
    xs = [ng.Variable(np.array(v, float)) for v in values]
    with np.errstate(all="ignore"):
        f(*xs).sum().backward()
    return [x.grad.tolist() for x in xs]


INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("f", "values", "expected"),
    [
        (ng.median, [[2.0, 2.0, 1.0, 3.0]], [[0.5, 0.5, 0, 0]]),
        (lambda x: ng.quantile(x, [0.0, 1.0]), [[2.0, 2.0]], [[1, 1]]),
        (ng.ptp, [[1.0, 1.0, 3.0, 3.0]], [[-0.5, -0.5, 0.5, 0.5]]),
        (ng.vector_norm, [[0.0, 0.0]], [[0, 0]]),
        (ng.nanstd, [[2.0, 2.0, NAN]], [[0, 0, 0]]),
        (ng.nanstd, [[1e200, 2e200, 3e200, NAN]], [[-1 / 6**0.5, 0, 1 / 6**0.5, 0]]),
        (
            ng.logaddexp2,
            [[INF, -INF, INF, 3.0], [1.0, 1.0, INF, 4.0]],
            [[1, 0, 0.5, 1 / 3], [0, 1, 0.5, 2 / 3]],
        ),
        (ng.cumprod, [[0.0, 2.0, 3.0]], [[9, 0, 0]]),
    ],
)
def test_conventions_at_edges(f: Any, values: Any, expected: Any) -> None:
    for g, e in zip(slopes(f, *values), expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-14)


@pytest.mark.parametrize("name", ["max", "min"])
def test_extremes_of_empty_arrays_are_the_initial_value(name: str) -> None:
    f = getattr(np, name)
    for shape in ((0,), (2, 0), (0, 3)):
        x = ng.Variable(np.zeros(shape))
        for axis in (None, 0, -1, ()):
            for options in ({}, {"where": True}, {"where": np.ones(shape, bool)}):
                y = f(x, axis=axis, initial=0.5, **options)
                right = f(x.data, axis=axis, initial=0.5, **options)
                assert y.shape == right.shape
                assert np.array_equal(y.data, right)
                y.sum().backward()
                assert x.grad.shape == shape
