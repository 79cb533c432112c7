"""The graphs that pictures are made of: small ones for a lecture, a large one for the limits."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad.tracing import Trace
from nbgrad.views.stepper.page import page_html


def variable(data: Any, name: str) -> ng.Variable:
    return ng.Variable(np.asarray(data), name=name)


def named(y: ng.Variable, name: str) -> ng.Variable:
    y.name = name
    return y


def diamond() -> ng.Variable:
    a = named(ng.square(variable(2.0, "x")), "a")
    return named(named(ng.square(a), "b") + named(ng.square(a), "c"), "y")


def net2() -> ng.Variable:
    """Two layers with real parameters, mean squared error and L2."""
    rng = np.random.default_rng(0)
    x, t = variable(rng.normal(size=(16, 3)), "X"), variable(rng.normal(size=(16, 1)), "t")
    w1, b1 = variable(rng.normal(size=(3, 8)), "W1"), variable(np.zeros(8), "b1")
    w2, b2 = variable(rng.normal(size=(8, 1)), "W2"), variable(np.zeros(1), "b2")
    h = named(ng.tanh(named(x @ w1 + b1, "z1")), "h")
    mse = named(ng.mean_squared_error(named(h @ w2 + b2, "out"), t), "mse")
    l2 = named(ng.sum(ng.square(w1)) + ng.sum(ng.square(w2)), "l2")
    return named(mse + 0.01 * l2, "loss")


def rnn() -> ng.Variable:
    """Six steps that share their weights."""
    rng = np.random.default_rng(1)
    wx, wh = variable(rng.normal(size=(2, 4)), "Wx"), variable(rng.normal(size=(4, 4)) / 2, "Wh")
    b, h = variable(np.zeros(4), "b"), variable(np.zeros((3, 4)), "h0")
    for k in range(1, 7):
        x = variable(rng.normal(size=(3, 2)), f"x{k}")
        h = named(ng.tanh(x @ wx + h @ wh + b), f"h{k}")
    return named(ng.sum(ng.square(h)), "loss")


def net1000() -> ng.Variable:
    """A residual network of a thousand nodes."""
    rng = np.random.default_rng(2)
    h = variable(rng.normal(size=(4, 3)), "x")
    for k in range(111):
        w, b = variable(rng.normal(size=(3, 3)) * 0.3, f"W{k}"), variable(np.zeros(3), f"b{k}")
        h = named(h + ng.tanh(h @ w + b), f"h{k}")
    return named(ng.mean(ng.square(h)), "loss")


def second() -> ng.Variable:
    x = variable(2.0, "x")
    named(x**3, "y").backward(create_graph=True)
    assert x.grad is not None
    return named(ng.square(x.grad), "z")


def not_a_number() -> ng.Variable:
    with np.errstate(all="ignore"):
        logs = named(ng.log(variable([1.0, 0.0, -1.0], "x")), "l")
        return named(ng.sum(logs * logs), "loss")


def chain(functions: int = 5000) -> ng.Variable:
    y = variable(0.5, "x")
    for _ in range(functions):
        y = ng.sin(y)
    return y


MAKERS = {
    "diamond": diamond,
    "net2": net2,
    "rnn": rnn,
    "net1000": net1000,
    "second": second,
    "nan": not_a_number,
    "chain": chain,
}


def save_page(trace: Trace, path: Path, lang: str = "auto", **state: Any) -> None:
    """Write the page of a trace that opens with some traits."""
    path.write_text(page_html(trace, lang, **state), encoding="utf-8")


def save(name: str, folder: Path, lang: str = "auto") -> Path:
    """Write the page of a graph, unless it is there, and return where."""
    path = folder / f"{name}-{lang}.html"
    if not path.exists():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            save_page(ng.trace(MAKERS[name](), names={}), path, lang)
    return path
