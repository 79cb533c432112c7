"""What if a leaf had another value, now: the user's own stay as they are until they are told."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.errors import NbgradError
from nbgrad.tracing.takes.what_if import WhatIf
from tests.tracing.graphs import diamond, variable


def test_other_values_and_back() -> None:
    x, y = diamond()
    copies = WhatIf(y)
    assert copies.set("x", 3.0).gradient("x") == 216.0
    assert copies.set(x, 1).gradient("x") == 8.0
    assert copies.changed == ["x"]
    assert copies.reset().gradient("x") == 64.0
    assert (x.item(), x.grad, copies.changed) == (2.0, None, [])


def test_an_element_of_an_array() -> None:
    w = ng.Variable(np.arange(6.0).reshape(2, 3), name="w")
    y = ng.sum(w * w)
    copies = WhatIf(y)
    assert copies.set("w", 10.0, index=4).gradient("w").values == (0, 2, 4, 6, 20, 10)
    assert copies.set("v0", 1.0, index=0).gradient("w").values == (2, 2, 4, 6, 20, 10)
    assert w.data[1, 1] == 4.0


def test_steps_of_descent_are_those_of_a_loop_and_kept_on_demand() -> None:
    x, w = variable(3.0, "x"), variable(0.5, "w")
    y = ng.square(x * w - 2.0)
    copies = WhatIf(y)
    found = copies.descend(0.01, steps=5)
    values = {"x": 3.0, "w": 0.5}
    for _ in range(5):
        slope = 2 * (values["x"] * values["w"] - 2.0)
        values = {
            "x": values["x"] - 0.01 * slope * values["w"],
            "w": values["w"] - 0.01 * slope * values["x"],
        }
    assert found.variables["x"].value.value == pytest.approx(values["x"])
    assert (x.item(), w.item(), x.grad) == (3.0, 0.5, None)
    assert sorted(copies.keep()) == ["w", "x"]
    assert x.item() == pytest.approx(values["x"])
    assert (copies.changed, x.grad) == ([], None)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda c: c.set("z", 1.0), "'z' is not a leaf of this graph"),
        (lambda c: c.set("x", "three"), "'three' is not one of them"),
        (lambda c: c.set("x", [1.0, 2.0]), "the value has shape"),
        (lambda c: c.set("x", 1.0, index=3), "1 element: there is no number 3"),
        (lambda c: c.descend("fast"), "learning rate is a number"),
        (lambda c: c.descend(0.1, steps=0), "from 1 to 1000"),
    ],
)
def test_what_does_not_fit_is_a_sentence_and_changes_nothing(call: Any, said: str) -> None:
    x, y = diamond()
    copies = WhatIf(y)
    copies.set("x", 3.0)
    with pytest.raises(ng.NbgradError, match=said):
        call(copies)
    assert (copies.changed, x.item()) == (["x"], 2.0)


def test_nothing_is_kept_alive_and_what_is_gone_says_so() -> None:
    _, y = diamond()
    stepper = ng.Stepper(y)
    alive = weakref.ref(y)
    del y
    gc.collect()
    assert alive() is None
    with pytest.raises(ng.NoGraphError, match="run its cell again"):
        stepper.what_if("x", 3.0)
    stepper.close()


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


def test_a_check_by_finite_difference() -> None:
    x, w = ng.Variable(np.array(2.0), name="x"), ng.Variable(np.array([[1.0, 2], [3, 4]]), name="w")
    n = ng.Variable(np.array([1, 2]), name="n")
    y = ng.sum(ng.sin(w) * x) + ng.sum(n * x)
    what_if = WhatIf(y)
    y.backward()
    for leaf in (x, w):
        for k, wanted in enumerate(np.ravel(leaf.grad)):
            assert what_if.check(leaf.name, k) == pytest.approx(wanted, rel=1e-6)
    what_if.set("x", 3.0)
    assert what_if.check("w", 1) == pytest.approx(3 * np.cos(2.0), rel=1e-6)
    assert what_if.changed == ["x"]
    for leaf, index, said in (("w", 4, "has 4 elements"), ("n", 0, "whole numbers"), ("q", 0, "q")):
        with pytest.raises(NbgradError, match=said):
            what_if.check(leaf, index)
    assert float(x.data) == 2.0
