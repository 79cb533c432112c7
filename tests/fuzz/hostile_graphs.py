"""Graphs in which every text comes from a stranger: a loaded trace, and live Variables."""

from __future__ import annotations

import json
from functools import cache
from itertools import cycle
from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad.tracing import Trace

TEXTS = {"name", "symbol", "label", "rule", "code"}


def texts_of(data: bytes) -> list[str]:
    """Split bytes into texts; what is not UTF-8 becomes lone surrogates."""
    return [part.decode("utf-8", "surrogateescape") for part in data.split(b"\xff")]


@cache
def plain() -> str:
    """Return a small trace as JSON."""
    x = ng.Variable(np.array(2.0), name="x")
    return json.dumps(ng.trace(ng.square(x) * x).to_dict())


def hostile_document(texts: list[str]) -> dict[str, Any]:
    """Return a trace's JSON with a stranger's texts in all places of text."""
    data: dict[str, Any] = json.loads(plain())
    given = cycle(texts)
    for node in (*data["variables"], *data["functions"]):
        for key in node:
            if key in TEXTS:
                node[key] = next(given)
        node["source"] = {"file": next(given), "line": 3, "text": next(given)}
    return data


def hostile_trace(texts: list[str]) -> Trace:
    """Return a trace with a stranger's texts in it, as if loaded."""
    return Trace.from_dict(hostile_document(texts))


def hostile_variable(texts: list[str]) -> ng.Variable:
    """Return a live Variable: its names, and its Function's name, docstring and rule, are given."""
    given = cycle(texts)

    class Doubled(ng.Function):
        def forward(self, x: Any) -> Any:
            return x * 2

        def backward(self, gy: Any) -> Any:
            return gy * 2

    # A class refuses a NUL in its name; nothing else.
    Doubled.__name__ = next(given).replace("\0", "").encode("utf-8", "replace").decode() or "f"
    Doubled.__doc__ = next(given)
    Doubled.formula = next(given)
    x = ng.Variable(np.array([1.0, np.nan]), name=next(given))
    a = Doubled()(x)
    y = ng.sum(a * a)
    a.name, y.name = next(given), next(given)
    return y
