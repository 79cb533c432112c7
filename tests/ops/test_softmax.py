"""Softmax and logsumexp of infinite scores, and of one that is far above the others."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops

INF = np.inf


def test_minus_infinity_hides_an_element() -> None:
    x = ng.Variable(np.array([0.0, -INF]))
    ops.logsumexp(x).backward()
    assert x.grad.tolist() == [1, 0]
    assert ops.softmax(x).data.tolist() == [1, 0]


ROWS = [
    ([0.0, -40.0, -50.0], np.log1p(np.exp(-40.0) + np.exp(-50.0))),  # one largest
    ([3.0, 3.0, -40.0], 3 + np.log1p(1 + np.exp(-43.0))),  # two
    ([-INF, -INF, -INF], -INF),
    ([np.nan, 0.0, 1.0], np.nan),
    ([1.0, 1.0, 1.0], 1 + np.log(3.0)),
]


@pytest.mark.parametrize("rows", [[0], [0, 1], [0, 0, 1, 2], [0, 1, 2, 3], [3], [4], []])
def test_logsumexp_is_exact_whatever_the_other_rows_are(rows: list[int]) -> None:
    x = np.array([ROWS[i][0] for i in rows]).reshape(-1, 3)
    with np.errstate(all="raise"):
        got = ops.logsumexp(ng.Variable(x), axis=1).data
    np.testing.assert_allclose(got, [ROWS[i][1] for i in rows], rtol=1e-15)
    np.testing.assert_allclose(ops.logsumexp(ng.Variable(x.T), axis=0).data, got, rtol=1e-15)


def test_gradients_beside_a_share_of_nearly_one() -> None:
    x = np.array([[0.0, -40.0, -41.0], [0.0, 0.0, 1.0], [np.nan, 0.0, 0.0]])
    leaf = ng.Variable(x)
    ops.softmax_cross_entropy(leaf, np.array([0, 1, 2]), reduction="sum").backward()
    small = np.exp(x[0, 1:])
    np.testing.assert_allclose(leaf.grad[0], [-small.sum(), *small], rtol=1e-15)
    shares = np.exp(x[1]) / np.exp(x[1]).sum()
    np.testing.assert_allclose(leaf.grad[1], shares - [0, 1, 0], rtol=1e-15)
    assert np.isnan(leaf.grad[2]).all()


def test_second_derivatives_beside_a_share_of_nearly_one() -> None:
    x = ng.Variable(np.array([[0.0, -40.0, -41.0]]))
    ops.softmax_cross_entropy(x, np.array([0])).backward(create_graph=True)
    first = x.grad
    x.cleargrad()
    first.backward(np.array([[1.0, 0.0, 0.0]]))
    small = np.exp(x.data[0, 1:])
    np.testing.assert_allclose(first.data[0], [-small.sum(), *small], rtol=1e-15)
    np.testing.assert_allclose(x.grad[0], [small.sum(), *-small], rtol=1e-15)
