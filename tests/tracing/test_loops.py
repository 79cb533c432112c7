"""Loops of the user's code, and ranges of huge graphs: what a trace of nbgrad's own folds by."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics.positions import keep_positions
from nbgrad.engine.errors import TraceFormatError
from nbgrad.tracing import loops
from nbgrad.tracing.fold import can_fold, closed_in_drawing, fold
from nbgrad.tracing.module_calls import in_sight
from nbgrad.views.stepper.scene import scene


@pytest.fixture(autouse=True)
def positions() -> Iterator[None]:
    keep_positions(True)
    yield
    keep_positions(False)


def rnn(turns: int) -> ng.Variable:
    rng = np.random.default_rng(0)
    x = ng.Variable(rng.normal(size=(turns, 2, 3)), name="x")
    w, u = (ng.Variable(rng.normal(size=(k, 4)), name=name) for k, name in ((3, "W"), (4, "U")))
    h = ng.Variable(np.zeros((2, 4)), name="h0")
    for t in range(turns):
        h = ng.tanh(x[t] @ w + h @ u)
    return ng.sum(h * h)


def chain(length: int) -> ng.Variable:
    y = x = ng.Variable(np.array(1.0), name="x")
    for _ in range(length):
        y = y * x
    return y


def test_a_loop_folds_to_one_step_and_opens_turn_by_turn() -> None:
    trace = ng.trace(rnn(8))
    parts = trace.nested
    (loop,) = closed_in_drawing(parts)
    folded = trace.folded([loop])
    assert [f.name for f in folded.functions] == ["step ×8", "Mul", "Sum"]
    assert folded.functions[0].folded == 40
    for leaf in ("x", "W", "U", "h0"):
        assert folded.gradient(leaf) == trace.gradient(leaf)
        assert folded.parts.contributions(leaf)[0][1].amount == trace.gradient(leaf)
    turns = trace.folded([f"{loop}.step {k}" for k in range(1, 9)])
    assert [f.name for f in turns.functions] == [*(f"step {k}" for k in range(1, 9)), "Mul", "Sum"]
    # What a turn alone uses, x[t] @ W, is part of it.
    assert [f.folded for f in turns.functions] == [5] * 8 + [0, 0]
    assert turns.gradient("U") == trace.gradient("U")
    drawn = scene(trace)
    assert drawn["modules"]["closed"] == [loop]
    assert drawn["modules"]["calls"][f"{loop}.step 3"] == 5


def test_a_small_graph_stays_open_and_text_never_folds() -> None:
    small, large = ng.trace(rnn(4)), ng.trace(rnn(9))
    assert closed_in_drawing(small.nested) == set()
    assert can_fold(small.nested)
    assert large.shown is large
    assert "step ×" not in str(large)


def test_many_turns_are_ranges_of_ranges() -> None:
    parts = ng.trace(rnn(130)).nested
    kinds = set(parts.modules.values())
    assert {"step ×130", "steps 1–100", "steps 121–130", "step 130"} <= kinds
    assert in_sight(parts, closed_in_drawing(parts)) == 3


def test_loops_one_after_the_other_and_in_functions_stay_apart() -> None:
    def cell(h: ng.Variable, w: ng.Variable) -> ng.Variable:
        return ng.tanh(h * w)

    w = ng.Variable(np.array(0.5), name="w")
    h = ng.Variable(np.array(1.0), name="h0")
    for _ in range(4):
        h = cell(h, w)
    for _ in range(4):
        h = ng.sin(h) + w
    once = h * h * h  # a line that is run once is not a loop
    parts = ng.trace(once).nested
    assert sorted(set(parts.loops.values())) == [(n, turn) for n in range(2) for turn in range(4)]
    closed = {path for path in parts.modules if "." not in path}
    folded = fold(parts, closed)
    assert [f.name for f in folded.functions] == ["step ×4", "step ×4", "Mul", "Mul"]
    assert folded.gradient("w") == parts.gradient("w")


def test_a_huge_graph_folds_by_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_positions(False)
    monkeypatch.setattr(loops, "MAX_DRAWN_NODES", 300)
    trace = ng.trace(chain(1234))
    assert trace.parts.loops == {}
    drawn = scene(trace)
    names = [f["name"] for f in drawn["trace"]["functions"]]
    assert names[:2] == ["generations 0–99", "generations 100–199"]
    assert len(names) == 13
    assert drawn["trace"]["summaries"][-1] is not None
    opened = trace.folded(
        {path for path in trace.nested.modules if path.count(".") == 1}
        - {"functions 1–1000.functions 1–100"}
    )
    assert opened.gradient("x") == trace.gradient("x")
    wide = ng.Variable(np.ones(400), name="x")
    parts = ng.trace(ng.stack([wide[k] for k in range(400)]).sum()).nested
    closed = closed_in_drawing(parts)
    assert in_sight(parts, closed) <= 40
    assert fold(parts, closed).gradient("x") == parts.gradient("x")


@pytest.mark.parametrize("turns", [3, 8, 60])
def test_a_loop_folds_alike_in_a_trace_that_was_written_and_read_again(turns: int) -> None:
    trace = ng.trace(rnn(turns))
    again = ng.Trace.from_dict(json.loads(json.dumps(trace.to_dict())))
    assert again.parts.loops == trace.parts.loops
    assert len(again.parts.loops) >= 5 * turns
    before, after = scene(trace), scene(again)
    for key in ("modules", "drawing", "trace"):
        assert after[key] == before[key]
    assert ng.Trace.from_dict(trace.to_dict()).to_dict() == trace.to_dict()


@pytest.mark.parametrize("turn", [[0], [0, 1, 2], ["a", 0], [0, -1], 5, [0, 10**6], [0.5, 0]])
def test_a_turn_that_cannot_be_is_refused(turn: object) -> None:
    data = ng.trace(rnn(3)).to_dict()
    data["functions"][2]["turn"] = turn
    with pytest.raises(TraceFormatError, match=r"functions\[2\].turn"):
        ng.Trace.from_dict(data)
