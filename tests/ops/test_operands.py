"""Operands, indices and bounds that are not plain arrays, and empty or singular ones."""

from __future__ import annotations

import array
import collections
import copy
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops


def gradient(f: Any, values: Any, dtype: Any = float) -> Any:
    x = ng.Variable(np.array(values, dtype))
    f(x).sum().backward()
    return x.grad.tolist()


def test_a_repeated_index_counts_twice_whatever_holds_it() -> None:
    rows = [array.array("q", [0, 0]), collections.UserList([0, 0]), (array.array("q", [0, 0]),)]
    for index in rows:
        assert gradient(lambda x: x[index], [1.0, 2.0]) == [2, 0]  # noqa: B023
    assert gradient(lambda x: x[[0, 0]], [1.0, 2.0], np.longdouble) == [2, 0]
    assert gradient(lambda x: x[[0, 0], array.array("q", [1, 1])], np.ones((2, 2))) == [
        [0, 2],
        [0, 0],
    ]


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("make", [np.matrix, lambda a: np.ma.array(a, mask=True)])
def test_arrays_with_rules_of_their_own_are_refused(make: Any) -> None:
    class Returns(ng.Function):
        def forward(self, x: Any) -> Any:
            return make(x)

    class Sends(ng.Function):
        def forward(self, x: Any) -> Any:
            return x * 1

        def backward(self, gy: Any) -> Any:
            return make(gy)

    x, odd = ng.Variable(np.ones((2, 2))), make(np.ones((2, 2)))
    calls = [
        lambda: x * odd,
        lambda: np.add(x, odd),
        lambda: ops.concatenate([x, odd]),
        lambda: ops.where(odd, x, 0.0),
        lambda: ng.as_variable(odd),
        lambda: setattr(x, "grad", odd),
        lambda: Returns()(x),
        lambda: Sends()(odd),
        lambda: Sends()(x).sum().backward(),
    ]
    for call in calls:
        with pytest.raises(ng.NbgradError, match=type(odd).__name__):
            call()
    assert x.grad is None


def test_long_integers_compute_as_float64() -> None:
    np.testing.assert_allclose(gradient(lambda x: (2**64) ** x, [1.0]), [2**64 * np.log(2.0**64)])
    assert gradient(lambda x: x * 10**30, [1, 2], int) == [1e30, 1e30]
    with pytest.raises(ng.OperandError, match="bits"):
        ng.Variable(np.ones(1, int)) * 10**400


def test_triangles_keep_the_dtype_and_copies_their_own_gradient() -> None:
    x = ng.Variable(np.ones((2, 2), int))
    assert np.tril(x).dtype == np.triu(x).dtype == int
    y = ng.Variable(np.array(2.0))
    (y * y).backward(create_graph=True)
    assert not np.shares_memory(copy.copy(y).grad.data, y.grad.data)
