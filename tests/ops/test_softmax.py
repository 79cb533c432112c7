"""Softmax and logsumexp of infinite scores."""

from __future__ import annotations

import numpy as np

import nbgrad as ng
from nbgrad import ops

INF = np.inf


def test_minus_infinity_hides_an_element() -> None:
    x = ng.Variable(np.array([0.0, -INF]))
    ops.logsumexp(x).backward()
    assert x.grad.tolist() == [1, 0]
    assert ops.softmax(x).data.tolist() == [1, 0]
