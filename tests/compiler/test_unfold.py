"""Traces and graphs show the recorded graph, anomalies its functions."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from tests.compiler.functions import net, net_arguments, variable


def test_traces_and_graphs_show_the_recorded_graph() -> None:
    f = ng.compile(net)
    args = net_arguments()
    for _ in range(3):
        got, want = ng.trace(f(*args), names={}), ng.trace(net(*args), names={})
        assert [s.generation for s in got.steps] == [s.generation for s in want.steps]
        assert len(got.functions) == len(want.functions) == 4
        assert str(got).count("tanh") == str(want).count("tanh")
        args[0].cleargrad()
        args[1].cleargrad()
        assert ng.graph(f(*args)).to_svg() if hasattr(ng.Graph, "to_svg") else ng.graph(f(*args))


def test_anomalies_are_found_in_the_functions_themselves() -> None:
    f = ng.compile(lambda x: ng.log(x).sum())
    f(variable(1, 2))
    with (
        np.errstate(all="ignore"),
        ng.detect_anomaly(),
        pytest.raises(ng.AnomalyError, match="log"),
    ):
        f(variable(0, 1))
    y = f(variable(1, 2))
    with ng.detect_anomaly():
        y.backward()
