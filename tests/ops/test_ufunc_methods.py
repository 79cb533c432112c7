"""Methods of ufuncs that no operation answers at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng

NAMES = [
    "divide",
    "copysign",
    "logaddexp2",
    "hypot",
    "fmod",
    "float_power",
    "subtract",
    "heaviside",
]
SMALL: dict[str, Any] = {
    "a number": (np.array(3), {}),
    "no elements along the other axis": (np.ones((3, 0), int), {"axis": 0}),
    "small integers": (np.array([[3, 2], [2, 1]], np.uint8), {"axis": 1, "keepdims": True}),
    "integers and a start": (np.array([3, 2]), {"initial": 2}),
    "a start alone": (np.ones((0, 3), np.float32), {"initial": 1.5, "keepdims": True}),
    "a start of several": (np.ones((3, 0)), {"axis": 1, "initial": 1.0}),
}


@pytest.mark.parametrize("how", SMALL)
@pytest.mark.parametrize("name", NAMES)
def test_a_reduction_is_of_numpys_dtype_and_shape(name: str, how: str) -> None:
    x, settings = SMALL[how]
    ufunc = getattr(np, name)
    ours, numpys = ufunc.reduce(ng.Variable(x), **settings), ufunc.reduce(x, **settings)
    assert (ours.dtype, ours.shape) == (numpys.dtype, numpys.shape)
    np.testing.assert_allclose(ours.data, numpys, rtol=1e-3 if numpys.dtype == "e" else 1e-6)


@pytest.mark.parametrize("name", ["accumulate", "reduce"])
def test_whole_numbers_are_divided(name: str) -> None:
    x = np.array([7, 2, 2])
    y = getattr(np.divide, name)(ng.Variable(x))
    assert y.data.tolist() == getattr(np.divide, name)(x).tolist()


def test_what_has_no_element_is_the_identity_or_refused() -> None:
    assert np.logaddexp2.reduce(ng.Variable(np.ones((3, 0))), axis=1).data.tolist() == [-np.inf] * 3
    with pytest.raises(ng.ShapeError, match=r"np\.fmod\.reduce: zero-size array .* no identity"):
        np.fmod.reduce(ng.Variable(np.zeros(0)))
    with pytest.raises(ng.AxisError, match=r"np\.fmod\.reduce: axis 3 is out of bounds"):
        np.fmod.reduce(ng.Variable(np.zeros(2)), axis=3)
