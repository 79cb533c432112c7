"""NumPy's functions that need no rule of their own."""

from __future__ import annotations

import numpy as np

import nbgrad as ng


def test_an_array_filled_with_a_variable_remembers_it() -> None:
    x = ng.Variable(np.array(3.0), "x")
    y = np.full_like(ng.Variable(np.zeros((2, 2), np.float32)), x)
    assert y.dtype == np.float32
    y.sum().backward()
    assert x.grad == 4
    assert x.grad.dtype == np.float64
    assert type(np.full_like(x, 2.0)) is np.ndarray
