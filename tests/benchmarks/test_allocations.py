"""How many arrays a pass makes, and how much memory it needs at once, against NumPy by hand.

Every Variable keeps its value, to be looked at: those arrays are counted apart. What is left
is what the rules make: gradients, and temporaries.
"""

from __future__ import annotations

from typing import Any

import pytest

from .allocations import counting
from .conftest import ARRAYS, ROWS, RUNS, Arrays, Ratio
from .libraries import Compiled, Library
from .workloads import make

SMALLEST = {"W3": 2_000, "W4": 30_000, "W5": 1_000_000}
"""Bytes from which an array counts: of a batch, of weights, of data; not of biases."""


@pytest.mark.parametrize("key", ["W3", "W4", "W5"])
def test_arrays_of_a_pass(key: str, benchmark: Any) -> None:
    workload, ours, least = make(key), Library(), SMALLEST[key]
    leaves = [ours.leaf(x) for x in workload.leaves]
    constants = [ours.constant(c) if hasattr(c, "shape") else c for c in workload.constants]
    workload.build(ours.lib, leaves, constants).backward()
    for leaf in leaves:
        leaf.cleargrad()
    with counting(least) as by_hand:
        workload.limit(workload.leaves, workload.constants)
    with counting(least) as whole:
        y = workload.build(ours.lib, leaves, constants)
        values, held = whole.arrays, whole.alive
        y.backward()
    ARRAYS.append(
        Arrays(
            f"{key} {workload.title}",
            values,
            whole.arrays - values,
            by_hand.arrays,
            held / 1e6,
            whole.peak / 1e6,
            by_hand.peak / 1e6,
        )
    )
    benchmark.pedantic(ours.prepare(workload), rounds=1)


def test_memory_of_a_compiled_pass(benchmark: Any) -> None:
    """All arrays at once, those that wait for the next call too."""
    workload, ours, least = make("W5"), Compiled(), SMALLEST["W5"]
    with counting(least) as by_hand:
        workload.limit(workload.leaves, workload.constants)
    lib, build, x = ours.lib, workload.build, ours.leaf(workload.leaves[0])
    runs = []
    for _ in range(RUNS):
        with counting(least) as whole:
            function = lib.compile(lambda x: build(lib, [x], []))
            for _ in range(2):
                whole.peak = whole.alive
                function(x).backward()
                x.cleargrad()
            runs.append(whole.peak / by_hand.peak)
            del function
    title = f"W5 {workload.title}, compiled: peak memory"
    ROWS.append(Ratio(title, "NumPy by hand, no tape", tuple(runs), 1.5, 1.1))
    benchmark.pedantic(ours.prepare(workload), rounds=1)
