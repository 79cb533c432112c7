"""What a trace is saved as besides JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from tests.views.page_checks import HOSTILE, check_svg


def test_a_page_and_a_drawing(diamond: ng.Variable, tmp_path: Path) -> None:
    trace = ng.trace(diamond)
    trace.save(tmp_path / "t.html")
    trace.save(tmp_path / "t.svg")
    page = (tmp_path / "t.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    svg = (tmp_path / "t.svg").read_text(encoding="utf-8")
    assert check_svg(svg)[0].text == "graph of y"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_drawing_with_hostile_names(name: str, tmp_path: Path) -> None:
    x = ng.Variable(np.array(2.0), name=name)
    ng.trace(x * x).save(tmp_path / "t.svg")
    check_svg((tmp_path / "t.svg").read_text(encoding="utf-8"))


def test_a_large_trace_is_drawn_in_part() -> None:
    y = x = ng.Variable(np.array(0.5), name="x")
    for _ in range(300):
        y = ng.sin(y) + x
    svg = ng.graph(ng.trace(y)).to_svg(limit=100)
    assert "more nodes left of the dotted stubs" in svg
    check_svg(svg)
