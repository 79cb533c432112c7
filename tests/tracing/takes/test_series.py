"""Series: traces of one graph, as a sequence and as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import nbgrad as ng
from nbgrad.tracing.narration.takes import tell_note
from tests.tracing.graphs import diamond, variable
from tests.tracing.takes.round_trip import there_and_back


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


def test_a_note_says_how_another_graph_differs() -> None:
    x, w = variable([1.0, 2.0], "x"), variable([1.0, 2.0, 3.0], "x")
    roots = (ng.sum(x), ng.sum(w), ng.mean(w), ng.sum(w * w))
    notes = ng.series([ng.trace(y, apply=False) for y in roots], axis="rank").notes
    assert [note.removeprefix("From rank ").replace(" on the graph is another one", "") for note in notes] == [
        "1, of the same functions.", "2: Mean in place of Sum.", "3: 2 functions in place of 1 function.",
    ]  # fmt: skip
    assert all("바뀝니다" in tell_note(note, "ko") for note in notes)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: ng.series([]), ValueError, "no trace"),
        (lambda: ng.series(ng.trace(diamond()[1])), TypeError, "several traces"),
        (lambda: ng.series(None), TypeError, "several traces.*not NoneType"),
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
