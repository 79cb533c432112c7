"""Every sample of the table: first and second derivative against finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import CASES, Case, differences, gradients, second


@pytest.mark.parametrize("case", CASES)
def test_first_derivative(case: Case) -> None:
    with ng.no_grad():
        expected = differences(lambda *xs: case.loss(*xs).data, case.leaves)
    for g, e, x in zip(gradients(case), expected, case.leaves, strict=True):
        assert isinstance(g, np.ndarray)
        assert g.shape == x.shape
        np.testing.assert_allclose(g, e, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("case", CASES)
def test_second_derivative(case: Case) -> None:
    tangents = case.tangents()

    def along(*leaves: Any) -> float:
        return sum(
            float((g * t).sum())
            for g, t in zip(gradients(case, list(leaves)), tangents, strict=True)
        )

    for g, e in zip(second(case), differences(along, case.leaves), strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_create_graph_gives_the_same_first_derivative(case: Case) -> None:
    xs = case.variables()
    case.loss(*xs).backward(create_graph=True)
    for x, g in zip(xs, gradients(case), strict=True):
        assert isinstance(x.grad, ng.Variable)
        np.testing.assert_allclose(x.grad.data, g, rtol=1e-12, atol=1e-13)
