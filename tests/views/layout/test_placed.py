"""A variable that is used far away is drawn again near its uses."""

from __future__ import annotations

import numpy as np

import nbgrad as ng
from nbgrad.views.layout.placed import MAX_PASSED_COLUMNS, Drawing, Link, Node, draw
from nbgrad.views.stepper.scene import scene


def shared_leaf(n: int) -> Drawing:
    """Draw a chain of n functions that all take one leaf too."""
    nodes = [Node("x", "variable", 0, 80, 78)]
    links = []
    for g in range(n):
        nodes += [
            Node(f"f{g}", "function", g, 60, 46),
            Node(f"v{g}", "variable", g + 1, 80, 78),
        ]
        before = f"v{g - 1}" if g else "x"
        links += [Link(before, f"f{g}", 0), Link("x", f"f{g}", 1), Link(f"f{g}", f"v{g}")]
    return draw(nodes, links)


def test_small_graphs_have_none() -> None:
    assert shared_leaf(MAX_PASSED_COLUMNS // 2).stubs == []


def test_no_line_passes_more_columns_than_allowed() -> None:
    drawing = shared_leaf(200)
    bands = [band.x for band in drawing.bands]
    assert {stub.of for stub in drawing.stubs} == {"x"}
    assert len(drawing.stubs) == -(-200 * 2 // MAX_PASSED_COLUMNS) - 1
    starts = {
        (round(s.box.x + s.box.width, 1), round(s.box.y + s.box.height / 2, 1))
        for s in drawing.stubs
    }
    own = drawing.boxes["x"]
    starts.add((round(own.x + own.width, 1), round(own.y + own.height / 2, 1)))
    for link, route in zip(drawing.links, drawing.routes, strict=True):
        first, last = route[0][0], route[-1][0]
        assert sum(first < x <= last for x in bands) <= MAX_PASSED_COLUMNS / 2 + 1
        if link.source == "x":
            assert any(abs(route[0][0] - x) < 1 and abs(route[0][1] - y) < 14 for x, y in starts)


def test_nodes_and_stubs_do_not_overlap() -> None:
    drawing = shared_leaf(120)
    boxes = [*drawing.boxes.values(), *(stub.box for stub in drawing.stubs)]
    boxes.sort(key=lambda box: box.x)
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 : i + 8]:
            apart = b.x >= a.x + a.width or b.y >= a.y + a.height or a.y >= b.y + b.height
            assert apart, (a, b)


def test_the_work_grows_with_the_graph() -> None:
    def points(n: int) -> int:
        return sum(map(len, shared_leaf(n).routes))

    assert points(800) < 2.3 * points(400)


def test_drawing_and_payload_show_them_by_name() -> None:
    x = ng.Variable(np.array(1.0), name="x")
    y = x
    for _ in range(60):
        y = y * x
    trace = ng.trace(y)
    stubs = scene(trace)["drawing"]["stubs"]
    assert [stub[0] for stub in stubs] == ["v0"] * len(stubs)
    assert len(stubs) == 2
    assert ng.graph(trace).to_svg().count("1.5 3") == len(stubs)
