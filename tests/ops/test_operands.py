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


def test_clip_passes_the_gradient_at_any_kind_of_bound() -> None:
    for low in (0, 0.0, np.float32(0), np.array(0.0), np.zeros(4), ng.Variable(np.array(0.0))):
        assert gradient(lambda x: np.clip(x, low, 1), [0.0, 1.0, 0.5, 2.0]) == [1, 1, 1, 0]  # noqa: B023
    assert gradient(lambda v: np.ones(4).clip(v, 2), [0.0, 1.0, 0.5, 2.0]) == [0, 0, 0, 1]


def test_long_integers_compute_as_float64() -> None:
    np.testing.assert_allclose(gradient(lambda x: (2**64) ** x, [1.0]), [2**64 * np.log(2.0**64)])
    assert gradient(lambda x: x * 10**30, [1, 2], int) == [1e30, 1e30]
    with pytest.raises(ng.OperandError, match="bits"):
        ng.Variable(np.ones(1, int)) * 10**400


def test_det_of_singular_matrices() -> None:
    np.testing.assert_allclose(
        gradient(ops.det, [[1.0, 2.0], [2.0, 4.0]]), [[4, -2], [-2, 1]], atol=1e-14
    )
    assert gradient(ops.det, np.zeros((4, 4))) == np.zeros((4, 4)).tolist()
    hessian = ng.hessian(ops.det)(np.zeros((2, 2)))
    assert hessian[0, 0].tolist() == [[0, 0], [0, 1]]
    assert hessian[0, 1].tolist() == [[0, 0], [-1, 0]]


@pytest.mark.parametrize(
    ("f", "shapes"),
    [
        (ops.matmul, [(2, 0), (0, 3)]),
        (ops.matmul, [(2, 0), (0,)]),
        (ops.matmul, [(5, 2, 0), (0, 3)]),
        (ops.matmul, [(5, 0, 3), (3,)]),
        (ops.outer, [(0,), (3,)]),
        (ops.outer, [(3,), (0,)]),
        (ops.outer, [(0,), (0,)]),
    ],
)
def test_empty_products_to_second_order(f: Any, shapes: Any) -> None:
    xs = [ng.Variable(np.ones(s)) for s in shapes]
    f(*xs).sum().backward(create_graph=True)
    terms = [(x.grad * x.grad).sum() + 0 * x.sum() for x in xs]
    for x in xs:
        x.cleargrad()
    (terms[0] + terms[1]).backward()
    assert [x.grad.shape for x in xs] == shapes


def test_split_at_falling_places() -> None:
    assert gradient(
        lambda x: sum((i + 1) * part.sum() for i, part in enumerate(ops.split(x, [3, 1]))),
        np.arange(4.0),
    ) == [1, 4, 4, 3]


def test_triangles_keep_the_dtype_and_copies_their_own_gradient() -> None:
    x = ng.Variable(np.ones((2, 2), int))
    assert np.tril(x).dtype == np.triu(x).dtype == int
    y = ng.Variable(np.array(2.0))
    (y * y).backward(create_graph=True)
    assert not np.shares_memory(copy.copy(y).grad.data, y.grad.data)
