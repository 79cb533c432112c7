"""Clipping at any kind of bound."""

from __future__ import annotations

import numpy as np

import nbgrad as ng


def test_clip_passes_the_gradient_at_any_kind_of_bound() -> None:
    at = np.array([0.0, 1.0, 0.5, 2.0])
    for low in (0, 0.0, np.float32(0), np.array(0.0), np.zeros(4), ng.Variable(np.array(0.0))):
        assert ng.grad(lambda x: np.clip(x, low, 1).sum())(at).tolist() == [1, 1, 1, 0]  # noqa: B023
    assert ng.grad(lambda v: np.ones(4).clip(v, 2).sum())(at).tolist() == [0, 0, 0, 1]
