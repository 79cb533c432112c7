"""DeZero's optimizers learn, and take the steps of their papers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad.compat.dezero as dezero
from nbgrad.compat.dezero import functions as F
from nbgrad.compat.dezero import optimizers

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "optimizer",
    [
        optimizers.SGD(0.2),
        optimizers.MomentumSGD(0.1),
        optimizers.AdaGrad(0.1),
        optimizers.AdaDelta(eps=1e-3),
        optimizers.Adam(0.02),
    ],
)
def test_step_46_every_optimizer_learns_a_sine(optimizer: Any) -> None:
    np.random.seed(0)  # noqa: NPY002
    x = np.random.rand(100, 1)  # noqa: NPY002
    y = np.sin(2 * np.pi * x) + 0.1 * RNG.random((100, 1))
    model = dezero.MLP((10, 1))
    optimizer.setup(model)
    losses = []
    for _ in range(400):
        loss = F.mean_squared_error(y, model(x))
        model.cleargrads()
        loss.backward()
        optimizer.update()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_adadelta_takes_the_steps_of_its_paper() -> None:
    layer = dezero.Layer()
    layer.p = p = dezero.Parameter(np.array([1.0, -2.0]))
    optimizer = optimizers.AdaDelta(rho=0.9, eps=1e-4).setup(layer)
    x, squares, steps = p.data.copy(), np.zeros(2), np.zeros(2)
    for _ in range(3):
        p.grad = g = 2.0 * x
        optimizer.update()
        squares = 0.9 * squares + 0.1 * g**2
        step = np.sqrt(steps + 1e-4) / np.sqrt(squares + 1e-4) * g
        steps = 0.9 * steps + 0.1 * step**2
        x = x - step
        np.testing.assert_allclose(p.data, x, rtol=1e-12)


def test_an_optimizer_without_a_target_is_named() -> None:
    with pytest.raises(RuntimeError, match="setup"):
        dezero.SGD().update()
