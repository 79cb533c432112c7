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


def test_the_first_nan_of_a_window_gets_the_gradient() -> None:
    x = ng.Variable(np.array([[[[1.0, np.nan, 3.0, 4.0], [np.nan, 2.0, 5.0, 5.0]]]]))
    y = ng.max_pool2d(x, 2)
    y.backward()
    np.testing.assert_array_equal(y.data, [[[[np.nan, 5.0]]]])
    assert x.grad.tolist() == [[[[0, 1, 0, 0], [0, 0, 1, 0]]]]


def test_a_compiled_pool_has_the_bits_of_the_recorded_one() -> None:
    rng = np.random.default_rng(0)
    for pool in (ng.max_pool2d, ng.avg_pool2d):

        def f(x, pool=pool):
            return (pool(x, 3, 2, 1) ** 2).sum()

        compiled = ng.compile(f)
        for _ in range(3):
            x = rng.normal(size=(2, 3, 7, 6)).astype(np.float32)
            value, gradient = ng.value_and_grad(f)(x)
            own, its = ng.value_and_grad(compiled)(x)
            assert float(own) == float(value)
            np.testing.assert_array_equal(its, gradient)


def test_overlapping_windows_add_up_and_a_margin_gets_nothing() -> None:
    x = ng.Variable(np.array([[[[1.0, 5.0, 2.0], [0.0, 3.0, 4.0], [7.0, 6.0, -1.0]]]]))
    y = ng.max_pool2d(x, 2, 1, 1)
    y.backward(np.arange(16.0).reshape(y.shape), create_graph=True)
    assert x.grad.data.tolist() == [[[[4, 14, 3], [0, 0, 18], [42, 24, 15]]]]
    x = ng.Variable(np.full((1, 1, 2, 2), -np.inf))
    ng.max_pool2d(x, 2, 1, 1).backward()
    assert x.grad.shape == (1, 1, 2, 2)
    assert np.isfinite(x.grad).all()


def test_pools_of_no_pictures() -> None:
    for pool in (ng.max_pool2d, ng.avg_pool2d):
        x = ng.Variable(np.ones((0, 2, 4, 4)))
        y = pool(x, 2)
        y.backward()
        assert (y.shape, x.grad.shape) == ((0, 2, 2, 2), (0, 2, 4, 4))
