"""Large arrays: computed in parts, with the same bits, and little memory."""

from __future__ import annotations

from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad.compiler import elementwise_parts as parts
from tests.benchmarks.allocations import counting
from tests.compiler.same_bits import assert_same, run

rng = np.random.default_rng(0)
part, x_part = 2.0, 3.0


def wave(x: Any) -> Any:
    return (ng.sin(x) * x + ng.exp(-x * x)).sum()


def shared(x: Any, x_part: Any, length: Any) -> Any:
    """Names that the generated code would like to use itself."""
    y = ng.tanh(x * x_part) + length
    z = y * y - x
    return (z * x).sum(), (z.mean() * y).sum(), z * 2.0


def test_large_arrays_have_the_same_bits() -> None:
    calls = 0
    for shape in ((parts.MIN_PARTS_SIZE + 1,), (2, parts.PART_SIZE, 4), (parts.PART_SIZE * 8,)):
        for dtype in (np.float64, np.float32):
            x, y = (np.asarray(rng.normal(size=shape), dtype) for _ in range(2))
            for f, args in ((wave, [x]), (shared, [x, y, np.asarray(0.5, dtype)])):
                compiled = ng.compile(f)
                for n in range(3):
                    args[0] = args[0] * 1.1
                    want, got = run(f, args, [], n), run(compiled, args, [], n)
                    assert_same(want, got, f"{f.__name__} {shape} {dtype}")
                    calls += 1
                assert [s.compiled for s in compiled.signatures] == [True]
                assert f"range(0, {x.size}, {parts.PART_SIZE})" in compiled.source(
                    *map(ng.Variable, args)
                )
    print(f"{calls} calls")


def test_layouts_that_are_no_line_of_elements_are_computed_as_a_whole() -> None:
    x = np.asfortranarray(rng.normal(size=(400, 400)))
    f = ng.compile(wave)
    for n in range(2):
        assert_same(run(wave, [x.T * 1.0], [], n), run(f, [x.T * 1.0], [], n), "C")
        assert_same(run(wave, [x], [], n), run(f, [x], [], n), "F")
    assert "for start" not in f.source(ng.Variable(x))


def test_memory_of_a_pass() -> None:
    """Once it is compiled: three arrays that the rules need, and the gradient."""
    x = ng.Variable(rng.normal(size=200_000))
    f = ng.compile(wave)
    size = x.data.nbytes
    with counting(size) as count:
        f(x).backward()
        x.cleargrad()
        count.peak = count.alive
        for _ in range(3):
            f(x).backward()
            x.cleargrad()
        assert count.peak < 4.01 * size
        assert count.alive < 3.01 * size
