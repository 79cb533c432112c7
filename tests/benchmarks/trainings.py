"""Three real trainings, one step at a time, written once for every library.

A digits MLP (64-64-10, batch 64), a character RNN (20 steps, 64 units, batch 8) and a small
convolutional net on digits, whose convolutions are products of sliding windows. A step is the
loss, its gradients, and plain gradient descent in place.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

RATE = 0.1
Step = Callable[[], float]


@dataclass
class Training:
    """Parameters, batches, and the loss as a function of an ``Ops``, parameters and a batch."""

    title: str
    parameters: list[np.ndarray]
    batches: list[tuple[np.ndarray, np.ndarray]]
    loss: Callable[[Any, Any, Any, Any], Any]


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng([seed, *shape])
    return rng.standard_normal(shape) / max(shape[0], 1) ** 0.5


def digits(batch: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return batches of handwritten digits: images of 8 × 8, and their labels."""
    x, t = importlib.import_module("sklearn.datasets").load_digits(return_X_y=True)
    x = x / 16.0
    return [(x[i : i + batch], t[i : i + batch]) for i in range(0, 1792 - batch, batch)]


def mlp_loss(ops: Any, p: Any, x: Any, t: Any) -> Any:
    w1, b1, w2, b2 = p
    return ops.cross_entropy(ops.tanh(x @ w1 + b1) @ w2 + b2, t)


def rnn_loss(ops: Any, p: Any, x: Any, t: Any) -> Any:
    wx, wh, b, wy, by, h = p
    losses = []
    for step in range(20):
        h = ops.tanh(x[step] @ wx + h @ wh + b)
        losses.append(ops.cross_entropy(h @ wy + by, t[step]))
    total = losses[0]
    for other in losses[1:]:
        total = total + other
    return total * (1.0 / 20)


def cnn_loss(ops: Any, p: Any, x: Any, t: Any) -> Any:
    k1, k2, w, b = p
    h = ops.tanh(x @ k1)  # x holds the windows of the images: (batch, 6, 6, 9)
    windows = [h[:, i : i + 4, j : j + 4] for i in range(3) for j in range(3)]
    h = ops.tanh(ops.concatenate(windows) @ k2)
    return ops.cross_entropy(h.reshape((32, 128)) @ w + b, t)


def make_training(key: str) -> Training:
    """Make a training by its name, with fresh parameters."""
    if key == "digits MLP":
        shapes = [draw(64, 64), draw(64) * 0, draw(64, 10), draw(10) * 0]
        return Training(key, shapes, digits(64), mlp_loss)
    if key == "character RNN":
        rng = np.random.default_rng(1)
        text = rng.integers(0, 32, (8, 21, 8))
        batches = [(np.eye(32)[part[:20]], part[1:]) for part in text]
        parameters = [
            draw(32, 64),
            draw(64, 64),
            draw(64) * 0,
            draw(64, 32),
            draw(32) * 0,
            draw(8, 64) * 0,
        ]
        return Training(key, parameters, batches, rnn_loss)
    batches = []
    for x, t in digits(32):
        windows = np.lib.stride_tricks.sliding_window_view(x.reshape(-1, 8, 8), (3, 3), axis=(1, 2))
        batches.append((windows.reshape(len(x), 6, 6, 9), t))
    return Training(
        "digits CNN", [draw(9, 8), draw(72, 8), draw(128, 10), draw(10) * 0], batches, cnn_loss
    )


TRAININGS = ("digits MLP", "character RNN", "digits CNN")


class Trainer:
    """nbgrad, uncompiled."""

    name = "nbgrad"

    def __init__(self) -> None:
        self.lib: Any = importlib.import_module("nbgrad")
        self.tanh = self.lib.tanh
        self.cross_entropy = self.lib.softmax_cross_entropy

    def concatenate(self, parts: list[Any]) -> Any:
        return self.lib.concatenate(parts, axis=-1)

    def parameter(self, array: np.ndarray) -> Any:
        return self.lib.Variable(array.copy())

    def batch(self, x: np.ndarray, t: np.ndarray) -> tuple[Any, Any]:
        return x, t

    def function(self, training: Training) -> Callable[..., Any]:
        return lambda parameters, x, t: training.loss(self, parameters, x, t)

    def step(self, training: Training) -> Step:
        """Return a step of the training, which returns the loss."""
        parameters = [self.parameter(a) for a in training.parameters]
        batches = [self.batch(*b) for b in training.batches]
        loss, count = self.function(training), 0

        def step() -> float:
            nonlocal count
            value = self.update(loss, parameters, *batches[count % len(batches)])
            count += 1
            return float(value)

        return step

    def update(self, loss: Any, parameters: list[Any], x: Any, t: Any) -> Any:
        y = loss(parameters, x, t)
        y.backward()
        for p in parameters:
            p.data -= RATE * p.grad
            p.cleargrad()
        return y.data


class Compiled(Trainer):
    name = "nbgrad compiled"

    def function(self, training: Training) -> Callable[..., Any]:
        return self.lib.compile(super().function(training))  # type: ignore[no-any-return]


class Torch(Trainer):
    name = "PyTorch"

    def __init__(self) -> None:
        self.lib = importlib.import_module("torch")
        self.tanh = self.lib.tanh
        self.cross_entropy = self.lib.nn.functional.cross_entropy

    def concatenate(self, parts: list[Any]) -> Any:
        return self.lib.cat(parts, -1)

    def parameter(self, array: np.ndarray) -> Any:
        return self.lib.tensor(array, requires_grad=True)

    def batch(self, x: np.ndarray, t: np.ndarray) -> tuple[Any, Any]:
        return self.lib.tensor(x), self.lib.tensor(t)

    def update(self, loss: Any, parameters: list[Any], x: Any, t: Any) -> Any:
        y = loss(parameters, x, t)
        y.backward()
        with self.lib.no_grad():
            for p in parameters:
                p -= RATE * p.grad
                p.grad = None
        return y.detach()


class Autograd(Trainer):
    name = "autograd"

    def __init__(self) -> None:
        self.autograd = importlib.import_module("autograd")
        self.lib = importlib.import_module("autograd.numpy")
        self.tanh = self.lib.tanh

    def concatenate(self, parts: list[Any]) -> Any:
        return self.lib.concatenate(parts, -1)

    def parameter(self, array: np.ndarray) -> Any:
        return array.copy()

    def cross_entropy(self, scores: Any, t: Any) -> Any:
        lib = self.lib
        largest = lib.max(scores, axis=-1, keepdims=True)
        sums = lib.log(lib.sum(lib.exp(scores - largest), axis=-1)) + largest[:, 0]
        return lib.mean(sums - scores[np.arange(len(t)), t])

    def function(self, training: Training) -> Callable[..., Any]:
        return self.autograd.value_and_grad(super().function(training))  # type: ignore[no-any-return]

    def update(self, loss: Any, parameters: list[Any], x: Any, t: Any) -> Any:
        value, gradients = loss(parameters, x, t)
        for p, g in zip(parameters, gradients, strict=True):
            p -= RATE * g
        return value


class JaxJit(Trainer):
    name = "JAX jit"

    def __init__(self) -> None:
        self.jax = importlib.import_module("jax")
        self.jax.config.update("jax_enable_x64", True)
        self.lib = importlib.import_module("jax.numpy")
        self.tanh = self.lib.tanh

    def concatenate(self, parts: list[Any]) -> Any:
        return self.lib.concatenate(parts, -1)

    def parameter(self, array: np.ndarray) -> Any:
        return self.lib.asarray(array)

    def cross_entropy(self, scores: Any, t: Any) -> Any:
        logs = self.jax.nn.log_softmax(scores)
        return -self.lib.mean(self.lib.take_along_axis(logs, t[:, None], -1))

    def batch(self, x: np.ndarray, t: np.ndarray) -> tuple[Any, Any]:
        return self.lib.asarray(x), self.lib.asarray(t)

    def function(self, training: Training) -> Callable[..., Any]:
        both = self.jax.value_and_grad(super().function(training))

        def step(parameters: Any, x: Any, t: Any) -> Any:
            value, gradients = both(parameters, x, t)
            return value, [p - RATE * g for p, g in zip(parameters, gradients, strict=True)]

        return self.jax.jit(step)  # type: ignore[no-any-return]

    def update(self, loss: Any, parameters: list[Any], x: Any, t: Any) -> Any:
        value, parameters[:] = loss(parameters, x, t)
        return value


class MyGrad(Trainer):
    name = "MyGrad"

    def __init__(self) -> None:
        self.lib = importlib.import_module("mygrad")
        self.tanh = self.lib.tanh
        self.cross_entropy = importlib.import_module("mygrad.nnet").softmax_crossentropy

    def parameter(self, array: np.ndarray) -> Any:
        return self.lib.tensor(array.copy())

    def update(self, loss: Any, parameters: list[Any], x: Any, t: Any) -> Any:
        y = loss(parameters, x, t)
        y.backward()
        for p in parameters:
            p.data -= RATE * p.grad
            p.null_grad()
        return y.data


class DeZero(Trainer):
    name = "DeZero"

    def __init__(self) -> None:
        vars(np)["int"] = int  # its release still asks for NumPy 1.23's
        self.core = importlib.import_module("dezero")
        self.lib = importlib.import_module("dezero.functions")
        self.tanh = self.lib.tanh
        self.cross_entropy = self.lib.softmax_cross_entropy
        self.core.Variable.__matmul__ = self.lib.matmul
        self.core.Variable.__rmatmul__ = lambda w, x: self.lib.matmul(x, w)

    def concatenate(self, parts: list[Any]) -> Any:
        raise NotImplementedError("DeZero joins no arrays")

    def parameter(self, array: np.ndarray) -> Any:
        return self.core.Variable(array.copy())

    def batch(self, x: np.ndarray, t: np.ndarray) -> tuple[Any, Any]:
        if x.ndim > 3:
            raise NotImplementedError("DeZero multiplies matrices alone")
        return (
            self.core.Variable(x) if x.ndim == 2 else [self.core.Variable(part) for part in x]
        ), t

    def update(self, loss: Any, parameters: list[Any], x: Any, t: Any) -> Any:
        y = loss(parameters, x, t)
        y.backward()
        for p in parameters:
            p.data -= RATE * p.grad.data
            p.cleargrad()
        return y.data


PEERS: tuple[type[Trainer], ...] = (Torch, DeZero, MyGrad, Autograd, JaxJit)


def installed() -> dict[str, Trainer]:
    """Return the trainers whose libraries can be imported here."""
    found: dict[str, Trainer] = {}
    for peer in PEERS:
        try:
            found[peer.name] = peer()
        except ImportError:
            continue
    return found
