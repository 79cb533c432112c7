"""Indices: repeated, and changed afterwards."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops


def test_a_mask_or_index_that_changes_later_does_not_change_the_gradient() -> None:
    x = ng.Variable(np.array([1.0, 2.0]))
    mask, index = np.array([True, False]), np.array([0, 0])
    y = ops.where(mask, x, 0.0).sum() + x[index].sum()
    mask[:] = False
    index[:] = 1
    y.backward()
    assert x.grad.tolist() == [3, 0]


def test_an_element_that_is_picked_twice_gets_both_gradients() -> None:
    x = ng.Variable(np.array([1.0, 2.0, 3.0]))
    (x[[0, 0, 2]] * np.array([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [11, 0, 100]


@pytest.mark.parametrize("picked", [3, 40_000])
def test_both_ways_to_add_at_an_index_agree(picked: int) -> None:
    rng = np.random.default_rng(0)
    x = ng.Variable(rng.normal(size=(50, 4)))
    index = rng.integers(0, 50, picked)
    weights = rng.normal(size=(picked, 4))
    (x[index] * weights).sum().backward()
    expected = np.zeros((50, 4))
    np.add.at(expected, index, weights)
    np.testing.assert_allclose(x.grad, expected, rtol=1e-12)
