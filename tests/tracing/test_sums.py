"""Sums of gradients, as they are added and as they are written."""

from __future__ import annotations

import numpy as np
import pytest

from nbgrad.tracing.summaries import Summary, summarise
from nbgrad.tracing.sums import plus, write_sum


def of(*values: object) -> list[Summary]:
    return [summarise(np.array(value, float)) for value in values]


@pytest.mark.parametrize(
    ("terms", "total", "written"),
    [
        ((8, 8), 16, "8 + 8 = 16"),
        ((3, -1), 2, "3 + -1 = 2"),
        (([1, 2], [3, 4]), [4, 6], "[1, 2] + [3, 4] = [4, 6]"),
        ((1e20, 1), 1e20, "1e20 + 1 ≈ 1e20"),
    ],
)
def test_a_sum_adds_up_as_it_is_written(terms: object, total: object, written: str) -> None:
    shown = write_sum(of(*terms), *of(total))
    assert shown is not None
    assert f"{shown.left} {shown.sign} {shown.total}" == written


def test_arrays_that_have_no_room_in_a_line_are_not_written() -> None:
    assert write_sum(of([1] * 5, [1] * 5), *of([2] * 5)) is None
    assert write_sum(of([[1]], [[1]]), *of([[2]])) is None
    assert write_sum(of(1, [1]), *of(2)) is None


def test_gradients_add_where_both_are_known_in_full() -> None:
    one, two, vector = of(1, 2, [1, 2])
    assert plus(None, one) == one
    assert plus(one, two) == 3
    assert plus(one, vector) is None
    assert plus(summarise(np.zeros(10**4)), summarise(np.zeros(10**4))) is None
