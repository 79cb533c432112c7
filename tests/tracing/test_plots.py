"""Plots of the gradient flow, and without matplotlib."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.errors import MissingDependencyError
from tests.tracing.graphs import variable


def test_a_bar_for_each_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    flow = ng.trace((variable([3.0, 4.0], "w") * np.array([1e-9, 0.0])).sum()).flow()
    axes = flow.plot()
    assert [text.get_text() for text in axes.get_xticklabels()] == ["w"]
    assert axes.get_yscale() == "log"
    pyplot.close("all")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingDependencyError, match="pip install matplotlib"):
        flow.plot()
