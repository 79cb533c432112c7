"""The graphs of DeZero's steps give one trace, whoever runs the pass: nbgrad or PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import nbgrad as ng

Made = dict[str, Any]
"""Every variable of a program by its name; the last one is the root."""


class Nbgrad:
    """Leaves and functions of nbgrad."""

    functions = ng

    def leaf(self, value: Any) -> Any:
        return ng.Variable(np.array(value, np.float64))

    def constant(self, value: Any) -> Any:
        return np.array(value, np.float64)


class PyTorch:
    """The same of PyTorch, by the same names."""

    functions = torch

    def leaf(self, value: Any) -> Any:
        return torch.tensor(value, dtype=torch.float64, requires_grad=True)

    def constant(self, value: Any) -> Any:
        return torch.tensor(value, dtype=torch.float64)


def _add(e: Any) -> Made:
    x0, x1 = e.leaf(2.0), e.leaf(5.0)
    return {"x0": x0, "x1": x1, "y": x0 + x1}


def _squares(e: Any) -> Made:
    x, y = e.leaf(2.0), e.leaf(3.0)
    a, b = x**2, y**2
    return {"x": x, "y": y, "a": a, "b": b, "z": a + b}


def _twice(e: Any) -> Made:
    x = e.leaf(3.0)
    return {"x": x, "y": x + x}


def _thrice(e: Any) -> Made:
    x = e.leaf(3.0)
    a = x + x
    return {"x": x, "a": a, "y": a + x}


def _diamond(e: Any) -> Made:
    x = e.leaf(2.0)
    a = x**2
    b, c = a**2, a**2
    return {"x": x, "a": a, "b": b, "c": c, "y": b + c}


def _square_thrice(e: Any) -> Made:
    x = e.leaf([0.5, -1.25, 3.0])
    a = x**2
    b = a**2
    c = b**2
    return {"x": x, "a": a, "b": b, "c": c, "y": e.functions.sum(c)}


def _meeting(e: Any) -> Made:
    x0, x1 = e.leaf(1.0), e.leaf(1.0)
    t = x0 + x1
    return {"x0": x0, "x1": x1, "t": t, "y": x0 + t}


def _product(e: Any) -> Made:
    a, b, c = e.leaf(3.0), e.leaf(2.0), e.leaf(1.0)
    t = a * b
    return {"a": a, "b": b, "c": c, "t": t, "y": t + c}


def _mixed(e: Any) -> Made:
    x = e.leaf(2.0)
    t = x + e.constant(3.0)
    u = 3.0 * t
    return {"x": x, "t": t, "u": u, "y": u + 1.0}


def _operators(e: Any) -> Made:
    x, y = e.leaf(2.0), e.leaf(-1.5)
    a = -x
    b = 2.0 - a
    c = b - y
    d = c / x
    f = d / 3.0
    return {"x": x, "y": y, "a": a, "b": b, "c": c, "d": d, "f": f, "z": f**3}


def _sphere(e: Any) -> Made:
    x, y = e.leaf(1.0), e.leaf(1.0)
    a, b = x**2, y**2
    return {"x": x, "y": y, "a": a, "b": b, "z": a + b}


def _matyas(e: Any) -> Made:
    x, y = e.leaf(1.0), e.leaf(1.0)
    a, b = x**2, y**2
    c = a + b
    d, f = 0.26 * c, 0.48 * x
    g = f * y
    return {"x": x, "y": y, "a": a, "b": b, "c": c, "d": d, "f": f, "g": g, "z": d - g}


def _taylor_sine(e: Any) -> Made:
    x = e.leaf(math.pi / 4)
    made, y = {"x": x}, e.constant(0.0)
    for i in range(6):
        power = x ** (2 * i + 1)
        term = (-1) ** i / math.factorial(2 * i + 1) * power
        y = y + term
        made |= {f"p{i}": power, f"t{i}": term, f"y{i}": y}
    return made


def _rosenbrock(e: Any) -> Made:
    x0, x1 = e.leaf(0.0), e.leaf(2.0)
    a = x0**2
    b = x1 - a
    c = b**2
    d = 100.0 * c
    f = x0 - 1.0
    g = f**2
    return {"x0": x0, "x1": x1, "a": a, "b": b, "c": c, "d": d, "f": f, "g": g, "y": d + g}


def _newton(e: Any) -> Made:
    x = e.leaf(2.0)
    a, b = x**4, x**2
    c = 2.0 * b
    return {"x": x, "a": a, "b": b, "c": c, "y": a - c}


def _sine(e: Any) -> Made:
    x = e.leaf([0.0, 0.5, 1.0])
    a = e.functions.sin(x)
    return {"x": x, "a": a, "y": e.functions.sum(a)}


def _shapes(e: Any) -> Made:
    x = e.leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    a = x.reshape(3, 2)
    b = a.T
    c = b * b
    return {"x": x, "a": a, "b": b, "c": c, "y": e.functions.sum(c)}


def _broadcast(e: Any) -> Made:
    x0, x1 = e.leaf([1.0, 2.0, 3.0]), e.leaf([10.0])
    a = x0 + x1
    b = a * x0
    return {"x0": x0, "x1": x1, "a": a, "b": b, "y": e.functions.sum(b)}


def _regression(e: Any) -> Made:
    x = e.constant([[0.25], [0.5], [0.75]])
    w, b = e.leaf([[0.5]]), e.leaf([0.25])
    t = x @ w
    p = t + b
    d = p - e.constant([[1.0], [2.0], [4.0]])
    s = d**2
    total = e.functions.sum(s)
    return {"W": w, "b": b, "t": t, "p": p, "d": d, "s": s, "total": total, "loss": total / 3.0}


def _network(e: Any) -> Made:
    rng = np.random.default_rng(0)
    x = e.constant(rng.normal(size=(4, 2)).tolist())
    w1, b1 = e.leaf(rng.normal(size=(2, 3)).tolist()), e.leaf([0.0] * 3)
    w2, b2 = e.leaf(rng.normal(size=(3, 1)).tolist()), e.leaf([0.0])
    made: Made = {"W1": w1, "b1": b1, "W2": w2, "b2": b2}
    made["m1"] = x @ w1
    made["s1"] = made["m1"] + b1
    made["h"] = e.functions.sigmoid(made["s1"])
    made["m2"] = made["h"] @ w2
    made["s2"] = made["m2"] + b2
    made["o"] = e.functions.relu(e.functions.tanh(e.functions.exp(made["s2"])))
    made["loss"] = e.functions.sum(made["o"])
    return made


class Kept(dict[str, Any]):
    """Names for the steps of a longer formula."""

    def __call__(self, value: Any) -> Any:
        return self.setdefault(f"t{len(self)}", value)


def _goldstein_price(e: Any) -> Made:
    x, y = e.leaf(1.0), e.leaf(1.0)
    k = Kept(x=x, y=y)
    first = k(k(k(x + y) + 1.0) ** 2)
    a = k(k(19.0 - k(14.0 * x)) + k(3.0 * k(x**2)))
    b = k(k(a - k(14.0 * y)) + k(6.0 * k(x * y)))
    left = k(1.0 + k(first * k(b + k(3.0 * k(y**2)))))
    second = k(k(k(2.0 * x) - k(3.0 * y)) ** 2)
    c = k(k(18.0 - k(32.0 * x)) + k(12.0 * k(x**2)))
    d = k(k(c + k(48.0 * y)) - k(36.0 * k(x * y)))
    right = k(30.0 + k(second * k(d + k(27.0 * k(y**2)))))
    k["z"] = left * right
    return k


def _softmax_cross_entropy(e: Any) -> Made:
    x = e.leaf([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
    k = Kept(x=x)
    p = k(e.functions.exp(x))
    p = k(p / k(e.functions.sum(p, 1, True)))
    picked = k(k(e.functions.log(p))[[0, 1], [2, 0]])
    k["loss"] = -k(e.functions.sum(picked))
    return k


def _recurrent(e: Any) -> Made:
    rng = np.random.default_rng(1)
    w, u, b = (e.leaf(rng.normal(size=s).tolist()) for s in ((2, 3), (3, 3), (3,)))
    k = Kept(W=w, U=u, b=b)
    h = e.constant(np.zeros((1, 3)).tolist())
    for t in range(4):
        x = e.constant(rng.normal(size=(1, 2)).tolist())
        h = k(e.functions.tanh(k(k(k(x @ w) + k(h @ u)) + b))) if t else k(x @ w)
    k["loss"] = e.functions.sum(k(h**2))
    return k


def _lstm(e: Any) -> Made:
    rng = np.random.default_rng(2)
    w, u = e.leaf(rng.normal(size=(2, 8)).tolist()), e.leaf(rng.normal(size=(2, 8)).tolist())
    k = Kept(W=w, U=u)
    h = c = e.constant([[0.5, -0.5]])
    for _ in range(3):
        gates = k(k(e.constant(rng.normal(size=(1, 2)).tolist()) @ w) + k(h @ u))
        f, i, o = (k(e.functions.sigmoid(k(gates[:, 2 * n : 2 * n + 2]))) for n in range(3))
        c = k(k(f * c) + k(i * k(e.functions.tanh(k(gates[:, 6:8])))))
        h = k(o * k(e.functions.tanh(c)))
    k["loss"] = e.functions.sum(h)
    return k


STEPS: dict[str, Callable[[Any], Made]] = {
    "11-12 add": _add, "13 squares": _squares, "14 x + x": _twice, "14 (x + x) + x": _thrice,
    "15-16 diamond": _diamond, "17 square thrice": _square_thrice, "18 meeting": _meeting,
    "19-20 a * b + c": _product, "21 mixed operands": _mixed, "22 operators": _operators,
    "24 sphere": _sphere, "24 Matyas": _matyas, "27 Taylor": _taylor_sine,
    "28 Rosenbrock": _rosenbrock, "29 Newton": _newton, "34 sine": _sine, "38 shapes": _shapes,
    "40 broadcast": _broadcast, "42 regression": _regression, "43 network": _network,
    "24 Goldstein-Price": _goldstein_price, "47 softmax": _softmax_cross_entropy,
    "59 RNN": _recurrent, "60 LSTM": _lstm,
}  # fmt: skip


ROUNDED = {"43 network": 1e-13, "47 softmax": 1e-13, "59 RNN": 1e-12, "60 LSTM": 1e-12}
"""Where the two compute a function, such as tanh, with another rounding; else the bits are one."""

# Steps 32-36: a gradient is traced, which its own backward pass made.

DERIVATIVES: dict[str, tuple[Callable[[Any, Any], Any], float, int]] = {
    "33 Newton": (lambda e, x: x**4 - 2.0 * x**2, 2.0, 3),
    "34 sine": (lambda e, x: e.functions.sin(x), 1.0, 5),
    "35 tanh": (lambda e, x: e.functions.tanh(x), 0.7, 5),
    "36 square": (lambda e, x: x**2, 2.0, 2),
}


def structure(made: Made, trace: ng.Trace) -> tuple[Any, ...]:
    """Return which functions run in which step, and each variable's generation."""
    known = {
        v.id: v.name if v.name in made else "·" for v in trace.variables if v.kind != "constant"
    }

    def named(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(known[i] for i in ids if i in known)

    steps = [
        (
            s.generation,
            sorted((named(c.function.inputs), named(c.function.outputs)) for c in s.calls),
        )
        for s in trace.steps
    ]
    return steps, {v.name: v.generation for v in trace.variables if v.name in made}


def numbers(made: Made, trace: ng.Trace) -> dict[tuple[Any, ...], tuple[float, ...]]:
    """Return values, contributions and sums of the variables that have a name."""
    found = {
        ("value", v.name): v.value.values for v in trace.variables if v.name in made and v.value
    }
    for step in trace.steps:
        for k, c in enumerate(sorted(step.contributions, key=lambda c: c.variable.name)):
            if c.variable.name in made:
                key = (step.generation, c.variable.name, k)
                found |= {(*key, "amount"): c.amount.values, (*key, "after"): c.after.values}
    return found


@pytest.mark.parametrize("step", STEPS)
def test_a_step_gives_the_same_trace(step: str) -> None:
    ours, theirs = STEPS[step](Nbgrad()), STEPS[step](PyTorch())
    *_, root = ours
    by_nbgrad, by_pytorch = ng.trace(ours[root], names=ours), ng.trace(theirs[root], names=theirs)
    assert {v.name for v in by_pytorch.variables} >= set(theirs)
    assert structure(ours, by_nbgrad) == structure(theirs, by_pytorch)
    mine, others = numbers(ours, by_nbgrad), numbers(theirs, by_pytorch)
    lacking = {key[1] for key in mine.keys() - others.keys()}  # PyTorch keeps what its rules need
    assert not any(theirs[name].is_leaf for name in lacking)
    assert others.keys() <= mine.keys()
    for key, values in others.items():
        np.testing.assert_allclose(mine[key], values, rtol=ROUNDED.get(step, 0.0), err_msg=str(key))


def ways(trace: ng.Trace, names: set[str]) -> set[tuple[str, str]]:
    """Return which variable with a name leads to which, past those that have none."""
    reached: dict[str, set[str]] = {}
    found = set()
    for v in trace.variables:
        reached[v.id] = {v.name} if v.name in names else set()
    for f in trace.functions:
        before = set().union(*(reached[x] for x in f.inputs))
        for y in f.outputs:
            name = trace.variables[y].name
            if name in names:
                found |= {(b, name) for b in before}
            else:
                reached[y] |= before
    return found


def gradients(trace: ng.Trace, names: set[str]) -> dict[str, tuple[float, ...]]:
    """Return value and gradient of each variable with a name, as far as they are known."""
    named = [v for v in trace.variables if v.name in names]
    found = {f"{v.name}.grad": trace.gradient(v.id).values for v in named}
    return found | {v.name: v.value.values for v in named if v.value}


def check_alike(ours: Made, theirs: Made, root: str) -> None:
    """Compare the passes through a derivative, which each engine writes in its own functions."""
    names = set(ours)
    mine = ng.trace(ours[root], names=ours, apply=False)
    other = ng.trace(theirs[root], names=theirs, apply=False)
    assert ways(mine, names) == ways(other, names)
    by_nbgrad, by_pytorch = gradients(mine, names), gradients(other, names)
    assert {"x.grad", f"{root}.grad", root} <= by_pytorch.keys() <= by_nbgrad.keys()
    for key, values in by_pytorch.items():
        np.testing.assert_allclose(by_nbgrad[key], values, rtol=1e-12, err_msg=key)


@pytest.mark.filterwarnings("ignore:Using backward")
@pytest.mark.parametrize("step", DERIVATIVES)
def test_higher_derivatives_give_the_same_passes(step: str) -> None:
    function, at, orders = DERIVATIVES[step]
    made = []
    for e in (Nbgrad(), PyTorch()):
        x = e.leaf(at)
        made.append({"x": x, "y": function(e, x)})
    for order in range(1, orders + 1):
        root = f"d{order}"
        for one in made:
            x, last = one["x"], [*one.values()][-1]
            x.grad = None
            last.backward(create_graph=True)
            one[root] = x.grad
            x.grad = None
        check_alike(*({"x": one["x"], root: one[root]} for one in made), root)


@pytest.mark.filterwarnings("ignore:Using backward")
def test_double_backpropagation_through_a_penalty() -> None:
    made = []
    for e in (Nbgrad(), PyTorch()):
        x = e.leaf(2.0)
        y = x**2
        y.backward(create_graph=True)
        gx = x.grad
        x.grad = None
        made.append({"x": x, "y": y, "gx": gx, "z": gx**3 + y})
    check_alike(*made, "z")
    for one in made:
        one["z"].backward()
        assert float(one["x"].grad + 0.0) == 100.0
