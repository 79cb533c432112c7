"""What a trace says of a pass, and that tracing changes nothing and keeps nothing."""

from __future__ import annotations

import gc
import pickle
import weakref

import numpy as np
import pytest

import nbgrad as ng
from tests.tracing.graphs import Cube, SumAndDifference, diamond, variable


def test_the_diamond_runs_generations_2_1_0() -> None:
    x, y = diamond()
    trace = ng.trace(y)
    assert [step.generation for step in trace.steps] == [2, 1, 0]
    assert [call.function.name for call in trace.calls] == ["Add", "Square", "Square", "Square"]
    assert x.grad == 64.0


def test_two_contributions_add_up_to_16() -> None:
    _, y = diamond()
    first, second = ng.trace(y).steps[1].contributions
    assert (first.variable.name, first.amount, first.before, first.after) == ("a", 8, None, 8)
    assert (second.variable.name, second.amount, second.before, second.after) == ("a", 8, 8, 16)


def test_freed_and_waiting() -> None:
    _, y = diamond()
    steps = ng.trace(y).steps
    assert [[v.name for v in step.freed] for step in steps] == [["y"], ["b", "c"], ["a"]]
    waiting = [[(w.function.outputs, w.generation) for w in step.waiting] for step in steps]
    names = {v.name: v.id for v in ng.trace(y).variables}
    assert waiting == [[((names["b"],), 1), ((names["c"],), 1)], [((names["a"],), 0)], []]
    assert all(not step.freed for step in ng.trace(y, retain_grad=True).steps)


def test_what_waits_is_what_has_a_gradient_and_has_not_run() -> None:
    class Watch:
        def __init__(self):
            self.waiting, self.ran, self.snapshots = [], [], []

        def begin(self, root, seed):
            self.waiting.append(root)

        def called(self, node, gys, arrivals):
            self.waiting.remove(node)
            self.ran.append(node)
            self.waiting += [x for _, x, _, before, _ in arrivals if before is None and x.creator]
            self.snapshots.append(list(self.waiting))

    from nbgrad.engine.backward import backward

    rng = np.random.default_rng(1)
    nodes = [variable(1.1, f"x{i}") for i in range(3)]
    for _ in range(60):
        i, j = rng.integers(0, len(nodes), 2)
        nodes.append(nodes[i] * nodes[j] * 0.5 if i != j else ng.sin(nodes[i]))
    y = nodes[-1] + nodes[-2] * nodes[-3]
    watch = Watch()
    backward(y, observer=watch, apply=False)
    turn = {id(node): i for i, node in enumerate(watch.ran)}
    for waiting, call in zip(watch.snapshots, ng.trace(y).calls, strict=True):
        assert len(waiting) == len(call.waiting) + call.waiting_more
        waiting.sort(key=lambda x: turn[id(x)])
        generations = [x.generation - 1 for x in waiting]
        assert generations[: len(call.waiting)] == [w.generation for w in call.waiting]


def test_by_function() -> None:
    _, y = diamond()
    steps = ng.trace(y).by_function()
    assert [len(step.calls) for step in steps] == [1, 1, 1, 1]
    assert [[v.name for v in step.freed] for step in steps] == [["y"], ["b"], ["c"], ["a"]]


def test_look_ups() -> None:
    _, y = diamond()
    trace = ng.trace(y)
    a = trace.variables["a"]
    assert trace.variables[a.id] is a
    assert a in trace.variables
    assert "a" in trace.variables
    assert trace.gradient("a") == 16
    assert trace.gradient("y") == 1
    assert [c.amount.value for _, c in trace.contributions("a")] == [8.0, 8.0]
    assert trace.functions[a.creator].outputs == (a.id,)
    with pytest.raises(KeyError, match="no 'z' in this trace; it has x, a, b"):
        trace.variables["z"]


def test_what_is_known_of_a_function() -> None:
    _, y = diamond()
    square = ng.trace(y).functions[0]
    assert (square.name, square.symbol, square.rule) == ("Square", "x²", "gx = 2 · x · gy")
    assert (square.generation, square.code, square.backward) == (0, None, False)


def test_a_users_function_shows_its_lines() -> None:
    x = variable(2.0, "x")
    trace = ng.trace(Cube()(x), naive=False)
    assert "return 3 * x.data**2 * gy" in trace.functions[0].code
    assert trace.functions[0].name == "Cube"
    assert x.grad == 12.0


def test_a_users_rule_runs_once() -> None:
    ran = []

    class Noisy(ng.Function):
        def forward(self, x):
            return x

        def backward(self, gy):
            ran.append(1)
            return gy

    ng.trace(Noisy()(variable(1.0)))
    assert ran == [1]


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (9, 11)])
def test_gradients_are_bit_equal(shape: tuple[int, ...]) -> None:
    def build():
        rng = np.random.default_rng(0)
        x = ng.Variable(rng.normal(size=shape))
        w = ng.Variable(rng.normal(size=(1,) * len(shape)))
        a = ng.tanh(x * w) + x / 3.0
        return x, w, ng.sum(a * a * ng.exp(-x) + w)

    x0, w0, y0 = build()
    x1, w1, y1 = build()
    y0.backward()
    trace = ng.trace(y1)
    for plain, traced in ((x0, x1), (w0, w1)):
        assert plain.grad.tobytes() == traced.grad.tobytes()
        assert plain.grad.dtype == traced.grad.dtype
    assert {trace.gradient(v.id).shape for v in trace.variables if v.kind == "leaf"} == {
        shape,
        (1,) * len(shape),
    }


def test_a_second_trace_adds_once_more_and_apply_false_nothing() -> None:
    x, y = diamond()
    ng.trace(y)
    ng.trace(y)
    assert x.grad == 128.0
    trace = ng.trace(y, apply=False)
    assert x.grad == 128.0
    assert not trace.applied
    assert trace.gradient("x") == 64


def test_what_was_there_before_is_noted_for_leaves() -> None:
    x, y = diamond()
    x.grad = np.array(5.0)
    trace = ng.trace(y, retain_grad=True)
    again = ng.trace(y)
    assert trace.variables["x"].before == 5
    assert trace.variables["a"].before is None
    assert again.variables["a"].before is None
    assert again.variables["x"].before == 69


def test_a_preset_seed() -> None:
    _, y = diamond()
    y.grad = np.array(3.0)
    trace = ng.trace(y)
    assert trace.seed == 3
    assert trace.gradient("x") == 192
    assert trace.root.before is None


def test_a_leaf_has_no_steps() -> None:
    x = variable([1.0, 2.0], "x")
    trace = ng.trace(x)
    assert trace.steps == ()
    assert trace.root.kind == "leaf"
    assert trace.seed.values == (1.0, 1.0)
    assert "x.grad [1, 1]" in str(trace)
    assert np.array_equal(x.grad, np.ones(2))


@pytest.mark.parametrize("order", ["generation", "naive"])
def test_no_graph_is_the_same_error_as_backwards(order: str) -> None:
    with ng.no_grad():
        y = ng.square(variable(2.0))
    with pytest.raises(ng.NoGraphError) as expected:
        y.backward()
    with pytest.raises(ng.NoGraphError) as found:
        ng.trace(y, order=order)
    assert str(found.value) == str(expected.value)
    with pytest.raises(ng.NoGraphError, match="holds no data"):
        ng.trace(ng.Variable(None), order=order)


def test_bad_arguments() -> None:
    x = variable(2.0)
    with pytest.raises(ValueError, match="'generation' or 'naive', not 'wrong'"):
        ng.trace(x, order="wrong")
    with pytest.raises(TypeError, match="not of float"):
        ng.trace(2.0)
    with pytest.raises(TypeError, match="names must be a mapping"):
        ng.trace(x, names=[x])


class Fails(ng.Function):
    def forward(self, x):
        return x

    def backward(self, gy):
        raise RuntimeError("no")


def test_a_failing_rule_changes_nothing_and_leaves_no_trace() -> None:
    x = variable(2.0)
    x.grad = np.array(7.0)
    with pytest.raises(RuntimeError, match="no"):
        ng.trace(Fails()(x) + x * x)
    assert x.grad == 7.0


def test_x_times_x_has_two_contributions() -> None:
    x = variable(3.0, "x")
    call = ng.trace(x * x).calls[0]
    assert call.function.inputs[0] == call.function.inputs[1]
    assert [(c.input, c.amount.value) for c in call.contributions] == [(0, 3.0), (1, 3.0)]


def test_constants() -> None:
    x = variable([1.0, 2.0], "x")
    data = np.array([3.0, 4.0])
    trace = ng.trace(ng.sum(x * data + data * 1.0 + 2.5), names={"data": data})
    kinds = {v.name: v.kind for v in trace.variables}
    assert kinds["data"] == "constant"
    assert kinds["2.5"] == "constant"
    assert sum(v.name == "data" for v in trace.variables) == 1
    assert all(c.variable.kind != "constant" for call in trace.calls for c in call.contributions)


def test_dropped_and_unused_outputs() -> None:
    a, b = variable(2.0, "a"), variable(3.0, "b")
    s, d = SumAndDifference()(a, b)
    s.name, d.name = "s", "d"
    trace = ng.trace(ng.square(s))
    assert trace.variables["d"].kind == "unused"
    assert trace.variables["d"].value == -1
    split = trace.calls[1]
    assert split.upstream[0] == 10
    assert split.upstream[1] is None
    assert [trace.variables[y].name for y in split.function.outputs] == ["s", "d"]
    del d
    trace = ng.trace(ng.square(s))
    (gone,) = (v for v in trace.variables if v.kind == "unused")
    assert (gone.value, gone.shape, gone.dtype) == (None, (), "float64")
    assert trace.calls[1].function.outputs[1] == gone.id


def test_the_seconds_output_alone() -> None:
    a, b = variable(2.0, "a"), variable(3.0, "b")
    _, d = SumAndDifference()(a, b)
    trace = ng.trace(ng.square(d))
    assert [gy is None for gy in trace.calls[1].upstream] == [True, False]
    assert (trace.gradient("a"), trace.gradient("b")) == (-2, 2)


def test_a_graph_made_by_create_graph_is_told_apart() -> None:
    x = variable(2.0, "x")
    y = x**3.0
    y.backward(create_graph=True)
    gx = x.grad
    x.cleargrad()
    trace = ng.trace(gx)
    assert {f.name: f.backward for f in trace.functions} == {"Pow": True, "Mul": True}
    assert not trace.variables["x"].backward
    assert trace.root.backward
    assert trace.gradient("x") == 12
    assert not any(f.backward for f in ng.trace(y).functions)


def test_create_graph_while_tracing() -> None:
    x = variable(2.0, "x")
    trace = ng.trace(x**3.0, create_graph=True)
    assert trace.create_graph
    assert trace.gradient("x") == 12
    gx = x.grad
    x.cleargrad()
    gx.backward()
    assert x.grad == 12.0


@pytest.mark.parametrize("options", [{}, {"order": "naive"}, {"naive": True}])
def test_nothing_is_kept_alive(options: dict) -> None:
    gc.disable()
    try:
        x = ng.Variable(np.ones(100), "x")
        a, b = SumAndDifference()(x, x * 2.0)
        y = ng.sum(a * b)
        y.creator  # a Function object stands for it
        trace = ng.trace(y, **options)
        watched = [weakref.ref(v) for v in (x, a, b, y)]
        arrays = [weakref.ref(x.data), weakref.ref(x.grad)] if x.grad is not None else []
        del x, a, b, y
        assert [ref() for ref in watched + arrays] == [None] * len(watched + arrays)
        assert trace.gradient("x").size == 100
    finally:
        gc.enable()


def test_a_failed_trace_keeps_nothing_alive() -> None:
    x = variable(2.0)
    ref = weakref.ref(x)
    with pytest.raises(RuntimeError):
        ng.trace(Fails()(x))
    del x
    gc.collect()
    assert ref() is None


def test_a_trace_is_what_was_not_what_is() -> None:
    x = variable([1.0, 2.0, 3.0], "x")
    big = ng.Variable(np.ones((20, 20)), "big")
    y = ng.sum(x * 2.0) + ng.sum(big * big)
    trace = ng.trace(y)
    x.data[:] = 9.0
    x.grad[:] = 9.0
    big.data[:] = 9.0
    assert trace.variables["x"].value.values == (1.0, 2.0, 3.0)
    assert trace.gradient("x").values == (2.0, 2.0, 2.0)
    assert trace.variables["big"].value.max == 1.0


def test_a_trace_is_frozen_equal_and_pickles() -> None:
    _, y = diamond()
    trace, again = ng.trace(y, apply=False), ng.trace(y, apply=False)
    assert trace == again
    assert trace != ng.trace(y, order="naive")
    assert pickle.loads(pickle.dumps(trace)) == trace
    with pytest.raises(AttributeError):
        trace.steps = ()
    with pytest.raises(AttributeError):
        trace.steps[0].generation = 5


def test_a_long_chain_needs_no_recursion() -> None:
    x = variable(1.0, "x")
    y = x
    for _ in range(5000):
        y = y + 0.0
    trace = ng.trace(y)
    assert len(trace.steps) == 5000
    assert trace.gradient("x") == 1
    assert len(str(trace).splitlines()) < 80


def test_a_wide_queue_is_listed_in_part() -> None:
    x = variable(1.0, "x")
    y = ng.sum(ng.stack([ng.square(x) for _ in range(50)]))
    call = next(c for c in ng.trace(y).calls if c.function.name == "Stack")
    assert len(call.waiting) == 12
    assert call.waiting_more == 38


def test_integers_and_float32() -> None:
    i = ng.Variable(np.array([1, 2]), "i")
    f = ng.Variable(np.array([1.5, 2.5], np.float32), "f")
    trace = ng.trace(ng.sum(i * 2.0) + ng.sum(f * 3.0))
    assert trace.variables["i"].dtype == np.dtype(np.intp).name
    assert trace.gradient("i").dtype == "float64"
    assert trace.gradient("f").dtype == "float32"
    assert np.array_equal(trace.gradient("f").array(), np.float32([3, 3]))


def test_under_detect_anomaly() -> None:
    x = variable(0.0, "x")
    with ng.detect_anomaly():
        y = x * 3.0
        assert ng.trace(y).gradient("x") == 3


def test_an_upstream_gradient_is_given_as_to_backward() -> None:
    for gradient in (np.array([1.0, 10.0]), ng.Variable(np.array([1.0, 10.0]))):
        x = ng.Variable(np.array([1.0, 2.0]), "x")
        t = ng.trace(x * x, gradient=gradient)
        assert x.grad.tolist() == [2, 40]
        assert t.gradient("x").array().tolist() == [2, 40]
    with pytest.raises(ng.NbgradError, match="upstream gradient"):
        ng.trace(x * x, gradient=np.ones(3))
    assert x.grad.tolist() == [2, 40]
