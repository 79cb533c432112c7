"""Arrays as the engine holds them: 0-d values, broadcasting undone, sums that lose no digits."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from nbgrad.engine.arrays import broadcastable, sum_to_shape, to_raw, wide_sum

SHAPES = [s for n in range(4) for s in itertools.product((0, 1, 2, 3), repeat=n)]


def test_broadcasting_is_known_and_undone_as_numpy_does_it() -> None:
    rng, undone = np.random.default_rng(0), 0
    for small, large in itertools.product(SHAPES, SHAPES):
        try:
            fits = np.broadcast_shapes(small, large) == large
        except ValueError:
            fits = False
        assert broadcastable(small, large) is fits, (small, large)
        if fits:
            undone += 1
            y = rng.integers(-9, 9, large).astype(float)
            # The sum over copies is the product with the Jacobian of broadcasting.
            expected = np.zeros(small)
            places = np.broadcast_to(np.arange(expected.size).reshape(small), large)
            np.add.at(expected.reshape(-1), places.reshape(-1), y.reshape(-1))
            found = sum_to_shape(y, small)
            assert np.shape(found) == small
            np.testing.assert_array_equal(found, expected)
    print(f"{len(SHAPES) ** 2} pairs, {undone} undone")


@pytest.mark.parametrize(("dtype", "n"), [(np.float16, 4_096), (np.float32, 2**24 + 64)])
def test_ones_are_counted_beyond_the_integers_of_their_dtype(dtype: Any, n: int) -> None:
    found = wide_sum(np.broadcast_to(dtype(1), (n, 2)), 0)
    assert found.dtype == dtype
    assert found.tolist() == [n, n]


def test_inside_the_engine_a_0_d_array_is_a_scalar() -> None:
    assert type(to_raw(np.array(2.0, np.float32))) is np.float32
    for value in (np.ones(1), 2.0, np.float64(3.0), None):
        assert to_raw(value) is value
