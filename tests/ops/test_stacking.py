"""Arrays made of lists of Variables, and what cannot be stacked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import leaf


def test_an_array_of_nested_lists_of_variables() -> None:
    a, b = (ng.Variable(np.array(v), n) for v, n in ((2.0, "a"), (3.0, "b")))
    y = ng.array([[a, a * b], [1.0, b]])
    assert y.data.tolist() == [[2, 6], [1, 3]]
    (y * np.array([[1.0, 10.0], [100.0, 1000.0]])).sum().backward()
    assert (a.grad.item(), b.grad.item()) == (31, 1020)
    small = ng.Variable(np.array(2.0, np.float32))
    assert ng.array([small, 1.0]).dtype == np.float32
    assert ng.array([small, 1.0], dtype=np.float64).dtype == np.float64
    assert ng.array([[1, 2], [3, 4]]).shape == (2, 2)
    assert ng.array([leaf(1.0, 2.0), np.ones(2), [3.0, 4.0]]).shape == (3, 2)


def test_the_error_of_np_array_names_ng_array() -> None:
    x = ng.Variable(np.array(2.0), "x")
    for call in (lambda: np.array([x, x]), lambda: np.array([[x, 1.0]]), lambda: np.asarray([x])):
        with pytest.raises(ng.UnsupportedFunctionError, match=r"ng\.array\(\[\.\.\.\]\)"):
            call()


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda x: ng.array([x, [1.0]]), ng.ShapeError, "items of one shape"),
        (lambda x: ng.block([[x], x]), ng.ShapeError, "equally deep"),
        (lambda x: np.vsplit(x, 2), ng.ShapeError, "vsplit needs an array of 2 dimensions"),
        (
            lambda x: np.broadcast_arrays(x, np.ones(3)),
            ng.ShapeError,
            "(2,), (3,) do not broadcast",
        ),
    ],
)
def test_what_cannot_be_stacked_is_said(call: Any, error: Any, said: str) -> None:
    with pytest.raises(error) as caught:
        call(leaf(1.0, 2.0))
    assert said in str(caught.value)


def test_what_has_no_axis_is_not_unstacked() -> None:
    with pytest.raises(ng.AxisError, match="unstack: axis 0 is out of bounds"):
        ng.unstack(np.array(1.0))
