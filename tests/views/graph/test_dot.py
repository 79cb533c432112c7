"""DOT: escaping, columns, and what the real Graphviz makes of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.errors import MissingDependencyError
from nbgrad.views.graph.dot import dot_source
from tests.views.page_checks import HOSTILE

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


def laid_out(source: str) -> dict[str, dict[str, Any]]:
    """Return what Graphviz makes of each node."""
    done = subprocess.run(
        ["dot", "-Tjson"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stderr == ""
    return {o["name"]: o for o in json.loads(done.stdout)["objects"] if "label" in o and "pos" in o}


def both(g: ng.Graph) -> list[str]:
    pytest.importorskip("graphviz")
    return [dot_source(g), g.to_dot().source]


@needs_dot
def test_generations_are_columns(diamond: ng.Variable) -> None:
    g = ng.graph(diamond)
    for source in both(g):
        placed = {k: float(o["pos"].split(",")[0]) for k, o in laid_out(source).items()}
        assert placed["v2"] == placed["v3"]
        assert placed["f1"] == placed["f2"]
        order = ["v0", "f0", "v1", "f1", "v2", "f3", "v4"]
        assert [placed[k] for k in order] == sorted(placed[k] for k in order)


def test_two_edges_for_one_variable_twice() -> None:
    x = ng.Variable(np.array(2.0), name="x")
    for source in both(ng.graph(x + x)):
        assert source.count("v0 -> f0") == 2


def test_numbers_stand_on_their_functions() -> None:
    x = ng.Variable(np.array(3.0), name="x")
    for source in both(ng.graph(x**2 + 5)):
        assert "x²" in source
        assert "constant" not in source


@needs_dot
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stand_for_themselves(name: str) -> None:
    x = ng.Variable(np.array(2.0), name=name)
    g = ng.graph(x * x)
    shown = g.variables[0].name
    for source in both(g):
        # What Graphviz draws: escapes are undone, entities are characters.
        first = next(d["text"] for d in laid_out(source)["v0"]["_ldraw_"] if d["op"] == "T")
        assert first.endswith("= 2") or first == "2"
        assert first.removesuffix(" = 2")[:10] == shown[:10] or first == "2"


def test_to_dot_is_a_digraph(diamond: ng.Variable) -> None:
    graphviz = pytest.importorskip("graphviz")
    assert isinstance(ng.graph(diamond).to_dot(), graphviz.Digraph)


@needs_dot
@pytest.mark.parametrize(("ending", "magic"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_png_and_pdf(diamond: ng.Variable, tmp_path: Path, ending: str, magic: bytes) -> None:
    pytest.importorskip("graphviz")
    path = tmp_path / f"g.{ending}"
    ng.graph(diamond).save(path)
    assert path.read_bytes().startswith(magic)


@pytest.mark.parametrize("ending", ["dot", "gv"])
def test_dot_text(diamond: ng.Variable, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"g.{ending}"
    ng.graph(diamond).save(path)
    assert path.read_text(encoding="utf-8").startswith('digraph "graph of y" {')


def test_a_missing_program(
    diamond: ng.Variable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("graphviz")
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "g.png"
    path.write_text("before")
    with pytest.raises(MissingDependencyError, match="apt install graphviz") as caught:
        ng.graph(diamond).save(path)
    assert isinstance(caught.value, ImportError)
    assert ".svg or .dot" in str(caught.value)
    assert path.read_text() == "before"
    ng.graph(diamond).save(tmp_path / "g.svg")
    ng.graph(diamond).save(tmp_path / "g.dot")


def test_a_missing_package(
    diamond: ng.Variable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    g = ng.graph(diamond)
    with pytest.raises(MissingDependencyError, match="pip install graphviz"):
        g.to_dot()
    with pytest.raises(MissingDependencyError, match="pip install graphviz"):
        g.save(tmp_path / "g.png")
    g.save(tmp_path / "g.svg")
    g.save(tmp_path / "g.dot")
    g._repr_mimebundle_()
