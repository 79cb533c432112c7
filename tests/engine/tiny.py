"""Tiny Functions, and random graphs of them."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import nbgrad as ng


class Add(ng.Function):
    def forward(self, x0, x1):
        return x0 + x1

    def backward(self, gy):
        return gy, gy


class Mul(ng.Function):
    def forward(self, x0, x1):
        return x0 * x1

    def backward(self, gy):
        x0, x1 = self.inputs
        return gy * x1.data, gy * x0.data


class Square(ng.Function):
    def forward(self, x):
        return x**2

    def backward(self, gy):
        return 2 * self.inputs[0].data * gy


class Keeps(ng.Function):
    """A square that keeps its input on itself."""

    def forward(self, x):
        self.x = x
        return x**2

    def backward(self, gy):
        return 2 * self.x * gy


class Both(ng.Function):
    """Two outputs of the input's shape: 2x and x²."""

    def forward(self, x):
        return 2 * x, x * x

    def backward(self, g0, g1):
        return 2 * g0 + 2 * self.inputs[0].data * g1


class Total(ng.Function):
    """The sum of any number of inputs."""

    def forward(self, *xs):
        return sum(xs, start=np.zeros(()))

    def backward(self, gy):
        return (gy,) * len(self.inputs)


class Spy(Square):
    """A Square that tells in which order its instances run."""

    order: list[str] = []

    def __init__(self, name):
        self.name = name

    def backward(self, gy):
        self.order.append(self.name)
        return super().backward(gy)


def leaf(value: Any, name: str | None = None, dtype: Any = float) -> ng.Variable:
    return ng.Variable(np.array(value, dtype), name)


@dataclass
class RandomGraph:
    """A root, its leaves and what lies between, the same for the same seed."""

    root: Any
    leaves: list[Any]
    between: list[Any] = field(default_factory=list)


def random_graph(seed: int, size: int = 12, wrap: Any = None) -> RandomGraph:
    """Make a graph of tiny Functions: shared inputs, repeated ones, dropped outputs, constants.

    ``wrap`` is given each Function before it is called.
    """
    rng = np.random.default_rng(seed)
    wrap = wrap or (lambda f: f)
    shape = ((), (3,), (2, 2))[seed % 3]
    leaves = [
        ng.Variable(rng.uniform(-1, 1, shape if i else ()), f"x{i}")
        for i in range(rng.integers(1, 4))
    ]
    pool, between = list(leaves), []
    for _ in range(size):
        a, b = (pool[i] for i in rng.integers(0, len(pool), 2))
        kind = rng.integers(0, 6)
        if kind == 0:
            made = wrap(Both())(a)
            made = made[:1] if rng.integers(0, 3) == 0 else made
        elif kind == 1:
            made = (wrap(Square())(a),)
        elif kind == 2:
            made = (wrap(Mul())(a, rng.uniform(-1, 1, shape)),)
        elif kind == 3:
            made = (wrap(Mul())(a, a),)
        else:
            made = (wrap((Add, Mul)[kind - 4]())(a, b),)
        pool.extend(made)
        between.extend(made)
    root = wrap(Total())(*pool[-4:], *leaves)
    return RandomGraph(root, leaves, between)


def grads(graph: RandomGraph) -> list[Any]:
    return [None if x.grad is None else x.grad.copy() for x in (*graph.leaves, *graph.between)]


def same(a: list[Any], b: list[Any]) -> bool:
    """Whether two lists of gradients are the same, bit for bit."""
    return len(a) == len(b) and all(
        (p is None and q is None)
        or (p is not None and q is not None and p.dtype == q.dtype and p.tobytes() == q.tobytes())
        for p, q in zip(a, b, strict=True)
    )


@dataclass
class Scaled(ng.Function):
    """Two outputs, and no hash: a dataclass compares its fields."""

    factor: float = 2.0

    def forward(self, x: Any) -> Any:
        return x * self.factor, x * 3

    def backward(self, g0: Any, g1: Any) -> Any:
        return g0 * self.factor + g1 * 3


def on():
    """Whether a Function called here is recorded; checked against what Config says."""
    recorded = Square()(leaf(1.0)).creator is not None
    assert ng.Config.enable_backprop is recorded
    assert ((leaf(1.0) * 2.0).creator is not None) is recorded
    return recorded


def listed(items):
    """Return what a generator yields, an asynchronous one too."""

    async def collected():
        return [item async for item in items]

    return asyncio.run(collected()) if inspect.isasyncgen(items) else list(items)
