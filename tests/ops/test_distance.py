"""Losses of arrays that broadcast to each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng

ROWS = np.array([[0.2, 0.7, 1.3], [0.9, 0.4, 0.5]])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("loss", [ng.mean_squared_error, ng.l1_loss, ng.huber_loss, ng.kl_div])
@pytest.mark.parametrize("create_graph", [False, True])
def test_an_operand_that_broadcasts_has_the_sum_of_its_copies_gradients(
    loss: Any, reduction: str, create_graph: bool
) -> None:
    for few in (np.array([0.3, 0.6, 0.8]), np.array([[0.3], [0.6]]), np.array(0.3)):
        for turned in (False, True):
            x, t, x_full, t_full = map(
                ng.Variable, [ROWS, few, ROWS, np.array(np.broadcast_to(few, (2, 3)))]
            )
            pairs = [(t, x), (t_full, x_full)] if turned else [(x, t), (x_full, t_full)]
            for pair in pairs:
                loss(*pair, reduction=reduction).sum().backward(create_graph=create_graph)
            gx, gt, gx_full, gt_full = (ng.as_variable(v.grad) for v in (x, t, x_full, t_full))
            np.testing.assert_allclose(gx.data, gx_full.data, rtol=1e-13)
            np.testing.assert_allclose(gt.data, ng.sum_to(gt_full, few.shape).data, rtol=1e-13)
            assert gx.data.flags.writeable


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_delta_of_a_huber_loss_may_be_a_variable(reduction: str) -> None:
    x, same, delta = ng.Variable(ROWS), ng.Variable(ROWS), ng.Variable(np.array(0.45))
    y = ng.huber_loss(x, 0.1, delta, reduction)
    known = ng.huber_loss(same, 0.1, 0.45, reduction)
    np.testing.assert_allclose(y.data, known.data, rtol=1e-14)
    y.sum().backward()
    known.sum().backward()
    np.testing.assert_allclose(x.grad, same.grad, rtol=1e-14)
    beyond = np.maximum(ROWS - 0.1 - 0.45, 0.0)
    np.testing.assert_allclose(delta.grad, beyond.sum() / (6 if reduction == "mean" else 1))
