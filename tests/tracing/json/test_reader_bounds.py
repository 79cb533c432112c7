"""`Trace.load` takes memory and time in proportion to the file, whatever the file claims."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing import Trace, files
from nbgrad.tracing.files import parse_json
from nbgrad.tracing.json import checks
from nbgrad.tracing.json.reader import from_dict
from tests.calls import calls_in
from tests.fuzz.seeds import FIXTURES
from tests.tracing.columns import columns as in_columns
from tests.tracing.damage import damaged

N = 20_000
TIMES = 64
"""How many times the file's size may be needed at once; a packed trace of nbgrad's own takes 45."""
ALWAYS = 2_000_000

Json = dict[str, Any]


def document(packed: bool = False) -> Json:
    x = ng.Variable(np.array(2.0), name="x")
    trace = ng.trace(ng.square(x) * x, apply=False)
    return copy.deepcopy(in_columns(trace) if packed else trace.to_dict())


def rows(**changed: Any) -> Json:
    return {**document(), **changed}


def more(**added: list[Any]) -> Json:
    data = document()
    for key, values in added.items():
        data[key] = data[key] + values
    return data


def first_call(**changed: Any) -> Json:
    data = document()
    data["steps"][0]["calls"][0].update(changed)
    return data


def columns(outputs: int, calls: int, order: str = "generation") -> Json:
    """Return a packed trace in which one function of many outputs is called in short rows."""
    data = document(packed=True)
    v, f = data["variables"], data["functions"]
    n = v["count"]
    v["count"] = n + outputs
    v["kind"] += "i" * outputs
    v["generation"] += [1] * outputs
    v["value"] += [0] * outputs
    f["op"].append(0)
    f["inputs"].append([0])
    f["outputs"].append(list(range(n, n + outputs)))
    data["calls"] += [[len(f["op"]) - 1, None]] * calls
    return {**data, "order": order}


def twice_made() -> Json:
    data = document()
    data["functions"].append({**data["functions"][0], "id": "f9"})
    return data


def round_about() -> Json:
    data = document()
    data["functions"][0]["inputs"] = ["v2"]
    return data


LEAF = {"kind": "leaf", "generation": 0, "shape": [], "dtype": "int8"}
ARRAY = {"shape": [0], "dtype": "int8", "values": []}

ACCEPTED: dict[str, Callable[[], Json]] = {
    "numbers that nothing refers to": lambda: more(summaries=[0] * N),
    "distinct numbers": lambda: more(summaries=[i + 0.5 for i in range(N)]),
    "arrays without elements": lambda: more(summaries=[ARRAY] * N),
    "shapes of 64 axes": lambda: more(summaries=[{**ARRAY, "shape": [1] * 64}] * N),
    "keys that mean nothing": lambda: rows(later=[[], {}] * N),
    "steps without calls": lambda: rows(steps=[{"generation": 0, "calls": []}] * N),
    "a variable freed again and again": lambda: rows(
        steps=[{"generation": 0, "calls": [], "freed": ["v0"] * N}]
    ),
    "leaves": lambda: more(variables=[{**LEAF, "id": f"w{i}"} for i in range(N)]),
    "a function of many outputs": lambda: columns(N, 1),
}

REFUSED: dict[str, tuple[Callable[[], Json], str]] = {
    "one function called again and again": (lambda: columns(2000, 2000), "runs twice"),
    "one function called twice, in rows": (
        lambda: rows(steps=document()["steps"][:1] * 2),
        "runs twice",
    ),
    "many outputs, in the naive order": (lambda: columns(2000, 2000, "naive"), "4,000,0.. outputs"),
    "a count without rows": (
        lambda: {**document(packed=True), "variables": {"count": 10**6, "kind": ""}},
        "1000000 letters",
    ),
    "a count beyond all": (
        lambda: {**document(packed=True), "variables": {"count": 10**15, "kind": ""}},
        "variables.count must be a whole number",
    ),
    "a shape that no array has": (
        lambda: rows(summaries=[{**ARRAY, "shape": [2**40] * 60}]),
        "fewer than",
    ),
    "65 axes": (lambda: rows(summaries=[{**ARRAY, "shape": [1] * 65}]), "has 65 entries"),
    "a number of a million digits": (lambda: rows(version=10**4200), "'version' must be"),
    "more values than are kept": (
        lambda: rows(summaries=[{"shape": [N], "dtype": "int8", "values": [0] * N}]),
        "has 20,000 entries",
    ),
    "a thumbnail without end": (
        lambda: rows(
            summaries=[{"shape": [9], "dtype": "int8", "thumb": {"rows": 2**40, "cols": 1}}]
        ),
        "thumb.rows must be",
    ),
    "a long text": (lambda: rows(root="v" * 10**6), "'root' must be"),
    "a name of a million letters": (
        lambda: rows(variables=[{**LEAF, "id": "v0", "name": "x" * 10**6}]),
        "at most 10000 characters",
    ),
    "two nodes of one id": (
        lambda: more(variables=[{**LEAF, "id": "v0"}]),
        "two nodes have one id",
    ),
    "a variable made twice": (twice_made, "whose creator is|made twice"),
    "a graph that goes round": (round_about, "must stand between variables"),
    "a contribution to a stranger": (
        lambda: first_call(contributions=[{"input": 0, "variable": "v2", "amount": 0, "after": 0}]),
        "variable must be",
    ),
    "objects in place of steps": (lambda: rows(steps=[{}] * N), "has no 'generation'"),
    "lists in place of functions": (lambda: rows(functions=[[]] * N), "must be an object"),
}

BYTES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is not a trace"),
    "nesting": (b'{"schema":' * 10**6, "nested too deeply"),
    "brackets": (b"[" * 10**6, "nested too deeply"),
    "digits": (b'{"schema":"nbgrad-trace","version":' + b"1" * 10**6 + b"}", "is not a trace"),
    "NaN": (b'{"schema": NaN}', "NaN is not a JSON number"),
    "Infinity": (b'{"schema": -Infinity}', "-Infinity is not a JSON number"),
    "not UTF-8": (b'{"schema":"\xff\xfe"}', "is not a trace"),
    "surrogates": (b'"' + b"\\ud800" * 10**5 + b'"', "'schema' must be"),
    "zeros": (bytes(10**6), "is not a trace"),
    "a pickle": (
        b"\x80\x04\x95\x1a\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
        "not a trace",
    ),
}


def loaded(content: bytes) -> tuple[str, int]:
    """Return what came of a file, and how much memory it took at most."""
    tracemalloc.start()
    try:
        from_dict(parse_json(content, "steps.json"))
        came = ""
    except ng.TraceFormatError as error:
        came = str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return came, peak


def written(data: Json) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()


@pytest.mark.parametrize("name", ACCEPTED)
def test_much_of_something_takes_memory_in_proportion(name: str) -> None:
    content = written(ACCEPTED[name]())
    came, peak = loaded(content)
    assert came == ""
    assert peak < TIMES * len(content) + ALWAYS


@pytest.mark.parametrize("name", [*REFUSED, *BYTES])
def test_a_claim_is_refused_in_memory_in_proportion(name: str) -> None:
    if name in BYTES:
        content, said = BYTES[name]
    else:
        make, said = REFUSED[name]
        content = written(make())
    came, peak = loaded(content)
    assert "is not a trace" in came
    assert re.search(said, came)
    assert len(came) < 300
    assert peak < TIMES * len(content) + ALWAYS


def test_work_is_in_proportion_too() -> None:
    """Ten times as much of everything takes ten times the work, not a hundred times."""

    def work(n: int) -> int:
        contents = [written(columns(n, 1)), written(more(summaries=[0] * n))]
        contents.append(written(more(variables=[{**LEAF, "id": f"w{i}"} for i in range(n)])))
        return calls_in(
            lambda: [from_dict(parse_json(content, "steps.json")) for content in contents]
        )

    assert work(20_000) < 10.5 * work(2000)


WRONG: list[Any] = [None, True, 0, -1, 1.5, 2**70, "", "x", "\x1b[31m", [], {}, [[]], [{}], {"": 0}]


@pytest.mark.parametrize("packed", [False, True])
def test_wrong_types_everywhere(packed: bool) -> None:
    """Every value of a document, replaced by one of every kind: a trace comes out, or a reason."""
    tried = 0
    for data in damaged(document(packed), WRONG):
        tried += 1
        try:
            str(Trace.from_dict(data))
        except ng.TraceFormatError as error:
            assert len(str(error)) < 300
    assert tried > 1000


# ---------------------------------------------------------------- files


def test_a_very_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    tracemalloc.start()
    try:
        with pytest.raises(ng.TraceFormatError, match=f"it has {files.MAX_BYTES + 1:,} bytes"):
            Trace.load(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_many_lists_are_counted_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_CONTAINERS", 1000)
    content = b"[" + b"[]," * 10**6 + b"0]"
    came, peak = loaded(content)
    assert "it has 1,000,001 lists and objects" in came
    assert peak < 100_000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_may_never_end_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", Path(os.devnull), tmp_path):
        with pytest.raises(ng.TraceFormatError, match="is not a regular file"):
            Trace.load(path)


def test_an_axis_without_end_beside_one_of_none_is_shown_at_once() -> None:
    data = document()
    data["summaries"] = [{"shape": [2**52, 0], "dtype": "float64", "values": []}] * 20
    trace = Trace.from_dict(data)
    assert trace.seed.size == 0
    assert "[]" in str(trace.seed)
    assert len(trace._repr_html_() or "") < 100_000
    assert len(str(trace)) < 10_000


def test_a_leaf_for_a_root_is_drawn() -> None:
    y = ng.Variable(np.array(1.0), name="x")
    for _ in range(200):
        y = ng.sin(y)
    data = ng.trace(y, apply=False).to_dict()
    trace = Trace.from_dict({**data, "root": "v0"})
    assert "x" in (trace._repr_html_() or "")


def test_limits_leave_room_for_a_million_functions() -> None:
    x = ng.Variable(np.array(0.5), name="x")
    y = x
    for _ in range(3000):
        y = ng.sin(y) + x
    content = written(ng.trace(y, apply=False).to_dict())
    times = 1_000_000 / 6000
    assert len(content) * times < files.MAX_BYTES
    assert (content.count(b"[") + content.count(b"{")) * times < files.MAX_CONTAINERS
    assert checks.MAX_NODES >= 2_000_000


# ---------------------------------------------------------------- nothing is run

WATCHED = """
import sys
from pathlib import Path
from nbgrad.tracing import Trace

def show(path):
    try:
        trace = Trace.load(path)
    except ValueError as error:
        return str(error)
    return str(trace), trace._repr_html_(), trace.to_dict()

paths = [Path(name) for name in sys.argv[1:]]
for path in paths:  # so that whatever is imported when first needed is there
    show(path)
events = []
sys.addaudithook(lambda event, args: events.append((event, str(args[0]) if args else "")))
for path in paths:
    show(path)
found = list(events)
print("opened", sum(event == "open" for event, _ in found))
for event, what in found:
    if event.split(".")[0] not in {"open", "object", "builtins", "sys", "array", "os"}:
        print("did", event, what)
    elif event == "open" and Path(what) not in paths or event.startswith("os."):
        print("did", event, what)
"""


def test_loading_and_showing_runs_nothing_and_opens_the_file_alone(tmp_path: Path) -> None:
    """Python's audit hooks see every import, compilation, execution, process, socket and file."""
    names = []
    for k, content in enumerate(
        [
            *(path.read_bytes() for path in sorted(FIXTURES.glob("*.json"))),
            *(content for content, _ in BYTES.values()),
            b'{"schema": "nbgrad-trace", "version": 1, "__reduce__": ["os.system", ["true"]]}',
        ]
    ):
        names.append(tmp_path / f"{k}.json")
        names[-1].write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *map(str, names)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == ["opened", str(len(names))], done.stdout
