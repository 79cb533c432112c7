"""Every sample of the table: its value against NumPy, and through NumPy's own function."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import CASES, Case, many


def reference(case: Case, leaves: list[Any]) -> tuple[Any, ...]:
    function = case.samples.reference or next(t for t in case.row.twins if callable(t))
    return many(function(*case.arguments(leaves), **case.sample.kwargs))


@pytest.mark.parametrize("case", CASES)
def test_the_value_is_numpys(case: Case) -> None:
    ys, expected = many(case(*case.variables())), reference(case, case.leaves)
    assert len(ys) == len(expected)
    for y, e in zip(ys, expected, strict=True):
        assert isinstance(y, ng.Variable)
        assert isinstance(y.data, np.ndarray)
        assert y.shape == np.shape(e)
        assert y.dtype == np.asarray(e).dtype
        np.testing.assert_allclose(y.data, e, rtol=1e-12, atol=1e-13)


def lacks(function: Any, kwargs: Any) -> bool:
    """Whether an older NumPy's function has no such arguments: ``cholesky(upper=)`` is NumPy 2's."""
    return "upper" in kwargs and "upper" not in inspect.signature(function).parameters


@pytest.mark.parametrize("case", [p for p in CASES if p.values[0].row.twins])
def test_numpys_function_records_the_operation(case: Case) -> None:
    xs = case.variables()
    ys = many(case(*xs))
    for twin in case.row.twins:
        if isinstance(twin, (tuple, str)) or lacks(twin, case.sample.kwargs):
            continue
        through = many(twin(*case.arguments(xs), **case.sample.kwargs))
        for y, t in zip(ys, through, strict=True):
            assert type(t.creator) is type(y.creator)
            np.testing.assert_array_equal(t.data, y.data)


# The dot of a number is mul.
NAMED = [c for c in CASES if c.values[0].row.name != "dot" or c.values[0].leaves[0].ndim]


@pytest.mark.parametrize("case", NAMED)
def test_the_creator_is_named_as_the_row(case: Case) -> None:
    xs = case.variables()
    creator = many(case(*xs))[0].creator
    if case.row.operation is None:
        return
    assert creator is not None
    if case.sample.kwargs.get("order") != "F" and "ord" not in case.sample.kwargs:
        assert type(creator) is case.row.operation
        assert creator.label.startswith(case.row.name)
        assert creator.symbol == case.row.symbol


@pytest.mark.parametrize("case", CASES)
def test_under_no_grad_the_value_is_the_same(case: Case) -> None:
    recorded = many(case(*case.variables()))
    with ng.no_grad():
        plain = many(case(*case.variables()))
    for y, p in zip(recorded, plain, strict=True):
        np.testing.assert_array_equal(y.data, p.data)
        assert p.creator is None
