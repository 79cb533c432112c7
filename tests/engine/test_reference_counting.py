"""Graphs go by reference counting alone, however long they are."""

import contextlib
import gc
import subprocess
import sys
import tracemalloc
import weakref

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.faults import Faults
from tests.engine.tiny import Both, Mul, Square, leaf, random_graph
from tests.robustness.memory_growth import growth


@pytest.fixture(autouse=True)
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def gone(refs):
    return all(ref() is None for ref in refs)


def test_dropping_the_root_frees_the_graph():
    graph = random_graph(4)
    refs = [weakref.ref(v) for v in (*graph.between, graph.root)]
    refs += [weakref.ref(v.creator) for v in (*graph.between, graph.root)]
    del graph
    assert gone(refs)


@pytest.mark.parametrize("options", [{}, {"retain_grad": True}, {"use_heap": True}])
def test_also_after_a_pass(options):
    graph = random_graph(4)
    graph.root.backward(**options)
    refs = [weakref.ref(v) for v in (*graph.between, graph.root)]
    leaves = graph.leaves
    del graph
    assert gone(refs)
    assert leaves[0].grad is not None


def test_also_after_a_failing_pass():
    faults = Faults(ValueError, 3)
    graph = random_graph(4, wrap=faults.wrap)
    refs = [weakref.ref(v) for v in (*graph.between, graph.root)]
    with contextlib.suppress(ValueError):
        graph.root.backward()
    del graph
    assert gone(refs)


def test_also_after_a_failing_forward():
    faults = Faults(ValueError, 5)
    x = leaf(2.0)
    ref = weakref.ref(x)
    try:
        y = Mul()(x, x)
        for _ in range(10):
            y = faults.wrap(Square(), forward=True)(y)
    except ValueError:
        pass
    del x, y
    assert ref() is None


def test_also_a_second_derivatives_graph():
    x = leaf(2.0)
    y = x * x * x
    y.backward(create_graph=True)
    g = x.grad
    x.cleargrad()
    g.backward()
    assert x.grad == 12.0
    refs = [weakref.ref(v) for v in (x, y, g)]
    x.cleargrad()
    del x, y, g
    assert gone(refs)


def test_also_when_creator_was_looked_at():
    x = leaf(2.0)
    y = x * x + Both()(x)[0]
    f = y.creator
    refs = [weakref.ref(v) for v in (y, f, f.inputs[0], f.inputs[0].creator)]
    del y, f
    assert gone(refs)


def test_the_root_alone_keeps_the_graph():
    x = leaf(2.0)
    y = Square()(Square()(Square()(x)))
    y.backward()
    assert x.grad == 8 * 2.0**7


def test_intermediates_hold_no_gradient_after_a_pass():
    x = ng.Variable(np.ones(1000))
    y = x
    for _ in range(10):
        y = Square()(y)
    y.backward()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        y.backward()
        assert tracemalloc.get_traced_memory()[0] - before < 3 * 8000
    finally:
        tracemalloc.stop()


def numbers():
    yield 1
    yield 2


def throw():
    generator = ng.no_grad()(numbers)()
    next(generator)
    try:
        generator.throw(ValueError("thrown"))
    except ValueError:
        return
    raise AssertionError("it was not raised")


def no_grad_step():
    with ng.no_grad():
        return Square()(leaf(2.0))


def second():
    x = leaf(2.0)
    (x * x * x).backward(create_graph=True)
    g = x.grad
    x.cleargrad()
    g.backward()


def fail(seed):
    faults = Faults(ValueError, 4)
    try:
        random_graph(seed, 5, wrap=lambda f: faults.wrap(f, forward=seed == 2)).root.backward()
    except ValueError:
        return
    raise AssertionError("nothing was injected")


ACTIONS = {
    "a graph": lambda: random_graph(1, 5),
    "a pass": random_graph(1, 5).root.backward,
    "a retaining pass": lambda: random_graph(2, 5).root.backward(retain_grad=True),
    "operators": lambda: ((leaf(2.0) * 3 + 1) * leaf([1.0, 2.0])).sum().backward(),
    "no_grad": no_grad_step,
    "a second derivative": second,
    "a failing pass": lambda: fail(1),
    "a failing forward": lambda: fail(2),
    "a suspended no_grad": lambda: next(ng.no_grad()(numbers)()),
    "an error thrown into a generator": throw,
}


@pytest.mark.parametrize("name", ACTIONS)
def test_memory_stays_flat(name):
    least = min(growth(ACTIONS[name], 400) for _ in range(2))
    assert least.cycles == 0
    assert least.blocks < 80


CHAIN = """
import gc, sys, threading, time
sys.path[:0] = {path!r}
import numpy as np
import nbgrad as ng

class Keep(ng.Function):
    def forward(self, x):
        return x + 1.0

    def backward(self, gy):
        return gy

def run():
    gc.disable()
    x = ng.Variable(np.array(1.0))
    y = x
    f = {step}
    for _ in range({n}):
        y = f(y)
    y.backward()
    assert x.grad == 1.0, x.grad
    {end}
    print("freed", y if y is None else y.data)

# In less than this CPython 3.13 cannot free nested tuples of its own either.
threading.stack_size(1024 * 1024)
thread = threading.Thread(target=run)
thread.start()
thread.join()
"""

STEPS = {"built in": ("lambda y: y + 1.0", 1_000_000), "a user's": ("lambda y: Keep()(y)", 100_000)}
ENDS = {"dropped": "y = None", "unchained": "y.unchain_backward()"}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("kind", STEPS)
def test_a_long_chain_on_a_small_stack(kind, end):
    step, n = STEPS[kind]
    program = CHAIN.format(path=sys.path, step=step, n=n, end=ENDS[end])
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("freed")
