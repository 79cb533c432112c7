"""Least squares of less than full rank; `np.linalg`'s functions of stacks."""

from __future__ import annotations

import numpy as np

import nbgrad as ng

RNG = np.random.default_rng(0)
A = RNG.uniform(-1, 1, (3, 3))


def test_linalg_has_functions_of_stacks_beside_numpys_own() -> None:
    x = RNG.uniform(-1, 1, (2, 3, 3))
    for name in ("trace", "diagonal"):
        if hasattr(np.linalg, name):
            f = getattr(np.linalg, name)
            np.testing.assert_array_equal(f(ng.Variable(x)).data, f(x))
    if hasattr(np.linalg, "cross"):
        np.testing.assert_allclose(np.linalg.cross(ng.Variable(x), A).data, np.cross(x, A))


def test_least_squares_of_less_than_full_rank() -> None:
    x = np.outer([1.0, 2.0, 3.0], [1.0, -1.0])
    y, residuals, rank, _ = np.linalg.lstsq(ng.Variable(x), np.ones(3), rcond=None)
    assert (int(rank), residuals.shape, y.shape) == (1, (0,), (2,))
