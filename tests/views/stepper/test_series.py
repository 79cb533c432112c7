"""A series in the stepper: one scene, numbers per take; the page that plays it stays small."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets

import nbgrad as ng
from nbgrad.engine.diagnostics.positions import keep_positions
from nbgrad.views.stepper.page import series_html
from nbgrad.views.stepper.scene import pack
from nbgrad.views.stepper.series import series_scene


def swept() -> ng.Series:
    x = ng.Variable(np.array(2.0), name="x")
    a = ng.square(x)
    y = ng.square(a) + ng.square(a)
    y.name = "y"
    return ng.sweep(y, x, [-1.0, 0.0, 2.0])


def history(layers: int = 2, takes: int = 4, shape: tuple[int, int] = (4, 4)) -> ng.History:
    rng = np.random.default_rng(0)
    x = ng.Variable(rng.normal(size=shape), "X", requires_grad=False)
    weights = [ng.Variable(rng.normal(size=(shape[1],) * 2), name=f"W{i}") for i in range(layers)]
    found = ng.History()
    for _ in range(takes):
        h: Any = x
        for w in weights:
            w.cleargrad()
            h = ng.tanh(h @ w) + h
        loss = ng.sum(h * h)
        loss.name = "loss"
        found.record(loss)
        for w in weights:
            w.data = w.data - 0.001 * w.grad
    return found


def test_the_scene_of_a_series() -> None:
    data = series_scene(swept(), take=1)
    series = data["series"]
    assert (series["axis"], series["at"]) == ("x", ["-1", "0", "2"])
    assert [take["mark"] for take in series["takes"]] == ["", "dead", ""]
    assert series["lines"][0] == {"name": "y", "values": [2.0, 0.0, 32.0]}
    assert series["lines"][1] == {"name": "x.grad", "values": [-8.0, 0.0, 64.0]}
    (section,) = series["sections"]
    assert section["scene"] is None
    for take, trace in zip(series["takes"], swept(), strict=True):
        whole = {**data["trace"], "summaries": [*section["common"], *take["numbers"]]}
        whole["variables"] = [
            {**v, "before": None} if v["before"] is not None and whole["summaries"][v["before"]] is None else v
            for v in whole["variables"]
        ]  # fmt: skip
        assert ng.Trace.from_dict(whole) == trace
        assert "".join(take["story"]["en"]["generation"][-1]).startswith("Generation 0")
        assert take["story"]["en"]["worked"]["f0"][0][0] == "∂⟦y⟧/∂⟦x⟧"
        assert take["said"].keys() == {"en", "ko"}


def test_a_stepper_of_a_series() -> None:
    stepper = ng.Stepper(swept())
    assert (stepper.take, stepper.steps, stepper.trace) == (0, 3, swept()[0])
    stepper.step = 2
    stepper.take = 2
    assert (stepper.step, stepper.trace) == (2, swept()[2])
    with pytest.raises(traitlets.TraitError, match="take must be from 0 to 2"):
        stepper.take = 3
    assert "3 takes by x" in repr(stepper)
    bundle = stepper._repr_mimebundle_()[0]
    assert "x.grad" in bundle["text/html"]
    stepper.trace = ng.trace(ng.square(ng.Variable(np.array(2.0))))
    assert (stepper.series, stepper.take, stepper.steps) == (None, 0, 1)
    stepper.series = history()
    assert (stepper.take, len(stepper.series)) == (3, 4)
    with pytest.raises(TypeError, match=r"Stepper\.series is a Series"):
        stepper.series = 3


def test_a_history_that_goes_on_changes_no_stepper() -> None:
    found = history()
    stepper = ng.Stepper(found)
    found.record(ng.square(ng.Variable(np.array(2.0))))
    assert (len(found), len(stepper.series)) == (5, 4)
    stepper.take = 0


def test_sections_of_other_graphs() -> None:
    x, found = ng.Variable(np.array(2.0), name="x"), ng.History()
    for k in range(4):
        y = x * x
        found.record(ng.sin(y) if k == 2 else y)
    stepper = ng.Stepper(found)
    assert (stepper.take, stepper.steps) == (3, 1)
    stepper.step, stepper.selected = 1, "f0"
    stepper.take = 2
    assert (stepper.steps, stepper.step) == (2, 1)
    stepper.step, stepper.selected = 2, "f1"
    stepper.take = 1
    assert (stepper.steps, stepper.step, stepper.selected) == (1, 1, None)
    assert len(series_scene(found)["series"]["sections"]) == 2


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: ng.Stepper(ng.History()), ValueError, "no take yet"),
        (lambda: series_html(ng.History()), ValueError, "no take yet"),
        (lambda: ng.Stepper(swept(), apply=False), TypeError, "takes no apply"),
    ],
)
def test_what_cannot_be_shown(call: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        call()


def test_a_page_holds_the_series_for_readers_without_scripts_too(tmp_path: Path) -> None:
    swept().save(tmp_path / "s.html")
    page = (tmp_path / "s.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "<th scope='col'>x.grad</th>" in page
    assert "an if in the code is not run again" in page
    assert "<td class='sums'>64</td>" in (swept()._repr_html_() or "")


@pytest.mark.slow
def test_a_page_of_200_takes_of_50_functions_stays_under_2_megabytes(tmp_path: Path) -> None:
    found = history(layers=16, takes=200, shape=(16, 8))
    assert len(found[0].functions) == 50
    start = time.perf_counter()
    found.save(tmp_path / "h.html")
    size = (tmp_path / "h.html").stat().st_size
    print(f"{size / 1e6:.2f} MB in {time.perf_counter() - start:.1f} s")
    assert size < 2_000_000


def test_a_series_of_scalars_keeps_every_digit() -> None:
    text, packed = pack(series_scene(swept()))
    assert not packed
    takes = json.loads(text)["series"]["takes"]
    assert 64.0 in takes[2]["numbers"]


def test_notes_are_in_the_readers_language() -> None:
    x = ng.Variable(np.array(2.0), name="x")
    found = ng.series([ng.trace(x * x, apply=False), ng.trace(ng.sin(x) * x, apply=False)])
    found.notes += [*swept().notes, "A note of {my} own: 3 functions."]
    notes = series_scene(found)["series"]["notes"]
    assert notes["en"] == found.notes
    assert notes["ko"] == [
        "take 1부터 그래프가 바뀝니다: 함수 1개 대신 함수 2개.",
        "함수는 그대로입니다. 코드의 if는 다시 실행되지 않습니다.",
        found.notes[2],
    ]


def test_a_series_over_a_loop_draws_every_function() -> None:
    keep_positions(True)
    try:
        history, w = ng.History(), ng.Variable(np.array(0.9), name="w")
        for _ in range(3):
            y = w
            for _ in range(40):
                y = ng.tanh(y * w)
            w.cleargrad()
            history.record(y)
    finally:
        keep_positions(False)
    data = series_scene(history)
    shown = {v["id"] for v in data["trace"]["variables"] if v["kind"] != "constant"}
    shown |= {f["id"] for f in data["trace"]["functions"]}
    assert shown <= set(data["drawing"]["nodes"])
    assert len(data["trace"]["functions"]) == 80
