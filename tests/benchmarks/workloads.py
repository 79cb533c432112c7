"""The seven workloads: one graph each, written for a library and by hand in NumPy.

`LIMITS` is the same mathematics without any tape: what NumPy itself costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Workload:
    """A graph to build and go back through.

    Attributes
    ----------
    leaves, constants : list of ndarray
        What gradients are wanted for, and what they are not.
    build : callable
        ``build(lib, leaves, constants)`` returns the result.
    limit : callable
        ``limit(leaves, constants)`` returns the gradients of the leaves, by hand.
    nodes : int
        Operations in the graph.
    """

    title: str
    nodes: int
    leaves: list[Any]
    build: Callable[..., Any]
    limit: Callable[..., Any]
    constants: list[Any] = field(default_factory=list)
    recorded: bool = True


def chain(lib: Any, leaves: list[Any], constants: list[Any], n: int = 1000) -> Any:
    """y = y·a + b, again and again, on scalars."""
    y, a, b = leaves
    for _ in range(n):
        y = y * a + b
    return y


def chain_limit(leaves: list[Any], constants: list[Any], n: int = 1000) -> list[Any]:
    y, a, b = (x[()] for x in leaves)
    seen = []
    for _ in range(n):
        seen.append(y)
        y = y * a + b
    g, ga, gb = np.float64(1.0), np.float64(0.0), np.float64(0.0)
    for y in reversed(seen):
        gb = gb + g
        ga = ga + g * y
        g = g * a
    return [g, ga, gb]


def chain_forward(leaves: list[Any], constants: list[Any]) -> Any:
    """The plain loop over 0-d arrays that no_grad is measured against."""
    return chain(None, leaves, constants)


def additions(lib: Any, leaves: list[Any], constants: list[Any], n: int = 100_000) -> Any:
    """y = y + b, again and again, on scalars: a graph as deep as it is large."""
    y, b = leaves
    for _ in range(n):
        y = y + b
    return y


def additions_limit(leaves: list[Any], constants: list[Any], n: int = 100_000) -> list[Any]:
    additions(None, [x[()] for x in leaves], constants, n)
    g, gb = np.float64(1.0), np.float64(0.0)
    for _ in range(n):
        gb = gb + g
    return [g, gb]


def diamonds(lib: Any, leaves: list[Any], constants: list[Any]) -> Any:
    """y = y²·c + y²·c: fans out and joins 200 times."""
    y, c = leaves
    for _ in range(200):
        y = lib.square(y) * c + lib.square(y) * c
    return y


def diamonds_limit(leaves: list[Any], constants: list[Any]) -> list[Any]:
    y, c = (x[()] for x in leaves)
    seen = []
    for _ in range(200):
        left, right = y * y, y * y
        seen.append((y, left, right))
        y = left * c + right * c
    g, gc = np.float64(1.0), np.float64(0.0)
    for y, left, right in reversed(seen):
        gc = gc + g * right
        gc = gc + g * left
        h, slope = g * c, y * 2.0
        g = h * slope + h * slope
    return [g, gc]


def net(lib: Any, leaves: list[Any], constants: list[Any]) -> Any:
    """Two layers with tanh, and the mean square of what they miss."""
    w1, b1, w2, b2 = leaves
    x, t, scale = constants
    d = lib.tanh(x @ w1 + b1) @ w2 + b2 - t
    return lib.sum(d * d) * scale


def net_limit(leaves: list[Any], constants: list[Any]) -> list[Any]:
    w1, b1, w2, b2 = leaves
    x, t, scale = constants
    h = x @ w1
    h += b1
    np.tanh(h, out=h)
    d = h @ w2
    d += b2
    d -= t
    _ = (d * d).sum() * scale
    d *= 2.0 * scale
    gw2, gb2 = h.T @ d, d.sum(axis=0)
    gh = d @ w2.T
    np.multiply(h, h, out=h)
    np.subtract(1.0, h, out=h)
    gh *= h
    return [x.T @ gh, gh.sum(axis=0), gw2, gb2]


def elementwise(lib: Any, leaves: list[Any], constants: list[Any]) -> Any:
    """The sum of sin(x)·x + exp(-x²)."""
    (x,) = leaves
    return lib.sum(lib.sin(x) * x + lib.exp(-x * x))


def elementwise_limit(leaves: list[Any], constants: list[Any]) -> list[Any]:
    (x,) = leaves
    s, e = np.sin(x), x * x
    np.negative(e, out=e)
    np.exp(e, out=e)
    y = s * x
    y += e
    y.sum()
    g = np.cos(x, out=y)
    e *= -2.0
    g += e
    g *= x
    g += s
    return [g]


def net_data(batch: int, inputs: int, hidden: int, outputs: int) -> tuple[list[Any], list[Any]]:
    """Draw the weights and a batch."""
    draw = np.random.default_rng(0).standard_normal
    leaves = [
        draw((inputs, hidden)) / inputs**0.5,
        draw(hidden) * 0.1,
        draw((hidden, outputs)) / hidden**0.5,
        draw(outputs) * 0.1,
    ]
    return leaves, [draw((batch, inputs)), draw((batch, outputs)), 1.0 / (batch * outputs)]


def make(key: str) -> Workload:
    """Make a workload by its key, with fresh data."""
    scalars = [np.array(2.0), np.array(0.999), np.array(0.001)]
    if key == "W1":
        return Workload("scalar chain", 2000, scalars, chain, chain_limit)
    if key == "W2":
        # 1 is a fixed point and every value exact: the gradient doubles each time.
        data = [np.array(1.0), np.array(0.5)]
        return Workload("fan-out and re-join", 1000, data, diamonds, diamonds_limit)
    if key == "W3":
        leaves, constants = net_data(32, 64, 64, 10)
        return Workload("small net", 9, leaves, net, net_limit, constants)
    if key == "W4":
        leaves, constants = net_data(512, 1024, 1024, 10)
        return Workload("big net", 9, leaves, net, net_limit, constants)
    if key == "W5":
        data = [np.linspace(-3.0, 3.0, 1_000_000)]
        return Workload("elementwise on 10⁶", 7, data, elementwise, elementwise_limit)
    if key == "W6":
        return Workload("chain under no_grad", 2000, scalars, chain, chain_forward, recorded=False)
    if key == "W7":
        ends = [np.array(1.0), np.array(1e-6)]
        return Workload("deep chain", 100_000, ends, additions, additions_limit)
    raise KeyError(key)
