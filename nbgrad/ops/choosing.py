"""Choosing and repairing values, elementwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import InPlaceError, OperandError, ShapeError
from nbgrad.engine.operation import binary
from nbgrad.engine.variable import Variable

from .base import Operand, Operation, Value, alike, as_input, as_operand, keep, plain
from .comparison import share, where
from .indexing import add_at
from .rounding import no_slope
from .shape import assigned, broadcast_to


class FMax(Operation, forward=np.fmax):
    """y = the larger one of x0 and x1; the other one of a nan."""

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return _to_the_chosen(gy, plain(y), plain(x0), plain(x1))

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return _to_the_chosen(gy, plain(y), plain(x1), plain(x0))


class FMin(FMax, forward=np.fmin):
    """y = the smaller one of x0 and x1; the other one of a nan."""


def _to_the_chosen(gy: Value, y: Any, x: Any, other: Any) -> Value:
    """Pass a gradient to x where it was chosen; half of it where both are equal or nan."""
    ties = (x == other) | (np.isnan(x) & np.isnan(other))
    return share((x == y) & ~ties, ties, gy)


class CopySign(Operation, forward=np.copysign):
    """y = |x0| with the sign of x1."""

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return gy * np.sign(plain(x0)) * np.copysign(plain(y).dtype.type(1), plain(x1))

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return no_slope(gy, x0, x1)


class Heaviside(Operation, forward=np.heaviside):
    """y = 0 where x0 < 0, 1 where x0 > 0, and x1 where x0 = 0."""

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return no_slope(gy, x0, y)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return keep(np.equal(plain(x0), 0), gy)  # of a number too


class NanToNum(Operation):
    """y = x with numbers in the place of nan and infinities."""

    def __init__(self, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None):
        self.nan, self.posinf, self.neginf = nan, posinf, neginf

    @names_users_line
    def forward(self, x: Any) -> Any:
        return np.nan_to_num(x, nan=self.nan, posinf=self.posinf, neginf=self.neginf)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return keep(np.isfinite(plain(x)), gy)


fmax = binary(FMax(), "Larger of two operands, elementwise, ignoring nan.")
fmin = binary(FMin(), "Smaller of two operands, elementwise, ignoring nan.")
copysign = binary(
    CopySign(), "Magnitude of the first operand with the sign of the second, elementwise."
)
heaviside = binary(Heaviside(), "Unit step, elementwise: 0 for x0 < 0, 1 for x0 > 0, x1 at 0.")


def nan_to_num(
    x: Operand,
    copy: bool = True,
    nan: Operand = 0.0,
    posinf: Operand | None = None,
    neginf: Operand | None = None,
) -> Variable:
    """Replace nan by zero and infinities by large finite numbers.

    Parameters
    ----------
    copy : bool
        True: the result is always a new array.
    nan, posinf, neginf : Variable, array or number, optional
        What stands for nan, inf and -inf; the largest numbers of the dtype for infinities.

    Raises
    ------
    InPlaceError
        For ``copy=False``.
    """
    if not copy:
        raise InPlaceError(
            "nan_to_num(copy=False) would write into the array of x, which the graph needs. "
            "Write y = ng.nan_to_num(x)."
        )
    y = NanToNum(plain(nan), plain(posinf), plain(neginf)).on(x)
    for value, missing in ((nan, np.nan), (posinf, np.inf), (neginf, -np.inf)):
        if isinstance(value, Variable):
            mask = np.isclose(plain(as_operand(x)), missing, equal_nan=True)
            y = where(mask, assigned(value, y.dtype), y)
    return y


def select(
    condlist: Sequence[Any], choicelist: Sequence[Operand], default: Operand = 0
) -> Variable:
    """Choose each element by the first condition that holds.

    Parameters
    ----------
    condlist : sequence of arrays of bool
    choicelist : sequence of Variables, arrays and numbers
        One for each condition; they broadcast with the conditions.
    default : Variable, array or number
        What stands where no condition holds.

    Raises
    ------
    ShapeError
        If the numbers of conditions and choices differ, or they do not broadcast.
    """
    conditions = [plain(c) for c in condlist]
    if len(conditions) != len(choicelist) or not conditions:
        raise ShapeError(
            f"select needs one choice for each condition, not {len(choicelist)} for "
            f"{len(conditions)}."
        )
    *choices, y = alike([*choicelist, default], weak_integers=True)
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        y = where(condition, choice, y)
    return as_input(y)


def piecewise(
    x: Operand, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any
) -> Variable:
    """Evaluate a piecewise-defined function; where several conditions hold, the last one counts.

    Parameters
    ----------
    condlist : sequence of arrays of bool, of x's shape
    funclist : sequence of callables, Variables and numbers
        One for each condition, and perhaps one more for the elements where none holds. A
        function is called with these elements alone, and with the further arguments.
    *args, **kw
        For the functions.

    Raises
    ------
    OperandError
        If there is neither one function for each condition nor one more.
    """
    x = as_input(x)
    conditions = np.asarray(plain(condlist) if isinstance(condlist, Variable) else condlist, bool)
    if conditions.ndim == x.ndim:
        conditions = conditions[None]
    if len(funclist) == len(conditions) + 1:
        conditions = np.concatenate([conditions, ~conditions.any(axis=0, keepdims=True)])
    if len(funclist) != len(conditions):
        raise OperandError(
            f"piecewise needs one function for each condition, and perhaps one more, not "
            f"{len(funclist)} for {len(conditions)}."
        )
    y: Any = None
    later = np.zeros(x.shape, bool)
    for condition, f in reversed(list(zip(conditions, funclist, strict=True))):
        mask = condition & ~later
        later |= condition
        if not mask.any():
            continue
        part = f(x[mask], *args, **kw) if callable(f) else f
        part = broadcast_to(assigned(part, x.dtype), np.count_nonzero(mask))
        part = add_at(part, mask, x.shape)
        y = part if y is None else where(mask, part, y)
    return where(np.False_, x, np.zeros((), x.dtype)) if y is None else as_input(y)
