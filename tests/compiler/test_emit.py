"""The source that was written, and why there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.compiler.emit import MAX_WIDTH, OUT_BY_NAME
from tests.compiler.functions import variable


def test_source_is_readable() -> None:
    @ng.compile
    def loss(weights: Any, x: Any) -> Any:
        y = ng.exp(x @ weights)
        return (y * y).sum()

    text = loss.source(ng.Variable(np.ones((3, 2))), np.ones((4, 3)))
    assert "def forward(scratch, kept, weights, x):" in text
    assert "from numpy import add, exp, matmul, multiply\n" in text
    assert "matmul(x, weights, kept0)" in text
    assert "# y = ng.exp(x @ weights)" in text
    assert "def backward(scratch, saved, gy, weights, x):" in text
    compile(text, "text", "exec")


def test_source_says_why_there_is_none() -> None:
    f = ng.compile(lambda x: x if x.sum() > 0 else -x)
    with pytest.warns(ng.CompileWarning), pytest.raises(ng.OperandError, match="truth value"):
        f.source(variable(1))


@pytest.mark.parametrize("name", ["add", "abs", "min", "np", "matmul"])
def test_an_argument_may_be_called_as_a_function_is(name: str) -> None:
    scope: dict[str, Any] = {"ng": ng}
    exec(f"def f({name}, w): return (({name} @ w).__abs__() + {name} @ w + {name}).sum()", scope)
    compiled, x = ng.compile(scope["f"]), np.arange(9.0).reshape(3, 3)
    for _ in range(2):
        w = ng.Variable(-x)
        y = compiled(x, w)
        y.backward()
        other = ng.Variable(-x)
        expected = scope["f"](ng.Variable(x), other)
        expected.backward()
        assert y.data == expected.data
        assert np.array_equal(w.grad, other.grad)
    assert [row.compiled for row in compiled.signatures] == [True]


def test_many_functions_are_imported_on_several_lines() -> None:
    def f(x: Any) -> Any:
        for function in (ng.sin, ng.cos, ng.arctan, ng.arcsinh, ng.tanh, ng.square):
            x = x * function(x) + ng.sqrt(ng.maximum(x, 1.0))
        return x.sum()

    text = ng.compile(f).source(variable(0.1, 0.2))
    head, body = text.split("\n\n\ndef forward", 1)
    lines = head[head.index("from numpy import (") :].splitlines()
    assert len(lines) > 1
    assert max(map(len, lines)) <= MAX_WIDTH
    assert "np." not in body
    scope: dict[str, Any] = {}
    exec("\n".join(lines), scope)
    assert scope["arcsinh"] is np.arcsinh


@pytest.mark.filterwarnings("error")
@np.errstate(all="ignore")
def test_no_ufunc_warns_of_the_array_that_it_writes_into() -> None:
    tried = set()
    for ufunc in vars(np).values():
        if not isinstance(ufunc, np.ufunc) or ufunc.nout != 1 or ufunc in OUT_BY_NAME:
            continue
        kinds = [kind for kind in ufunc.types if set(kind) <= set("?ld->")]
        if ufunc.signature is None and kinds:
            inputs, output = kinds[-1].split("->")
            ufunc(*(np.ones(2, kind) for kind in inputs), np.empty(2, output))
            tried.add(ufunc.__name__)
    assert {"add", "multiply", "tanh", "less_equal", "isfinite"} <= tried
