"""`graph`: nodes, edges, generations, and its views."""

from __future__ import annotations

import base64
import gc
import re
import weakref
from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.views.graph.graph import Graph, graph
from tests.views.page_checks import HOSTILE, check_safe, check_svg


def scalar(value: float = 2.0, name: str | None = "x") -> ng.Variable:
    return ng.Variable(np.array(value), name=name)


def test_nodes_edges_generations(diamond: ng.Variable) -> None:
    g = ng.graph(diamond)
    assert [(v.name, v.generation, v.role) for v in g.variables] == [
        ("x", 0, "leaf"),
        ("a", 1, "intermediate"),
        ("b", 2, "intermediate"),
        ("c", 2, "intermediate"),
        ("y", 3, "intermediate"),
    ]
    assert [(f.name, f.generation, f.symbol) for f in g.functions] == [
        ("Square", 0, "x²"),
        ("Square", 1, "x²"),
        ("Square", 1, "x²"),
        ("Add", 2, "+"),
    ]
    assert len(g.edges) == 9
    assert g.generations == (0, 1, 2, 3)
    assert g.complete
    assert g.name == "y"


def test_x_plus_x_has_two_edges() -> None:
    x = scalar()
    g = ng.graph(x + x)
    assert [(e.source, e.target, e.input) for e in g.edges] == [
        ("v0", "f0", 0),
        ("v0", "f0", 1),
        ("f0", "v1", None),
    ]


def test_a_leaf_is_a_graph_of_one_node() -> None:
    g = ng.graph(scalar())
    assert [n.id for n in g.nodes] == ["v0"]
    assert g.edges == ()
    assert "1 variable" in repr(g)
    check_svg(g.to_svg())


def test_dropped_outputs_are_there(half_dropped: ng.Variable) -> None:
    g = ng.graph(half_dropped)
    unused = [v for v in g.variables if v.role == "unused"]
    assert [v.value for v in unused] == ["dropped"]
    assert "no gradient flowed" in g.to_svg()


def test_a_variable_without_data() -> None:
    assert [v.value for v in ng.graph(ng.Variable(None, name="later")).variables] == ["None"]


def test_constants_are_there() -> None:
    g = ng.graph(scalar() * 3.0 + np.ones((2, 2)))
    assert [v.value for v in g.variables if v.role == "constant"] == ["3", "(2, 2)"]


def test_ids_and_names_are_those_of_the_trace(diamond: ng.Variable) -> None:
    z = ng.sin(diamond * 2.0)
    g, t = ng.graph(z), ng.trace(z)
    assert [(n.id, n.name) for n in g.variables] == [(v.id, v.name) for v in t.variables]
    assert [(n.id, n.name) for n in g.functions] == [(f.id, f.name) for f in t.functions]
    again = ng.graph(t)
    assert [n.id for n in again.nodes] == [n.id for n in g.nodes]
    assert again.edges == g.edges


def test_names_come_from_a_mapping() -> None:
    w = ng.Variable(np.array(1.0))
    z = w * 2.0
    assert ng.graph(z, names={"w": w, "z": z}).variables[0].name == "w"
    assert ng.graph(z, names={"z": z}).name == "z"


def test_gradients_and_their_states(diamond: ng.Variable) -> None:
    assert {v.grad_state for v in ng.graph(diamond).variables} == {"none"}
    diamond.backward()
    states = [(v.name, v.grad_state, v.grad) for v in ng.graph(diamond).variables]
    assert states[0] == ("x", "value", "64")
    assert {s for _, s, _ in states[1:]} == {"freed"}


def test_a_trace_knows_freed_gradients(diamond: ng.Variable) -> None:
    g = Graph.from_trace(ng.trace(diamond))
    assert [(v.name, v.grad, v.grad_state) for v in g.variables] == [
        ("x", "64", "value"),
        ("a", "16", "freed"),
        ("b", "1", "freed"),
        ("c", "1", "freed"),
        ("y", "1", "freed"),
    ]


def test_the_gradient_of_an_empty_array_has_no_norm() -> None:
    """All that show it say so: a graph of either kind, the text of a trace and its HTML."""
    x = ng.Variable(np.zeros((0, 3)), name="x")
    y = ng.sum(ng.square(x))
    trace = ng.trace(y, retain_grad=True)
    graphs = ng.graph(y), ng.graph(trace)
    drawn = [text for g in graphs for text in (g.to_svg(), g.to_dot().source)]
    for shown in (*drawn, trace._repr_html_(), str(trace)):
        assert "‖–‖" in shown
        assert "‖0‖" not in shown


def test_the_graph_of_gradients_is_told_apart() -> None:
    x = scalar()
    (x * x * x).backward(create_graph=True)
    g = ng.graph(x.grad)
    assert any(f.second for f in g.functions)
    assert 'class="ng-svg-second-pill"' in g.to_svg()


def test_anything_else_is_refused() -> None:
    with pytest.raises(TypeError, match=r"graph\(\) draws what is behind a Variable, not ndarray"):
        graph(np.ones(3))  # type: ignore[arg-type]


def test_a_graph_keeps_nothing_alive() -> None:
    gc.disable()
    try:
        y = scalar() * 3.0
        ref = weakref.ref(y)
        g = ng.graph(y)
        g._repr_html_()
        del y
        assert ref() is None
    finally:
        gc.enable()


def test_norms_of_large_gradients_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many gradients there are, the work for them is bounded."""
    monkeypatch.setattr("nbgrad.views.graph.graph.MAX_NORM_ELEMENTS", 10)
    leaves = [ng.Variable(np.ones(4), name=f"x{i}") for i in range(3)]
    y = ng.sum(ng.concatenate(leaves))
    y.backward()
    assert [v.grad for v in ng.graph(y).variables[:3]] == ["‖2‖", "‖2‖", "(4,)"]


def test_a_long_chain_needs_no_recursion() -> None:
    y = x = scalar()
    for _ in range(20_000):
        y = y + x
    g = ng.graph(y)
    assert len(g.nodes) == 40_001
    part = g.nearest(100)
    assert 100 <= len(part.nodes) <= 103
    assert not part.complete
    assert part.root == g.root
    assert sum(v.cut for v in part.variables) == 1
    assert len(str(g).splitlines()) < 80


def test_the_bundle_has_html_and_text(diamond: ng.Variable) -> None:
    g = ng.graph(diamond)
    bundle = g._repr_mimebundle_()
    assert list(bundle) == ["text/html", "text/plain"]
    assert bundle["text/plain"] == str(g)
    page = check_safe(bundle["text/html"])
    assert "graph of" in page.shown
    svg = g._repr_mimebundle_(include=["image/svg+xml"])
    assert list(svg) == ["image/svg+xml"]
    check_svg(svg["image/svg+xml"])
    assert list(g._repr_mimebundle_(include=["text/plain"])) == ["text/plain"]
    assert "text/html" not in g._repr_mimebundle_(exclude=["text/html"])


def test_where_styles_are_stripped_a_picture_shows(diamond: ng.Variable) -> None:
    g = ng.graph(diamond)
    image = check_safe(g._repr_html_()).one("img")
    data = image.attributes["src"].removeprefix("data:image/svg+xml;base64,")
    assert base64.b64decode(data).decode() == g.to_svg()
    assert image.attributes["alt"] == str(g)


def test_the_svg_stands_alone(diamond: ng.Variable) -> None:
    root = check_svg(ng.graph(diamond).to_svg())
    space = "{http://www.w3.org/2000/svg}"
    assert root[0].tag == f"{space}title"
    assert root[0].text == "graph of y"
    assert root[1].text.startswith("4 functions, 5 variables, generations 0 to 3.")
    assert root.attrib["role"] == "img"
    for shape in [*root.iter(f"{space}rect"), *root.iter(f"{space}text")]:
        assert re.fullmatch(r"#[0-9a-f]{6}|none", shape.attrib["fill"]), shape.attrib
    assert "prefers-color-scheme:dark" in root.find(f"{space}style").text


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str) -> None:
    x = scalar(name=name)
    y = x * x
    y.name = name
    bundle = ng.graph(y)._repr_mimebundle_(["text/html", "image/svg+xml", "text/plain"])
    check_safe(bundle["text/html"])
    check_svg(bundle["image/svg+xml"])
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]", bundle["text/plain"])


def test_a_huge_graph_is_drawn_in_part() -> None:
    y = x = scalar()
    for _ in range(3000):
        y = ng.sin(y) + x
    html = ng.graph(y)._repr_html_()
    page = check_safe(html)
    assert re.search(r"… [\d,]+ more nodes left of the dotted stubs", page.shown)
    assert len(html) < 300_000


def test_save_svg(diamond: ng.Variable, tmp_path: Path) -> None:
    path = tmp_path / "g.svg"
    ng.graph(diamond).save(path)
    check_svg(path.read_text(encoding="utf-8"))


def test_save_takes_a_string_and_capital_endings(diamond: ng.Variable, tmp_path: Path) -> None:
    ng.graph(diamond).save(str(tmp_path / "G.SVG"))
    assert (tmp_path / "G.SVG").exists()


@pytest.mark.parametrize("name", ["g.jpg", "g", "g.html"])
def test_an_unknown_ending_is_refused(diamond: ng.Variable, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("before")
    with pytest.raises(ValueError, match=r"must end in \.svg, \.dot, \.png or \.pdf"):
        ng.graph(diamond).save(path)
    assert path.read_text() == "before"


def test_a_failure_leaves_the_file_as_it_was(
    diamond: ng.Variable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "g.svg"
    path.write_text("before")

    def fail(self: Graph, limit: int | None = None) -> str:
        raise MemoryError

    monkeypatch.setattr(Graph, "to_svg", fail)
    with pytest.raises(MemoryError):
        ng.graph(diamond).save(path)
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["g.svg"]


def test_a_trace_saves_its_drawing(diamond: ng.Variable, tmp_path: Path) -> None:
    path = tmp_path / "t.svg"
    ng.trace(diamond).save(path)
    text = path.read_text(encoding="utf-8")
    check_svg(text)
    assert 'text-decoration="line-through"' in text
    assert ">64</text>" in text
