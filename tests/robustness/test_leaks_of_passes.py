"""Thousands of graphs, passes and failing passes with the collector off: memory stays flat."""

import gc

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.faults import Faults
from tests.engine.tiny import Both, Mul, Square, leaf, random_graph
from tests.robustness.memory_growth import growth

X = ng.Variable(np.linspace(-1.0, 1.0, 6).reshape(2, 3), "x")
W = ng.Variable(np.linspace(0.5, 1.5, 3), "w")


def net():
    h = ng.tanh(X @ W.reshape(3, 1)) + 1.0
    return ng.mean_squared_error(h.sum(axis=1), np.array([1.0, 2.0]))


def step():
    X.cleargrad()
    W.cleargrad()
    net().backward()


def retained():
    y = net()
    y.backward(retain_grad=True)
    y.backward(retain_grad=True)


def second():
    x = leaf(2.0)
    Mul()(x, Square()(x)).backward(create_graph=True)
    g = x.grad
    x.cleargrad()
    g.backward()


def refused():
    class_ = Keeps
    try:
        class_()(leaf(2.0)).backward(create_graph=True)
    except ng.SecondOrderError:
        return
    raise AssertionError("it was not refused")


class Keeps(ng.Function):
    def forward(self, x):
        self.x = x * 1
        return x**2

    def backward(self, gy):
        return 2.0 * self.x * gy


def failing():
    faults = Faults(ZeroDivisionError, 2)
    try:
        random_graph(1, 6, wrap=faults.wrap).root.backward()
    except ZeroDivisionError:
        return
    raise AssertionError("nothing was injected")


def bad_shapes():
    try:
        X @ X
    except ng.ShapeError:
        return
    raise AssertionError("the shapes fitted")


def dropped_outputs():
    y0, _ = Both()(X)
    y0.sum().backward()


def looked_at():
    y = net()
    repr(y.creator)
    repr(y)
    y.creator.inputs[0].creator.inputs


INSTANCE = Keeps()


def one_instance():
    y0, y1 = INSTANCE(X), INSTANCE(X)
    (y0 + y1).sum().backward()


def unrecorded():
    with ng.no_grad():
        net()


def unchained():
    y = net()
    y.unchain_backward()
    y.backward()


WORK = {
    f.__name__: f
    for f in (
        net, step, retained, second, refused, failing, bad_shapes, dropped_outputs, looked_at,
        one_instance, unrecorded, unchained,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", WORK)
def test_memory_stays_flat(name):
    least = min(growth(WORK[name], 500) for _ in range(2))
    assert least.cycles == 0
    assert least.blocks < 100


def test_a_trace_keeps_nothing_alive():
    import weakref

    gc.disable()
    try:
        y = net()
        refs = [weakref.ref(y), weakref.ref(y.creator.inputs[0])]
        trace = ng.trace(y)
        del y
        assert [ref() for ref in refs] == [None, None]
        assert len(trace.steps) > 3
    finally:
        gc.enable()
