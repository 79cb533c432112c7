"""The other foldings that a page holds: of a huge graph few, since each takes long to make."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing import loops
from nbgrad.views.stepper import page_foldings
from nbgrad.views.stepper.page import page_html


def depths_of(page: str) -> list[dict[str, object]]:
    found = re.search(r'<script type="application/json" id="state">(.*?)</script>', page)
    assert found is not None
    state: dict[str, list[dict[str, object]]] = json.loads(found[1])
    return state.get("_depths", [])


def test_a_larger_graph_has_fewer_foldings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "MAX_DRAWN_NODES", 500)
    y = ng.Variable(np.array(0.5), name="x")
    for _ in range(600):
        y = ng.sin(y)
    trace = ng.trace(y, names={})
    counts = []
    for most in (100_000, 1200, 0):
        monkeypatch.setattr(page_foldings, "MAX_FOLDED_FUNCTIONS", most)
        counts.append(len(depths_of(page_html(trace))))
    assert counts[0] > counts[1] > counts[2] == 2
    ways = depths_of(page_html(trace))[0]["ways"]
    assert ways, "the shown folding can be opened"
