"""Ratios measured in one run, in turns, and printed as one table.

Absolute times say more about the machine than about the code. So every benchmark
times nbgrad and something else alternately, and keeps the median of the ratios.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Ratio:
    """One row of the table; ``must`` and ``aim`` are upper bounds, where there are any."""

    what: str
    against: str
    value: float
    must: float | None = None
    aim: float | None = None

    @property
    def verdict(self) -> str:
        if self.must is None:
            return ""
        if self.aim is not None and self.value <= self.aim:
            return "aim reached"
        return "ok" if self.value <= self.must else "TOO SLOW"


ROWS: list[Ratio] = []


def timed(run: Callable[[], Any], clock: Callable[[], float], number: int) -> float:
    start = clock()
    for _ in range(number):
        run()
    return clock() - start


def paired(
    ours: Callable[[], Any],
    other: Callable[[], Any],
    *,
    seconds: float = 3.0,
    clock: Callable[[], float] = time.process_time,
) -> float:
    """Return the median ratio of two calls, timed in turns for some seconds."""
    number = []
    for run in (ours, other):
        run()
        once = max(timed(run, clock, 1), 1e-7)
        number.append(max(1, int(0.02 / once)))
    ratios: list[float] = []
    end = time.perf_counter() + seconds
    while len(ratios) < 5 or time.perf_counter() < end:
        gc.collect()
        mine = timed(ours, clock, number[0]) / number[0]
        theirs = timed(other, clock, number[1]) / number[1]
        ratios.append(mine / theirs)
    return statistics.median(ratios)


@pytest.fixture
def compare(benchmark: Any) -> Callable[..., float]:
    """Time nbgrad against something, and enter the ratio into the table."""

    def run(
        what: str,
        against: str,
        ours: Callable[[], Any],
        other: Callable[[], Any],
        must: float | None = None,
        aim: float | None = None,
        **options: Any,
    ) -> float:
        value = paired(ours, other, **options)
        ROWS.append(Ratio(what, against, value, must, aim))
        benchmark.extra_info.update(against=against, ratio=value)
        benchmark.pedantic(ours, rounds=3, warmup_rounds=1)
        return value

    return run


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table."""
    if not ROWS:
        return
    terminalreporter.section("nbgrad's time, size or memory over the other's")
    head = f"{'what':36} {'against':34} {'ratio':>7} {'must':>6} {'aim':>6}"
    terminalreporter.write_line(head)
    for row in ROWS:
        must, aim = ("" if b is None else f"{b:g}" for b in (row.must, row.aim))
        terminalreporter.write_line(
            f"{row.what:36} {row.against:34} {row.value:7.3f} {must:>6} {aim:>6}  {row.verdict}"
        )
