"""What a trace says of dead and saturated units, whatever the arrays' size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing.narration.remarks import remarks

SIZES = [(3, 3), (64,), (65,), (10, 10), (200, 130)]


def said(y: ng.Variable, kind: str) -> list[str]:
    """Return the remarks of one kind, which a trace that was written and read again has too."""
    trace = ng.trace(ng.sum(y), names={"h": y})
    found = [one.text for one in remarks(trace.parts) if one.kind == kind]
    again = ng.Trace.from_dict(trace.to_dict())
    assert [one.text for one in remarks(again.parts) if one.kind == kind] == found
    return found


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize(("function", "low"), [(ng.tanh, -1.0), (ng.sigmoid, 0.0)])
def test_units_at_the_limits_of_their_function_are_saturated(
    function: Callable[..., ng.Variable], low: float, dtype: type, shape: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(0)
    for scale in (0.001, 0.5, 3.0, 100.0):
        for shift in (-1.0, 0.0, 1.0):
            x = ng.Variable((rng.normal(size=shape) + shift).astype(dtype) * dtype(scale))
            y = function(x)
            values = y.data.astype(float)
            near = np.mean((values < low + 0.01) | (values > 0.99))
            found = said(y, "saturated")
            assert found == ([f"{100 * near:.0f} % of h is saturated"] if near >= 0.3 else [])


@pytest.mark.parametrize("shape", SIZES)
def test_units_that_are_zero_are_dead(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(1).normal(size=shape)
    y = ng.relu(ng.Variable(x))
    assert said(y, "dead") == [f"{100 * np.mean(x <= 0):.0f} % of h is dead here"]
    assert said(ng.relu(ng.Variable(np.abs(x))), "dead") == []


def test_arrays_that_no_squashing_function_made_are_not_saturated() -> None:
    ones = np.ones((20, 20))
    assert said(ng.exp(ng.Variable(0 * ones)), "saturated") == []
    assert said(ng.tanh(ng.Variable(0.001 * ones)), "saturated") == []  # near 0, not near ±1
    assert said(ng.tanh(ng.Variable(np.where(ones > 0, np.nan, 0))), "saturated") == []
