"""Losses of huge scores and certain probabilities, of labels, and with options that are unknown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops


def test_a_reduction_that_is_unknown_is_refused() -> None:
    x = ng.Variable(np.ones(3))
    with pytest.raises(ng.NbgradError, match="'mean', 'sum' or 'none'"):
        ng.huber_loss(x, x, reduction="max")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_cross_entropy_of_huge_scores(dtype: Any) -> None:
    x = ng.Variable(np.array([[1000.0, -1000.0], [-1000.0, 1000.0]], dtype))
    y = ops.softmax_cross_entropy(x, np.array([0, 0]))
    y.backward()
    assert y.data == 1000
    assert x.grad.tolist() == [[0, 0], [-0.5, 0.5]]
    assert x.grad.dtype == dtype


def test_cross_entropy_of_certain_probabilities_is_finite() -> None:
    p = ng.Variable(np.array([0.0, 1.0]))
    y = ops.binary_cross_entropy(p, np.array([1.0, 0.0]))
    assert y.data == pytest.approx(100)
    y.backward()
    assert np.isfinite(p.grad).all()


def test_labels_have_no_gradient() -> None:
    x, t = ng.Variable(np.eye(2)), ng.Variable(np.array([0, 1]))
    ops.softmax_cross_entropy(x, t).backward()
    assert x.grad is not None
    assert t.grad is None


@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_a_mean_by_weights_that_add_up_to_0_has_no_gradient_that_looks_converged(
    smoothing: float,
) -> None:
    weight = np.array([0.0, 1.0, 2.0])
    for labels, missing in (([0, 0], True), ([0, -100], True), ([-100, -100], False)):
        x = ng.Variable(np.zeros((2, 3)))
        with np.errstate(divide="ignore"):
            y = ops.softmax_cross_entropy(
                x, np.array(labels), weight=weight, label_smoothing=smoothing
            )
        y.backward()
        assert not np.isfinite(y.data)
        assert np.isnan(x.grad).all() == missing


def test_scores_and_labels_that_cannot_be_are_refused() -> None:
    for shape, labels in (((), ()), ((3, 0), (3,)), ((0,), ())):
        with pytest.raises(ng.ShapeError, match="have no classes"):
            ops.softmax_cross_entropy(ng.Variable(np.zeros(shape)), np.zeros(labels, int))
    for wrong in (None, 1.5, "a"):
        with pytest.raises(ng.OperandError, match="ignore_index is an integer label"):
            ops.softmax_cross_entropy(ng.Variable(np.eye(2)), np.array([0, 1]), ignore_index=wrong)


@pytest.mark.parametrize("name", ["mean_squared_error", "l1_loss", "huber_loss", "kl_div"])
def test_a_loss_of_two_arrays_refuses_to_compare_all_with_all(name: str) -> None:
    with pytest.raises(ng.ShapeError, match=r"reshape one of them"):
        getattr(ng, name)(ng.Variable(np.ones((3, 1))), np.ones(3))


@pytest.mark.parametrize(
    "name", ["mean_squared_error", "l1_loss", "huber_loss", "cosine_similarity"]
)
def test_what_a_loss_keeps_serves_no_other_array(name: str) -> None:
    old, new, t = np.array([0.5, -2.0]), np.array([3.0, 1.0]), np.array([1.0, 4.0])
    x, fresh = ng.Variable(old), ng.Variable(new)
    y = getattr(ng, name)(x, t)
    x.data = new
    if name == "cosine_similarity":
        y.data = getattr(ng, name)(fresh, t).data
    y.backward()
    getattr(ng, name)(fresh, t).backward()
    np.testing.assert_array_equal(x.grad, fresh.grad)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_the_square_of_an_absolute_error_is_smooth_at_0(reduction: str) -> None:
    x, t = ng.Variable(np.array([2.0])), np.array([2.0])
    y, again = (ng.l1_loss(x, t, reduction=reduction) for _ in range(2))
    (y * again).sum().backward(create_graph=True)
    g, x.grad = x.grad, None
    g.sum().backward()
    assert g.data == [0.0]
    assert x.grad == [2.0]


def test_a_share_of_0_has_no_divergence_whatever_is_predicted() -> None:
    x = ng.Variable(np.array([[-np.inf, 0.0], [-1.0, -0.5]]))
    t = ng.Variable(np.array([[0.0, 1.0], [0.25, 0.75]]))
    y = ng.kl_div(x, t, reduction="batchmean")
    y.backward()
    assert y.data == pytest.approx((0.25 * (np.log(0.25) + 1) + 0.75 * (np.log(0.75) + 0.5)) / 2)
    np.testing.assert_array_equal(x.grad, -t.data / 2)
    assert t.grad[0, 0] == np.inf
    assert y._op.formula.startswith("gx0 = −gy / len(x0) · x1")
    assert ng.kl_div(x, t, reduction="sum")._op.formula.startswith("gx0 = −gy · x1")


def test_nll_takes_a_class_for_each_row() -> None:
    x = ng.Variable(np.log(np.array([[0.25, 0.75], [0.5, 0.5]])))
    for labels in (np.array([0, 2]), np.array([-1, 0])):
        with pytest.raises(ng.OperationIndexError, match="for 2 classes: they count from 0 to 1"):
            ng.nll_loss(x, labels)
    for labels in (np.array([0]), np.array([0.0, 1.0])):
        with pytest.raises(ng.ShapeError, match=r"need labels \(2,\), integers"):
            ng.nll_loss(x, labels)
    assert ng.nll_loss(x[0], 1).data == pytest.approx(-np.log(0.75))
    assert ng.nll_loss(x[:0], np.zeros(0, int), reduction="sum").data == 0
    labels = ng.Variable(np.array([1, 0]))
    terms = ng.nll_loss(x, labels, reduction="none")
    terms.backward(np.array([2.0, 3.0]))
    np.testing.assert_array_equal(x.grad, [[0.0, -2.0], [-3.0, 0.0]])
    assert labels.grad is None


def test_a_short_vector_has_no_direction_to_keep() -> None:
    x, t = ng.Variable(np.array([3e-9, 4e-9])), np.array([1.0, 0.0])
    y = ng.cosine_similarity(x, t)
    y.backward()
    assert y.data == pytest.approx(0.3)
    np.testing.assert_allclose(x.grad, [1e8, 0.0])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_mean_of_squares_that_are_not_finite(value: float) -> None:
    x = ng.Variable(np.array([value, 1.0]))
    np.testing.assert_equal(ng.mean_squared_error(x, np.zeros(2)).item(), value)
