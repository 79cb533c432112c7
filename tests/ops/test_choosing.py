"""Choices by condition."""

from __future__ import annotations

from typing import Any

import numpy as np

import nbgrad as ng


def test_choices_that_are_not_taken_do_no_harm() -> None:
    """The gradient of log where x is negative is nan: it must not reach what chose something else."""
    x = ng.Variable(np.array([-1.0, 0.5, 4.0]))
    with np.errstate(all="ignore"):
        np.select([x > 1, x < 0], [np.log(x), -x], 0.0).sum().backward()
    assert x.grad.tolist() == [-1, 0, 0.25]
    x.cleargrad()
    np.piecewise(x, [x > 0, x > 1], [np.log, np.sqrt, lambda v: v * 2]).sum().backward()
    assert x.grad.tolist() == [2, 2, 0.25]


def test_values_of_pieces_may_be_variables() -> None:
    x = np.array([0.5, 1.5, 1.7])

    def pieces(a: Any, b: Any) -> Any:
        return ng.piecewise(x, [x < 1, x >= 1], [a, lambda v: (v * b).sum()])

    y = pieces(np.array(3.0), np.array(2.0))
    np.testing.assert_allclose(y.data, [3.0, 6.4, 6.4])
    assert ng.gradcheck(pieces, np.array(3.0), np.array(2.0))


def test_what_stands_for_nan_and_infinities_may_be_variables() -> None:
    x = np.array([np.nan, 1.0, np.inf, -np.inf])

    def repaired(*values: Any) -> Any:
        return ng.nan_to_num(x, True, *values) ** 2

    values = np.array(2.0), np.array([3.0, 4.0, 5.0, 6.0]), np.array(7.0)
    assert repaired(*map(ng.Variable, values)).data.tolist() == [4.0, 1.0, 25.0, 49.0]
    assert ng.gradcheck(repaired, *values)
