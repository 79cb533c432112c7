"""What a trace costs: recording over plain backward, and the size of the JSON.

    python tests/benchmarks/trace_cost.py

Ratios of one run, of CPU time, so that other work on the machine does not count; the plain
pass and the traced one are measured in turns.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable

import numpy as np

import nbgrad as ng
from nbgrad.engine.backward import backward
from nbgrad.tracing.graph_walk import survey
from nbgrad.tracing.record import Recorder

ROUNDS = 9


def chain(n: int, shape: tuple[int, ...]) -> ng.Variable:
    """Return the end of a graph of n functions, one after the other."""
    x = ng.Variable(np.full(shape, 0.5), "x")
    y = x
    for i in range(n // 2):
        y = ng.add(ng.mul(y, x), x) if i % 2 else ng.square(ng.add(y, x)) * 0.1
    return y


def tree(n: int, shape: tuple[int, ...]) -> ng.Variable:
    """Return the sum of many short branches: the queue is wide."""
    x = ng.Variable(np.full(shape, 0.5), "x")
    ys = [ng.square(x) for _ in range(n // 2)]
    while len(ys) > 1:
        ys = [ng.add(a, b) for a, b in zip(ys[::2], ys[1::2], strict=False)] + ys[len(ys) & ~1 :]
    return ys[0]


def once(run: Callable[[], object]) -> float:
    start = time.thread_time()
    run()
    return time.thread_time() - start


def best(*runs: Callable[[], object]) -> list[float]:
    """Return each one's best time; they take turns, so that a slow moment hits all."""
    times: list[list[float]] = [[] for _ in runs]
    gc.collect()
    for _ in range(ROUNDS):
        for kept, run in zip(times, runs, strict=True):
            kept.append(once(run))
    return [min(kept) for kept in times]


def report() -> list[tuple[str, float, float, float, float]]:
    rows = []
    for name, make in (("chain", chain), ("tree", tree)):
        for shape in ((), (3, 4), (8, 8), (32, 32), (200, 200)):
            y = make(1000, shape)
            graph = survey(y)
            plain, recording, tracing, model = best(
                y.backward,
                lambda y=y, g=graph: backward(y, observer=Recorder(g)),
                lambda y=y: ng.trace(y),
                lambda y=y: ng.trace(y).parts,
            )
            row = f"{name} {shape}", plain, recording / plain, tracing / plain, model / plain
            rows.append(row)
    return rows


def main() -> None:
    print(f"{'1000 functions':22} {'plain':>9} {'recording':>10} {'trace()':>8} {'with model':>11}")
    for name, plain, *ratios in report():
        a, b, c = (f"{r:.1f} x" for r in ratios)
        print(f"{name:22} {plain * 1e3:6.2f} ms {a:>10} {b:>8} {c:>11}")
    for functions in (5_000, 10_000):
        trace = ng.trace(chain(functions, ()))
        nodes = len(trace.functions) + len(trace.variables)
        took = once(lambda t=trace: t.to_dict())
        text = json.dumps(trace.to_dict(), separators=(",", ":"))
        print(f"{nodes:,} nodes as JSON: {len(text) / 1e6:.2f} MB, {took:.2f} s")


if __name__ == "__main__":
    main()
