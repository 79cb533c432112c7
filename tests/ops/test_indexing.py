"""Indices: repeated, and changed afterwards."""

from __future__ import annotations

from array import array
from typing import Any

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


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.int64])
@pytest.mark.parametrize(("shape", "picked"), [((50, 4), (2, 80)), ((9, 2, 3), (70,))])
def test_rows_are_added_at_their_indices_in_order(
    shape: tuple[int, ...], picked: tuple[int, ...], dtype: type
) -> None:
    rng = np.random.default_rng(0)
    index = rng.integers(-shape[0], shape[0], picked)
    x = (rng.normal(size=(*picked, *shape[1:])) * 8).astype(dtype)
    wide = np.zeros(shape, np.float64)
    np.add.at(wide, index, x)
    found = ng.add_at(x, index, shape).data
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, wide.astype(dtype))
    with pytest.raises(ng.OperationIndexError, match="out of bounds"):
        ng.add_at(x, index + shape[0], shape)
    # A row for all of them.
    row = np.ones((*picked, *(1 for _ in shape[1:])), dtype)
    ones = ng.add_at(np.broadcast_to(row, x.shape), index, shape).data
    np.testing.assert_array_equal(ones.sum(), x.size)


class Places:
    """What NumPy takes for an array, though it has no length."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array([0, 0, -3], dtype)


@pytest.mark.parametrize("index", [(0, 0, -3), [0, 0, -3], Places(), array("i", [0, 0, -3])])
def test_an_index_within_a_tuple_counts_as_often_as_it_occurs(index: Any) -> None:
    x = ng.Variable(np.arange(6.0).reshape(3, 2))
    cases = [
        (index,),
        (index, 0),
        (index, slice(1, None)),
        (Ellipsis, index, 1),
        (index, (0, 0, 1)),
    ]
    for case in cases:
        x.cleargrad()
        y = x[case]
        (y * np.arange(1.0, y.size + 1).reshape(y.shape)).sum().backward()
        expected = np.zeros((3, 2))
        arrays = tuple(np.array(i) if i is index else i for i in case)
        np.add.at(expected, arrays, np.arange(1.0, y.size + 1).reshape(y.shape))
        assert np.array_equal(x.grad, expected), case
