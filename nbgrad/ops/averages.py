"""Averages, spans and covariances."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.arrays import as_array
from nbgrad.engine.errors import OperandError, ShapeError, ZeroWeightsError, describe
from nbgrad.engine.variable import Variable

from .axes import Axis, first_of, norm_axis
from .base import Operand, alike, as_input, as_operand, plain, usually
from .comparison import clip, where
from .linear import matmul
from .norm import norm
from .precision import floating, narrowed, widened, within_limits
from .reduction import max_, mean, min_, sum_
from .shape import astype
from .stacking import vstack
from .statistics import Centre


def average(
    a: Operand,
    axis: Axis = None,
    weights: Operand | None = None,
    returned: bool = False,
    keepdims: bool = False,
) -> Any:
    """Weighted average over axes: Σ w · a / Σ w.

    Parameters
    ----------
    weights : Variable or array, optional
        Of a's shape, or of the shape of the axes alone; the mean without weights if left out.
    returned : bool
        Return the sum of the weights too.

    Returns
    -------
    Variable, or a pair of them with ``returned``

    Raises
    ------
    ShapeError
        If the weights have neither a's shape nor that of the axes.
    ZeroWeightsError
        If the weights have the sum 0.
    """
    a = as_operand(a)
    if plain(a).dtype.kind != "f":
        a = astype(a, np.float64)
    if weights is None:
        y: Any = mean(a, axis, keepdims)
        if not y.size:
            raise ZeroWeightsError(
                f"average: along axis={axis} shape {np.shape(plain(a))} has no average."
            )
        number = np.size(plain(a)) / y.size
        total: Any = np.full(y.shape, number, y.dtype) if returned else None
    else:
        w = as_operand(weights)
        w = w if isinstance(w, Variable) else as_array(w)
        w = _laid_along(w, np.shape(plain(a)), axis)
        if plain(w).dtype.kind != "f":
            w = astype(w, np.result_type(plain(w), plain(a)))
        full = w + np.zeros(np.shape(plain(a)), plain(w).dtype)
        total = sum_(full, axis, keepdims)
        if not usually(np.all(plain(total) != 0)):
            raise ZeroWeightsError(
                f"average: weights of shape {w.shape} have the sum 0: there is no average with them."
            )
        if usually(within_limits(plain(a)) & within_limits(plain(w))):
            y = sum_(a * w, axis, keepdims) / total
        else:  # products, and a sum of weights, that are out of range have an average within it
            y = sum_(a * _shares(full, axis), axis, keepdims)
        first = first_of(plain(a), axis)
        differ = np.any(plain(a) != first, norm_axis(axis))
        if not usually(np.all(differ) | ~np.all(np.isfinite(plain(a)))):
            # The average of equal ones may be rounded; that of their distances is 0.
            d = sum_((a - first) * _shares(full, axis), axis, keepdims)
            y = plain(y) + (d - plain(d))
    return (y, as_input(total)) if returned else y


def _shares(w: Any, axis: Axis) -> Any:
    """Return weights with the sum 1, at any scale."""
    exponent = int(np.frexp(np.max(np.absolute(plain(w))))[1])
    halves = -exponent // 2, -exponent - -exponent // 2  # 2**1074 is out of range itself
    for half in halves:
        w = w * np.ldexp(w.dtype.type(1), half)
    return w / sum_(w, axis, True)


def _laid_along(w: Any, shape: tuple[int, ...], axis: Axis) -> Any:
    """Give weights for some axes alone the shape that broadcasts to a's."""
    if w.shape == shape:
        return w
    axes = norm_axis(axis)
    chosen = (axes,) if isinstance(axes, int) else axes
    n = len(shape)
    if chosen is None or w.shape != tuple(shape[i] for i in chosen):
        raise ShapeError(
            f"average: weights of shape {w.shape} for an array of shape {shape} and "
            f"axis={axis}: they have the array's shape, or that of the axes."
        )
    order = sorted(range(len(chosen)), key=lambda i: chosen[i] % n)
    places = {a % n for a in chosen}
    return w.transpose(order).reshape([shape[i] if i in places else 1 for i in range(n)])


def ptp(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Range over axes: the largest element minus the smallest (peak to peak)."""
    high, low = max_(x, axis, keepdims), min_(x, axis, keepdims)
    nan = np.isnan(plain(low))
    # The gradients of the largest and the smallest one would cancel at a nan, which is both.
    return high - low if usually(~np.any(nan)) else high - where(nan, 0, low)


def cov(
    m: Operand,
    y: Operand | None = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Operand | None = None,
    *,
    dtype: Any = None,
) -> Variable:
    """Covariance matrix of variables, each with its observations.

    Parameters
    ----------
    m : Variable or array, shape (variables, observations) or (observations,)
    y : Variable or array, optional
        Further variables.
    bias : bool
        Divide by n in place of n - 1.
    ddof : int, optional
        Divide by n - ddof.
    fweights : array of int, optional
        How often each observation counts.
    aweights : Variable or array, optional
        How much each observation counts.
    dtype : floating dtype, optional
        Convert the observations to it first.

    Returns
    -------
    Variable, shape (variables, variables), or () for one
    """
    rows = _all_in_rows(m, y, rowvar, dtype)
    x: Any = widened(rows)
    free = (0 if bias else 1) if ddof is None else ddof
    w: Any = None
    if fweights is not None:
        w = _one_for_each("fweights", plain(as_operand(fweights)), x.shape[1]).astype(x.dtype)
        if np.any(w != np.rint(w)):
            raise OperandError("cov: fweights are whole numbers; aweights may be any.")
    if aweights is not None:
        aweights = _one_for_each("aweights", aweights, x.shape[1])
        w = aweights if w is None else aweights * w
    if w is None:
        total: Any = x.shape[1]
        lost: Any = float(free)
        weighted = centred = Centre(1).on(x)
    else:
        total = sum_(w)
        x = x - first_of(plain(x), 1)  # equal ones are 0 apart: their average may be rounded
        centred = x - sum_(x * w, 1, True) / total
        weighted = centred * w
        lost = free * sum_(w * aweights) / total if aweights is not None and free else float(free)
    rest = total - lost
    c = matmul(weighted, centred.T) / (rest if np.all(plain(rest) > 0) else rest - rest)
    return _matrix(c, rows)


def _one_for_each(name: str, weights: Operand, n: int) -> Any:
    """Return the weights of n observations."""
    (w,) = alike([weights])
    if w.shape != (n,) or not usually(np.all(plain(w) >= 0)):
        raise ShapeError(
            f"cov: {name} are {n} numbers, one for each observation and none of them negative: not "
            f"{describe(w)}."
        )
    return w


def _all_in_rows(m: Operand, y: Operand | None, rowvar: bool, dtype: Any) -> Variable:
    x = _in_rows(m, rowvar, dtype)
    return x if y is None else vstack([x, _in_rows(y, rowvar, dtype)])


def _in_rows(m: Operand, rowvar: bool, dtype: Any) -> Variable:
    x: Variable = floating(as_input(m) if dtype is None else astype(m, dtype))
    if x.ndim > 2:
        raise ShapeError(f"cov needs one or two dimensions, not shape {x.shape}.")
    if x.ndim < 2:
        return x.reshape(1, -1)
    return x if rowvar or x.shape[0] == 1 else x.T


def _matrix(c: Variable, rows: Variable) -> Variable:
    """Return what was computed of rows in their dtype; of one row it is a number."""
    return narrowed(c.reshape(()) if c.size == 1 else c, rows)  # type: ignore[no-any-return]


def corrcoef(
    x: Operand, y: Operand | None = None, rowvar: bool = True, *, dtype: Any = None
) -> Variable:
    """Correlation coefficients: covariances divided by both standard deviations.

    Parameters
    ----------
    x : Variable or array, shape (variables, observations) or (observations,)
    y : Variable or array, optional
        Further variables.
    dtype : floating dtype, optional
        Convert the observations to it first.

    Returns
    -------
    Variable, shape (variables, variables), or () for one
    """
    rows = _all_in_rows(x, y, rowvar, dtype)
    centred = Centre(1).on(widened(rows))
    # Of length 1 at any scale; nan where all are equal.
    directions = centred / norm(centred, axis=1, keepdims=True)
    return _matrix(clip(matmul(directions, directions.T), -1.0, 1.0), rows)
