"""Averages with weights, and covariances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import differences, leaf


def test_weights_of_another_shape_are_refused() -> None:
    with pytest.raises(ng.ShapeError, match=r"weights of shape \(3,\)"):
        np.average(leaf(1.0, 2.0), weights=np.ones(3), axis=0)


def test_weights_of_sum_zero_are_refused_as_in_numpy() -> None:
    def f(w: Any) -> Any:
        return ng.average(leaf(1.0, 2.0), weights=w)

    for call in (f, ng.compile(f)):
        for weights in (leaf(1.0, -1.0), leaf(0.0, 0.0)):
            with pytest.raises(ZeroDivisionError, match=r"\(2,\) have the sum 0"):
                call(weights)
    with pytest.raises(ng.ZeroWeightsError):
        np.average(leaf(1.0, 2.0), weights=[1, -1])


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_an_average_is_right_for_weights_of_any_size(size: float) -> None:
    a, w = size * np.array([1.0, 3.0]), size * np.array([1.0, 2.0])
    x, v = ng.Variable(a), ng.Variable(w)
    y = np.average(x, weights=v)
    y.backward()
    np.testing.assert_allclose(y.data, size * 7 / 3, rtol=1e-14)
    np.testing.assert_allclose(x.grad, [1 / 3, 2 / 3], rtol=1e-14)
    np.testing.assert_allclose(v.grad, [-4 / 9, 2 / 9], rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_smallest_weights_have_infinite_gradients(dtype: Any) -> None:
    x = ng.Variable(np.array([1.0, 2.0, 6.0], dtype))
    w = ng.Variable(np.full(3, np.finfo(dtype).smallest_subnormal))
    with np.errstate(over="ignore"):
        y = np.average(x, weights=w)
        y.backward()
    np.testing.assert_allclose(y.data, 3.0, rtol=1e-3)
    np.testing.assert_allclose(x.grad, 1 / 3, rtol=1e-3)
    assert w.grad.tolist() == [-np.inf, -np.inf, np.inf]


@pytest.mark.parametrize("weight", [1.0, 1e-320, 1e300, 1e308])
def test_the_average_of_equal_decimals_does_not_depend_on_the_weights(weight: float) -> None:
    """Their sum over that of the weights may be rounded, but the distances from it are 0."""
    for value in (0.1, 7.3, 1e-300):
        for kwargs in ({}, {"axis": 1}):
            a, w = ng.Variable(np.full((2, 3), value)), ng.Variable(np.full((2, 3), weight))
            with np.errstate(over="ignore"):
                y = ng.average(a, weights=w, **kwargs)
                np.testing.assert_allclose(y.data, value, rtol=1e-15)
                y.backward()
            np.testing.assert_array_equal(w.grad, 0.0)
            np.testing.assert_allclose(a.grad, 1 / 6 if not kwargs else 1 / 3, rtol=1e-15)
    infinite = ng.Variable(np.array([[np.inf, np.inf], [0.1, 0.1]]))
    assert ng.average(infinite, 1, weights=np.array([1.0, 2.0])).data.tolist() == [np.inf, 0.1]


@pytest.mark.parametrize("kwargs", [{}, {"aweights": np.array([0.3, 0.4, 0.7])}])
def test_the_covariance_of_equal_decimals_is_zero(kwargs: Any) -> None:
    x = ng.Variable(np.array([[0.1, 0.1, 0.1], [1.0, 2.0, 4.0]]))
    y = ng.cov(x, **kwargs)
    np.testing.assert_array_equal(y.data[0], 0.0)
    y[0, 0].backward()
    np.testing.assert_array_equal(x.grad, 0.0)


def test_no_average_is_refused_where_numpy_does() -> None:
    with pytest.raises(ZeroDivisionError, match=r"\(3, 0\) has no average"):
        np.average(ng.Variable(np.zeros((3, 0))), axis=0)
    with pytest.warns(RuntimeWarning, match="empty"):
        y = np.average(ng.Variable(np.zeros((3, 0))), axis=1)
    assert np.isnan(y.data).all()


def test_weights_and_rows_that_are_no_arrays_are_refused() -> None:
    for call in (
        lambda: np.average(leaf(1.0, 2.0), weights="ab"),
        lambda: np.average(leaf(1.0, 2.0), weights={1.0}),
        lambda: ng.clip(leaf(1.0, 2.0), [[1.0], [1.0, 2.0]], 3),
        lambda: leaf(1.0, 2.0) < [[1.0], [1.0, 2.0]],
        lambda: leaf(1.0, 2.0) < np.array(["a", "b"]),
    ):
        with pytest.raises((ng.OperandError, ng.DataTypeError)):
            call()


RNG = np.random.default_rng(0)


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


BAD_WEIGHTS = {
    "of another length": ({"fweights": [1, 2]}, ng.ShapeError, r"not array \(2,\) int64"),
    "negative": ({"aweights": [1.0, -2.0, 1.0]}, ng.ShapeError, "none of them negative"),
    "of two axes": ({"aweights": np.ones((2, 3))}, ng.ShapeError, r"array \(2, 3\)"),
    "no counts": ({"fweights": [1.5, 1.0, 1.0]}, ng.OperandError, "whole numbers"),
}


@pytest.mark.parametrize("how", BAD_WEIGHTS)
def test_weights_of_observations_that_numpy_refuses_are_refused(how: str) -> None:
    weights, kind, words = BAD_WEIGHTS[how]
    with pytest.raises(kind, match=words):
        ng.cov(np.ones((2, 3)), **weights)


def test_weights_may_be_a_list_with_variables() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3))
    w = np.array(2.5)
    for f in (
        lambda w: ng.average(x, axis=1, weights=[1, w, 0.5]),
        lambda w: ng.cov(x, aweights=[1, w, 0.5]),
    ):
        np.testing.assert_allclose(f(ng.Variable(w)).data, f(w).data)
        assert ng.gradcheck(f, w)


@pytest.mark.filterwarnings("ignore")
def test_a_covariance_without_degrees_of_freedom_is_infinite_as_in_numpy() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3))
    for ddof in (3, 4):
        assert ng.cov(x, ddof=ddof).data.tolist() == np.cov(x, ddof=ddof).tolist()
