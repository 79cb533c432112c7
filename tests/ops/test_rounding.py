"""Rounding, remainders and choosing: operators, and what happens at jumps, nan and infinities."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

import nbgrad as ng

NAN, INF = np.nan, np.inf


def gradients(f: Any, *values: Any) -> list[Any]:
    xs = [ng.Variable(np.array(v, float)) for v in values]
    with np.errstate(all="ignore"):
        y = f(*xs)
        y.sum().backward()
    return [x.grad for x in xs]


@pytest.mark.parametrize("op", [operator.mod, operator.floordiv, divmod])
@pytest.mark.parametrize("other", [3, 2.5, np.array([2.0, -3.0]), np.float32(1.5)])
def test_operators_on_both_sides(op: Any, other: Any) -> None:
    a = np.array([7.5, -7.5])
    for f in (lambda x: op(x, other), lambda x: op(other, x)):
        found, expected = f(ng.Variable(a)), f(a)
        pairs = zip(found, expected, strict=True) if op is divmod else [(found, expected)]
        for y, e in pairs:
            assert isinstance(y, ng.Variable)
            np.testing.assert_array_equal(y.data, e)


def test_round_and_its_kin() -> None:
    x = ng.Variable(np.array([1.25, -2.5, 3.5]))
    assert round(x, 1).data.tolist() == [1.2, -2.5, 3.5]
    assert round(x).data.tolist() == x.round().data.tolist() == [1, -2, 4]
    assert x.round(-1).data.tolist() == [0, -0.0, 0]
    with pytest.raises(ng.OperandError, match="decimals is an integer, not 'x'"):
        ng.round(x, "x")


@pytest.mark.parametrize(
    ("f", "values", "expected"),
    [
        (ng.floor, [[1.0, 1.5, NAN, INF]], [[0, 0, NAN, 0]]),
        (ng.rint, [[0.5, 2.5]], [[0, 0]]),
        (lambda a, b: a // b, [[7.0, NAN], [2.0, 2.0]], [[0, NAN], [0, NAN]]),
        (lambda a, b: a % b, [[7.0, -7.0, 6.0], [2.0, 2.0, 2.0]], [[1, 1, 1], [-3, 4, -3]]),
        (ng.fmod, [[7.0, -7.0, 0.9], [2.0, 2.0, 0.3]], [[1, 1, 1], [-3, 3, -3]]),
        (ng.fmax, [[1.0, NAN, 2.0, 2.0], [0.0, 1.0, NAN, 2.0]], [[1, 0, 1, 0.5], [0, 1, 0, 0.5]]),
        (ng.fmin, [[1.0, NAN, 2.0, 2.0], [0.0, 1.0, NAN, 2.0]], [[0, 0, 1, 0.5], [1, 1, 0, 0.5]]),
        (ng.copysign, [[2.0, -2.0, 0.0], [-1.0, -0.0, 1.0]], [[-1, 1, 0], [0, 0, 0]]),
        (ng.heaviside, [[-1.0, 0.0, 1.0], [0.5, 0.5, 0.5]], [[0, 0, 0], [0, 1, 0]]),
        (ng.nan_to_num, [[1.0, NAN, INF, -INF]], [[1, 0, 0, 0]]),
    ],
)
def test_at_jumps_nan_and_infinities(f: Any, values: Any, expected: Any) -> None:
    for g, e in zip(gradients(f, *values), expected, strict=True):
        np.testing.assert_array_equal(g, e)


def test_nan_to_num_takes_numpys_arguments() -> None:
    a = np.array([NAN, INF, -INF, 1.0])
    for kwargs in ({}, {"nan": 2.0}, {"posinf": 5.0, "neginf": -5.0}):
        np.testing.assert_array_equal(
            np.nan_to_num(ng.Variable(a), **kwargs).data, np.nan_to_num(a, **kwargs)
        )
    with pytest.raises(ng.InPlaceError, match="would write into the array"):
        np.nan_to_num(ng.Variable(a), copy=False)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda x: np.select([x > 0], [x, x]), ng.ShapeError, "one choice for each condition"),
        (
            lambda x: np.piecewise(x, [x > 0], []),
            ng.OperandError,
            "one function for each condition",
        ),
    ],
)
def test_what_does_not_fit_is_said(call: Any, error: Any, said: str) -> None:
    with pytest.raises(error, match=said):
        call(ng.Variable(np.ones(2)))
