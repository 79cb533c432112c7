"""A repr does so much work, and has 100 kB, for any array and any graph.

The work is counted, in calls and in memory: machines that run tests are shared, and a time of theirs
says little. `make bench` holds the repr to its 10 ms.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.views.repr.html import function_html, variable_html
from tests.engine.hooks import hooked

CALLS, MEGABYTES, CHARACTERS = 60_000, 4, 100_000
RNG = np.random.default_rng(1)


def big(*shape: int) -> ng.Variable:
    x = ng.Variable(RNG.normal(size=shape), name="big")
    x.grad = RNG.normal(size=shape)
    return x


def chain(n: int) -> ng.Variable:
    y = x = ng.Variable(np.array(1.0), name="x")
    for _ in range(n):
        y = y + x
    return y


def tangle(n: int, seed: int) -> ng.Variable:
    rng = np.random.default_rng(seed)
    found = [ng.Variable(np.array(float(i))) for i in range(4)]
    for _ in range(n):
        i, j = rng.integers(0, len(found), 2)
        found.append(found[i] + found[j])
    return found[-1]


def with_nan() -> ng.Variable:
    data = RNG.normal(size=(512, 512))
    data[::3] = np.nan
    return ng.Variable(data)


def wide(n: int) -> ng.Variable:
    return ng.concatenate([ng.Variable(np.ones(2)) for _ in range(n)])


def doubling(n: int) -> ng.Variable:
    x = ng.Variable(np.array(1.0))
    for _ in range(n):
        x = x + x
    return x


def edges(n: int) -> ng.Variable:
    """Every variable uses all before it."""
    found = [ng.Variable(np.array(1.0))]
    for _ in range(n):
        found.append(ng.stack(found).sum())
    return found[-1]


class Sum(ng.Function):
    """A function of any number of inputs."""

    def forward(self, *xs: Any) -> Any:
        return sum(xs)

    def backward(self, gy: Any) -> Any:
        return (gy,) * len(self.inputs)


def columns(width: int, depth: int, taken: int) -> ng.Variable:
    """Columns of functions, each of which takes so many of the variables before it."""
    rng = np.random.default_rng(0)
    found = [ng.Variable(np.array(1.0)) for _ in range(width)]
    for _ in range(depth):
        found = [Sum()(*[found[i] for i in rng.integers(0, width, taken)]) for _ in range(width)]
    return Sum()(*found)


def growing(leaves: int, functions: int) -> ng.Variable:
    """Every function takes all that there is."""
    found = [ng.Variable(np.array(1.0)) for _ in range(leaves)]
    for _ in range(functions):
        found.append(Sum()(*found))
    return found[-1]


def long_lines(leaves: int, functions: int) -> ng.Variable:
    """Leaves that are used all along a chain."""
    rng = np.random.default_rng(0)
    xs = [ng.Variable(np.array(1.0)) for _ in range(leaves)]
    y = xs[0]
    for _ in range(functions):
        y = Sum()(y, *[xs[i] for i in rng.integers(0, leaves, 3)])
    return y


class Many(ng.Function):
    """A function of any number of outputs, with texts as long as a stranger likes."""

    def __init__(self, n: int) -> None:
        self.n = n

    def forward(self, x: Any) -> Any:
        return tuple(x * 1.0 for _ in range(self.n))

    def backward(self, *gys: Any) -> Any:
        return sum(gys)


KEPT: list[Any] = []


def many(n: int) -> ng.Variable:
    outputs = Many(n)(ng.Variable(np.array(2.0)))
    KEPT.append(outputs)
    return outputs[n // 2]


def gathered(n: int) -> ng.Variable:
    return ng.stack(list(Many(n)(ng.Variable(np.array(2.0)))))


def repeated(n: int) -> ng.Variable:
    x = ng.Variable(np.array(1.0))
    return ng.stack([x] * n)


def long_texts() -> ng.Variable:
    kind = type("F" * 100_000, (Many,), {"__doc__": "d" * 100_000, "formula": "f" * 100_000})
    y = kind(1)(ng.Variable(np.array(2.0), name="n" * 100_000))
    y.name = "y" * 100_000
    return y


MAKERS: dict[str, Callable[[], ng.Variable]] = {
    "64 elements": lambda: big(8, 8),
    "65 elements": lambda: big(65),
    "exact statistics": lambda: big(512, 512),
    "just sampled": lambda: big(512, 513),
    "10 million": lambda: big(4000, 2500),
    "transposed": lambda: ng.Variable(RNG.normal(size=(2500, 4000)).T),
    "strided": lambda: ng.Variable(RNG.normal(size=(100, 20, 30, 40))[::-1, :, ::2]),
    "float32": lambda: ng.Variable(RNG.normal(size=(3000, 1000)).astype(np.float32)),
    "integers": lambda: ng.Variable(np.arange(10**6)),
    "one element, repeated": lambda: ng.Variable(np.broadcast_to(1.0, (10**5, 10**5))),
    "20 dimensions": lambda: ng.Variable(np.ones((2,) * 20)),
    "nan": with_nan,
    "chain": lambda: chain(100_000),
    "wide": lambda: wide(20_000),
    "doubling": lambda: doubling(60),
    "all to all": lambda: edges(40),
    "columns, all to all": lambda: columns(30, 3, 30),
    "columns in disorder": lambda: columns(40, 1, 3),
    "many columns in disorder": lambda: columns(6, 6, 2),
    "all of many": lambda: growing(16, 53),
    "long lines": lambda: long_lines(40, 40),
    "one of 4,000 outputs": lambda: many(4000),
    "4,000 outputs, one kept": lambda: ng.split(ng.Variable(np.ones(4000)), 4000)[0],
    "4,000 times one variable": lambda: repeated(4000),
    "4,000 outputs gathered": lambda: gathered(4000),
    "a stack of 3,000": lambda: ng.stack([ng.Variable(np.array(1.0)) for _ in range(3000)]),
    "a stack of 100": lambda: ng.stack([ng.Variable(np.array(1.0)) for _ in range(100)]),
    "long texts": long_texts,
    **{f"tangle {seed}": lambda seed=seed: tangle(100, seed) for seed in range(6)},
}


def calls_of(work: Callable[[], Any]) -> int:
    """Count the calls that something takes."""
    calls = 0

    def count(frame: Any, event: str, arg: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    with hooked("profile", count):
        work()
    return calls


def check_bounds(html: Callable[[], str]) -> None:
    """Count what a second run takes: the first one may fill caches."""
    assert len(html()) < CHARACTERS
    assert calls_of(html) < CALLS
    tracemalloc.start()
    try:
        html()
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 1e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", MAKERS)
def test_work_and_size(name: str) -> None:
    x = MAKERS[name]()
    check_bounds(lambda: variable_html(x))
    check_bounds(lambda: repr(x))
    if (function := x.creator) is not None:
        check_bounds(lambda: function_html(function))
        check_bounds(lambda: repr(function))


STORIES = [
    "chain of 3,000", "one of 4,000 outputs", "a stack of 3,000", "a stack of 100", "long texts",
    "all to all", "tangle 0", "4,000 times one variable",
]  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_graph_and_story(name: str) -> None:
    """All of the graph is walked, once; what is written of it is bounded."""
    x = chain(3000) if name == "chain of 3,000" else MAKERS[name]()
    graph = ng.graph(x)
    shown = graph._repr_mimebundle_(["text/html", "image/svg+xml", "text/plain"])
    assert max(len(text.encode()) for text in shown.values()) <= CHARACTERS
    assert len(repr(graph)) < 1000
    trace = ng.trace(x, apply=False)
    bundle, _ = ng.Stepper(trace)._repr_mimebundle_()
    for text in (trace._repr_html_(), str(trace), bundle["text/html"], bundle["text/plain"]):
        assert len(text.encode()) <= CHARACTERS
    if name in {"a stack of 3,000", "all to all"}:
        assert calls_of(trace._repr_html_) < 50 * CALLS


def many_of_several(n: int) -> ng.Variable:
    """Functions of three outputs, all of which are kept."""
    found = [ng.Variable(np.array(1.0))]
    for _ in range(n):
        found += Many(3)(found[-1])
    KEPT.append(found)
    return found[-1]


DRAWN = [
    "all to all", "columns, all to all", "columns in disorder", "many columns in disorder",
    "all of many", "long lines", "a stack of 3,000", "long texts", *(f"tangle {seed}" for seed in range(6)),
]  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_takes_bounded_work(name: str) -> None:
    x = MAKERS[name]()
    ng.graph(x)._repr_html_()  # fills caches
    graph = ng.graph(x)
    assert calls_of(graph._repr_html_) < 1.2 * CALLS


def test_the_walk_grows_with_the_graph_and_not_with_its_square() -> None:
    small, large = many_of_several(100), many_of_several(400)
    assert calls_of(lambda: ng.graph(large)) < 5 * calls_of(lambda: ng.graph(small))


def test_a_graph_describes_what_its_drawing_shows() -> None:
    """Thousands of leaves are counted; a node is described when it is asked for."""
    x = ng.stack([ng.Variable(np.array(1.0)) for _ in range(3000)])
    assert calls_of(lambda: ng.graph(x)._repr_html_()) < 2 * CALLS
    graph = ng.graph(x)
    assert calls_of(graph._repr_html_) < 0.5 * CALLS
    assert len(graph.nodes) == 3002


def test_a_repr_does_not_depend_on_print_options() -> None:
    x = ng.Variable(np.zeros(10**6))
    with np.printoptions(threshold=10**9):
        assert len(variable_html(x)) < CHARACTERS


@pytest.mark.slow
def test_a_million_nodes() -> None:
    y = chain(10**6)
    check_bounds(lambda: variable_html(y))
