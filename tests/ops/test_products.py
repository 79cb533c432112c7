"""Products of empty arrays, and along diagonals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops


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


def test_a_gradient_beside_a_diagonal_is_0_where_the_diagonals_is_not_finite() -> None:
    x = np.ones((2, 2, 3))
    g = ng.grad(lambda x: ops.einsum("iij->ij", x)[0].sum() * np.inf)(x)
    assert np.array_equal(g[0, 0], [np.inf] * 3)
    assert not g[[0, 1], [1, 0]].any()
    cube = ng.grad(lambda x: ops.einsum("iii->", x) * 2)(np.ones((2, 2, 2)))
    assert np.array_equal(cube, 2 * np.eye(2)[:, :, None] * np.eye(2)[:, None])


def test_the_power_0_of_a_matrix_with_nan_is_numpys() -> None:
    x = ng.Variable(np.array([[np.nan, 1], [np.inf, 1]]))
    assert np.array_equal(np.linalg.matrix_power(x, 0).data, np.eye(2))


def test_a_number_beside_an_array_in_an_outer_product() -> None:
    x = np.array([[1.0, 2.0]])
    assert ng.gradcheck(lambda x: ng.outer(2.0, x) + ng.outer(x, 3.0).T, x)
