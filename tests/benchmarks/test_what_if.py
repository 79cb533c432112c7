"""What-if: a graph of 100 nodes is computed again within a tenth of a second."""

from __future__ import annotations

import time

import numpy as np

import nbgrad as ng


def test_a_graph_of_100_nodes_answers_within_a_tenth_of_a_second() -> None:
    x = ng.Variable(np.array(0.5), name="x")
    y = x
    for _ in range(33):
        y = ng.sin(y) * x
    stepper = ng.Stepper(y)
    times = []
    for k in range(7):
        start = time.process_time()
        stepper.what_if("x", 0.5 + 0.01 * k)
        times.append(time.process_time() - start)
    print(f"{1000 * min(times):.0f} ms")
    assert min(times) < 0.1
    stepper.close()
