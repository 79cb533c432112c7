"""The drawing's marks as rows of the table; `layout_marks.py` prints them in full."""

from __future__ import annotations

import time
from typing import Any

import pytest

from nbgrad.views.layout.layout import place
from tests.views.layout.graphs import MARKS, Mark
from tests.views.layout.metrics import measure

from .conftest import ROWS, Ratio


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.name)
def test_marks(mark: Mark, benchmark: Any) -> None:
    graph = mark.make()
    start = time.perf_counter()
    y, routes = place(graph.columns, graph.heights, graph.edges)
    seconds = time.perf_counter() - start
    result = measure(graph, y, routes)
    if mark.crossings is not None:
        share = result.crossings / mark.crossings if mark.crossings else float(result.crossings)
        ROWS.append(Ratio(f"{mark.name}: crossings", f"goal of {mark.crossings}", (share,), 1.0))
    if mark.seconds is not None:
        ROWS.append(
            Ratio(f"{mark.name}: time", f"goal of {mark.seconds} s", (seconds / mark.seconds,), 1.0)
        )
    benchmark.pedantic(lambda: place(graph.columns, graph.heights, graph.edges), rounds=1)
