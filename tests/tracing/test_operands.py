"""Masks, indices and arrays made on the way are called as the user's line has them."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad.engine.diagnostics.positions import keep_positions
from nbgrad.tracing.operands import _parsed
from tests.tracing.test_unnamed import inner_names

w = ng.Variable(np.ones((3, 3)), name="w")
v = ng.Variable(np.array([1.0, -2.0, 3.0]), name="v")
mask, places, some, rows = v.data > 0, np.array([0, 2]), [0, 2], slice(0, 2)
both, last = (places, 0), -1

INDICES: list[tuple[Callable[[], Any], str]] = [
    (lambda: v[mask], "v[mask]"),
    (lambda: v[v > 0], "v[v > 0]"),
    (lambda: v[~mask], "v[~mask]"),
    (lambda: v[places], "v[places]"),
    (lambda: v[some], "v[some]"),
    (lambda: v[[0, 2]], "v[[0, 2]]"),
    (lambda: v[rows], "v[rows]"),
    (lambda: v[0:2], "v[0:2]"),
    (lambda: v[last], "v[-1]"),
    (lambda: v[...], "v[...]"),
    (lambda: v[None], "v[None]"),
    (lambda: v[True], "v[True]"),
    (lambda: w[places, :], "w[places, :]"),
    (lambda: w[0, some], "w[0, some]"),
    (lambda: w[rows, places], "w[rows, places]"),
    (lambda: w[both], "w[both]"),
    (lambda: w[..., mask], "w[..., mask]"),
    (lambda: v[(v.data > 0) & (v.data < 3)], "v[…]"),
    (lambda: v * (v.data > 0), "v * (v.data > 0)"),
    (lambda: v + np.ones(3), "v + np.ones(3)"),
    (lambda: np.ones(3) - v, "np.ones(3) - v"),
    (lambda: np.maximum(v, np.zeros(3)), "maximum(v, np.zeros(3))"),
    (lambda: ng.clip(v, np.zeros(3), 2.0), "clip(v, …)"),
]


def test_masks_and_arrays_are_called_as_the_line_has_them() -> None:
    keep_positions(True)
    try:
        made = [(build(), name) for build, name in INDICES]
    finally:
        keep_positions(False)
    for y, name in made:
        assert inner_names(ng.sum(y) * 2)[0] == name


def test_a_line_that_python_has_warned_of_is_read_without_another_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in (r"f('\d', '\\w', '\'')", "f(x is 1)", "f('a\\\nb')"):
            read = _parsed(text)
            assert read is not None, text
    assert ast.unparse(_parsed(r"f('\d\\w\n')")) == r"f('\\d\\w\n')"  # type: ignore[arg-type]


def test_without_its_line_an_index_is_called_by_the_only_array_of_its_places() -> None:
    y = ng.sum(v[mask]) + ng.sum(w[places, :]) + ng.sum(w[:, places[:1]])
    names = [one.name for one in ng.trace(y, apply=False, names={"m": mask, "i": places}).variables]
    assert {"v[m]", "w[i, :]", "w[:, …]"} <= set(names)
    twins = {"m": mask, "n": mask.copy()}
    assert "v[…]" in [one.name for one in ng.trace(y, apply=False, names=twins).variables]


def test_a_large_mask_has_its_name_though_no_trace_keeps_it() -> None:
    data = np.ones(50_000)
    x, m = ng.Variable(data, name="x"), data > 0
    for named, kept in (("x[m]", False), ("x[:3]", True)):
        keep_positions(named == "x[m]")
        try:
            y = ng.sum(x[m] if named == "x[m]" else x[:3])
        finally:
            keep_positions(False)
        found = ng.trace(y, apply=False, names={})
        assert named in [one.name for one in found.variables]
        indexing = next(f for f in found.functions if f.name == "GetItem")
        assert (indexing.id in found.parts.rules) is kept
    y = ng.sum(x[m])
    assert "x[m]" in [one.name for one in ng.trace(y, apply=False, names={"m": m}).variables]
