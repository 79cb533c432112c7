"""Series as JSON: there and back, and nothing else gets in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from tests.fixtures import make as fixtures
from tests.tracing.damage import damaged
from tests.tracing.graphs import diamond, variable
from tests.tracing.takes.round_trip import there_and_back


def made() -> ng.Series:
    x = ng.Variable(np.linspace(0, 1, 100), name="x")
    w = variable(0.5, "w")
    return ng.sweep(ng.sum(ng.tanh(x * w)), w, [0.0, 1.0, np.nan])


def test_json_there_and_back() -> None:
    again = there_and_back(made())
    assert again.traces == made().traces
    assert (again.axis, again.at[:2], again.notes) == ("w", [0.0, 1.0], made().notes)
    assert np.isnan(again.at[2])
    assert str(again) == str(made())


def test_the_structure_stands_once() -> None:
    data = made().to_dict()
    (section,) = data["sections"]
    assert "summaries" not in section["trace"]
    x = next(v for v in section["trace"]["variables"] if v["name"] == "x")
    assert x["value"] < len(section["common"])
    for take, trace in zip(data["takes"], made(), strict=True):
        whole = {**section["trace"], "summaries": [*section["common"], *take["numbers"]]}
        for v in whole["variables"]:
            if v["before"] is not None and whole["summaries"][v["before"]] is None:
                v = {**v, "before": None}
        assert whole["summaries"][whole["seed"]] == 1.0
        assert len(whole["steps"]) == len(trace.steps)


def test_saving_and_loading(tmp_path: Path) -> None:
    made().save(tmp_path / "s.json")
    assert ng.Series.load(tmp_path / "s.json").traces == made().traces
    with pytest.raises(ValueError, match=r"A series cannot be saved as 's\.txt'"):
        made().save(tmp_path / "s.txt")
    ng.trace(diamond()[1]).save(tmp_path / "t.json")
    with pytest.raises(ng.TraceFormatError, match="nbgrad-series"):
        ng.Series.load(tmp_path / "t.json")


JUNK = [None, True, -1, 3, 2**60, 0.5, "x", "nan", [], {}, [0], {"a": 1}]


def test_whatever_is_damaged_it_is_a_series_or_a_clear_error() -> None:
    x = variable(2.0, "x")
    original = ng.sweep(ng.square(x) * x, x, [1.0, 2.0]).to_dict()
    tried = refused = 0
    for data in damaged(original, JUNK):
        tried += 1
        try:
            found = ng.Series.from_dict(data)
        except ng.TraceFormatError as error:
            refused += 1
            assert len(str(error)) < 300
            assert re.match(r"This is not a series|This (trace|series) has", str(error))
            continue
        str(found)
        found.to_dict()
    print(f"{tried} cases, {refused} refused")
    assert tried > 1500
    assert refused > 500


def test_the_fixture_is_what_the_library_writes_and_reads() -> None:
    text = (Path(fixtures.__file__).parent / "series" / "iterations.json").read_text("utf-8")
    assert json.loads(text) == json.loads(json.dumps(fixtures.series().to_dict()))
    found = ng.Series.from_dict(json.loads(text))
    assert (found.axis, found.at, found.sections) == (
        "iteration",
        [0, 1, 2, 3],
        [range(3), range(3, 4)],
    )
    assert found.dead() == [[], [], ["w", "b"], []]
    assert "From iteration 3 on the graph is another one" in found.notes[0]
