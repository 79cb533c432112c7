"""Gradient flow: how much of the gradient reaches each parameter and each module."""

from __future__ import annotations

import math

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing.model import VariableInfo
from nbgrad.tracing.summaries import summarise


def leaf(name: str, data: object) -> ng.Variable:
    return ng.Variable(np.array(data, float), name=name)


def test_norm_ratio_and_zeros_of_each_parameter() -> None:
    w, b = leaf("w", [3.0, 4.0]), leaf("b", [0.0, 0.0])
    y = (w * np.array([2.0, 0.0])).sum() + b.sum()
    rows = {row.name: row for row in ng.trace(y).flow()}
    assert (rows["w"].norm, rows["w"].ratio, rows["w"].zeros, rows["w"].size) == (2, 0.4, 0.5, 2)
    assert rows["w"].trouble == "dead"
    assert rows["b"].norm == pytest.approx(math.sqrt(2))
    assert rows["b"].ratio is None
    assert rows["b"].trouble == ""


@pytest.mark.parametrize(
    ("factor", "trouble"),
    [(1e-9, "vanishing"), (1e9, "exploding"), (np.nan, "nan"), (np.inf, "inf")],
)
def test_trouble_is_named(factor: float, trouble: str) -> None:
    x = leaf("x", 2.0)
    with np.errstate(all="ignore"):
        (row,) = ng.trace(x * factor).flow()
    assert row.trouble == trouble


def test_modules_are_told_from_the_names_of_their_parameters() -> None:
    a, b, c = leaf("block.0.w", [3.0]), leaf("block.0.b", [4.0]), leaf("block.1.w", [1.0])
    flow = ng.trace((a * 3 + b * 4).sum() + c.sum()).flow()
    modules = {row.name: row for row in flow.modules}
    assert list(modules) == ["block", "block.0", "block.1"]
    assert modules["block.0"].norm == 5
    assert modules["block.0"].ratio == 1
    assert modules["block"].size == 3


def test_zeros_of_large_arrays_are_counted_and_survive_json() -> None:
    data = np.ones((40, 50))
    data[:10] = 0
    x = ng.Variable(data, name="x")
    trace = ng.trace((x * x).sum())
    for t in (trace, ng.Trace.from_dict(trace.to_dict())):
        assert t.gradient("x").zeros == 500
        assert t.flow()[0].zeros == 0.25
    assert summarise(np.array([0.0, -0.0, 1.0])).zeros == 2
    assert VariableInfo("v0", "x", "leaf", 0, (), "float64", None).value is None


def test_the_table() -> None:
    flow = ng.trace((leaf("w", [3.0, 4.0]) * np.array([1e-9, 0.0])).sum()).flow()
    assert str(flow).splitlines()[1].split() == ["w", "1e-9", "2e-10", "50", "%", "vanishing"]
