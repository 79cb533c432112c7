"""B13: a weak reference to a *list* of outputs was a TypeError; it is a list of weak references."""

import gc
import weakref

import numpy as np

import nbgrad as ng
from tests.seed.steps import Square, square


def test_b13_weak_outputs():
    f = Square()
    y = f(ng.Variable(np.array(2.0)))
    assert type(f.outputs) is list
    assert type(f.outputs[0]) is weakref.ref
    assert f.outputs[0]() is y


def test_b13_dropping_the_result_frees_the_graph_without_the_collector():
    gc.disable()
    try:
        x = ng.Variable(np.array(2.0))
        a = square(x)
        y = square(a)
        gone = [weakref.ref(a), weakref.ref(a.creator), weakref.ref(y)]
        del a, y
        assert [ref() for ref in gone] == [None, None, None]
    finally:
        gc.enable()
