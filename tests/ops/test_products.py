"""Products of empty arrays."""

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
