"""Depth: time and memory per node of chains of up to a million nodes, and letting go of them."""

from __future__ import annotations

import subprocess
from operator import itemgetter
from typing import Any

import numpy as np
import pytest

import nbgrad as ng

from .conftest import ROWS, RUNS, Ratio
from .deep import in_a_process
from .libraries import installed

PEERS = [name for name in installed() if name != "autograd"]  # it has no leaves to ask

BOUNDS = {
    ("PyTorch", 10_000): (0.50, 0.30),
    ("PyTorch", 1_000_000): (0.60, 0.45),
}


def time_of(result: dict[str, float]) -> float:
    return result["forward"] + result["backward"]


MANY = {"forward": 2.0, "time": 1.6, "free": 1.6, "bytes": 1.6}
"""What a node of a million may cost over one of ten thousand."""


def test_a_million_nodes_cost_as_ten_thousand_do(benchmark: Any) -> None:
    runs: dict[str, list[float]] = {what: [] for what in MANY}
    for _ in range(RUNS):
        few, many = (in_a_process("nbgrad", n) for n in (10_000, 1_000_000))
        for what, ratios in runs.items():
            of = time_of if what == "time" else itemgetter(what)
            ratios.append(of(many) / of(few))
    for what, must in MANY.items():
        title = f"W7 10⁶ nodes: {what} per node"
        ROWS.append(Ratio(title, "10⁴ nodes", tuple(runs[what]), must))
    benchmark.pedantic(lambda: in_a_process("nbgrad", 10_000), rounds=1)


SIZES = {"PyTorch": (10_000, 1_000_000)}
PAIRS = [(peer, n) for peer in PEERS for n in SIZES.get(peer, (100_000,))]


@pytest.mark.parametrize(("peer", "n"), PAIRS)
def test_deep_against_peer(peer: str, n: int, benchmark: Any) -> None:
    times, sizes = [], []
    for _ in range(RUNS):
        try:
            other = in_a_process(peer, n)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"{peer} gives up: {error.stderr.strip().splitlines()[-1:]}")
        ours = in_a_process("nbgrad", n)
        times.append(time_of(ours) / time_of(other))
        sizes.append(ours["bytes"] / other["bytes"])
    size_bounds = (0.50, 0.35) if peer == "DeZero" else (None, None)
    ROWS.append(Ratio(f"W7 chain of {n}: time", peer, tuple(times), *BOUNDS.get((peer, n), ())))
    ROWS.append(Ratio(f"W7 chain of {n}: bytes per node", peer, tuple(sizes), *size_bounds))
    benchmark.pedantic(lambda: in_a_process("nbgrad", 10_000), rounds=1)


@pytest.mark.parametrize(("join", "shape"), [("stack", ()), ("concatenate", (1,))])
def test_joining_8000_variables(join: str, shape: tuple[int, ...], compare: Any) -> None:
    torch = pytest.importorskip("torch")
    arrays = [np.full(shape, float(i)) for i in range(8000)]
    ours = [ng.Variable(a) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]

    def forward_and_backward(lib: Any, leaves: list[Any]) -> None:
        getattr(lib, join)(leaves).sum().backward()
        for x in leaves:
            x.grad = None

    ratio = compare(
        f"{join} of 8000 variables",
        "PyTorch",
        lambda: forward_and_backward(ng, ours),
        lambda: forward_and_backward(torch, theirs),
        2.0,
        1.0,
    )
    assert ratio < 2.0
