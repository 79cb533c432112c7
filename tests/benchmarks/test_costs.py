"""What seeing costs: traces, source positions, reprs, JSON."""

from __future__ import annotations

import gzip
import json
import statistics
import time
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics.positions import keep_positions
from nbgrad.tracing.summaries import summarise

from .conftest import RUNS, budget
from .libraries import Library
from .workloads import chain, make


def scalar_chain(n: int) -> ng.Variable:
    """A graph of 2·n functions."""
    return chain(ng, [ng.Variable(np.array(v)) for v in (2.0, 0.999, 0.001)], [], n)


def test_trace_over_plain_backward(compare: Any) -> None:
    y = scalar_chain(500)
    compare(
        "trace of 1000 functions",
        "plain backward()",
        lambda: ng.trace(y, apply=False),
        y.backward,
        5.0,
    )


def test_source_positions(compare: Any) -> None:
    run = Library().prepare(make("W1"))

    def noted() -> None:
        keep_positions(True)
        try:
            run()
        finally:
            keep_positions(False)

    compare("W1 with source positions", "without", noted, run, 1.10)


def test_compiling_a_thousand_operations() -> None:
    def first_call() -> float:
        function = ng.compile(lambda y, a, b: chain(ng, [y, a, b], [], 500))
        leaves = [ng.Variable(np.array(v)) for v in (2.0, 0.999, 0.001)]
        start = time.process_time()
        function(*leaves)
        return time.process_time() - start

    took = statistics.median(first_call() for _ in range(RUNS))
    budget("compiling 1000 operations", took, 0.3, "s")


@pytest.mark.parametrize("n", [10, 10_000, 10_000_000])
def test_repr_of_arrays(n: int, benchmark: Any) -> None:
    x = ng.Variable(np.random.default_rng(0).standard_normal(n), name="x")
    html = benchmark(x._repr_html_)
    budget(f"HTML repr of {n} elements: time", benchmark.stats["median"] * 1e3, 10, "ms")
    budget(f"HTML repr of {n} elements: size", len(html.encode()) / 1e3, 100, "kB")


@pytest.mark.parametrize("n", [20, 500, 500_000])
def test_repr_of_graphs(n: int, benchmark: Any) -> None:
    y = scalar_chain(n)
    html = benchmark(y._repr_html_)
    budget(f"HTML repr of {2 * n} functions: time", benchmark.stats["median"] * 1e3, 10, "ms")
    budget(f"HTML repr of {2 * n} functions: size", len(html.encode()) / 1e3, 100, "kB")


def test_summary_of_a_million_elements(compare: Any) -> None:
    array = np.random.default_rng(0).normal(size=(1000, 1000))
    compare(
        "summary of 10⁶ elements",
        "five sums of them",
        lambda: summarise(array),
        lambda: [np.add.reduce(array, axis=None) for _ in range(5)],
        4.0,
    )


def test_json_of_ten_thousand_nodes(benchmark: Any) -> None:
    trace = ng.trace(scalar_chain(2500), apply=False)
    text = benchmark(lambda: json.dumps(trace.to_dict()))
    budget(
        "JSON of a trace of 10,000 nodes, gzipped",
        len(gzip.compress(text.encode())) / 1e6,
        0.5,
        "MB",
    )


def test_recording_an_iteration_over_a_trace(compare: Any) -> None:
    y = scalar_chain(100)
    history = ng.History()
    compare(
        "recorded iteration of 200 functions",
        "its trace",
        lambda: history.record(y),
        lambda: ng.trace(y),
        1.0,
    )
