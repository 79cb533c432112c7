"""Values at points: evenly spaced ones, interpolated ones, and those of a polynomial."""

from __future__ import annotations

from operator import index
from typing import Any, ClassVar

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import ShapeError
from nbgrad.engine.variable import Variable

from .arithmetic import pow_
from .base import Operand, Operation, Value, alike, apply, as_input, as_operand, plain
from .indexing import AddAt
from .joining import concatenate
from .precision import joint_dtype
from .rounding import remainder
from .shape import expand_dims, summed_over, summed_to
from .stacking import broadcast_arrays


class LinSpace(Operation, numpy=np.linspace):
    """y = numbers evenly spaced from x0 to x1."""

    numpy: ClassVar[Any]

    def __init__(self, num: int = 50, endpoint: bool = True, axis: int = 0) -> None:
        self.num, self.endpoint, self.axis = num, endpoint, axis

    @names_users_line
    def forward(self, x0: Any, x1: Any) -> Any:
        y = self.numpy(x0, x1, self.num, self.endpoint, axis=self.axis)
        return y.astype(joint_dtype(x0, x1), copy=False)

    def share(self, gy: Value) -> Any:
        """Return how much of x1 is in each number, along the axis."""
        t = np.linspace(0.0, 1.0, self.num, self.endpoint).astype(plain(gy).dtype)
        return t.reshape(-1, *(1,) * (gy.ndim - 1 - self.axis % gy.ndim))

    @names_users_line
    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return self.along(gy * (1.0 - self.share(gy)), y, x0)

    @names_users_line
    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return self.along(gy * self.share(gy), y, x1)

    def along(self, g: Value, y: Value, end: Value) -> Value:
        """Return the gradient of an end from its share in the gradient of each number."""
        return summed_to(summed_over(g, self.axis), end.shape)


class GeomSpace(LinSpace, numpy=np.geomspace):
    """y = numbers from x0 to x1 whose logarithms are evenly spaced."""

    def along(self, g: Value, y: Value, end: Value) -> Value:
        """Return Σ g · y / end: the numbers themselves may have a sum beyond the dtype."""
        g, y = np.moveaxis(g, self.axis, 0), np.moveaxis(y, self.axis, 0)
        return summed_to(summed_over(g * (y / end), 0), end.shape)


_NUMBERS = """

Parameters
----------
start, stop : Variable, array or number, that broadcast
num : int
    How many.
endpoint : bool
    Whether the last one is ``stop``.
{more}dtype : floating dtype, optional
axis : int
    Along which axis of the result, if the ends are arrays.

Returns
-------
Variable{several}
"""


def linspace(
    start: Operand,
    stop: Operand,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Numbers evenly spaced over an interval."""
    first, last = alike([start, stop])
    y = _of_dtype(LinSpace(index(num), bool(endpoint), axis).on(first, last), dtype)
    if not retstep:
        return y
    parts = num - 1 if endpoint else num
    return y, as_input((last - first) / parts if parts > 0 else np.nan)


def geomspace(
    start: Operand,
    stop: Operand,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Variable:
    """Numbers spaced evenly on a logarithmic scale: a geometric progression."""
    return _of_dtype(GeomSpace(index(num), bool(endpoint), axis).on(*alike([start, stop])), dtype)


def logspace(
    start: Operand,
    stop: Operand,
    num: int = 50,
    endpoint: bool = True,
    base: Operand = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Variable:
    """Numbers spaced evenly on a logarithmic scale, from base ** start to base ** stop."""
    if np.ndim(plain(base)):  # it stands beside the numbers of its ends
        start, stop, base = broadcast_arrays(start, stop, base)
        base = expand_dims(base, axis)
    return _of_dtype(pow_(base, linspace(start, stop, num, endpoint, axis=axis)), dtype)


def _of_dtype(y: Variable, dtype: Any) -> Variable:
    return y if dtype is None or y.dtype == dtype else y.astype(dtype)


linspace.__doc__ = f"{linspace.__doc__}" + _NUMBERS.format(
    more="retstep : bool\n    Return the distance too.\n",
    several=", or a pair of them with ``retstep``",
)
geomspace.__doc__ = f"{geomspace.__doc__}" + _NUMBERS.format(more="", several="")
logspace.__doc__ = f"{logspace.__doc__}" + _NUMBERS.format(
    more="base : Variable, array or number\n", several=""
)


class Interp(Operation):
    """y = x0 read off the lines between the points (x1, x2)."""

    def __init__(self, left: Any = None, right: Any = None) -> None:
        self.left, self.right = left, right

    def forward(self, x0: Any, x1: Any, x2: Any) -> Any:
        # NumPy's `interp` has nothing wider than float64.
        a, xp, fp = (x.astype(float) if x.dtype.itemsize > 8 else x for x in (x0, x1, x2))
        y = np.interp(a, xp, fp, self.left, self.right)
        return y.astype(joint_dtype(x0, x1, x2), copy=False)[()]

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value, x2: Value) -> Value:
        inside, i = self.segment(x0, x1)
        g = np.where(inside, gy * ((x2[i + 1] - x2[i]) / (x1[i + 1] - x1[i])), 0.0)
        nan = np.isnan(plain(x0))
        return np.where(nan, np.nan, g) if nan.any() else g

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value, x2: Value) -> Value:
        inside, i = self.segment(x0, x1)
        width = x1[i + 1] - x1[i]
        slope = np.where(inside, gy * ((x2[i + 1] - x2[i]) / width), 0.0)
        share = np.where(inside, (x0 - x1[i]) / width, 0.0)
        return -(_put(slope * (1.0 - share), i, x1) + _put(slope * share, i + 1, x1))

    def gx2(self, gy: Value, y: Value, x0: Value, x1: Value, x2: Value) -> Value:
        inside, i = self.segment(x0, x1)
        share = np.where(inside, (x0 - x1[i]) / (x1[i + 1] - x1[i]), 0.0)
        g = _put(np.where(inside, gy * (1.0 - share), 0.0), i, x2)
        g = g + _put(np.where(inside, gy * share, 0.0), i + 1, x2)
        if self.left is None:
            g = g + _put(np.where(plain(x0) < plain(x1)[0], gy, 0.0), i * 0, x2)
        if self.right is None:
            g = g + _put(np.where(plain(x0) > plain(x1)[-1], gy, 0.0), i * 0 + len(x2) - 1, x2)
        return g

    def segment(self, x0: Value, x1: Value) -> tuple[Any, Any]:
        """Return whether a number is between two points, and which one is the first of them."""
        x, points = plain(x0), plain(x1)
        i = np.clip(np.searchsorted(points, x, side="right") - 1, 0, len(points) - 2)
        return ~((x < points[0]) | (x > points[-1])), i


def _put(g: Value, i: Any, like: Value) -> Value:
    """Add gradients up at the points that they belong to."""
    return apply(AddAt(np.asarray(i), like.shape), g)


def interp(
    x: Operand,
    xp: Operand,
    fp: Operand,
    left: float | None = None,
    right: float | None = None,
    period: float | None = None,
) -> Variable:
    """One-dimensional linear interpolation between points.

    Parameters
    ----------
    xp, fp : Variable or array, shape (n,) with n ≥ 2
        The points, with ascending ``xp``. Their gradients are computed too.
    left, right : number, optional
        What stands before the first and after the last point; their values by default.
    period : number, optional
        With it, the points are repeated, and need not ascend.

    Raises
    ------
    ShapeError
        If ``xp`` and ``fp`` are not of one length, or there are fewer than two points.
    """
    x, xp, fp = (a.astype(float) if a.dtype == bool else a for a in alike([x, xp, fp]))
    shapes = (xp.shape, fp.shape)
    if xp.ndim != 1 or shapes[0] != shapes[1] or len(xp) < 2:
        raise ShapeError(
            f"interp needs points xp and fp of one length, two or more, not of shapes "
            f"{shapes[0]} and {shapes[1]}."
        )
    if period is not None:
        x, xp, left, right = remainder(x, period), remainder(xp, period), None, None
        order = np.argsort(xp.data)
        xp, fp = xp[order], fp[order]
        xp = concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = concatenate([fp[-1:], fp, fp[:1]])
    return Interp(left, right).on(x, xp, fp)


def polyval(p: Operand, x: Operand) -> Variable:
    """Evaluate a polynomial, by Horner's rule.

    Parameters
    ----------
    p : Variable or array, shape (n,)
        The coefficients, that of the highest power first.
    """
    p, x = alike([p, as_operand(x)])
    y: Any = (x if len(p) < 2 else plain(x)) * 0  # 0 times an infinite slope would be NaN
    for i in range(len(p)):
        y = y * x + p[i] if i else y + p[0]
    return as_input(y)
