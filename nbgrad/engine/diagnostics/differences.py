"""Central differences with a step that fits the input, and how far off they may be.

(f(x + h) − f(x − h)) / 2h is off by what h is too long for (f bends) and by what it is too
short for (f is rounded). Neither a step relative to x nor an absolute one is right
everywhere: log at 1e-6 needs the first, sin at 1e6 and exp at 1e-20 the second. So several
are tried where the first is not good enough, and the one with the smallest error is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from nbgrad.engine.scope_guard import ErrorState

EPS = float(np.finfo(np.float64).eps)
_SMALLEST = float(np.finfo(np.float64).smallest_subnormal)


class Difference(NamedTuple):
    """A derivative by differences.

    Attributes
    ----------
    value : float
    error : float
        An estimate of how far it is off: by rounding, and by the length of the step.
    size : float
        What the step was relative to.
    """

    value: float
    error: float
    size: float = 1.0


class _Central(NamedTuple):
    """One central difference, what rounding may have changed of it, and how much f bends."""

    value: float
    rounding: float
    bend: float
    moved: bool


def difference(
    outputs: Callable[..., list[Any]],
    values: list[Any],
    k: int,
    index: tuple[int, ...],
    step: float,
) -> Difference:
    """Return the derivative of the sum of ``outputs(*values)`` by one element of one argument.

    Parameters
    ----------
    outputs : callable
        Returns a list of arrays.
    values : list of array, float64
    k, index : int, tuple of int
        Which element of which argument.
    step : float
        How far to go, relative to the element; and absolutely, or relative to the argument's
        largest element, where that gives a better difference.
    """
    best, best_is_smooth, flat = Difference(np.nan, np.inf), False, False
    for size in _sizes(values[k], index):
        try:
            near = _central(outputs, values, k, index, step * size)
            far = _central(outputs, values, k, index, 2 * step * size)
        except (ArithmeticError, ValueError):
            if np.isnan(best.value):
                raise
            continue  # so far away, f refuses
        error = near.rounding + 2 * abs(near.value - far.value)
        # The slopes on both sides come closer as the step gets shorter, but not across a kink.
        smooth = not (near.bend > 0.7 * far.bend and near.bend > _KINK * abs(near.value))
        flat = flat or not (near.moved or far.moved)
        better = (smooth, -error) > (best_is_smooth, -best.error)
        if np.isnan(best.value) or better:
            error = np.inf if np.isnan(error) else error
            best, best_is_smooth = Difference(near.value, error, size), smooth
        if best_is_smooth and best.error <= _GOOD * abs(best.value):
            break
    if flat and not best_is_smooth:
        return Difference(0.0, 0.0, best.size)
    return best


_GOOD = 1e-5
"""An error that no other step needs to improve on, relative to the derivative."""
_KINK = 1e-2
"""Slopes on both sides that differ by more than this, relative to the derivative, may be a kink's."""


def _sizes(x: Any, index: tuple[int, ...]) -> Iterator[float]:
    """Yield what the step is tried relative to: an element, 1, the largest element."""
    finite = np.abs(x[np.isfinite(x)])
    tried: list[float] = []
    for size in (abs(float(x[index])), 1.0, float(finite.max(initial=0.0))):
        if size and np.isfinite(size) and not any(t / 10 < size < t * 10 for t in tried):
            tried.append(size)
            yield size


def size_of_results(
    outputs: Callable[..., list[Any]], values: list[Any], k: int, index: tuple[int, ...], h: float
) -> float:
    """Return how large the results are that change with an element; of all if none does."""
    _, results = _around(outputs, values, k, index, h)
    touched, all_of_it = np.sum([_sizes_of(*arrays) for arrays in zip(*results, strict=True)], 0)
    return float(touched or all_of_it) / 2


def _around(
    outputs: Callable[..., list[Any]], values: list[Any], k: int, index: tuple[int, ...], h: float
) -> tuple[list[float], list[list[Any]]]:
    """Return an element after, at and before it, and the results there."""
    at, results = [], []
    for way in (1, 0, -1):
        moved = list(values)
        moved[k] = values[k].copy()
        moved[k][index] += way * h
        at.append(float(moved[k][index]))
        with ErrorState(all="ignore"):
            results.append(outputs(*moved))
    return at, results


def _sizes_of(after: Any, here: Any, before: Any) -> tuple[float, float]:
    """Return the size of the results that differ, and of all."""
    size = np.abs(after) + np.abs(before)
    return float(np.sum(size[(after != here) | (before != here)])), float(np.sum(size))


def _central(
    outputs: Callable[..., list[Any]], values: list[Any], k: int, index: tuple[int, ...], h: float
) -> _Central:
    at, results = _around(outputs, values, k, index, h)
    if not at[0] > at[1] > at[2]:
        return _Central(np.nan, np.inf, 0.0, False)
    up, down, touched, all_of_it = 0.0, 0.0, 0.0, 0.0
    for after, here, before in zip(*results, strict=True):
        up += float(np.sum(after - here))
        down += float(np.sum(here - before))
        changed, everything = _sizes_of(after, here, before)
        touched += changed
        all_of_it += everything
    width = at[0] - at[2]
    # What the step has not changed is not rounded either, unless the step was too short for all.
    return _Central(
        (up + down) / width,
        4 * (EPS * (touched or all_of_it) + _SMALLEST) / width,
        abs(up / (at[0] - at[1]) - down / (at[1] - at[2])),
        bool(touched),
    )
