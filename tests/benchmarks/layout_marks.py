"""Draw the marks and print what each drawing reaches.

Run ``python tests/benchmarks/layout_marks.py [NAME …]``. A ``!`` marks what misses its goal.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nbgrad.views.layout.layout import Route, place
from tests.views.layout.graphs import MARKS, Graph, Mark
from tests.views.layout.metrics import Measures, measure

HEADINGS = ("graph", "nodes", "crossings", "goal", "ms", "goal", "height", "bends", "gap", "clear")
ROW = "{:12} {:>6} {:>10} {:>5} {:>8} {:>6} {:>8} {:>6} {:>7} {:>7}"


def timed(graph: Graph, repeats: int = 3) -> tuple[float, list[float], list[Route]]:
    """Return the best time of a few, with the drawing."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        y, routes = place(graph.columns, graph.heights, graph.edges)
        best = min(best, time.perf_counter() - start)
    return best, y, routes


def row(mark: Mark) -> str:
    """Draw one graph; return its line of the table."""
    graph = mark.make()
    seconds, y, routes = timed(graph)
    result = measure(graph, y, routes)
    return ROW.format(
        mark.name,
        len(graph.columns),
        _against(result.crossings, mark.crossings),
        _goal(mark.crossings),
        _against(round(seconds * 1000, 1), mark.seconds and mark.seconds * 1000),
        _goal(mark.seconds and round(mark.seconds * 1000)),
        _against(round(result.height), mark.height),
        result.bends,
        *_distances(result),
    )


def _against(value: float, goal: float | None) -> str:
    return f"{value}{'!' if goal is not None and value > goal else ''}"


def _goal(goal: float | None) -> str:
    return "" if goal is None else str(goal)


def _distances(result: Measures) -> list[str]:
    return [f"{d:.1f}" for d in (result.gap, result.clearance)]


def main(names: list[str]) -> None:
    print(ROW.format(*HEADINGS))
    for mark in MARKS:
        if not names or mark.name in names:
            print(row(mark), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
