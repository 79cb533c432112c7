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
