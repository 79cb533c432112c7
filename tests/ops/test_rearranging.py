"""Picking, putting and filling: what is refused, and what arrays hold that lists of Variables make."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import differences


def leaf(*values: float, name: str = "x") -> ng.Variable:
    return ng.Variable(np.array(values), name)


def test_an_array_of_nested_lists_of_variables() -> None:
    a, b = (ng.Variable(np.array(v), n) for v, n in ((2.0, "a"), (3.0, "b")))
    y = ng.array([[a, a * b], [1.0, b]])
    assert y.data.tolist() == [[2, 6], [1, 3]]
    (y * np.array([[1.0, 10.0], [100.0, 1000.0]])).sum().backward()
    assert (a.grad.item(), b.grad.item()) == (31, 1020)
    small = ng.Variable(np.array(2.0, np.float32))
    assert ng.array([small, 1.0]).dtype == np.float32
    assert ng.array([small, 1.0], dtype=np.float64).dtype == np.float64
    assert ng.array([[1, 2], [3, 4]]).shape == (2, 2)
    assert ng.array([leaf(1.0, 2.0), np.ones(2), [3.0, 4.0]]).shape == (3, 2)


def test_an_array_filled_with_a_variable_remembers_it() -> None:
    x = ng.Variable(np.array(3.0), "x")
    y = np.full_like(ng.Variable(np.zeros((2, 2), np.float32)), x)
    assert y.dtype == np.float32
    y.sum().backward()
    assert x.grad == 4
    assert x.grad.dtype == np.float64
    assert type(np.full_like(x, 2.0)) is np.ndarray


def test_the_error_of_np_array_names_ng_array() -> None:
    x = ng.Variable(np.array(2.0), "x")
    for call in (lambda: np.array([x, x]), lambda: np.array([[x, 1.0]]), lambda: np.asarray([x])):
        with pytest.raises(ng.UnsupportedFunctionError, match=r"ng\.array\(\[\.\.\.\]\)"):
            call()


IN_PLACE: list[tuple[Any, str]] = [
    (lambda x: np.fill_diagonal(x, 0.0), "ng.fill_diagonal"),
    (lambda x: np.put_along_axis(x, np.array([0]), 1.0, 0), "ng.put_along_axis"),
    (lambda x: np.full((2, 2), x, dtype=float), "ng.full"),
    (lambda x: np.copyto(np.zeros(2), x), "ng.where"),
    (lambda x: np.place(x, x > 1, [0.0]), "ng.where"),
    (lambda x: np.putmask(x, x > 1, 0.0), "ng.where"),
]


@pytest.mark.parametrize(("call", "instead"), IN_PLACE)
def test_what_writes_into_an_array_is_refused(call: Any, instead: str) -> None:
    with pytest.raises(ng.InPlaceError, match="which a graph cannot remember") as caught:
        call(leaf(1.0, 2.0))
    assert instead in str(caught.value)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda x: ng.take(x, 5), ng.OperationIndexError, "index 5"),
        (lambda x: ng.take(x, 0, mode="no"), ng.OperandError, "'wrap' or 'clip', not 'no'"),
        (lambda x: np.delete(x, 7), ng.OperationIndexError, "delete: index 7"),
        (lambda x: np.insert(x, 9, 1.0), ng.OperationIndexError, "insert: index 9"),
        (lambda x: np.choose([0, 5], [x, x]), ng.OperationIndexError, "0 to 5 for 2 choices"),
        (lambda x: ng.array([x, [1.0]]), ng.ShapeError, "items of one shape"),
        (lambda x: ng.block([[x], x]), ng.ShapeError, "equally deep"),
        (lambda x: np.vsplit(x, 2), ng.ShapeError, "vsplit needs an array of 2 dimensions"),
        (
            lambda x: np.broadcast_arrays(x, np.ones(3)),
            ng.ShapeError,
            "(2,), (3,) do not broadcast",
        ),
        (lambda x: ng.fill_diagonal(x, 1.0), ng.ShapeError, "fill_diagonal"),
        (lambda x: np.take_along_axis(x, np.array([[0]]), 0), ng.ShapeError, "dimensions as x"),
        (lambda x: np.interp(x, [1.0], [1.0]), ng.ShapeError, "two or more"),
        (lambda x: np.convolve(x, x, "no"), ng.ShapeError, "'valid', not 'no'"),
        (lambda x: np.convolve(x, np.ones((2, 2))), ng.ShapeError, "one dimension"),
        (lambda x: np.gradient(x, edge_order=3), ng.OperandError, "1 or 2, not 3"),
        (lambda x: np.gradient(x, edge_order=2), ng.ShapeError, "needs 3 samples"),
        (
            lambda x: np.average(x, weights=np.ones(3), axis=0),
            ng.ShapeError,
            "weights of shape (3,)",
        ),
        (lambda x: np.take(x, 0, axis=3), ng.AxisError, "axis 3"),
    ],
)
def test_what_does_not_fit_is_said(call: Any, error: Any, said: str) -> None:
    with pytest.raises(error) as caught:
        call(leaf(1.0, 2.0))
    assert said in str(caught.value)


def test_of_two_values_for_one_place_the_last_counts_and_gets_the_gradient() -> None:
    x, values = leaf(1.0, 2.0, 3.0), leaf(5.0, 6.0, name="values")
    y = ng.put_along_axis(x, np.array([1, 1]), values)
    assert y.data.tolist() == [1, 6, 3]
    y.sum().backward()
    assert x.grad.tolist() == [1, 0, 1]
    assert values.grad.tolist() == [0, 1]
    assert x.data.tolist() == [1, 2, 3]


def test_interpolation_at_and_beyond_the_points() -> None:
    points, heights = np.array([0.0, 1.0, 3.0]), leaf(1.0, 3.0, 2.0, name="heights")
    x = leaf(-1.0, 0.0, 1.0, 3.0, 4.0)
    y = np.interp(x, points, heights)
    assert y.data.tolist() == [1, 1, 3, 2, 2]
    y.sum().backward()
    assert x.grad.tolist() == [0, 2, -0.5, -0.5, 0]
    assert heights.grad.tolist() == [2, 1, 2]


def test_the_points_of_an_interpolation_have_gradients_too() -> None:
    points, x = np.array([0.0, 1.0, 3.0]), np.array([-1.0, 0.3, 1.5, 2.9, 4.0])
    heights, weights = np.array([1.0, 3.0, 2.0]), np.array([1.0, -2.0, 3.0, 0.5, 2.0])
    given = [x, points, heights]
    for k in (0, 1, 2):

        def f(v: Any, k: int = k) -> Any:
            return (np.interp(*given[:k], v, *given[k + 1 :]) * weights).sum()

        (expected,) = differences(f, [given[k]])
        np.testing.assert_allclose(ng.grad(f)(given[k]), expected, rtol=1e-7, atol=1e-9)
        tangent = np.cos(np.arange(given[k].size))
        along = differences(lambda v, f=f, t=tangent: (ng.grad(f)(v) * t).sum(), [given[k]])[0]
        np.testing.assert_allclose(ng.hvp(f)(given[k], tangent), along, rtol=1e-6, atol=1e-8)


def test_all_modes_of_convolution_and_correlation() -> None:
    rng = np.random.default_rng(0)
    for n, k in ((1, 1), (5, 2), (2, 5), (6, 3), (4, 4), (3, 6)):
        a, v = rng.normal(size=n), rng.normal(size=k)
        for mode in ("full", "same", "valid"):
            for f in (np.convolve, np.correlate):
                np.testing.assert_array_equal(f(ng.Variable(a), v, mode).data, f(a, v, mode))


def test_spaced_numbers_end_where_they_are_told_to() -> None:
    first, last = (ng.Variable(np.array(v)) for v in (0.1, 0.7))
    for f in (np.linspace, np.geomspace):
        y = f(first, last, 7)
        np.testing.assert_array_equal(y.data, f(0.1, 0.7, 7))
        assert y.data[-1] == 0.7
    y, step = np.linspace(first, last, 4, retstep=True)
    step.backward()
    np.testing.assert_allclose(step.data, 0.2)
    np.testing.assert_allclose(last.grad, 1 / 3)
