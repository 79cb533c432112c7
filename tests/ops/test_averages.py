"""Averages with weights, and covariances."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import differences, leaf


def test_weights_of_another_shape_are_refused() -> None:
    with pytest.raises(ng.ShapeError, match=r"weights of shape \(3,\)"):
        np.average(leaf(1.0, 2.0), weights=np.ones(3), axis=0)


RNG = np.random.default_rng(0)


def test_weights_and_counts_of_covariances() -> None:
    a = RNG.uniform(0.5, 2.0, (3, 6))
    w = RNG.uniform(0.5, 2.0, 6)
    counts = np.array([1, 2, 1, 3, 1, 2])
    for kwargs in (
        {"aweights": w},
        {"fweights": counts},
        {"aweights": w, "fweights": counts, "ddof": 2},
        {"aweights": w, "bias": True},
    ):
        x = ng.Variable(a)
        y = np.cov(x, **kwargs)
        np.testing.assert_allclose(y.data, np.cov(a, **kwargs), rtol=1e-12)
        y.sum().backward()
        (expected,) = differences(lambda v, k=kwargs: np.cov(v, **k).sum(), [a.copy()])
        np.testing.assert_allclose(x.grad, expected, rtol=1e-5, atol=1e-7)
