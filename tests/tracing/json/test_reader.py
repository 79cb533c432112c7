"""Traces as JSON: there and back, and nothing else gets in."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbgrad as ng
from nbgrad.tracing import Trace
from tests.fixtures import make
from tests.tracing.columns import columns
from tests.tracing.damage import places, replaced
from tests.tracing.graphs import Cube, SumAndDifference, diamond, variable


def written(trace: Trace, packed: bool = False) -> dict:
    data = columns(trace) if packed else trace.to_dict()
    return json.loads(json.dumps(data, allow_nan=False))


def graphs() -> dict[str, ng.Variable]:
    x = ng.Variable(np.array([1.0, np.nan, np.inf, -np.inf, -0.0]), "x")
    big = ng.Variable(np.random.default_rng(0).normal(size=(20, 30)), "big")
    s, _ = SumAndDifference()(x, x * 2.0)
    return {
        "diamond": diamond()[1],
        "nan": ng.sum(s * 3.0),
        "big": ng.mean(ng.tanh(big)),
        "user": Cube()(variable(2.0, "z")),
        "leaf": x,
        "float32": ng.sum(ng.Variable(np.ones(3, np.float32)) * 2.0),
    }


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", graphs())
def test_there_and_back(name: str, packed: bool) -> None:
    for options in ({}, {"order": "naive"}, {"retain_grad": True, "apply": False}):
        trace = ng.trace(graphs()[name], **options)
        data = written(trace, packed=packed)
        again = Trace.from_dict(data)
        assert again == trace
        assert written(again, packed=packed) == data
        assert str(again) == str(trace)


def test_positions_survive() -> None:
    trace = make.net()
    assert trace.variables["h"].source.line == 8
    assert str(trace.variables["h"].source) == "in [3], line 8"
    assert Trace.from_dict(written(trace, packed=True)) == trace


def test_unknown_keys_are_ignored() -> None:
    data = written(ng.trace(diamond()[1]))
    data["later"] = {"a": 1}
    data["variables"][0]["later"] = 2
    assert Trace.from_dict(data).gradient("x") == 64


WRONG = [
    (lambda d: None, "'schema' must be 'nbgrad-trace'"),
    (lambda d: [d], "'schema' must be 'nbgrad-trace'"),
    (lambda d: {**d, "schema": "other"}, "'schema' must be"),
    (lambda d: {**d, "version": 3}, "has version 3, and this nbgrad reads up to version 2"),
    (lambda d: {**d, "version": True}, "'version' must be a whole number"),
    (lambda d: {**d, "order": "best"}, "'order' must be 'generation' or 'naive'"),
    (lambda d: {**d, "applied": "yes"}, "'applied' must be true or false"),
    (lambda d: {**d, "root": "v99"}, "'root' must be the id of a node"),
    (lambda d: {**d, "seed": 99}, "'seed' must be a whole number from 0"),
    (lambda d: {**d, "steps": {}}, "'steps' must be a list"),
    (lambda d: {k: v for k, v in d.items() if k != "summaries"}, "has no 'summaries'"),
    (lambda d: {**d, "summaries": ["big"]}, "must be a number, 'nan', 'inf' or '-inf'"),
    (lambda d: {**d, "summaries": [10**400]}, "at most 64 bits"),
    (lambda d: {**d, "summaries": [{"shape": [2], "dtype": "object", "values": [1, 2]}]}, "dtype"),
    (lambda d: {**d, "summaries": [{"shape": [-1], "dtype": "int8", "values": []}]}, "shape"),
    (lambda d: {**d, "summaries": [{"shape": [3], "dtype": "int8", "values": [1]}]}, "list of 3"),
    (lambda d: {**d, "summaries": [{"shape": [], "dtype": "float64"}]}, "has no 'values'"),
    (
        lambda d: {**d, "summaries": [{"shape": [9], "dtype": "int8", "thumb": {"rows": 10**9}}]},
        "rows",
    ),
    (lambda d: {**d, "variables": [*d["variables"], d["variables"][0]]}, "two nodes have one id"),
]


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_nonsense_is_refused_with_a_reason(change, said: str) -> None:
    data = change(written(ng.trace(diamond()[1])))
    with pytest.raises(ng.TraceFormatError, match=said.replace("[", r"\[")):
        Trace.from_dict(data)


DATA = {p: written(ng.trace(diamond()[1], apply=False), packed=p) for p in (False, True)}
PLACES = {p: list(places(d)) for p, d in DATA.items()}
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)  # fmt: skip


@given(st.booleans(), st.data())
def test_whatever_is_damaged_it_is_a_trace_or_a_clear_error(packed: bool, draw) -> None:
    path = draw.draw(st.sampled_from(PLACES[packed]))
    data = replaced(DATA[packed], path, draw.draw(JUNK))
    try:
        trace = Trace.from_dict(data)
    except ng.TraceFormatError as error:
        assert len(str(error)) < 300
        return
    str(trace)
    trace.to_dict()


def test_large_claims_take_no_memory() -> None:
    data = written(ng.trace(graphs()["big"]))
    for summary in data["summaries"]:
        if isinstance(summary, dict):
            summary["shape"] = [10**9, 10**6]
    trace = Trace.from_dict(data)
    assert trace.gradient("big").size == 10**15
    assert math.isfinite(trace.gradient("big").norm)


@pytest.mark.parametrize("path", sorted(make.HERE.glob("*.json")), ids=lambda path: path.stem)
def test_every_fixture_can_be_read(path: Path) -> None:
    trace = Trace.load(path)
    assert trace.to_dict() == json.loads(path.read_text(encoding="utf-8"))
    assert Trace.from_dict(written(trace, packed=True)) == trace


def test_a_trace_with_other_ids() -> None:
    text = json.dumps(written(ng.trace(diamond()[1]))).replace('"v0"', '"first"')
    trace = Trace.from_dict(json.loads(text))
    assert trace.gradient("first") == 64
    assert Trace.from_dict(written(trace)) == trace


def test_files_of_version_1_are_read() -> None:
    data = ng.trace(diamond()[-1]).to_dict()
    assert ng.Trace.from_dict({**data, "version": 1}) == ng.Trace.from_dict(data)
