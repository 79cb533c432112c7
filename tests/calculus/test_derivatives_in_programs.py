"""Programs that people run, written in NumPy; their losses are PyTorch's, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops
from nbgrad.calculus import grad, hessian, jacobian, jvp, value_and_grad

torch = pytest.importorskip("torch")
F = torch.nn.functional

CLOSE = {"rtol": 1e-9, "atol": 1e-9}


def start(*shapes: tuple[int, ...], scale: float = 0.3) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(0, scale, s) for s in shapes]


def in_torch(arrays: list[np.ndarray]) -> list[Any]:
    return [torch.tensor(a, requires_grad=True) for a in arrays]


def own_steps(params: list[ng.Variable], losses: Iterator[Any], rate: float) -> list[float]:
    """Run gradient descent; ``losses`` builds one graph after the other."""
    found = []
    for loss in losses:
        found.append(loss.item())
        loss.backward()
        for p in params:
            p.data -= rate * p.grad
            p.cleargrad()
    return found


def torch_steps(params: list[Any], losses: Iterator[Any], rate: float) -> list[float]:
    """Run it in PyTorch."""
    found = []
    for loss in losses:
        found.append(float(loss.detach()))
        for p, g in zip(params, torch.autograd.grad(loss, params), strict=True):
            p.data -= rate * g
    return found


def data(name: str) -> tuple[np.ndarray, np.ndarray]:
    datasets = pytest.importorskip("sklearn.datasets")
    x, t = getattr(datasets, f"load_{name}")(return_X_y=True)
    return (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-6), t


def test_logistic_regression_on_iris() -> None:
    x, t = data("iris")
    begin = start((4, 3), (3,))

    def loss(params: Any) -> Any:
        w, b = params
        return ops.softmax_cross_entropy(x @ w + b, t) + 1e-3 * np.sum(w**2)

    params, own = list(begin), []
    step = value_and_grad(loss)
    for _ in range(200):
        value, gradients = step(params)
        own.append(float(value))
        params = [p - 0.5 * g for p, g in zip(params, gradients, strict=True)]

    theirs = in_torch(begin)
    tx, tt = torch.tensor(x), torch.tensor(t)
    graphs = (
        F.cross_entropy(tx @ theirs[0] + theirs[1], tt) + 1e-3 * (theirs[0] ** 2).sum()
        for _ in range(200)
    )
    np.testing.assert_allclose(own, torch_steps(theirs, graphs, 0.5), **CLOSE)
    right = (np.argmax(x @ params[0] + params[1], axis=1) == t).mean()
    right_there = (torch.argmax(tx @ theirs[0] + theirs[1], dim=1) == tt).double().mean()
    assert right == float(right_there)
    assert right >= 0.96


def test_a_small_net_on_digits() -> None:
    x, t = data("digits")
    begin = start((64, 32), (32,), (32, 10), (10,), scale=0.2)
    batches = [slice(64 * i, 64 * (i + 1)) for i in range(28)] * 4

    params = [ng.Variable(p.copy(), name=f"p{i}") for i, p in enumerate(begin)]
    w1, b1, w2, b2 = params
    own_graphs = (
        ops.softmax_cross_entropy(np.tanh(x[b] @ w1 + b1) @ w2 + b2, t[b]) for b in batches
    )
    own = own_steps(params, own_graphs, 0.3)

    theirs = in_torch(begin)
    tx, tt = torch.tensor(x), torch.tensor(t)

    def forward(inputs: Any) -> Any:
        w1, b1, w2, b2 = theirs
        return torch.tanh(inputs @ w1 + b1) @ w2 + b2

    graphs = (F.cross_entropy(forward(tx[b]), tt[b]) for b in batches)
    np.testing.assert_allclose(own, torch_steps(theirs, graphs, 0.3), **CLOSE)
    w1, b1, w2, b2 = (p.data for p in params)
    right = (np.argmax(np.tanh(x @ w1 + b1) @ w2 + b2, axis=1) == t).mean()
    assert right == float((torch.argmax(forward(tx), dim=1) == tt).double().mean())
    assert right > 0.95


def test_a_recurrent_net_learns_a_sine() -> None:
    wave = np.sin(np.linspace(0, 4 * np.pi, 41))
    begin = start((1, 12), (12, 12), (12,), (12, 1))

    def run(params: Any, xp: Any, h: Any) -> Any:
        """Predict each value of the wave from those before it; return the squared errors."""
        w_in, w_hidden, b, w_out = params
        total = 0.0
        for now, following in pairwise(wave):
            h = xp.tanh(now * w_in + h @ w_hidden + b)
            total = total + ((h @ w_out - following) ** 2).sum()
        return total / 40

    steps = 60
    params = [ng.Variable(p.copy()) for p in begin]
    own_graphs = (run(params, np, np.zeros((1, 12))) for _ in range(steps))
    own = own_steps(params, own_graphs, 0.1)
    theirs = in_torch(begin)
    zeros = torch.zeros((1, 12), dtype=torch.float64)
    graphs = (run(theirs, torch, zeros) for _ in range(steps))
    np.testing.assert_allclose(own, torch_steps(theirs, graphs, 0.1), **CLOSE)
    assert own[-1] < own[0] / 20


def decay(p: Any, times: Any, xp: Any = np) -> Any:
    """A damped oscillation: amplitude, rate, frequency, phase."""
    return p[0] * xp.exp(-p[1] * times) * xp.cos(p[2] * times + p[3])


TIMES = np.linspace(0, 4, 60)
TRUE = np.array([2.0, 0.5, 3.0, 0.3])
MEASURED = decay(TRUE, TIMES) + np.random.default_rng(0).normal(0, 0.02, 60)
GUESS = np.array([1.5, 0.3, 2.8, 0.0])


def test_a_gauss_newton_fit() -> None:
    def residuals(p: Any) -> Any:
        return decay(p, TIMES) - MEASURED

    def torch_residuals(p: Any) -> Any:
        return decay(p, torch.tensor(TIMES), torch) - torch.tensor(MEASURED)

    p, q, own, theirs = GUESS, torch.tensor(GUESS), [], []
    for _ in range(8):
        with ng.no_grad():
            r = residuals(ng.Variable(p)).data
        j = jacobian(residuals)(p)
        direction = -np.linalg.lstsq(j, r, rcond=None)[0]
        # The directional derivative is what the Jacobian says, without forming it.
        np.testing.assert_allclose(jvp(residuals, (p,), (direction,))[1], j @ direction, rtol=1e-9)
        own.append(float(r @ r))
        p = p + direction
        t_r = torch_residuals(q)
        t_j = torch.autograd.functional.jacobian(torch_residuals, q)
        theirs.append(float(t_r @ t_r))
        q = q - torch.linalg.lstsq(t_j, t_r[:, None]).solution[:, 0]
    np.testing.assert_allclose(own, theirs, **CLOSE)
    np.testing.assert_allclose(p, TRUE, atol=0.05)
    assert own[-1] == pytest.approx(own[-2], rel=1e-9)


def test_a_newton_fit() -> None:
    def cost(p: Any, xp: Any = np, times: Any = TIMES, measured: Any = MEASURED) -> Any:
        return ((decay(p, times, xp) - measured) ** 2).sum()

    def torch_cost(p: Any) -> Any:
        return cost(p, torch, torch.tensor(TIMES), torch.tensor(MEASURED))

    p, q, own, theirs = TRUE + 0.05, torch.tensor(TRUE + 0.05), [], []
    for _ in range(6):
        own.append(float(value_and_grad(cost)(p)[0]))
        p = p - np.linalg.solve(hessian(cost)(p), grad(cost)(p))
        q = q.detach().requires_grad_()
        value = torch_cost(q)
        theirs.append(float(value.detach()))
        (gradient,) = torch.autograd.grad(value, q)
        curvature = torch.autograd.functional.hessian(torch_cost, q)
        q = q.detach() - torch.linalg.solve(curvature, gradient)
    np.testing.assert_allclose(own, theirs, **CLOSE)
    assert np.abs(grad(cost)(p)).max() < 1e-9
    assert (np.linalg.eigvalsh(hessian(cost)(p)) > 0).all()
