"""Picking and putting elements: equal places, and indices that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import leaf


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda x: ng.take(x, 5), ng.OperationIndexError, "index 5"),
        (lambda x: ng.take(x, 0, mode="no"), ng.OperandError, "'wrap' or 'clip', not 'no'"),
        (lambda x: np.delete(x, 7), ng.OperationIndexError, "delete: index 7"),
        (lambda x: np.insert(x, 9, 1.0), ng.OperationIndexError, "insert: index 9"),
        (lambda x: np.choose([0, 5], [x, x]), ng.OperationIndexError, "0 to 5 for 2 choices"),
        (lambda x: ng.fill_diagonal(x, 1.0), ng.ShapeError, "fill_diagonal"),
        (lambda x: np.take_along_axis(x, np.array([[0]]), 0), ng.ShapeError, "dimensions as x"),
        (lambda x: np.take(x, 0, axis=3), ng.AxisError, "axis 3"),
    ],
)
def test_indices_that_do_not_fit_are_named(call: Any, error: Any, said: str) -> None:
    with pytest.raises(error) as caught:
        call(leaf(1.0, 2.0))
    assert said in str(caught.value)


def test_of_two_values_for_one_place_the_last_counts_and_gets_the_gradient() -> None:
    x, values = leaf(1.0, 2.0, 3.0), leaf(5.0, 6.0, name="values")
    y = ng.put_along_axis(x, np.array([1, 1]), values)
    assert y.data.tolist() == [1, 6, 3]
    y.sum().backward()
    assert x.grad.tolist() == [1, 0, 1]
    assert values.grad.tolist() == [0, 1]
    assert x.data.tolist() == [1, 2, 3]


def test_truth_values_are_the_indices_0_and_1() -> None:
    mask = np.array([True, False, True])
    assert np.take(ng.Variable(np.array([5.0, 6.0, 7.0])), mask).data.tolist() == [6.0, 5.0, 6.0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: ng.rot90(x, 1, (0, -2)), r"axes=\(0, -2\) are one axis"),
        (lambda x: ng.take(x, [0], 0, np.zeros(2)), r"'clip', not array\(\[0\., 0\.\]\)"),
        (lambda x: ng.take(x, [0], 0, "up"), "'clip', not 'up'"),
    ],
)
def test_what_cannot_be_taken_or_rotated_is_named(call: Any, words: str) -> None:
    with pytest.raises((ng.ShapeError, ng.OperandError), match=words):
        call(ng.Variable(np.ones((1, 2))))
