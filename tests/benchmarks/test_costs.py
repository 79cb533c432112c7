"""What seeing costs: traces, source positions, reprs, drawings, JSON, the import."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.source import keep_positions

from .conftest import ROWS, Ratio
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


def budget(what: str, value: float, bound: float, unit: str) -> None:
    """Enter a share of a budget: at most 1."""
    ROWS.append(Ratio(what, f"budget of {bound:g} {unit}", value / bound, 1.0))


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


def test_json_of_ten_thousand_nodes(benchmark: Any) -> None:
    trace = ng.trace(scalar_chain(2500), apply=False)
    text = benchmark(lambda: json.dumps(trace.to_dict()))
    budget("JSON of a trace of 10,000 nodes", len(text) / 1e6, 2, "MB")


def import_time(code: str) -> float:
    """Seconds of a fresh interpreter."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def test_import_over_numpy(benchmark: Any) -> None:
    more = []
    for _ in range(15):
        numpy = import_time("import numpy")
        more.append(import_time("import nbgrad") - numpy)
    budget("import nbgrad over import numpy", sorted(more)[7] * 1e3, 20, "ms")
    benchmark.pedantic(lambda: import_time("import nbgrad"), rounds=1)


@pytest.mark.parametrize("n", [10_000, 1_000_000])
def test_time_per_node(n: int, compare: Any) -> None:
    """Forward, backward and freeing take as long per node, however deep the graph."""
    small = n // 10

    def run(size: int) -> None:
        y, b = ng.Variable(np.array(1.0)), ng.Variable(np.array(1e-6))
        for _ in range(size):
            y = y + b
        y.backward()

    def often() -> None:
        for _ in range(10):
            run(small)

    compare(
        f"chain of {n} nodes", f"ten chains of {small}", lambda: run(n), often, 1.6, seconds=1.0
    )
