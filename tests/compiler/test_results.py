"""The results of a compiled call: kept or dropped, changed by the user, and gone back from in every way."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.compiler.call import CompiledCall
from nbgrad.engine.errors import NoGraphError, SavedTensorError

DATA = np.linspace(-1.5, 1.5, 20).reshape(4, 5)


def both(x: ng.Variable) -> tuple[ng.Variable, ng.Variable]:
    """Return an intermediate too, through which the gradient flows."""
    h = ng.tanh(x * 2.0)
    return h, (h * h * x).sum()


def in_bits(*arrays: Any) -> list[Any]:
    return [None if a is None else np.asarray(getattr(a, "data", a)).tobytes() for a in arrays]


def dropped_and_differentiated_twice(f: Callable[..., Any], x: ng.Variable) -> list[Any]:
    s = f(x)[1]  # the other result is gone
    s.backward(create_graph=True)
    first = x.grad
    x.cleargrad()
    (first * first).sum().backward()
    return in_bits(first, x.grad)


def dropped_within_a_larger_graph(f: Callable[..., Any], x: ng.Variable) -> list[Any]:
    (f(x)[1] * x.sum() + f(x)[0].sum()).backward()
    return in_bits(x.grad)


def retained(f: Callable[..., Any], x: ng.Variable) -> list[Any]:
    h, s = f(x)
    s.backward(retain_grad=True)
    return in_bits(x.grad, h.grad, s.grad)


def freed(f: Callable[..., Any], x: ng.Variable) -> list[Any]:
    h, s = f(x)
    s.backward(free_graph=True)
    for y in (h, s):
        with pytest.raises(NoGraphError, match="free_graph=True"):
            y.backward()
    return in_bits(x.grad)


def with_an_older_gradient(f: Callable[..., Any], x: ng.Variable) -> list[Any]:
    h, s = f(x)
    h.grad = np.full(h.shape, 0.5, h.dtype)
    s.backward()
    return in_bits(x.grad, h.grad)


def replaced(f: Callable[..., Any], x: ng.Variable) -> list[Any]:
    h, s = f(x)
    h.data = h.data * 2
    s.backward()
    h.backward()
    return in_bits(x.grad)


def written_to(f: Callable[..., Any], x: ng.Variable) -> list[Any]:
    h, s = f(x)
    h.data[...] = 0.25
    s.backward()
    h.backward()
    return in_bits(x.grad)


def added_up(f: Callable[..., Any], x: ng.Variable) -> list[Any]:
    h, s = f(x)
    for y in (s, h, s):
        y.backward()
    s.backward(np.asarray(0.3, s.dtype))
    return in_bits(x.grad)


WAYS = [
    dropped_and_differentiated_twice, dropped_within_a_larger_graph, retained, freed,
    with_an_older_gradient, replaced, written_to, added_up,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_way_back_is_the_uncompiled_one(way: Callable[..., Any]) -> None:
    for dtype in ("float64", "float32", "float16", ">f8", "int64"):
        f = ng.compile(both)
        for call in range(3):
            data = (DATA * (1.0 + call)).astype(dtype)
            want, got = (way(g, ng.Variable(data.copy())) for g in (both, f))
            assert got == want, f"{dtype}, call {call}"
        assert all(s.compiled for s in f.signatures)


def test_a_graph_whose_numbers_are_gone_is_refused() -> None:
    """An input changed in place: the first pass needs no graph, and any other one says so."""
    f = ng.compile(both)
    f(ng.Variable(DATA.copy()))
    x, want = ng.Variable(DATA.copy()), ng.Variable(DATA.copy())
    h, s = f(x)
    _, plain = both(want)
    for leaf in (x, want):
        leaf.data[...] *= 0.5
    s.backward()
    plain.backward()
    assert x.grad.tobytes() == want.grad.tobytes()
    before = x.grad
    larger = s * x.sum()
    for way, options in (
        (s.backward, {"create_graph": True}), (larger.backward, {}), (ng.trace, {"y": s}),
    ):  # fmt: skip
        with pytest.raises(SavedTensorError, match=r"changed in place.*x\.data = x\.data - step"):
            way(**options)
        assert x.grad is before
    assert "compiled both" in s._repr_html_()
    assert len(ng.graph(h).nodes) > 2
    assert repr(s.creator).startswith("<")


def test_a_call_that_was_interrupted_while_it_was_made_goes_silently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ignored: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    call = CompiledCall.__new__(CompiledCall)
    del call
    assert not ignored
