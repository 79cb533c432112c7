"""Pools: equal elements, and how much padding there may be."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng

FEW_AND_MANY = pytest.mark.parametrize("n", [1, 3000])


@FEW_AND_MANY
def test_the_first_of_equal_largest_elements_gets_the_gradient(n: int) -> None:
    g = ng.grad(lambda x: ng.max_pool2d(x, 2).sum())(np.ones((n, 1, 2, 4)))
    assert g.shape == (n, 1, 2, 4)
    assert np.unique(g, axis=0).tolist() == [[[[1, 0, 1, 0], [0, 0, 0, 0]]]]


def test_padding_of_a_pool_is_at_most_half_of_the_window() -> None:
    with pytest.raises(ng.NbgradError, match="half of the window"):
        ng.max_pool2d(ng.Variable(np.ones((2, 3, 5, 5))), 2, padding=2)


@FEW_AND_MANY
def test_the_first_nan_of_a_window_gets_the_gradient(n: int) -> None:
    picture = np.array([[[1.0, np.nan, 3.0, 4.0], [np.nan, 2.0, 5.0, 5.0]]])
    x = ng.Variable(np.stack([picture] * n))
    y = ng.max_pool2d(x, 2)
    y.backward()
    np.testing.assert_array_equal(y.data, [[[[np.nan, 5.0]]]] * n)
    assert np.unique(x.grad, axis=0).tolist() == [[[[0, 1, 0, 0], [0, 0, 1, 0]]]]


@FEW_AND_MANY
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
@pytest.mark.parametrize(("size", "stride", "padding"), [(2, 2, 0), (2, 3, 1), (3, 2, 1)])
def test_gradients_of_pools_are_those_of_each_window(
    n: int, dtype: type, size: int, stride: int, padding: int
) -> None:
    rng = np.random.default_rng(0)
    picture = rng.permutation(35).reshape(1, 1, 5, 7).astype(dtype)
    x = ng.Variable(picture.repeat(n, 0))
    padded = np.pad(picture[0, 0], padding, constant_values=-np.inf)
    of_max, of_mean = np.zeros_like(padded), np.zeros_like(padded)
    y = ng.max_pool2d(x, size, stride, padding)
    for i, j in np.ndindex(y.shape[2:]):
        window = np.s_[i * stride : i * stride + size, j * stride : j * stride + size]
        of_max[window] += padded[window] == padded[window].max()
        of_mean[window] += dtype(1) / dtype(size * size)
    inner = slice(padding, -padding or None)
    for pool, of_one in ((ng.max_pool2d, of_max), (ng.avg_pool2d, of_mean)):
        x.cleargrad()
        pool(x, size, stride, padding).backward()
        assert x.grad.dtype == dtype
        want = np.broadcast_to(of_one[inner, inner], x.shape)
        np.testing.assert_allclose(x.grad, want, np.finfo(dtype).eps * 4)


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
