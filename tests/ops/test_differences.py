"""Differences of samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import leaf


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda x: np.gradient(x, edge_order=3), ng.OperandError, "1 or 2, not 3"),
        (lambda x: np.gradient(x, edge_order=2), ng.ShapeError, "needs 3 samples"),
    ],
)
def test_too_few_samples_for_the_order_of_the_edges(call: Any, error: Any, said: str) -> None:
    with pytest.raises(error) as caught:
        call(leaf(1.0, 2.0))
    assert said in str(caught.value)


def test_axes_of_a_gradient_may_be_a_list() -> None:
    x = np.arange(6.0).reshape(2, 3) ** 2
    slopes = np.gradient(ng.Variable(x), axis=[0, 1])
    for ours, numpys in zip(slopes, np.gradient(x, axis=[0, 1]), strict=True):
        assert ours.data.tolist() == numpys.tolist()
