"""Choices by a mask, which large arrays make by the bits of their numbers."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops.base import keep, one_of

SIZES = (3, 5000)
DTYPES = ("f2", "f4", "f8", "g")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_keep_passes_what_it_keeps_and_no_infinity_or_nan_elsewhere(size: int, dtype: str) -> None:
    gy = np.resize(np.array([1.5, np.nan, np.inf, -np.inf, -0.0, -2.25, 3.0], dtype), size)
    mask = np.resize([True, False, False, True, True], size)
    kept = keep(mask, gy)
    np.testing.assert_array_equal(kept, np.where(mask, gy, gy.dtype.type(0)))
    assert kept.dtype == gy.dtype
    assert not np.signbit(kept[~mask]).any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_keep_takes_a_broadcast_gradient_and_a_mask_of_another_shape(dtype: str) -> None:
    gy = np.broadcast_to(np.array(2.0, dtype), (100, 50))
    mask = np.arange(50) % 3 == 0
    whole = np.broadcast_to(mask, gy.shape)
    for m in (mask, whole):
        np.testing.assert_array_equal(keep(m, gy), np.where(m, gy, 0))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_one_of_two_numbers(size: int, dtype: str) -> None:
    mask = np.resize([True, False, False], size)
    first, second = np.array([0.1, -7.5], dtype)
    found = one_of(mask, first, second)
    np.testing.assert_array_equal(found, np.where(mask, first, second))
    assert found.dtype == np.dtype(dtype)


@pytest.mark.parametrize(
    "name", ["relu", "leaky_relu", "elu", "hardtanh", "silu", "gelu", "softsign"]
)
def test_a_large_array_has_the_numbers_of_a_small_one(name: str) -> None:
    special = np.array([-3.0, -0.5, -0.0, 0.0, 0.7, 2.5, np.inf, -np.inf, np.nan])
    values, gradients = [], []
    for n in (1, 600):
        x = ng.Variable(np.tile(special, n))
        y = getattr(ng, name)(x)
        with np.errstate(invalid="ignore"):
            y.backward(np.tile(np.array([1.0, np.inf, 2.0]), 3 * n))
        values.append(y.data[:9])
        gradients.append(x.grad[:9])
    np.testing.assert_array_equal(*values)
    np.testing.assert_array_equal(*gradients)
