"""The workloads against hand-written NumPy, and against the peers that are installed."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from .libraries import Compiled, Library, installed
from .workloads import chain_forward, make

OURS = Library()
COMPILED = Compiled()
PEERS = installed()

# (must, aim) of nbgrad's time over the other's.
LIMITS = {"W3": (2.8, 2.0), "W4": (1.10, 1.04), "W5": (1.35, 1.15)}
BOUNDS = {
    ("W1", "PyTorch"): (0.40, 0.22),
    ("W2", "PyTorch"): (0.35, 0.20),
    ("W3", "PyTorch"): (0.50, 0.33),
    ("W1", "DeZero"): (0.20, 0.12),
    ("W2", "micrograd"): (1.0, 0.6),
}


COMPILED_LIMITS = {
    "W1": (2.0, 1.2), "W2": (2.0, 1.2), "W3": (1.25, 1.09), "W4": (1.08, 1.04), "W5": (1.20, 1.05),
}  # fmt: skip
COMPILED_BOUNDS = {"W1": (0.04, 0.02), "W2": (0.04, 0.02), "W3": (0.30, 0.22)}


def clock_of(key: str) -> Any:
    """Wall clock where BLAS may use threads, else the process's own time."""
    return time.perf_counter if key == "W4" else time.process_time


@pytest.mark.parametrize("key", ["W1", "W2", "W3", "W4", "W5", "W7"])
def test_against_numpy(key: str, compare: Any) -> None:
    workload = make(key)
    ours = OURS.prepare(workload)
    limit = workload.limit(workload.leaves, workload.constants)
    for got, want in zip(ours(), limit, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-7, atol=1e-9)
    compare(
        f"{key} {workload.title}",
        "NumPy by hand, no tape",
        ours,
        lambda: workload.limit(workload.leaves, workload.constants),
        *LIMITS.get(key, (None, None)),
        clock=clock_of(key),
    )


@pytest.mark.parametrize("key", COMPILED_LIMITS)
def test_compiled(key: str, compare: Any) -> None:
    """Compiled: the same bits as uncompiled, against NumPy by hand and PyTorch."""
    workload = make(key)
    ours = COMPILED.prepare(workload)
    for got, want in zip(ours(), OURS.prepare(workload)(), strict=True):
        assert got.tobytes() == want.tobytes()

    def by_hand() -> Any:
        return workload.limit(workload.leaves, workload.constants)

    title, clock = f"{key} {workload.title}, compiled", clock_of(key)
    compare(title, "NumPy by hand, no tape", ours, by_hand, *COMPILED_LIMITS[key], clock=clock)
    if "PyTorch" in PEERS:
        other = PEERS["PyTorch"].prepare(workload)
        bounds = COMPILED_BOUNDS.get(key, (None, None))
        compare(title, "PyTorch", ours, other, *bounds, clock=clock)


def test_no_grad_against_numpy(compare: Any) -> None:
    workload = make("W6")
    compare(
        "W6 chain under no_grad",
        "the same loop over 0-d arrays",
        OURS.prepare(workload),
        lambda: chain_forward(workload.leaves, []),
        2.0,
        1.0,
    )


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("key", ["W1", "W2", "W3", "W4", "W5", "W6"])
def test_against_peer(key: str, peer: str, compare: Any) -> None:
    workload = make(key)
    try:
        other = PEERS[peer].prepare(workload)
    except NotImplementedError as reason:
        pytest.skip(str(reason))
    compare(
        f"{key} {workload.title}",
        peer,
        OURS.prepare(workload),
        other,
        *BOUNDS.get((key, peer), (None, None)),
        clock=clock_of(key),
    )
