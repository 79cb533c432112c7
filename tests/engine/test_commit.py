"""An exception anywhere in a pass leaves everything as it was, and the next call works."""

import warnings
from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics import positions as source
from tests.engine.faults import KINDS, Faults, interrupt_at, snapshot, unchanged
from tests.engine.tiny import Mul, Square, grads, leaf, random_graph, same


def expected(seed):
    graph = random_graph(seed)
    graph.root.backward()
    return [x.grad for x in graph.leaves]


def everything(graph):
    return [*graph.leaves, *graph.between, graph.root]


@pytest.mark.parametrize("error", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_a_fault_in_every_rule(seed, error):
    right = expected(seed)
    faults = Faults()
    graph = random_graph(seed, wrap=faults.wrap)
    graph.root.backward()
    total = faults.runs
    for at in range(total):
        for v in everything(graph):
            v.cleargrad()
        graph.leaves[0].grad = preset = np.full(graph.leaves[0].shape, 7.0)
        before = snapshot(everything(graph))
        faults.error, faults.at, faults.runs = error, at, 0
        with pytest.raises(error, match="injected") as caught:
            graph.root.backward(retain_grad=bool(at % 2))
        assert unchanged(before, snapshot(everything(graph)))
        assert ng.Config.enable_backprop is True
        assert caught.value.__notes__[0].startswith("in the backward of ")
        faults.at = -1
        graph.root.backward()
        assert same([x.grad for x in graph.leaves], [preset + right[0], *right[1:]])


@pytest.mark.parametrize("error", KINDS)
def test_a_fault_in_every_forward(error):
    total = Faults()
    random_graph(3, wrap=lambda f: total.wrap(f, forward=True))
    assert total.runs == 13
    for at in range(total.runs):
        faults = Faults(error, at)
        x = leaf(2.0)
        x.grad = np.array(1.0)
        before = snapshot([x])
        with pytest.raises(error, match="injected") as caught:
            random_graph(3, wrap=lambda f, faults=faults: faults.wrap(f, forward=True))
        assert caught.value.__notes__[0].startswith("in the forward of ")
        assert unchanged(before, snapshot([x]))
        assert ng.Config.enable_backprop is True
        assert Square()(x).creator is not None


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("retain", [False, True])
def test_ctrl_c_wherever_it_can_arrive(retain, create_graph):
    places = []
    number = 0
    while True:
        x, w = leaf([2.0, 3.0], "x"), leaf(5.0, "w")
        y = Mul()(Square()(x), w) * x + w * 3.0
        x.grad = np.array([1.0, 1.0])
        before = snapshot([x, w, y])
        interrupted = False
        try:
            with interrupt_at(number) as reached:
                y.backward(retain_grad=retain, create_graph=create_graph)
        except KeyboardInterrupt:
            interrupted = True
        assert ng.Config.enable_backprop is True, reached
        assert not source.state.enabled | source.state.marking, reached
        if interrupted and unchanged(before, snapshot([x, w, y])):
            places += reached
            y.backward(retain_grad=retain)
        # Else it came when all was done.
        gx, gw = (np.asarray(g.data if isinstance(g, ng.Variable) else g) for g in (x.grad, w.grad))
        assert gx.tolist() == [1 + 60.0, 1 + 135.0], reached
        assert gw.tolist() == 8 + 27 + 6.0, reached
        if not reached:
            break
        number += 5 if create_graph else 1
    assert len(places) >= 100  # a few fewer where the interpreter checks for signals less often
    assert {p.split(":")[0] for p in places} >= {
        "backward.py",
        "commit.py",
        "call.py",
        "gradients.py",
    }


def test_a_warning_turned_into_an_error():
    class Warns(Square):
        def backward(self, gy):
            warnings.warn("careful", stacklevel=1)
            return super().backward(gy)

    x = leaf(2.0)
    y = Warns()(Square()(x))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="careful"):
            y.backward()
    assert x.grad is None
    with pytest.warns(UserWarning, match="careful"):
        y.backward()
    assert x.grad == 32.0


def test_floating_point_errors_of_numpy():
    x = leaf([1.0, 1.0])
    z = Square()(x) * 1e300
    z.grad = np.array([1e10, 1.0])
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        z.backward()
    assert x.grad is None
    assert z.grad.tolist() == [1e10, 1.0]


def test_an_overflow_while_adding_to_a_leaf():
    x, w = leaf(1.0), leaf(1.0)
    y = Mul()(x, w) * 1.5e308
    y.backward()
    before = snapshot([x, w, y])
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        y.backward()
    assert unchanged(before, snapshot([x, w, y]))


def test_the_last_gradient_does_not_fit():
    x, w = leaf([1.0, 2.0], "x"), leaf([1.0, 2.0], "w")
    y = Mul()(x, w)
    w.grad = np.ones(3)
    for retain in (False, True):
        with pytest.raises(ng.GradientShapeError, match="w "):
            y.backward(retain_grad=retain)
        assert x.grad is y.grad is None
        assert w.grad.shape == (3,)


@pytest.mark.parametrize("seed", range(6))
def test_grads_of_a_retained_pass_survive_a_failing_one(seed):
    faults = Faults()
    graph = random_graph(seed, wrap=faults.wrap)
    graph.root.backward(retain_grad=True)
    kept = grads(graph)
    faults.error, faults.at, faults.runs = ValueError, 2, 0
    with pytest.raises(ValueError, match="injected"):
        graph.root.backward()
    assert same(grads(graph), kept)


def test_the_note_says_where():
    class Fails(ng.Function):
        def forward(self, x0, x1):
            return x0 @ x1

        def backward(self, gy):
            raise ValueError("oh")

    source.keep_positions(True)
    try:
        a, b = leaf(np.ones((2, 3)), "a"), leaf(np.ones((3, 4)), "b")
        y = Fails()(Square()(a), b)  # this line
        y.name = "y"
    finally:
        source.keep_positions(False)
    with pytest.raises(ValueError, match="oh") as caught:
        y.sum().backward()
    (note,) = caught.value.__notes__
    text = Path(__file__).read_text(encoding="utf-8").splitlines()
    line = next(i for i, t in enumerate(text, 1) if t.endswith("# this line"))
    assert note == (
        "in the backward of Fails(unnamed (2, 3) float64, b (3, 4) float64) → y (2, 4) float64, "
        f"generation 1, made test_commit.py, line {line}"
    )
