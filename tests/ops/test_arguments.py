"""Arguments as NumPy takes them: lists of axes, NumPy's integers, bounds that are arrays, shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng


def x() -> ng.Variable:
    return ng.Variable(np.arange(6.0).reshape(2, 3), "x")


def the_gradient(y: ng.Variable, of: ng.Variable) -> Any:
    ng.sum(y).backward()
    return of.grad.tolist()


@pytest.mark.parametrize(
    ("axis", "total", "label"),
    [
        ([0, 1], 15.0, "sum(axis=(0, 1))"),
        (np.int64(1), [3.0, 12.0], "sum(axis=1)"),
        (-1, [3.0, 12.0], "sum(axis=-1)"),
    ],
)
def test_axes(axis: Any, total: Any, label: str) -> None:
    y = ng.sum(x(), axis=axis)
    assert y.data.tolist() == total
    assert y.creator.label == label


def test_keepdims_may_be_a_number() -> None:
    assert ng.sum(np.ones((2, 3)), axis=1, keepdims=1).shape == (2, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("low", "high", "slopes"),
    [
        (None, np.array([0.5, 2.0, 2.5]), [[1, 1, 1], [0, 0, 0]]),
        (np.array([0.5, 0.5, 3.0]), None, [[0, 1, 0], [1, 1, 1]]),
        (np.array([0.5, 0.5, 3.0]), 4.5, [[0, 1, 0], [1, 1, 0]]),
    ],
)
def test_bounds_that_are_arrays(low: Any, high: Any, slopes: list[list[int]]) -> None:
    v = x()
    y = ng.clip(v, low, high)
    assert (y.data == np.clip(v.data, low, high)).all()
    assert the_gradient(y, v) == slopes


@pytest.mark.parametrize("parts", [2, [1], [1, 1, 2]])
def test_parts_by_number_and_by_places(parts: Any) -> None:
    v = x()
    ys = np.array_split(v, parts, axis=1)
    assert [y.data.tolist() for y in ys] == [
        a.tolist() for a in np.array_split(v.data, parts, axis=1)
    ]
    assert the_gradient(ys[0] * 2.0, v) == [[2 * (j < ys[0].shape[1]) for j in range(3)]] * 2


def test_products_with_a_number() -> None:
    v = x()
    assert the_gradient(np.inner(v, 2.0), v) == [[2.0] * 3] * 2


@pytest.mark.parametrize(("shape", "out"), [(3, (3,)), (np.int64(3), (3,)), ([2, 3], (2, 3))])
def test_shapes(shape: Any, out: tuple[int, ...]) -> None:
    v = ng.Variable(np.array(1.0))
    y = ng.broadcast_to(v, shape)
    assert y.shape == out
    assert the_gradient(y, v) == y.size


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ng.broadcast_to(x(), None), "broadcast_to(shape=None)"),
        (lambda: x()[ng.Variable(np.array([0.0, 1.0]), "at")], "use its integer array, at.data"),
        (lambda: ng.stack(ng.Variable(np.array(1.0))), "not one of shape ()"),
        (lambda: ng.stack(3), "a sequence of arrays, not int"),
        (
            lambda: ng.binary_cross_entropy(ng.Variable(np.array([0.5, 0.5])), np.ones((3, 2))),
            "targets (3, 2) do not broadcast to predictions (2,)",
        ),
    ],
)
def test_what_is_none_of_these_is_refused(call: Any, said: str) -> None:
    with pytest.raises(ng.NbgradError) as caught:
        call()
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("y", "label"),
    [
        (lambda: x()[np.array([0, 1])], "getitem[array(2,)]"),
        (lambda: np.pad(x(), np.array([[1, 1], [0, 0]])), "pad(pad_width=array(2, 2))"),
    ],
)
def test_an_array_is_shown_by_its_shape(y: Any, label: str) -> None:
    assert y().creator.label == label


def test_class_numbers_have_no_gradient_and_probabilities_have() -> None:
    labels = ng.Variable(np.array([0, 2]), "labels")
    ng.softmax_cross_entropy(x(), labels).backward()
    assert labels.grad is None
    shares = ng.Variable(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), "shares")
    ng.softmax_cross_entropy(x(), shares).backward()
    expected = -(x().data - np.log(np.exp(x().data).sum(1, keepdims=True))) / 2
    assert np.allclose(shares.grad, expected)


def test_an_array_may_be_a_shape() -> None:
    assert x().reshape(np.array([3, 2])).shape == (3, 2)


@pytest.mark.parametrize("name", ["median", "nanmedian", "quantile"])
def test_true_is_axis_1(name: str) -> None:
    more = (0.5,) if name == "quantile" else ()
    slopes = the_gradient(getattr(ng, name)(v := x(), *more, axis=True), v)
    assert slopes == [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]


def test_arguments_are_named_in_errors() -> None:
    with pytest.raises(ng.OperandError, match=r"cumsum\(x \(2, 3\) float64, 0, float32\): "):
        ng.cumsum(x(), 0, np.float32)  # type: ignore[call-arg]
    with pytest.raises(ng.UnsupportedFunctionError, match="Give the array first, without a name"):
        ng.sum(a=x())  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ng.max(np.zeros((0, 2))), "of no elements there is none. Give initial="),
        (lambda: ng.sum(x(), axis=(0, -2)), "Each axis is named once"),
        (lambda: ng.median(x(), axis=(1, 1)), "Each axis is named once"),
    ],
)
def test_what_has_no_result_is_told_with_a_way(call: Any, words: str) -> None:
    with pytest.raises(ng.ShapeError, match=words):
        call()


@pytest.mark.parametrize("name", ["mean", "var", "std", "nanmean", "nanstd"])
def test_averages_are_floating(name: str) -> None:
    with pytest.raises(ng.OperandError, match="dtype is a floating one, not int64"):
        getattr(np, name)(x(), dtype=np.int64)


@pytest.mark.parametrize("second", [None, np.float32])
def test_what_has_another_place_than_in_numpys_method_is_told(second: Any) -> None:
    for call, words in (
        (lambda: x().var(0, second), "ddof is a number"),
        (lambda: x().sum(0, second), "keepdims is True or False"),
    ):
        with pytest.raises(ng.OperandError, match=f"{words}, not .*: dtype and out go by name"):
            call()


PADS = {
    "axes of a dictionary": ({0: 1, -1: (0, 2)}, "edge"),
    "one axis": ({1: 2}, "constant"),
    "a statistic": ({0: (1, 0)}, "mean"),
}


@pytest.mark.parametrize("how", PADS)
def test_widths_of_a_margin_by_axis(how: str) -> None:
    widths, mode = PADS[how]
    pairs = [np.broadcast_to(widths.get(i, widths.get(i - 2, 0)), 2) for i in range(2)]
    assert (np.pad(x(), widths, mode).data == np.pad(x().data, pairs, mode)).all()  # type: ignore[call-overload]
    assert ng.gradcheck(lambda x: ng.pad(x, widths, mode) ** 2, x().data)


def test_a_margin_may_hold_a_variable() -> None:
    constant = np.array(2.5)
    y = ng.pad(x(), (1, 2), constant_values=ng.Variable(constant))
    assert (y.data == np.pad(x().data, (1, 2), constant_values=2.5)).all()
    assert ng.gradcheck(lambda x, c: ng.pad(x, 1, constant_values=c) ** 2, x().data, constant)
