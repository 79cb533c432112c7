from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng


@pytest.fixture
def diamond() -> ng.Variable:
    """y = a² + a², a = x², at 2: before backward."""
    x = ng.Variable(np.array(2.0), name="x")
    a = ng.square(x)
    b, c = ng.square(a), ng.square(a)
    y = b + c
    a.name, b.name, c.name, y.name = "a", "b", "c", "y"
    return y


class Two(ng.Function):
    """Two outputs: x and x + 1."""

    def forward(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return x * 1.0, x + 1

    def backward(self, g0: np.ndarray, g1: np.ndarray) -> np.ndarray:
        return g0 + g1


@pytest.fixture
def half_dropped() -> ng.Variable:
    """The square of the first of two outputs; the second is dropped."""
    first, _ = Two()(ng.Variable(np.array(3.0), name="x"))
    return ng.square(first)
