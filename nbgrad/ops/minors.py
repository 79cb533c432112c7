"""Minors of a few small matrices, each right whatever the scales of the elements.

A minor of k rows is expanded along its first row into those of k - 1 rows. Numbers are kept as
mantissa and exponent, and only terms of one sum are ever added: a large element takes no digits
from a minor that it is not in.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np

FAR = 2**15
"""A power of two beyond those of numbers."""
MAX_MINORS = 2**16
"""The most that are computed: those of five matrices of 8 rows, or of 900 of 4."""

Parts: TypeAlias = tuple[Any, Any]
"""Mantissas and exponents; that of 0 is below all others."""


def are_few(x: Any) -> bool:
    """Whether the minors of all matrices, `comb(2 n, n)` of each, are few enough to be computed."""
    n: int = x.shape[-1]
    return n < 16 and math.comb(2 * n, n) * math.prod(x.shape[:-2]) <= MAX_MINORS


def parts(x: Any, exponents: Any = 0) -> Parts:
    """Return x · 2^exponents, with mantissas from 1/2 to 1."""
    mantissa, own = np.frexp(x)
    return mantissa, np.where(mantissa == 0, -64 * FAR, exponents + own.astype(np.int64))


def shifted(x: Any, powers: Any) -> Any:
    """Return x · 2^powers, also where the powers are beyond those of numbers."""
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(x, np.clip(powers, -FAR, FAR).astype(np.intc))


def cofactors(x: Any) -> Any:
    """Return the cofactors of matrices of float64, shape (..., n, n)."""
    mantissas, exponents = _minors(x, x.shape[-1] - 1)
    # The complements of sets in lexicographic order are in the reverse of it.
    return shifted(mantissas[..., ::-1, ::-1] * _checkered(x.shape[-1]), exponents[..., ::-1, ::-1])


def cofactors_slope(x: Any, g: Any) -> Any:
    """Return the derivative of Σ g · (cofactors of x), both of float64, shape (..., n, n)."""
    n = x.shape[-1]
    pair, sign = _pairs(n)
    # In row k and column l: over all i and j, what is left without both rows and both columns.
    rows, columns = pair[:, None, :, None], pair[None, :, None, :]
    mantissas, exponents = (p[..., ::-1, ::-1][..., rows, columns] for p in _minors(x, n - 2))
    checkered = _checkered(n)
    signs = sign[:, None, :, None] * sign[None, :, None, :] * checkered
    g_mantissas, g_exponents = (p[..., None, None, :, :] for p in parts(g))
    terms = parts(mantissas * g_mantissas * signs, exponents + g_exponents)
    total, powers = _summed(*terms, axis=(-2, -1))
    return shifted(total * checkered, powers)


def _minors(x: Any, size: int) -> Parts:
    """Return the minors of matrices: sets of rows and of columns, in lexicographic order."""
    one = parts(np.ones((*x.shape[:-2], 1, 1)))
    elements = parts(x)
    found = elements if size else one
    for k in range(2, size + 1):
        sets, rest = _subsets(x.shape[-1], k)
        rows, left = sets[:, None, :1], rest[:, None, :1]
        mantissas = (
            elements[0][..., rows, sets] * found[0][..., left, rest] * (-1.0) ** np.arange(k)
        )
        exponents = elements[1][..., rows, sets] + found[1][..., left, rest]
        found = _summed(*parts(mantissas, exponents), axis=-1)
    return found


def _summed(mantissas: Any, exponents: Any, axis: Any) -> Parts:
    top = exponents.max(axis=axis, keepdims=True)
    total = shifted(mantissas, exponents - top).sum(axis=axis)
    return parts(total, top.reshape(total.shape))


@cache
def _subsets(n: int, k: int) -> tuple[Any, Any]:
    """Return the sets of k of n numbers, and the number of each set without one of its elements."""
    number = {chosen: i for i, chosen in enumerate(combinations(range(n), k - 1))}
    sets = list(combinations(range(n), k))
    rest = [[number[chosen[:i] + chosen[i + 1 :]] for i in range(k)] for chosen in sets]
    return np.array(sets), np.array(rest)


@cache
def _pairs(n: int) -> tuple[Any, Any]:
    """Return the number of each pair of n, in any order, and the sign of the order; 0 for no pair."""
    number, sign = np.zeros((n, n), np.intp), np.zeros((n, n))
    for i, (a, b) in enumerate(combinations(range(n), 2)):
        number[a, b] = number[b, a] = i
        sign[a, b], sign[b, a] = 1.0, -1.0
    return number, sign


def _checkered(n: int) -> Any:
    """Return the signs of cofactors."""
    at = np.arange(n)
    return (-1.0) ** (at[:, None] + at)
