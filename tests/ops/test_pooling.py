"""Pools: equal elements, and how much padding there may be."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng


def test_the_first_of_equal_largest_elements_gets_the_gradient() -> None:
    g = ng.grad(lambda x: ng.max_pool2d(x, 2).sum())(np.ones((1, 1, 2, 4)))
    assert g.tolist() == [[[[1, 0, 1, 0], [0, 0, 0, 0]]]]


def test_padding_of_a_pool_is_at_most_half_of_the_window() -> None:
    with pytest.raises(ng.NbgradError, match="half of the window"):
        ng.max_pool2d(ng.Variable(np.ones((2, 3, 5, 5))), 2, padding=2)
