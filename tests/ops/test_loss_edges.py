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
