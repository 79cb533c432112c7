"""Saving and loading."""

from __future__ import annotations

from pathlib import Path

import pytest

import nbgrad as ng
from nbgrad.tracing import files
from nbgrad.tracing.json.writer import PACK_FROM
from tests.tracing.graphs import diamond, variable


def test_json_there_and_back(tmp_path: Path) -> None:
    trace = ng.trace(diamond()[1])
    trace.save(tmp_path / "t.json")
    assert ng.Trace.load(str(tmp_path / "t.json")) == trace
    assert [p.name for p in tmp_path.iterdir()] == ["t.json"]


def test_a_large_trace_is_packed(tmp_path: Path) -> None:
    y = variable(1.0, "x")
    for _ in range(PACK_FROM + 1):
        y = y + 0.0
    trace = ng.trace(y)
    trace.save(tmp_path / "t.json")
    assert '"packed":true' in (tmp_path / "t.json").read_text(encoding="utf-8")
    assert ng.Trace.load(tmp_path / "t.json") == trace


def test_names_of_any_kind(tmp_path: Path) -> None:
    x = variable(2.0, '가중치 "\\ud800\ud800')
    trace = ng.trace(ng.square(x))
    trace.save(tmp_path / "t.json")
    assert ng.Trace.load(tmp_path / "t.json") == trace


@pytest.mark.parametrize("name", ["t.txt", "t", "t.json.gz"])
def test_an_unknown_ending(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"must end in one of \.html, \.json, \.svg"):
        ng.trace(diamond()[1]).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "t.json"
    old.write_text("old", encoding="utf-8")

    def fail(path: Path, text: str) -> None:
        path.write_text(text[:10], encoding="utf-8")
        raise OSError("the disk is full")

    monkeypatch.setattr(files, "write_text", fail)
    with pytest.raises(OSError, match="full"):
        ng.trace(diamond()[1]).save(old)
    assert old.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["t.json"]


def test_views_enter_what_they_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(files.savers, ".html", lambda trace, path: path.write_text("page"))
    ng.trace(diamond()[1]).save(tmp_path / "t.HTML")
    assert (tmp_path / "t.HTML").read_text() == "page"


def test_without_views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "savers", {})
    monkeypatch.setitem(files.views, "savers", "nbgrad.no_such_views")
    monkeypatch.setitem(files.views, "story", "nbgrad.no_such_views:story")
    trace = ng.trace(diamond()[1])
    with pytest.raises(ng.MissingDependencyError, match="needs nbgrad's views"):
        trace.save(tmp_path / "t.svg")
    assert trace._repr_html_() is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no trace"),
        (b"{", "is no trace"),
        (b"\xff\xfe\x00", "is no trace"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"schema": NaN}', "NaN is no JSON number"),
        (b"[]", "'schema' must be"),
    ],
)
def test_a_broken_file(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(content)
    with pytest.raises(ng.TraceFormatError, match=said):
        ng.Trace.load(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ng.Trace.load(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError):
        ng.trace(diamond()[1]).save(tmp_path / "none" / "t.json")
