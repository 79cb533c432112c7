"""The passes of a training loop: every iteration, in bounded memory, at the cost of a trace."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.tracing.graphs import variable

RNG = np.random.default_rng(0)


class Net:
    """A small network, and its training step."""

    def __init__(self, hidden: int = 8) -> None:
        self.x, self.t = RNG.normal(size=(32, 4)), RNG.normal(size=(32, 1))
        self.w1 = ng.Variable(RNG.normal(size=(4, hidden)), name="W1")
        self.w2 = ng.Variable(RNG.normal(size=(hidden, 1)), name="W2")

    def loss(self) -> ng.Variable:
        for w in (self.w1, self.w2):
            w.cleargrad()
        loss = ng.mean_squared_error(ng.tanh(self.x @ self.w1) @ self.w2, self.t)
        loss.name = "loss"
        return loss

    def step(self) -> None:
        for w in (self.w1, self.w2):
            w.data = w.data - 0.1 * w.grad


def test_record_takes_the_place_of_backward() -> None:
    net, history = Net(), ng.History()
    grads, losses = [], []
    for _ in range(5):
        loss = net.loss()
        history.record(loss)
        grads.append(net.w1.grad.copy())
        losses.append(loss.item())
        loss = net.loss()
        loss.backward()
        assert np.array_equal(net.w1.grad, grads[-1])
        net.step()
    assert len(history) == 5
    assert history.at == [0, 1, 2, 3, 4]
    assert history.values() == losses
    assert history.norms()["W1"] == pytest.approx([np.linalg.norm(g) for g in grads])
    assert all(isinstance(t, ng.Trace) and t.applied for t in history.traces)
    assert history.sections == [range(5)]


def test_every_so_many_iterations() -> None:
    net, history = Net(), ng.History(every=3)
    for _ in range(8):
        history.record(net.loss())
        assert net.w1.grad is not None
        net.step()
    assert (history.at, history.iterations) == ([0, 3, 6], 8)


@pytest.mark.parametrize("keep", [2, 3, 10, 17])
def test_beyond_keep_every_other_one_is_dropped(keep: int) -> None:
    x, history = variable(1.0, "x"), ng.History(keep=keep)
    for k in range(100):
        history.record(x * float(k))
        assert len(history) <= keep
        assert history.at[-1] == k
        assert history.at[0] == 0
    steps = np.diff(history.at[:-1])
    assert len(set(steps.tolist())) <= 1
    assert all(t.gradient("x") == float(at) for at, t in zip(history.at, history, strict=True))


def test_a_graph_that_changes_starts_a_section_and_says_so() -> None:
    x, history = variable(2.0, "x"), ng.History()
    for k in range(6):
        y = x * x
        history.record(ng.sin(y) if k in {3, 4} else y)
    assert history.sections == [range(3), range(3, 5), range(5, 6)]
    assert len(history.notes) == 2
    assert "iteration 3" in history.notes[0]
    assert "iteration 5" in str(history)
    assert len(history.to_dict()["sections"]) == 2


def test_a_change_is_noted_once_though_takes_are_dropped() -> None:
    x, history = variable(2.0, "x"), ng.History(keep=np.int64(5))
    for k in range(23):
        history.record(ng.sin(x * x) if k > 10 else x * x)
    assert [note.partition(" on ")[0] for note in history.notes] == ["From iteration 11"]


def test_without_cleargrad_it_is_still_one_graph() -> None:
    x, history = variable(2.0, "x"), ng.History()
    for _ in range(3):
        history.record(x * x)
    assert history.sections == [range(3)]
    assert [t.variables["x"].before for t in history] == [None, 4.0, 8.0]
    assert ng.Series.from_dict(history.to_dict()).traces == history.traces


def test_nothing_is_recorded_of_a_pass_that_fails() -> None:
    class Fails(ng.Function):
        def forward(self, x):
            return x * 1.0

        def backward(self, gy):
            raise ValueError("oh")

    x, history = variable(2.0, "x"), ng.History()
    with pytest.raises(ValueError, match="oh"):
        history.record(Fails()(x))
    with pytest.raises(ng.OperandError, match=r"record\(\) takes the loss.*float"):
        history.record(3.0)
    assert (len(history), history.iterations, x.grad) == (0, 0, None)
    assert history.norms() == {}
    assert "0 takes" in str(history)


def test_nothing_is_kept_alive() -> None:
    x, history = variable(2.0, "x"), ng.History()
    y = x * x
    alive = weakref.ref(y)
    history.record(y)
    del y
    gc.disable()
    try:
        assert alive() is None
    finally:
        gc.enable()


def test_memory_is_bounded() -> None:
    w = ng.Variable(RNG.normal(size=(128, 128)), name="w")
    history = ng.History(keep=40)
    tracemalloc.start()
    try:
        for _ in range(60):
            w.cleargrad()
            history.record(ng.sum(ng.tanh(w) * w))
        held, top = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    print(f"{held / 1e6:.0f} MB held, {top / 1e6:.0f} MB at most")
    assert top < 130e6


def test_what_is_wrong_in_an_iteration_is_marked() -> None:
    x, history = ng.Variable(np.array([1.0, -2.0]), name="x"), ng.History()
    for scale in (1.0, 0.0, np.inf, 1e-9, 1e9):
        x.cleargrad()
        with np.errstate(all="ignore"):
            history.record(ng.sum(x * scale))
    kinds = [{t.kind for t in found} for found in history.troubles()]
    assert history.dead() == [[], ["x"], [], [], []]
    assert kinds[0] == kinds[1] == set()
    assert "inf" in kinds[2]
    assert "vanishing" in kinds[3]
    assert "exploding" in kinds[4]


def test_a_plot() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    net, history = Net(), ng.History()
    for _ in range(4):
        history.record(net.loss())
        net.step()
    figure = history.plot()
    above, below = figure.axes
    assert len(above.lines) == 1
    assert {line.get_label() for line in below.lines} == {"W1", "W2"}
    with pytest.raises(KeyError, match="no gradient of 'W9'"):
        history.plot(["W9"])


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"every": 0}, ValueError), ({"keep": 1}, ValueError), ({"every": 1.5}, TypeError),
        ({"keep": "many"}, TypeError), ({"every": True}, TypeError),
        ({"names": 3}, TypeError),
    ],
)  # fmt: skip
def test_options_that_cannot_be(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=r"every|keep|names must be a mapping"):
        ng.History(**options)


def test_a_history_that_was_saved_goes_on(tmp_path: Path) -> None:
    w = ng.Variable(np.array(4.0), name="w")
    history = ng.History(keep=5)
    for _ in range(12):
        w.cleargrad()
        history.record(ng.square(w))
    history.save(tmp_path / "h.json")
    again = ng.History.load(tmp_path / "h.json")
    w.cleargrad()
    again.record(ng.square(w))
    assert (again.at, again.iterations) == ([*history.at, 12], 13)
