"""Ratios measured in one run, in turns, and printed as one table.

Absolute times say more about the machine than about the code. So every benchmark
times nbgrad and something else alternately, and takes the median of the ratios. It
does so three times: the table shows the middle one, and all three.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Ratio:
    """One row of the table; ``must`` and ``aim`` are upper bounds, where there are any."""

    what: str
    against: str
    runs: tuple[float, ...]
    must: float | None = None
    aim: float | None = None

    @property
    def value(self) -> float:
        return statistics.median(self.runs)

    @property
    def verdict(self) -> str:
        if self.must is None:
            return ""
        if self.aim is not None and self.value <= self.aim:
            return "aim reached"
        return "ok" if self.value <= self.must else "TOO SLOW"


@dataclass(frozen=True)
class Arrays:
    """One row of the table of arrays: how many, and megabytes."""

    what: str
    values: int
    rules: int
    by_hand: int
    held: float
    peak: float
    peak_by_hand: float


ROWS: list[Ratio] = []
ARRAYS: list[Arrays] = []
RUNS = 3
KEPT = Path(__file__).parents[2] / ".reports" / "benchmarks.json"


def budget(what: str, value: float, bound: float, unit: str) -> None:
    """Enter a share of a budget: at most 1."""
    ROWS.append(Ratio(what, f"budget of {bound:g} {unit}", (value / bound,), 1.0))


def timed(run: Callable[[], Any], clock: Callable[[], float], number: int) -> float:
    start = clock()
    for _ in range(number):
        run()
    return clock() - start


def paired(
    ours: Callable[[], Any],
    other: Callable[[], Any],
    *,
    seconds: float = 1.0,
    clock: Callable[[], float] = time.process_time,
) -> float:
    """Return the median ratio of two calls, timed in turns for some seconds.

    Where the ratios agree, fewer rounds do.
    """
    number = []
    for run in (ours, other):
        run()
        once = max(timed(run, clock, 1), 1e-7)
        number.append(max(1, int(0.02 / once)))
    calls = [(ours, number[0]), (other, number[1])]
    ratios: list[float] = []
    end = time.perf_counter() + seconds
    while len(ratios) < 6 or (time.perf_counter() < end and not agree(ratios)):
        gc.collect()
        took = {}
        # A collection leaves cold caches: so each is warmed, and they take turns at being first.
        for run, n in calls if len(ratios) % 2 else reversed(calls):
            run()
            took[run] = timed(run, clock, n) / n
        ratios.append(took[ours] / took[other])
    return statistics.median(ratios)


def agree(ratios: list[float]) -> bool:
    """Whether half of the ratios are within two hundredths of one another."""
    first, middle, third = statistics.quantiles(ratios, n=4)
    return third - first < 0.02 * middle


@pytest.fixture
def compare(benchmark: Any) -> Callable[..., float]:
    """Time nbgrad against something, and enter the ratio into the table."""
    measured = False

    def run(
        what: str,
        against: str,
        ours: Callable[[], Any],
        other: Callable[[], Any],
        must: float | None = None,
        aim: float | None = None,
        **options: Any,
    ) -> float:
        nonlocal measured
        runs = tuple(paired(ours, other, **options) for _ in range(RUNS))
        ROWS.append(Ratio(what, against, runs, must, aim))
        benchmark.extra_info.update(against=against, ratios=runs)
        if not measured:  # pytest-benchmark takes one function for each test
            benchmark.pedantic(ours, rounds=3, warmup_rounds=1)
        measured = True
        return ROWS[-1].value

    return run


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the tables; keep the ratios for `readme_table`."""
    if ARRAYS:
        report_arrays(terminalreporter)
    if ROWS:
        report_ratios(terminalreporter)
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps([dataclasses.asdict(row) for row in ROWS], indent=1), "utf-8")


def report_arrays(terminalreporter: Any) -> None:
    terminalreporter.section("arrays made by one forward and backward pass")
    terminalreporter.write_line(
        f"{'what':28} {'values kept':>12} {'by rules':>9} {'by hand, all':>13} "
        f"{'MB held':>9} {'MB at most':>11} {'by hand':>9}"
    )
    for row in ARRAYS:
        terminalreporter.write_line(
            f"{row.what:28} {row.values:12} {row.rules:9} {row.by_hand:13} "
            f"{row.held:9.2f} {row.peak:11.2f} {row.peak_by_hand:9.2f}"
        )


def report_ratios(terminalreporter: Any) -> None:
    terminalreporter.section("nbgrad's time, size or memory over the other's")
    head = f"{'what':40} {'against':34} {'ratio':>7} {'runs':>20} {'must':>6} {'aim':>6}"
    terminalreporter.write_line(head)
    for row in ROWS:
        must, aim = ("" if b is None else f"{b:g}" for b in (row.must, row.aim))
        terminalreporter.write_line(
            f"{row.what:40} {row.against:34} {row.value:7.3f} "
            f"{' '.join(f'{run:.3f}' for run in row.runs if len(row.runs) > 1):>20} "
            f"{must:>6} {aim:>6}  {row.verdict}"
        )
