"""How many arrays a pass makes, and how much memory it needs at once, against NumPy by hand.

Every Variable keeps its value, to be looked at: those arrays are counted apart. What is left
is what the rules make: gradients, and temporaries.
"""

from __future__ import annotations

from typing import Any

import pytest

from .allocations import counting
from .conftest import ARRAYS, Arrays
from .libraries import Library
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
