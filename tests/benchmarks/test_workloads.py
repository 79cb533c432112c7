"""The workloads against hand-written NumPy, and against the peers that are installed."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from .libraries import Library, installed
from .workloads import chain_forward, make

OURS = Library()
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
