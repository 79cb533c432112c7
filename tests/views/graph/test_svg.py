"""The drawing: nothing overlaps, no text leaves its card."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.views.graph.svg import Picture, graph_svg, node_text, sign_of
from nbgrad.views.graph.svg_style import graph_style
from nbgrad.views.layout.text_width import text_width
from tests.views.page_checks import check_svg

SPACE = "{http://www.w3.org/2000/svg}"
NAMES = [
    "x",
    "a_long_name_of_a_weight_matrix",
    "W" * 40,
    "가나다라마바사아자차카",
    "i" * 60,
    "м" * 30,
]


def named(name: str) -> ng.Graph:
    x = ng.Variable(np.ones((2, 3, 4)) * 1.23456e-7, name=name)
    s = ng.Variable(np.array(-1.234567e-7), name=name)
    y = ng.sum(x) * s
    y.backward()
    return ng.graph(y)


def cards(svg: str) -> list[tuple[ET.Element, list[ET.Element]]]:
    """Return each node's outline and its texts."""
    groups = check_svg(svg).iter(f"{SPACE}g")
    return [(g.find(f"{SPACE}rect"), g.findall(f"{SPACE}text")) for g in groups]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("compact", [False, True])
def test_no_text_leaves_its_card(name: str, compact: bool) -> None:
    g = named(name)
    placed = Picture(g.nodes, g.edges, g.root, compact=compact)
    for outline, texts in cards(graph_svg(placed, title="t", description="d", alone=True)):
        left = float(outline.attrib["x"])
        right = left + float(outline.attrib["width"])
        for text in texts:
            bold = text.attrib.get("font-weight") == "650"
            width = text_width(text.text or "", float(text.attrib["font-size"]), bold)
            anchor = text.attrib.get("text-anchor", "start")
            start = float(text.attrib["x"]) - width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            assert start >= left + 4, text.text
            assert start + width <= right - 4, text.text


def test_nothing_overlaps(diamond: ng.Variable, half_dropped: ng.Variable) -> None:
    for y in (diamond, half_dropped, ng.sin(diamond) * half_dropped):
        g = ng.graph(y)
        boxes = list(Picture(g.nodes, g.edges, g.root).drawing.boxes.values())
        for a, b in combinations(boxes, 2):
            apart_x = a.x + a.width <= b.x or b.x + b.width <= a.x
            apart_y = a.y + a.height <= b.y or b.y + b.height <= a.y
            assert apart_x or apart_y


def test_bands_carry_true_generations() -> None:
    y = x = ng.Variable(np.array(1.0), name="x")
    for _ in range(500):
        y = ng.sin(y)
    assert x.generation == 0
    part = ng.graph(y).nearest(20)
    svg = graph_svg(Picture(part.nodes, part.edges, part.root), title="t", description="d")
    names = re.findall(r'class="ng-svg-band-name"[^>]*>([^<]+)<', svg)
    assert names[-1] in {"500", "generation 500"}
    assert names[0] in {"491", "generation 491", "490", "generation 490"}
    assert svg.count('class="ng-svg-stub"') == 1


def test_in_html_the_theme_colours_it(diamond: ng.Variable) -> None:
    g = ng.graph(diamond)
    svg = graph_svg(Picture(g.nodes, g.edges, g.root), title="t", description="d")
    assert "fill=" not in svg
    classes = set(re.findall(r'class="([a-z-]+)"', svg)) - {"nbgrad-graph"}
    for name in classes:
        assert f".nbgrad .nbgrad-graph .{name}{{" in graph_style()
    assert "var(--ng-raised)" in graph_style()


def test_not_computed_looks_different_from_zero() -> None:
    x = ng.Variable(np.array(0.0), name="x")
    y = x * x
    before = ng.graph(y).to_svg()
    y.backward()
    after = ng.graph(y).to_svg()
    assert ">–</text>" in before
    assert 'class="ng-svg-zero-ground"' not in before
    assert 'class="ng-svg-zero-ground"' in after


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("16", "pos"),
        ("-0.5", "neg"),
        ("0", "zero"),
        ("‖2.5‖", "zero"),
        ("nan", "bad"),
        ("-inf", "bad"),
    ],
)
def test_signs(text: str, sign: str) -> None:
    assert sign_of(text) == sign


def test_tooltips_tell_the_whole(diamond: ng.Variable) -> None:
    diamond.backward()
    g = ng.graph(diamond)
    x, square = g.variables[0], g.functions[0]
    assert node_text(x) == ["x", "() float64", "value 2", "grad 64", "leaf of generation 0"]
    assert node_text(square) == ["Square x²", "gx = 2 · x · gy", "function of generation 0"]
