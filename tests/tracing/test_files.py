"""Saving and loading."""

from __future__ import annotations

from pathlib import Path

import pytest

import nbgrad as ng
from nbgrad.cli.main import main
from nbgrad.tracing import files
from tests.tracing.graphs import diamond, variable


def test_json_there_and_back(tmp_path: Path) -> None:
    trace = ng.trace(diamond()[1])
    trace.save(tmp_path / "t.json")
    assert ng.Trace.load(str(tmp_path / "t.json")) == trace
    assert [p.name for p in tmp_path.iterdir()] == ["t.json"]


def test_names_of_any_kind(tmp_path: Path) -> None:
    x = variable(2.0, '가중치 "\\ud800\ud800')
    trace = ng.trace(ng.square(x))
    trace.save(tmp_path / "t.json")
    assert ng.Trace.load(tmp_path / "t.json") == trace


@pytest.mark.parametrize("name", ["t.txt", "t", "t.json.gz"])
def test_an_unknown_ending(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"must end in one of .*\.html, \.json,"):
        ng.trace(diamond()[1]).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_new_ending_is_one_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`save`, its error and the command line know it at once."""
    monkeypatch.setitem(files.exporters, ".md", lambda trace: "# page")
    ng.trace(diamond()[1]).save(tmp_path / "t.MD")
    assert (tmp_path / "t.MD").read_text() == "# page"
    with pytest.raises(ValueError, match=r"one of .*\.json, \.md,"):
        ng.trace(diamond()[1]).save(tmp_path / "t.txt")
    script = tmp_path / "a.py"
    script.write_text(
        "import nbgrad as ng, numpy as np\ny = ng.square(ng.Variable(np.array(2.0)))\n"
    )
    assert main(["trace", f"{script}:y", "-o", str(tmp_path / "b.md")]) == 0
    assert (tmp_path / "b.md").read_text() == "# page"


def test_without_views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(files.exporters, ".svg", "nbgrad.no_such_views:trace_svg")
    monkeypatch.setattr(files, "STORY", "nbgrad.no_such_views:story")
    trace = ng.trace(diamond()[1])
    with pytest.raises(ng.MissingDependencyError, match="needs nbgrad's views"):
        trace.save(tmp_path / "t.svg")
    assert trace._repr_html_() is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a trace"),
        (b"{", "is not a trace"),
        (b"\xff\xfe\x00", "is not a trace"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"schema": NaN}', "NaN is not a JSON number"),
        (b"[]", "'schema' must be"),
    ],
)
def test_a_broken_file(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(content)
    with pytest.raises(ng.TraceFormatError, match=said):
        ng.Trace.load(path)


@pytest.mark.parametrize(
    ("content", "deep"),
    [
        (b"[" * 100_000, True),
        (b"[" * 300 + b"]" * 300, True),
        (b'{"a":' * 300 + b"1" + b"}" * 300, True),
        (b"[" * 150 + b"]" * 150, False),
        (b"[[],{}]" * 1000, False),
        (b'["' + b"[" * 1000 + b'\\"[["]', False),
    ],
)
def test_depth_is_known_before_the_parser(
    content: bytes, deep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PARSER_DIES", True)
    monkeypatch.setattr(files.json, "loads", lambda *args, **kwargs: "parsed")
    if deep:
        with pytest.raises(ng.TraceFormatError, match="nested too deeply"):
            files.parse_json(content, "t.json")
    else:
        assert files.parse_json(content, "t.json") == "parsed"


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ng.Trace.load(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError):
        ng.trace(diamond()[1]).save(tmp_path / "none" / "t.json")
