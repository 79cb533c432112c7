"""What a trace is written as."""

from __future__ import annotations

import gzip
import json

import pytest

import nbgrad as ng
from nbgrad.tracing import Trace
from tests.fixtures import make
from tests.tracing.graphs import diamond, variable
from tests.tracing.json.test_reader import graphs, written


def test_the_shape_of_the_diamond() -> None:
    data = written(ng.trace(diamond()[1]))
    assert (data["schema"], data["version"], data["root"]) == ("nbgrad-trace", 2, "v4")
    assert data["summaries"][data["seed"]] == 1.0
    (first, second) = data["steps"][1]["calls"]
    numbers = data["summaries"]
    assert numbers[second["contributions"][0]["after"]] == 16.0
    assert first["waiting"] == [
        {"function": "f2", "generation": 1},
        {"function": "f0", "generation": 0},
    ]
    assert len(numbers) == len({json.dumps(n) for n in numbers})


def test_nan_and_the_infinities_are_words() -> None:
    text = json.dumps(ng.trace(graphs()["nan"]).to_dict())
    assert "NaN" not in text
    assert "Infinity" not in text
    assert '"-inf"' in text


def test_ten_thousand_functions_take_less_than_a_megabyte_of_gzip() -> None:
    x = variable(0.5, "x")
    y = x
    for _ in range(5000):
        y = ng.sin(y) + x
    trace = ng.trace(y)
    text = json.dumps(trace.to_dict())
    assert len(trace.functions) == 10_000
    assert len(gzip.compress(text.encode(), 6)) < 1_000_000
    assert Trace.from_dict(json.loads(text)).gradient("x") == trace.gradient("x")


@pytest.mark.parametrize("name", ["diamond_naive", "second", "unused"])
def test_the_fixtures_are_what_the_library_writes(name: str) -> None:
    saved = (make.HERE / f"{name}.json").read_text(encoding="utf-8")
    assert json.loads(saved) == written(make.MAKERS[name]()), "run tests/fixtures/make.py again"
