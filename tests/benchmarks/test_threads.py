"""Independent graphs on independent threads, as far as NumPy lets threads run side by side."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import ROWS, RUNS, Ratio, paired
from .libraries import Library
from .workloads import make

THREADS = min(4, os.cpu_count() or 1)


def side_by_side(runs: list[Callable[[], Any]]) -> Callable[[], None]:
    """Return a call that runs each on a thread of its own."""

    def all_of_them() -> None:
        threads = [threading.Thread(target=run) for run in runs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return all_of_them


def one_by_one(runs: list[Callable[[], Any]]) -> Callable[[], None]:
    def all_of_them() -> None:
        for run in runs:
            run()

    return all_of_them


@pytest.mark.skipif(THREADS < 2, reason="one core")
def test_threads_scale_as_numpy_does(benchmark: Any) -> None:
    ours, by_hand = [], []
    for _ in range(THREADS):
        workload = make("W5")
        ours.append(Library().prepare(workload))
        by_hand.append(lambda w=workload: w.limit(w.leaves, w.constants))
    shares = []
    for _ in range(RUNS):
        mine, numpys = (
            paired(side_by_side(runs), one_by_one(runs), clock=time.perf_counter)
            for runs in (ours, by_hand)
        )
        shares.append(mine / numpys)
    what = f"W5 on {THREADS} threads over one thread"
    ROWS.append(Ratio(what, "the same of NumPy by hand", tuple(shares), 1.25))
    benchmark.pedantic(side_by_side(ours), rounds=1)
