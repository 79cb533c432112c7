"""Windows laid out as columns, and added back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("n", [6, 50])
def test_windows_of_small_and_large_pictures_are_added_up_in_one_order(n: int, dtype: Any) -> None:
    columns = RNG.normal(size=(1, 1, 2, 3, n, n)).astype(dtype)
    y = np.zeros((n + 1, n + 2), dtype)
    for i, j in np.ndindex(2, 3):
        y[i : i + n, j : j + n] += columns[0, 0, i, j]
    np.testing.assert_array_equal(ng.col2im(columns, (n + 1, n + 2), (2, 3)).data[0, 0], y)
