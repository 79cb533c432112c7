"""A damaged trace, in rows or packed, is refused with the place and the reason."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing import Trace
from nbgrad.tracing.json import checks
from tests.tracing.columns import columns
from tests.tracing.graphs import diamond, variable


def written(packed: bool) -> Any:
    trace = ng.trace(diamond()[1])
    return json.loads(json.dumps(columns(trace) if packed else trace.to_dict()))


def refused(data: Any) -> str:
    with pytest.raises(ng.TraceFormatError) as caught:
        Trace.from_dict(data)
    return str(caught.value)


def change(data: Any, path: str, value: Any) -> Any:
    """Set the value at a path such as ``calls.0.3``."""
    *way, last = (int(key) if key.isdecimal() else key for key in path.split("."))
    owner = data
    for key in way:
        owner = owner[key]
    owner[last] = value
    return data


PACKED = [
    ("variables.count", 6, "variables.kind must be 6 letters of l, i, c, u"),
    ("variables.kind", "lixii", "variables.kind must be 5 letters of l, i, c, u"),
    ("variables.generation", [0, 1], "variables.generation must be a list of 5"),
    ("variables.name", ["x"], "name must be an object"),
    ("variables.spec", {"0": [[2]]}, "must be a shape and a dtype"),
    ("variables.backward", [5], "backward must be a whole number from 0 to 4"),
    ("ops.0", ["Square"], "name, symbol, label, rule and code"),
    ("functions.inputs", [[0]], "functions.inputs must be a list of 4"),
    ("functions.outputs.2", [2], "a variable is made twice"),
    ("functions.outputs.2", [], "a function of at least one output"),
    ("functions.outputs.2", [1], "must stand between variables of earlier generations"),
    ("calls.0", [3], "a function, its outputs and groups of four"),
    ("calls.0", [3, None, 0], "a function, its outputs and groups of four"),
    ("calls.0.1", [True, False], "must be 1 outputs"),
    ("calls.0.3", 3, "must be 2, input 0"),
    ("root", "f0", "its root 'f0' is not one of its variables"),
    ("root", "v5", "its root 'v5' is not one of its variables"),
    ("calls.1", [3, None, 0, 2, 0, 0, 1, 3, 0, 0], "a function runs twice"),
    ("calls.0.0", 4, "must be a whole number from 0 to 3"),
]

ROWS = [
    ("variables.1.id", "one, two", "must be an id such as 'v0'"),
    ("variables.1.creator", "f9", "variables[1].creator must be the id of a function"),
    ("variables.1.name", 5, "must be a text of at most"),
    ("variables.1.kind", "root", "must be 'leaf' or"),
    ("functions.0.outputs", [], "a function of at least one output"),
    ("functions.0.backward", 1, "must be true or false"),
    ("functions.0.generation", 1, "functions[0].generation must be 0"),
    ("functions.1.outputs", ["v3"], "must be variables whose creator is f1"),
    ("variables.0.creator", "f0", "a variable is not an output of its creator"),
    ("version", 0, "'version' must be a whole number from 1"),
    ("steps.0.calls.0.upstream", [], "steps[0].calls[0].upstream must be a list of 1"),
    ("steps.0.calls.0.contributions.0.variable", "v3", "must be v2, input 0"),
    ("variables.0.shape", [2**32, 2**32], "an array of fewer than 2**63 elements"),
    ("summaries.0", float("inf"), "must be a number, 'nan', 'inf' or '-inf'"),
]


@pytest.mark.parametrize(("path", "value", "said"), PACKED)
def test_of_a_packed_trace(path: str, value: Any, said: str) -> None:
    assert said in refused(change(written(packed=True), path, value))


@pytest.mark.parametrize(("path", "value", "said"), ROWS)
def test_of_a_trace_in_rows(path: str, value: Any, said: str) -> None:
    assert said in refused(change(written(packed=False), path, value))


def test_of_a_thumbnail() -> None:
    big = variable(np.ones((20, 30)), "big")
    data = json.loads(json.dumps(ng.trace(ng.sum(big * 2.0)).to_dict()))
    (thumb, *_) = (s["thumb"] for s in data["summaries"] if isinstance(s, dict) and "thumb" in s)
    thumb["values"].pop()
    assert f"a list of {thumb['rows'] * thumb['cols']} numbers" in refused(data)


def test_more_entries_than_any_graph_has() -> None:
    data = change(written(packed=True), "calls", [0] * (checks.MAX_NODES + 1))
    assert f"has {checks.MAX_NODES + 1:,} entries" in refused(data)
