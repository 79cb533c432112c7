"""A stepper whose graph is computed again with other values."""

from __future__ import annotations

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
