"""Arrays that were given away are not written to, and memory is freed."""

from __future__ import annotations

import gc
import weakref

import numpy as np

import nbgrad as ng
from tests.compiler.functions import square_sum, variable


def test_no_array_is_written_to_after_it_was_given_away() -> None:
    f = ng.compile(lambda x: (ng.exp(x), (ng.exp(x) * x).sum()))
    rng = np.random.default_rng(0)
    held = []
    for _ in range(6):
        x = ng.Variable(rng.normal(size=(8, 8)))
        y, z = f(x)
        z.backward()
        held.append((y.data, y.data.copy(), z.data, z.data.copy(), x.grad, x.grad.copy()))
    for a, b, c, d, e, g in held:
        assert a.tobytes() == b.tobytes()
        assert c.tobytes() == d.tobytes()
        assert e.tobytes() == g.tobytes()
    arrays = [a for row in held for a in (row[0], row[4])]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(arrays) for b in arrays[i + 1 :])


def test_memory_is_freed_by_reference_counting() -> None:
    f = ng.compile(square_sum)
    x = variable(1, 2)
    f(x)
    gc.collect()
    gc.disable()
    try:
        y = f(x)
        y.backward()
        gone = [weakref.ref(y), weakref.ref(y.creator)]
        del y
        assert [r() for r in gone] == [None, None]
        here = ng.compile(lambda x: (x * 3.0).sum())
        here(x)
        here(x).backward()
        before = weakref.ref(x)
        del x
        assert before() is None
    finally:
        gc.enable()
