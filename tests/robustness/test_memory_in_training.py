"""Ten thousand iterations leave memory flat; a million nodes go without a line of Python."""

from __future__ import annotations

import gc
import sys
import tracemalloc

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import Both, Mul, Square
from tests.robustness.random_programs import FUZZ

pytestmark = pytest.mark.fuzz
ITERATIONS = 10_000
LAST = 500
"""How many at the end are measured; as many before them warm up."""


FREE_LISTS = 2_500
"""CPython keeps up to 2,000 freed tuples of each length: as many iterations fill them."""


class Net:
    """Two layers, and what one iteration does with them."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.x, self.t = rng.normal(size=(4, 3)), rng.normal(size=(4, 1))
        self.w1, self.b1 = ng.Variable(rng.normal(size=(3, 5))), ng.Variable(np.zeros(5))
        self.w2, self.b2 = ng.Variable(rng.normal(size=(5, 1))), ng.Variable(np.zeros(1))
        self.parameters = [self.w1, self.b1, self.w2, self.b2]

    def loss(self):
        h = ng.tanh(self.x @ self.w1 + self.b1)
        return ng.mean_squared_error(h @ self.w2 + self.b2, self.t)

    def train(self, **options):
        loss = self.loss()
        for p in self.parameters:
            p.cleargrad()
        loss.backward(**options)
        for p in self.parameters:
            p.data = p.data - 0.01 * p.grad

    def add_up(self):
        """Gradients that are never cleared."""
        self.loss().backward()

    def look(self):
        with ng.no_grad():
            assert self.loss().creator is None

    def kept_loss(self):
        """The last loss of each iteration stays, as in a running total."""
        self.total = getattr(self, "total", 0.0) + float(self.loss().data)
        self.last = self.loss()


WAYS = {
    "train": Net.train,
    "retain": lambda net: net.train(retain_grad=True),
    "add up": Net.add_up,
    "no_grad": Net.look,
    "keep the last": Net.kept_loss,
}


@pytest.mark.parametrize("collector", [True, False], ids=["collector on", "collector off"])
@pytest.mark.parametrize("name", WAYS)
def test_memory_is_flat_over_ten_thousand_iterations(name, collector):
    net, step = Net(), WAYS[name]
    times = ITERATIONS if FUZZ or name in {"train", "no_grad"} else ITERATIONS // 5
    gc.collect()
    if not collector:
        gc.disable()
    try:
        for _ in range(FREE_LISTS):
            step(net)
        blocks = sys.getallocatedblocks()
        for _ in range(times - 3 * LAST):
            step(net)
        assert sys.getallocatedblocks() - blocks < times / 20 + 100
        tracemalloc.start()
        for _ in range(LAST):
            step(net)
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(LAST):
            step(net)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert after - before < 8 * LAST  # not even a number per iteration


# ---------------------------------------------------------------- freeing


def chain(n, leaf):
    y = leaf
    for _ in range(n):
        y = y + 1.0
    return y


def users_chain(n, leaf):
    y = leaf
    for _ in range(n // 2):
        y = Square()(y * 0.5)
    return y


def braid(n, leaf):
    a, b = leaf, leaf * 1.0
    for _ in range(n // 2):
        a, b = a + b, a - b * 0.5
    return a + b


def fan(n, leaf):
    return ng.stack([leaf * float(k) for k in range(n)]).sum()


def outputs(n, leaf):
    y = leaf
    for _ in range(n // 2):
        a, b = Both()(y)
        y = Mul()(a * 0.1, b * 0.1)
    return y


SHAPES = {f.__name__: f for f in (chain, users_chain, braid, fan, outputs)}


def freeing(make, n, after):
    """Return how many Python functions run, and how much memory is taken, while a graph goes."""
    leaf = ng.Variable(np.array(0.5))
    with np.errstate(all="ignore"):
        y = make(n, leaf)
        after(y)
    calls = 0

    def count(frame, event, arg):
        nonlocal calls
        calls += event == "call"

    gc.collect()
    gc.disable()
    alive = sys.getallocatedblocks()
    tracemalloc.start()
    sys.setprofile(count)
    try:
        del y
    finally:
        sys.setprofile(None)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        gc.enable()
    return calls, peak, alive - sys.getallocatedblocks()


PASSES = {
    "untouched": lambda y: None,
    "after a pass": lambda y: y.backward(),
    "after a retaining pass": lambda y: y.backward(retain_grad=True),
    "after creators were asked for": lambda y: [y.creator, y.backward()],
}


@pytest.mark.parametrize("after", PASSES)
@pytest.mark.parametrize("shape", SHAPES)
def test_freeing_is_the_interpreters_work_alone(shape, after):
    """So it is linear: each object is let go once, no line of Python runs, no list is made."""
    n = 20_000 if FUZZ else 2_000
    calls, peak, freed = freeing(SHAPES[shape], n, PASSES[after])
    assert calls == 0
    # CPython 3.13 copies what is in the __dict__ of an object that goes, if anybody looked at it:
    # of any class, and so of a user's Functions.
    copied = sys.version_info >= (3, 13) and shape in {"users_chain", "outputs"}
    assert peak < 4_000 + 100 * n * copied
    assert freed > n
