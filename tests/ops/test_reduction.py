"""Reductions with NumPy's where, initial and dtype, and those that leave out nan: values and slopes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import differences

RNG = np.random.default_rng(0)
A = RNG.uniform(0.5, 2.0, (3, 4))
MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
HOLES = np.where(MASK, A, np.nan)
ROW = MASK.copy()
ROW[1] = False

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


@pytest.mark.parametrize("name", ["nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanmedian"])
def test_a_row_of_nan_is_nan_and_says_so(name: str) -> None:
    data = np.where(ROW, A, np.nan)
    with pytest.warns(RuntimeWarning):
        y = getattr(ng, name)(ng.Variable(data), axis=1)
    assert np.isnan(y.data).tolist() == [False, True, False]


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


def test_where_without_initial_is_refused() -> None:
    with pytest.raises(
        ng.ShapeError, match=r"give initial too.*ng.max\(x, where=mask, initial=-inf\)"
    ):
        ng.max(ng.Variable(A), where=MASK)


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


def test_weights_and_counts_of_covariances() -> None:
    a = RNG.uniform(0.5, 2.0, (3, 6))
    w = RNG.uniform(0.5, 2.0, 6)
    counts = np.array([1, 2, 1, 3, 1, 2])
    for kwargs in (
        {"aweights": w},
        {"fweights": counts},
        {"aweights": w, "fweights": counts, "ddof": 2},
        {"aweights": w, "bias": True},
    ):
        x = ng.Variable(a)
        y = np.cov(x, **kwargs)
        np.testing.assert_allclose(y.data, np.cov(a, **kwargs), rtol=1e-12)
        y.sum().backward()
        (expected,) = differences(lambda v, k=kwargs: np.cov(v, **k).sum(), [a.copy()])
        np.testing.assert_allclose(x.grad, expected, rtol=1e-5, atol=1e-7)


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


@pytest.mark.filterwarnings("ignore:Mean of empty", "ignore:Degrees of freedom")
def test_norms_over_no_axis_and_of_empty_matrices() -> None:
    x = ng.Variable(np.array([[3.0, -4.0]]))
    assert np.std(x, axis=(), where=np.array([True, False])).shape == (1, 2)
    for order in (1, 2, np.inf, "nuc"):
        assert ng.norm(ng.Variable(np.zeros((2, 0))), order).data == 0
