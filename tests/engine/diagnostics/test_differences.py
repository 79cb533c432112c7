"""Central differences: right at every magnitude, and honest about how far off they may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nbgrad.engine.diagnostics.differences import difference

STEP = 1e-6


def of(f: Callable[[Any], Any], *values: float, index: int = 0) -> Any:
    return difference(lambda x: [f(x)], [np.array(values)], 0, (index,), STEP)


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (np.log, 1e-6, 1e6),
        (np.sin, 1e6, np.cos(1e6)),
        (np.exp, 1e-20, 1.0),
        (np.exp, 0.0, 1.0),
        (np.square, -3.0, -6.0),
        (np.reciprocal, 1e-8, -1e16),
    ],
)
def test_the_slope_is_within_the_error_that_it_tells(f: Any, x: float, slope: float) -> None:
    found = of(f, x)
    assert abs(found.value - slope) <= found.error
    assert found.error <= 1e-5 * abs(slope)


def test_a_step_that_leaves_the_domain_is_not_taken() -> None:
    def root(x: Any) -> Any:
        if x[0] < 0:
            raise ValueError("a negative number has no root")
        return np.sqrt(x)

    assert of(root, 1e-9).value == pytest.approx(0.5 / 1e-9**0.5, rel=1e-6)
    with pytest.raises(ValueError, match="no root"):
        of(root, -1.0)


def test_an_element_that_no_step_can_move() -> None:
    assert of(np.sin, 5e-324).value == pytest.approx(1.0)


def test_a_sum_of_outputs_by_one_element() -> None:
    found = of(lambda x: x * x.sum(), 1.0, 2.0, 3.0, index=1)
    assert found.value == pytest.approx(12.0)


def test_what_a_step_does_not_change_has_slope_0() -> None:
    value, error, size = of(np.floor, 0.5)
    assert (value, size) == (0.0, 0.5)
    assert error < 1e-300


def test_a_function_that_refuses_every_step_raises() -> None:
    def refuses(_: Any) -> Any:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        of(refuses, 1.0)
