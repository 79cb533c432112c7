"""Arrays for SciPy's functions, and the comparison with SciPy and finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np

import nbgrad as ng
from tests.ops.cases import differences

RNG = np.random.default_rng(0)
X = RNG.uniform(0.2, 0.8, 5)
A = RNG.uniform(-1, 1, (3, 3))
S = A @ A.T + 3.0 * np.eye(3)
B = RNG.uniform(-1, 1, (3, 2))


def check(f: Any, reference: Any, *arrays: np.ndarray) -> None:
    """Compare value, first and second derivative."""
    with ng.no_grad():
        y = f(*map(ng.Variable, arrays))
    np.testing.assert_allclose(y.data, reference(*arrays), rtol=1e-12, atol=1e-14)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, y.shape)
    argnums = tuple(range(len(arrays)))
    first = ng.grad(lambda *xs: (f(*xs) * weights).sum(), argnums)
    expected = differences(lambda *xs: (reference(*xs) * weights).sum(), [a.copy() for a in arrays])
    for g, e in zip(first(*arrays), expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-5, atol=1e-6)

    def along(*xs: Any) -> Any:
        return sum((g * np.cos(np.arange(g.size)).reshape(g.shape)).sum() for g in first(*xs))

    expected = differences(lambda *xs: float(along(*xs)), [a.copy() for a in arrays])
    for g, e in zip(ng.grad(along, argnums)(*arrays), expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-4, atol=1e-5)
