"""A stepper whose graph is computed again with other values."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.tracing.graphs import diamond


def test_a_stepper_shows_other_values_at_the_same_step() -> None:
    x, y = diamond()
    stepper = ng.Stepper(y)
    stepper.step, stepper.selected = 2, "v0"
    stepper.what_if("x", 3.0)
    assert stepper.trace.gradient("x") == 216.0
    assert (stepper.step, stepper.selected, x.item(), float(x.grad)) == (2, "v0", 2.0, 64.0)
    sent: list[Any] = []
    stepper.send = lambda content, buffers=None: sent.append(content)
    stepper._handle_custom_msg({"ask": "what_if", "leaf": "v0", "value": 1.0}, [])
    assert stepper.trace.gradient("x") == 8.0
    stepper._handle_custom_msg({"ask": "what_if", "leaf": "v0", "value": "?"}, [])
    stepper._handle_custom_msg({"ask": "descend", "rate": 0.001, "steps": 2}, [])
    stepper._handle_custom_msg({"ask": "reset"}, [])
    stepper._handle_custom_msg({"ask": "nothing"}, [])
    assert stepper.trace.gradient("x") == 64.0
    assert [set(answer) for answer in sent] == [
        {"asked", "changed"}, {"asked", "error"}, {"asked", "changed"}, {"asked", "changed"}
    ]  # fmt: skip
    stepper.trace = ng.trace(y, apply=False)
    with pytest.raises(ng.NbgradError, match="no graph to compute again"):
        stepper.what_if("x", 3.0)
    stepper.close()


def test_a_stepper_of_a_trace_computes_again_what_it_is_told_to_be_of() -> None:
    w = ng.Variable(np.arange(100.0), name="w")
    y = ng.sum(w * w)
    stepper = ng.Stepper(ng.trace(y), live=y)
    sent: list[Any] = []
    stepper.send = lambda content, buffers=None: sent.append(content)
    room = dict(stepper._room.cards)
    for message in (
        {"ask": "element", "leaf": "w", "index": 7},
        {"ask": "what_if", "leaf": "w", "index": 7, "value": 2000},
        {"ask": "element", "leaf": "v0", "index": 7},
        {"ask": "element", "leaf": "w", "index": 100},
        {"ask": "element", "leaf": "w", "index": None},
        {"ask": "check", "leaf": "w", "index": 3},
        {"ask": "keep"},
    ):
        stepper._handle_custom_msg(message, [])
    assert [a.get("number") for a in sent[:3]] == [7.0, None, 2000.0]
    assert [a["error"] for a in sent[3:5]] == [
        f"w has 100 elements: there is no number {k}." for k in (100, None)
    ]
    assert sent[5]["number"] == pytest.approx(6.0, rel=1e-3)
    assert sent[6] == {"asked": "keep", "kept": ["w"], "changed": []}
    assert w.data[7] == 2000
    drawn = stepper._room.drawn
    stepper.what_if("w", np.zeros(100))
    assert stepper._room.drawn is drawn  # the drawing has room for every number that was shown
    assert all(stepper._room.cards[key] >= width for key, width in room.items())
    w.data = np.full(100, np.inf)
    stepper.reset()
    stepper._handle_custom_msg({"ask": "element", "leaf": "w", "index": 0}, [])
    assert sent[-1] == {"asked": "element", "number": None}
    stepper.close()


def test_a_page_that_waits_gets_what_it_shows_and_the_whole_scene_when_it_asks() -> None:
    _, y = diamond()
    stepper = ng.Stepper(y)
    first = json.loads(stepper._scene)
    stepper.send = lambda content, buffers=None: None

    def ask(**content: Any) -> dict[str, Any]:
        stepper._handle_custom_msg(content, [])
        return json.loads(stepper._numbers or "{}")

    stepper.step, stepper.playing = 2, True
    for lang, granularity in (("en", "generation"), ("ko", "function")):
        stepper.granularity = granularity
        step = stepper.step
        numbers = ask(ask="what_if", leaf="x", value=3.0, lang=lang)
        assert json.loads(stepper._scene) == first  # what a view begins with, before the numbers
        assert set(numbers["story"]) == {lang}
        assert set(numbers["trace"]["variables"][0]) >= {"value", "before"}
        told = numbers["story"][lang]
        assert len(told["function"]) == (5 if granularity == "function" else 0)
        assert (stepper.step, stepper.playing) == (step, False)
    wide = ask(ask="what_if", leaf="x", value=-1.2345e-5, lang="en")
    assert wide["drawing"]["width"] > first["drawing"]["width"]
    stepper.playing = True
    assert ask(ask="tell") == {}
    whole = json.loads(stepper._scene)
    assert whole["trace"]["summaries"][whole["trace"]["variables"][0]["value"]] == -1.2345e-5
    assert whole["drawing"] == wide["drawing"]
    assert set(whole["story"]) == {"en", "ko"}
    assert whole["naive"] is not None
    assert stepper.playing
    swept = ng.sweep(y, "x", [1.0, 2.0])
    other = ng.Stepper(y)
    other.series = swept
    other._handle_custom_msg({"ask": "tell"}, [])  # late: something else is shown by now
    assert other.series is not None
    other.close()
    stepper.order = "naive"
    assert ask(ask="what_if", leaf="x", value=1.0, lang="en") == {}  # all of it at once
    assert stepper.order == "naive"
    stepper.what_if("x", 2.0)
    assert json.loads(stepper._scene)["naive"]["wrong"] == first["naive"]["wrong"]
    stepper.close()


def test_which_elements_made_which_is_worked_out_when_the_numbers_rest() -> None:
    w = ng.Variable(np.array([3.0, 1.0, 2.0]), "w")
    stepper = ng.Stepper(ng.sum(ng.sort(w) * np.array([1.0, 2.0, 3.0])))
    stepper.send = lambda content, buffers=None: None
    (first,) = json.loads(stepper._scene)["elements"].values()
    question = {"ask": "what_if", "leaf": "w", "index": 0, "value": 1.5, "lang": "en"}
    stepper._handle_custom_msg(question, [])
    assert "elements" not in json.loads(stepper._numbers)
    stepper._handle_custom_msg({"ask": "tell"}, [])
    (now,) = json.loads(stepper._scene)["elements"].values()
    assert (first["0"][0], now["0"][0]) == ([[0, 2, 1.0]], [[0, 1, 1.0]])
    stepper.close()


def test_other_numbers_come_from_a_pass_like_the_first() -> None:
    options: list[dict[str, Any]] = [
        {"gradient": np.array(5.0)}, {"retain_grad": True}, {"order": "naive"}, {"apply": False},
        {"create_graph": True}, {"naive": False},
    ]  # fmt: skip
    for given in options:
        _, y = diamond()
        stepper = ng.Stepper(y, **given)
        first = stepper.trace
        stepper.what_if("x", 3.0)
        ratio = stepper.trace.gradient("x").value / first.gradient("x").value
        assert ratio == 27 / 8, given
        upstream = given.get("gradient", 1.0)
        assert stepper.check("x") == pytest.approx(216.0 * upstream, rel=1e-6), given
        stepper.reset()
        assert stepper.trace.steps == first.steps, given
        assert (stepper.trace.naive is None) == (first.naive is None), given
        stepper.close()
    w = ng.Variable(np.ones(100), name="w")
    stepper = ng.Stepper(y := w * 2.0, gradient=np.arange(100.0))
    with pytest.raises(ng.NbgradError, match="upstream gradient of shape \\(100,\\)"):
        stepper.what_if("w", np.zeros(100))
    assert stepper.trace.gradient("w").max == 198.0
    stepper.close()
    assert y.shape == (100,)
