"""Runs a function compiled and as it is, and compares every bit."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import nbgrad as ng


def outputs_of(result: Any) -> list[ng.Variable]:
    """Return the Variables of a result, in order."""
    if isinstance(result, ng.Variable):
        return [result]
    if isinstance(result, dict):
        result = result.values()
    if isinstance(result, (list, tuple)) or hasattr(result, "__iter__"):
        return [y for item in result for y in outputs_of(item)]
    return []


def run(f: Callable[..., Any], args: list[Any], outer: list[ng.Variable], seed: int) -> list[Any]:
    """Return values and gradients of a call, for an upstream gradient drawn at random."""
    leaves = [ng.Variable(a.copy()) if isinstance(a, np.ndarray) else a for a in args]
    for x in outer:
        x.cleargrad()
    rng = np.random.default_rng(seed)
    found: list[Any] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        result = outputs_of(f(*leaves))
        found += [np.asarray(y.data) for y in result]
        for y in result:
            if y.data.dtype.kind == "f" and y.creator is not None:
                if rng.integers(2):
                    y.grad = rng.uniform(-1, 1, y.shape).astype(y.dtype)
                y.backward()
                found += [x.grad for x in (*leaves, *outer) if isinstance(x, ng.Variable)]
    return found


def assert_same(want: list[Any], got: list[Any], what: str) -> None:
    """Refuse any difference: of a bit, a dtype, a shape, a layout."""
    assert len(want) == len(got), what
    for i, (a, b) in enumerate(zip(want, got, strict=True)):
        if a is None or b is None:
            assert a is b, f"{what}: {i} is {a!r}, compiled {b!r}"
            continue
        assert type(a) is type(b), f"{what}: {i}"
        assert (a.shape, a.dtype) == (b.shape, b.dtype), f"{what}: {i}"
        assert a.tobytes() == b.tobytes(), f"{what}: {i} is\n{a!r}, compiled\n{b!r}"
