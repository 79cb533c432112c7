"""A series: traces of one graph side by side, as data, text and JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing.narration.takes import tell_take, trend
from tests.fixtures import make as fixtures
from tests.tracing.damage import damaged
from tests.tracing.graphs import diamond, variable


def made() -> ng.Series:
    x = ng.Variable(np.linspace(0, 1, 100), name="x")
    w = variable(0.5, "w")
    return ng.sweep(ng.sum(ng.tanh(x * w)), w, [0.0, 1.0, np.nan])


def there_and_back(series: ng.Series) -> ng.Series:
    text = json.dumps(series.to_dict(), allow_nan=False)
    again = ng.Series.from_dict(json.loads(text))
    assert json.dumps(again.to_dict(), allow_nan=False) == text
    return again


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


def test_ranks_from_saved_files(tmp_path: Path) -> None:
    paths = []
    for rank in range(3):
        _, y = diamond(float(rank))
        ng.trace(y).save(tmp_path / f"rank{rank}.json")
        paths.append(tmp_path / f"rank{rank}.json")
    series = ng.series(paths, axis="rank")
    assert (series.axis, series.at, series.sections) == ("rank", [0, 1, 2], [range(3)])
    assert series.norms()["x"] == [0.0, 8.0, 64.0]
    mixed = ng.series([ng.trace(diamond(5.0)[1]), *paths], axis="rank", at=["a", "b", "c", "d"])
    assert mixed.sections == [range(4)]
    assert there_and_back(mixed).traces == mixed.traces


def test_fresh_traces_are_compared_whole() -> None:
    x = variable(2.0, "x")
    first, second = ng.trace(x * x, naive=False), ng.trace(x * 3.0, naive=False)
    first.steps
    third = ng.trace(x * x, naive=False)
    series = ng.series([first, second, third])
    assert series.sections == [range(1), range(1, 2), range(2, 3)]
    assert len(series.to_dict()["sections"]) == 2
    assert [t.gradient("x").value for t in series] == [4.0, 3.0, 4.0]


def test_saving_and_loading(tmp_path: Path) -> None:
    made().save(tmp_path / "s.json")
    assert ng.Series.load(tmp_path / "s.json").traces == made().traces
    with pytest.raises(ValueError, match=r"A series cannot be saved as 's\.txt'"):
        made().save(tmp_path / "s.txt")
    ng.trace(diamond()[1]).save(tmp_path / "t.json")
    with pytest.raises(ng.TraceFormatError, match="nbgrad-series"):
        ng.Series.load(tmp_path / "t.json")


def test_the_table() -> None:
    x = variable(2.0, "x")
    y = x * x
    y.name = "y"
    series = ng.sweep(y, x, [1.0, 2.0])
    assert str(series).splitlines()[:5] == [
        "y, 2 takes by x",
        "",
        "x  y  x.grad",
        "1  1       2",
        "2  4       4",
    ]
    long = ng.sweep(y, x, range(100))
    assert "… 80 more" in str(long)
    assert repr(long) == "<Series of 100 takes by x>"


def test_a_take_in_a_sentence() -> None:
    x = variable(2.0, "x")
    y = ng.square(x)
    y.name = "loss"
    series = ng.sweep(y, x, [4.0, 2.0, 2.001, 3.0, 0.0])
    told = [
        "".join(tell_take(t.parts, series[k - 1].parts if k else None, [], "x", series.at[k]))
        for k, t in enumerate(series)
    ]
    assert told == [
        "x 4: loss 16, x.grad 8.",
        "x 2: loss 4, x.grad 4, falling.",
        "x 2.001: loss 4.004, x.grad 4.002, steady.",
        "x 3: loss 9, x.grad 6, rising.",
        "x 0: loss 0, x.grad is exactly zero.",
    ]
    assert "작아지는 중" in "".join(tell_take(series[1].parts, series[0].parts, [], "x", 2.0, "ko"))
    assert [trend(1.0, 1.01), trend(1.0, 0.5), trend(0.0, 0.0)] == ["steady", "falling", "steady"]


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: ng.series([]), ValueError, "no trace"),
        (lambda: ng.series(ng.trace(diamond()[1])), TypeError, "several traces"),
        (lambda: ng.series([3]), TypeError, "not int"),
        (lambda: ng.series([ng.trace(diamond()[1])], axis=""), TypeError, "axis"),
        (lambda: ng.series([ng.trace(diamond()[1])], at=[1, 2]), ValueError, "2 places"),
        (lambda: ng.series([ng.trace(diamond()[1])], at=[None]), TypeError, "NoneType"),
        (lambda: ng.Series().add(3, 0), TypeError, "int"),
        (lambda: ng.Series.from_dict({}), ValueError, "nbgrad-series"),
    ],
)
def test_what_is_no_series(call: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        call()


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
            assert re.match(r"This is not a (trace|series)|This (trace|series) has", str(error))
            continue
        str(found)
        found.to_dict()
    print(f"{tried} cases, {refused} refused")
    assert tried > 1500
    assert refused > 500


def test_two_takes_are_compared() -> None:
    w = ng.Variable(np.linspace(-1, 1, 100).reshape(10, 10), name="w")
    b = ng.Variable(np.array(2.0, np.float32), name="b")
    history, grads = ng.History(), []
    for _ in range(3):
        for p in (w, b):
            p.cleargrad()
        history.record(ng.sum(ng.sin(w)) * b * b)
        grads.append((w.grad, float(b.grad)))
        w.data, b.data = w.data * 1.5, b.data + 1
    found = history.compare(0, -1)
    change = grads[2][0] - grads[0][0]
    assert found["w"].norm == pytest.approx(np.linalg.norm(change))
    assert found["w"].change.max == pytest.approx(change.max())
    assert found["b"].change.value == pytest.approx(grads[2][1] - grads[0][1], rel=1e-6)
    assert (found["b"].before.value, found["b"].after.value) == (grads[0][1], grads[2][1])
    assert str(found).startswith("Gradients, iteration 2 against iteration 0")
    assert "w.grad" in str(found)
    loaded = ng.Series.from_dict(json.loads(json.dumps(history.to_dict()))).compare(0, 2)
    assert loaded["b"] == found["b"]
    assert (loaded["w"].change, loaded["w"].norm) == (None, None)  # statistics alone were saved
    assert loaded["w"].before.norm == pytest.approx(np.linalg.norm(grads[0][0]))
    with pytest.raises(IndexError, match="no take 3: this series has 3 takes"):
        history.compare(0, 3)


def test_takes_of_two_graphs_are_compared_by_name() -> None:
    x, z = variable(2.0, "x"), variable(1.0, "z")
    found = ng.series([ng.trace(x * x), ng.trace(x * z)]).compare(0, 1)
    assert found["x"].change.value == found["x"].after.value - found["x"].before.value
    assert (found["z"].before, found["z"].change) == (None, None)
    assert "–" in str(found)


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
