"""Calling compiled functions: guards, derivatives, passes, threads, errors."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.compiler.functions import net, net_arguments, square_sum, variable

w = ng.Variable(np.array([1.0, -2.0, 3.0]), name="w")
factor = 2.0
settings = {"power": 2, "nested": [1.0, 2.0]}
table = np.array([1.0, 2.0, 3.0])


def check(f: Any, plain: Any, *args: Any) -> None:
    assert f(*args).data.tobytes() == plain(*args).data.tobytes()


def test_outer_things_are_read_afresh() -> None:
    global factor

    def plain(x: Any) -> Any:
        return (x ** settings["power"] * w * table).sum() * factor + settings["nested"][1]

    f = ng.compile(plain)
    x = variable(1, 2, 3)
    for _ in range(2):
        check(f, plain, x)
    w.data = np.array([5.0, 6.0, 7.0])
    check(f, plain, x)
    w.data[0] = -1.0
    check(f, plain, x)
    assert len(f.signatures) == 1
    table[1] = 20.0
    check(f, plain, x)
    factor = 3.5
    check(f, plain, x)
    settings["power"] = 3
    check(f, plain, x)
    settings["nested"][1] = -1.0  # type: ignore[index]
    check(f, plain, x)
    w.data = np.array([[1.0, 2.0, 3.0]])
    check(f, plain, x)
    assert all(s.compiled for s in f.signatures)


class Layer:
    scale = 1.0

    def __init__(self) -> None:
        self.w = ng.Variable(np.array([1.0, 2.0, 3.0]))
        self.training = True
        self.log: list[float] = []

    @property
    def doubled(self) -> float:
        return self.scale * 2

    def forward(self, x: Any) -> Any:
        y = (x * self.w * self.doubled).sum()
        return y * 3.0 if self.training else y


def test_attributes_of_objects_are_watched() -> None:
    layer = Layer()
    f = ng.compile(layer.forward)
    g = ng.compile(layer.forward)
    x = variable(1, 2, 3)

    def same() -> None:
        for function in (f, g):
            check(function, layer.forward, x)
            check(function, layer.forward, x)

    same()
    layer.training = False
    same()
    layer.w = ng.Variable(np.array([3.0, 3.0, 3.0]))
    same()
    Layer.scale = 5.0
    same()
    layer.scale = 7.0
    same()
    layer.log.append(1.0)  # nobody reads it
    count = len(f.signatures)
    same()
    assert len(f.signatures) == count


def test_a_method_can_be_decorated() -> None:
    class Model:
        def __init__(self, k: float) -> None:
            self.k = k

        @ng.compile
        def loss(self, x: Any) -> Any:
            return (x * self.k).sum()

    a, b, x = Model(2.0), Model(3.0), variable(1, 2)
    assert [float(m.loss(x)) for m in (a, b, a, b)] == [6, 9, 6, 9]
    a.k = 10.0
    assert float(a.loss(x)) == 30


def test_what_changes_every_time_runs_uncompiled_in_the_end() -> None:
    state = {"step": 0}

    def plain(x: Any) -> Any:
        return (x * state["step"]).sum()

    f = ng.compile(plain)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for step in range(20):
            state["step"] = step
            check(f, plain, variable(1, 2))
    assert [w.category for w in said] == [ng.CompileWarning]
    assert "give it as an argument" in str(said[0].message)


def test_a_function_that_changes_what_it_reads_runs_uncompiled() -> None:
    seen = [1.0]

    def plain(x: Any) -> Any:
        seen.append(seen[-1] * 2)
        return (x * seen[-1]).sum()

    f = ng.compile(plain)
    with pytest.warns(ng.CompileWarning, match="changes what it reads"):
        found = [float(f(variable(1))) for _ in range(4)]
    assert found == [2, 4, 8, 16]


def test_the_grad_mode_that_the_function_sees_is_the_callers() -> None:
    f = ng.compile(lambda x: x * 2 if ng.Config.enable_backprop else x * 3)
    x = variable(1)
    for _ in range(2):
        assert f(x).data.tolist() == [2]
        with ng.no_grad():
            assert f(x).data.tolist() == [3]
    g = ng.compile(ng.no_grad()(square_sum))
    with ng.no_grad():
        assert float(g(x)) == float(g(x)) == 1
    assert g.signatures[0].compiled


def test_the_result_has_one_creator() -> None:
    f = ng.compile(net)
    args = net_arguments()
    for _ in range(2):
        y = f(*args)
        assert type(y.creator).__name__ == "Compiled"
        assert y.creator.inputs[:2] == args[:2]
        assert y.creator.outputs[0]() is y
        assert y.generation == net(*args).generation
        assert "net" in repr(y.creator)
    two = ng.compile(lambda x: (x * 2, (x * x).sum()))
    for _ in range(2):
        a, b = two(args[0])
        assert a.creator is b.creator


def test_derivatives_of_derivatives_and_functions() -> None:
    f = ng.compile(net)
    w0, w1, x = net_arguments()
    for _ in range(3):
        for tool in (ng.grad, ng.value_and_grad):
            got, want = tool(f, (0, 1))(w0.data, w1.data, x), tool(net, (0, 1))(w0.data, w1.data, x)
            assert repr(got) == repr(want)
        assert repr(ng.hvp(f)(w0.data, w1.data, x, w0.data)) == repr(
            ng.hvp(net)(w0.data, w1.data, x, w0.data)
        )
        f(w0, w1, x).backward(create_graph=True)
        first = w0.grad
        (first * first).sum().backward()
        assert isinstance(first, ng.Variable)
        w0.cleargrad()
        w1.cleargrad()
    assert repr(ng.hessian(ng.compile(square_sum))(np.ones(3))) == repr(
        ng.hessian(square_sum)(np.ones(3))
    )
    assert ng.gradcheck(ng.compile(lambda x: ng.sin(x) * x), np.array([0.3, 0.7]))


def test_passes_add_up_and_can_be_repeated() -> None:
    f = ng.compile(square_sum)
    x = variable(1, 2)
    f(x)
    y = f(x)
    y.backward()
    y.backward()
    assert x.grad.tolist() == [4, 8]
    y.grad = np.array(10.0)
    y.backward()
    assert x.grad.tolist() == [24, 48]
    f(x).backward(retain_grad=True)
    assert x.grad.tolist() == [26, 52]


def test_data_is_read_at_the_backward_pass_as_ever() -> None:
    f = ng.compile(lambda x, y: (x * y).sum())
    for function in (f, f, f.__wrapped__):
        x, y = variable(1, 2), variable(3, 4)
        z = function(x, y)
        y.data = np.array([30.0, 40.0])
        z.backward()
        assert x.grad.tolist() == [30, 40]


def test_calls_that_overlap_keep_their_own_values() -> None:
    f = ng.compile(lambda x: (ng.tanh(x) ** 2).sum())
    xs = [ng.Variable(np.full((4, 4), 0.1 * i)) for i in range(10)]
    f(xs[0])
    ys = [f(x) for x in xs]
    for y in reversed(ys):
        y.backward()
    for x in xs:
        other = ng.Variable(x.data)
        f.__wrapped__(other).backward()
        assert other.grad.tobytes() == x.grad.tobytes()


def test_several_threads_at_once() -> None:
    f = ng.compile(net)
    w0, w1, x = net_arguments()
    want = net(w0, w1, x)
    want.backward()
    wrong: list[Any] = []

    def work(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for _ in range(100):
            scale = float(rng.uniform(0.5, 2))
            a, b = ng.Variable(w0.data * scale), ng.Variable(w1.data)
            y = f(a, b, x)
            z = net(ng.Variable(a.data), b, x)
            y.backward()
            if y.data.tobytes() != z.data.tobytes():
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []


def test_errors_are_those_of_the_function() -> None:
    f = ng.compile(ng.softmax_cross_entropy)
    x = ng.Variable(np.ones((2, 3)))
    f(x, np.array([0, 1]))
    f(x, np.array([2, 1]))
    with pytest.raises(ng.OperationIndexError, match="3 classes"):
        f(x, np.array([0, 3]))
    with pytest.raises(ng.ShapeError):
        ng.compile(lambda a, b: a @ b)(x, x)
    with pytest.raises(ng.OperandError, match="function"):
        ng.compile(3)  # type: ignore[call-overload]
    g = ng.compile(lambda a: ng.inv(a).sum())
    g(ng.Variable(np.eye(2)))
    with pytest.raises(ng.ShapeError):
        g(ng.Variable(np.zeros((2, 2))))


def test_a_function_that_raises_leaves_everything_as_it_was() -> None:
    def plain(x: Any) -> Any:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        ng.compile(plain)(variable(1))
    assert ng.Config.enable_backprop
    assert (variable(1) * 2).creator is not None


def test_each_operation_of_a_long_chain_is_counted() -> None:
    def chain(y: Any, a: Any, b: Any) -> Any:
        for _ in range(500):
            y = y * a + b
        return y

    f = ng.compile(chain)
    args = [ng.Variable(np.array(v)) for v in (2.0, 0.999, 0.001)]
    f(*args)
    assert f.signatures[0].operations == 1000


def test_recording_warns_of_nothing_itself() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f = ng.compile(lambda x: ng.sigmoid(x * 1000.0).sum() + ng.exp(-x).sum())
        for _ in range(3):
            f(variable(-3, 3)).backward()
