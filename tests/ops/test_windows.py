"""Windows laid out as columns, and added back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops import windows

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("n", [5, 60])
def test_what_broadcasts_to_windows_is_added_to_all_their_elements(n: int, stride: int) -> None:
    count = (n - 2) // stride + 1
    c = ng.Variable(RNG.normal(size=(1, 2, 1, 2, 1, count)))
    whole = np.broadcast_to(c.data, (1, 2, 2, 2, count, count))
    y = ng.col2im(c, (n, n), 2, stride)
    np.testing.assert_array_equal(y.data, ng.col2im(whole, (n, n), 2, stride).data)
    gy = RNG.normal(size=y.shape)
    y.backward(gy, create_graph=True)
    windows = ng.im2col(gy, 2, stride).data
    np.testing.assert_allclose(c.grad.data, windows.sum((2, 4), keepdims=True), 1e-10)


def test_windows_that_share_no_shape_with_an_array_are_refused() -> None:
    for shape in ((1, 2, 3, 2, 2, 2), (1, 2, 2, 2), (1, 2, 1, 2, 2, 2, 2)):
        with pytest.raises(ng.ShapeError, match=r"have the axes \(2, 2, 2, 2\)"):
            ng.col2im(np.ones(shape), 4, 2, 2)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("n", [6, 50])
def test_windows_of_small_and_large_pictures_are_added_up_in_one_order(n: int, dtype: Any) -> None:
    columns = RNG.normal(size=(1, 1, 2, 3, n, n)).astype(dtype)
    y = np.zeros((n + 1, n + 2), dtype)
    for i, j in np.ndindex(2, 3):
        y[i : i + n, j : j + n] += columns[0, 0, i, j]
    np.testing.assert_array_equal(ng.col2im(columns, (n + 1, n + 2), (2, 3)).data[0, 0], y)


def test_places_of_large_windows_are_not_kept() -> None:
    def held() -> int:
        return windows._elements.cache_info().currsize

    windows._elements.cache_clear()
    for k, n in ((2, 30), (25, 60)):
        x = ng.Variable(np.ones((1, 1, n, n)))
        ng.im2col(x, k).sum().backward()
        assert (held(), x.grad[0, 0, 0, 0], x.grad.max()) == (1, 1.0, k * k)
