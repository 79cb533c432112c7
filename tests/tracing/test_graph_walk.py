"""A trace keeps Variables and Functions apart that compare as equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.identity import Overridden
from tests.engine.tiny import Scaled


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """Let passes after these tests use Python's dictionaries again."""
    yield
    Overridden.seen = False


@pytest.mark.parametrize("order", ["generation", "naive"])
def test_equal_functions(order: Any) -> None:
    x = ng.Variable(np.array(1.0))
    a, b, c, d = *Scaled()(x), *Scaled()(x)
    trace = ng.trace(a + b + c + d, order=order, apply=False)
    assert sum(f.label == "Scaled" for f in trace.functions) == 2
    if order == "generation":
        assert sum(len(step.calls) for step in trace.steps) == 5


def test_equal_variables() -> None:
    class ByValue(ng.Variable):
        def __eq__(self, other: object) -> Any:
            return isinstance(other, ByValue) and self.data.tobytes() == other.data.tobytes()

        def __hash__(self) -> int:
            return hash(self.data.tobytes())

    x0, x1 = ByValue(np.array(1.0)), ByValue(np.array(1.0))
    y = x0 * 3 + x1 * 5
    trace = ng.trace(y)
    assert [float(x.grad) for x in (x0, x1)] == [3, 5]
    assert sum(v.kind == "leaf" for v in trace.variables) == 2
    assert len(ng.graph(y).nodes) == len(trace.variables) + len(trace.functions)
