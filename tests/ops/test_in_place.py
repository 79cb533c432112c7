"""NumPy's functions that write into an array."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import leaf

IN_PLACE: list[tuple[Any, str]] = [
    (lambda x: np.fill_diagonal(x, 0.0), "ng.fill_diagonal"),
    (lambda x: np.put_along_axis(x, np.array([0]), 1.0, 0), "ng.put_along_axis"),
    (lambda x: np.full((2, 2), x, dtype=float), "ng.full"),
    (lambda x: np.full_like(np.zeros(2), x), "np.full_like looks at its first"),
    (lambda x: np.full_like(np.zeros(2), x), "ng.full(x.shape, value)"),
    (lambda x: np.copyto(np.zeros(2), x), "ng.where"),
    (lambda x: np.place(x, x > 1, [0.0]), "ng.where"),
    (lambda x: np.putmask(x, x > 1, 0.0), "ng.where"),
]


def test_what_is_refused_is_not_said_to_take_a_variable() -> None:
    with pytest.raises(AttributeError, match=r"its array has it, x\.data\.put\.$"):
        leaf(1.0).put([0], 1.0)
    with pytest.raises(AttributeError, match=r"np\.partition takes it\.$"):
        leaf(1.0).partition(0)


@pytest.mark.parametrize(("call", "instead"), IN_PLACE)
def test_what_writes_into_an_array_is_refused(call: Any, instead: str) -> None:
    with pytest.raises(ng.InPlaceError, match="which a graph cannot remember") as caught:
        call(leaf(1.0, 2.0))
    assert instead in str(caught.value)
