"""A function is recorded once for each signature: shapes, dtypes, and what else it depends on."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import nbgrad as ng
from tests.compiler.functions import variable

w = ng.Variable(np.array([1.0, -2.0, 3.0]), name="w")


def test_it_is_recorded_once_for_each_signature() -> None:
    runs = []

    @ng.compile
    def f(x: Any, scale: Any = 1.0, names: Any = ()) -> Any:
        runs.append(1)
        return (x * scale).sum()

    for call in range(3):
        f(variable(1, 2, call))
    assert len(runs) == 1
    calls: list[tuple[Any, ...]] = [
        (variable(1, 2),),
        (ng.Variable(np.ones(3, np.float32)),),
        (ng.Variable(np.ones((3, 2)).T),),
        (variable(1, 2, 3), 2.0),
        (variable(1, 2, 3), 2),
        (variable(1, 2, 3), np.float64(2.0)),
        (variable(1, 2, 3), np.array(2.0)),
        (variable(1, 2, 3), -0.0),
        (variable(1, 2, 3), 0.0),
        (ng.Variable(np.ones(3), requires_grad=False),),
        (variable(1, 2, 3), 1.0, ["a"]),
        (variable(1, 2, 3), 1.0, ("a",)),
    ]
    for n, args in enumerate(calls):
        for _ in range(2):
            f(*args)
        assert len(runs) == n + 2, args
    with ng.no_grad():
        assert f(variable(1, 2, 3)).creator is None
        f(variable(1, 2, 3))
    assert len(runs) == len(calls) + 2
    assert len(f.signatures) == len(runs)
    assert all(s.compiled and not s.reason and s.operations == 2 for s in f.signatures)
    assert [s.grad for s in f.signatures].count(False) == 1
    assert "float64(3,)" in f.signatures[0].arguments


def test_nested_arguments_and_results() -> None:
    def f(layers: Any, batch: Any, *, options: Any) -> Any:
        h = batch["x"]
        for weights, bias in layers:
            h = ng.tanh(h @ weights + bias) * options["scale"]
        return {"loss": ((h - batch["t"]) ** 2).sum(), "parts": (h, None, 3)}

    rng = np.random.default_rng(0)
    layers = [
        (ng.Variable(rng.normal(size=(4, 4))), ng.Variable(rng.normal(size=4))) for _ in range(2)
    ]
    g = ng.compile(f)
    for _ in range(3):
        batch = {"x": rng.normal(size=(5, 4)), "t": rng.normal(size=(5, 4))}
        grads = []
        for function in (f, g):
            found = function(layers, batch, options={"scale": 0.5})
            assert found["parts"][1:] == (None, 3)
            found["loss"].backward()
            grads.append([x.grad.tobytes() for pair in layers for x in pair])
            for pair in layers:
                for x in pair:
                    x.cleargrad()
        assert grads[0] == grads[1]
    assert [s.compiled for s in g.signatures] == [True]


def test_one_variable_twice_is_another_signature() -> None:
    f = ng.compile(lambda x, y: (x * y + x).sum())
    x, y = variable(1, 2), variable(3, 4)
    for args in ((x, y), (x, x), (x, y), (y, y)):
        f(*args).backward()
    assert x.grad.tolist() == [4 + 3 + 4, 5 + 5 + 5]
    assert len(f.signatures) == 2


def test_there_is_an_end_to_signatures() -> None:
    f = ng.compile(lambda x, k: (x * k).sum())
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for k in range(300):
            assert float(f(variable(1, 2), float(k))) == 3 * k
    assert [w.category for w in said] == [ng.CompileWarning]
    assert "np.array(value)" in str(said[0].message)
    assert len(f.signatures) == 256


def test_an_argument_that_is_read_outside_too() -> None:
    outer = variable(2, 3)
    f = ng.compile(lambda x: (x * outer).sum())
    other = variable(10, 10)
    for x, value in ((outer, 13), (other, 50), (outer, 13), (other, 50), (variable(1, 1), 5)):
        outer.cleargrad()
        assert float(f(x)) == value
        y = f(x)
        y.backward()
        assert outer.grad.tolist() == ([4, 6] if x is outer else x.data.tolist())
    assert len(f.signatures) == 2
