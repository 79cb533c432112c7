"""Interpolation and spaced numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import differences, leaf


def test_an_interpolation_needs_as_many_heights_as_points() -> None:
    with pytest.raises(ng.ShapeError, match="two or more"):
        np.interp(leaf(1.0, 2.0), [1.0], [1.0])


def test_interpolation_at_and_beyond_the_points() -> None:
    points, heights = np.array([0.0, 1.0, 3.0]), leaf(1.0, 3.0, 2.0, name="heights")
    x = leaf(-1.0, 0.0, 1.0, 3.0, 4.0)
    y = np.interp(x, points, heights)
    assert y.data.tolist() == [1, 1, 3, 2, 2]
    y.sum().backward()
    assert x.grad.tolist() == [0, 2, -0.5, -0.5, 0]
    assert heights.grad.tolist() == [2, 1, 2]


def test_the_points_of_an_interpolation_have_gradients_too() -> None:
    points, x = np.array([0.0, 1.0, 3.0]), np.array([-1.0, 0.3, 1.5, 2.9, 4.0])
    heights, weights = np.array([1.0, 3.0, 2.0]), np.array([1.0, -2.0, 3.0, 0.5, 2.0])
    given = [x, points, heights]
    for k in (0, 1, 2):

        def f(v: Any, k: int = k) -> Any:
            return (np.interp(*given[:k], v, *given[k + 1 :]) * weights).sum()

        (expected,) = differences(f, [given[k]])
        np.testing.assert_allclose(ng.grad(f)(given[k]), expected, rtol=1e-7, atol=1e-9)
        tangent = np.cos(np.arange(given[k].size))
        along = differences(lambda v, f=f, t=tangent: (ng.grad(f)(v) * t).sum(), [given[k]])[0]
        np.testing.assert_allclose(ng.hvp(f)(given[k], tangent), along, rtol=1e-6, atol=1e-8)


def test_large_numbers_have_their_gradients() -> None:
    """Neither the sum of all numbers nor a power of x is in them."""
    ends = [ng.Variable(np.array(v, np.float16)) for v in (28944.0, 41152.0)]
    np.geomspace(*ends, 5).backward()
    np.testing.assert_allclose([x.grad for x in ends], [2.7407, 2.2982], rtol=1e-3)
    x = ng.Variable(np.array(5e19, np.float32))
    np.polyval(np.array([1.0, -2.0, 0.5]), x).backward()
    np.testing.assert_allclose(x.grad, 1e20, rtol=1e-6)


def test_spaced_numbers_end_where_they_are_told_to() -> None:
    first, last = (ng.Variable(np.array(v)) for v in (0.1, 0.7))
    for f in (np.linspace, np.geomspace):
        y = f(first, last, 7)
        np.testing.assert_array_equal(y.data, f(0.1, 0.7, 7))
        assert y.data[-1] == 0.7
    y, step = np.linspace(first, last, 4, retstep=True)
    step.backward()
    np.testing.assert_allclose(step.data, 0.2)
    np.testing.assert_allclose(last.grad, 1 / 3)


@pytest.mark.parametrize("base", [np.array([2.0, 3.0, 5.0, 7.0]), np.array([[2.0], [3.0]])])
@pytest.mark.parametrize("axis", [0, -1])
def test_bases_of_a_scale_stand_beside_its_ends(base: Any, axis: int) -> None:
    start, stop = np.array(0.5), np.array([1.0, 2.0, 1.5, 0.7])

    def scale(start: Any, stop: Any, base: Any) -> Any:
        return ng.logspace(start, stop, 3, base=base, axis=axis)

    expected = np.logspace(start, stop, 3, base=base, axis=axis)
    np.testing.assert_allclose(scale(start, stop, base).data, expected)
    assert ng.gradcheck(scale, start, stop, base)


@pytest.mark.parametrize("spaced", [ng.linspace, ng.geomspace, ng.logspace])
def test_a_number_of_samples_is_whole(spaced: Any) -> None:
    assert spaced(1.0, 2.0, np.int8(3)).shape == (3,)
    with pytest.raises(ng.OperandError, match="An int is needed"):
        spaced(1.0, 2.0, 2.5)
