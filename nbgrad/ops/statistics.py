"""Variances, standard deviations and cumulative sums over axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import at_users_line, names_users_line, warn_user
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from .axes import Axis, first_of, norm_axis
from .base import Operand, OverAxes, Value, apply, as_input, plain, short, within_rules
from .comparison import where as choose
from .kink import slope_at_zero
from .norm import bounds, scaled_length, vector_norm
from .precision import floating, number, widened
from .reduction import Reduction, check_floating, chosen, count, mean, number_of, sum_
from .shape import AsType


@within_rules
class Centre(OverAxes):
    """y = x - mean x, over axes.

    An element is subtracted first, so that equal ones are 0 apart: their mean may be rounded.
    """

    formula = "gx = gy − mean gy"

    @names_users_line
    def forward(self, x: Any) -> Any:
        if not x.size:
            return x
        wide = widened(floating(x))
        d = wide - first_of(wide, self.axis)
        mean = d.mean(axis=self.axis, keepdims=True)
        if np.isfinite(mean).all():
            y = d - mean
        else:  # a power of two keeps sums and differences within range
            few = 2.0 ** -(x.size.bit_length() + 1)
            small = wide * number(few, wide)
            y = (small - small.mean(axis=self.axis, keepdims=True)) / number(few, wide)
        return y if x.dtype.kind != "f" else y.astype(x.dtype, copy=False)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return apply(Centre(self.axis), gy)


class Var(Reduction):
    """y = Σ (x - mean)² / (n - ddof)."""

    def __init__(self, axis: Axis = None, ddof: Any = 0, keepdims: bool = False) -> None:
        super().__init__(axis, keepdims)
        if ddof is None or isinstance(ddof, type):
            raise OperandError(
                f"{self.label}: ddof is a number, not {short(ddof)}: dtype and out go by name."
            )
        self.ddof = ddof

    def rule_text(self, rule: str) -> str:
        return super().rule_text(rule if self.ddof else rule.replace("(n − ddof)", "n"))

    def forward(self, x: Any) -> Any:
        with at_users_line(over="ignore"):  # mended below
            y = np.var(x, axis=self.axis, ddof=self.ddof, keepdims=self.keepdims)
        return self.sharpened(y, np.sqrt(y), x, lambda spread: spread * spread)

    def sharpened(self, y: Any, spread: Any, x: Any, of: Callable[[Any], Any]) -> Any:
        """Correct y where NumPy's formula is not exact: tiny spreads, extreme values."""
        if not x.size or not self.weight(x, y) < math.inf:
            return y
        low, high = bounds(spread.dtype, 2.0)
        first = np.absolute(first_of(x, self.axis)) * (1e3 * np.finfo(spread.dtype).eps)
        far = (spread < first.reshape(spread.shape)) | (spread < low) | (spread > high)
        if not far.any():
            return y
        c = apply(Centre(self.axis), np.asarray(x, np.result_type(x, np.float32)))
        exact = scaled_length(c, self.axis, self.keepdims) * math.sqrt(self.weight(x, y))
        return np.where(far, of(exact), y).astype(y.dtype)[()]

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        weight = self.unreduced(widened(gy) * (2.0 * self.weight(x, y)), x.shape)
        return apply(Centre(self.axis), widened(x)) * weight

    def weight(self, x: Value, y: Value) -> float:
        """Return 1 / (n - ddof)."""
        freedom = count(x, y) - self.ddof
        return 1.0 / freedom if freedom > 0 else math.inf


class Std(Var):
    """y = √(Σ (x - mean)² / (n - ddof))."""

    def forward(self, x: Any) -> Any:
        with at_users_line(over="ignore"):  # mended below
            y = np.std(x, axis=self.axis, ddof=self.ddof, keepdims=self.keepdims)
        return self.sharpened(y, y, x, lambda spread: spread)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        c, weight = apply(Centre(self.axis), widened(x)), self.weight(x, y)
        # Where y is 0, so is every deviation: dividing by 1 gives 0.
        share = c / self.unreduced(y + (plain(y) == 0), x.shape)
        g = share * self.unreduced(widened(gy) * weight, x.shape)
        slope = slope_at_zero(gy, y)
        return g if slope is None else g + c * self.unreduced(slope * weight, x.shape)


class CumSum(OverAxes):
    """y = the sum of x up to each element."""

    @names_users_line
    def forward(self, x: Any) -> Any:
        wide = {"e": np.float32, "f": np.float64}.get(x.dtype.char)
        y = np.cumsum(x, axis=self.axis, dtype=wide)
        return y if wide is None else y.astype(x.dtype)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        axis = self.axis or 0
        return np.flip(apply(CumSum(axis), np.flip(gy, axis)), axis).reshape(x.shape)


def _spread(
    operation: type[Var], of_deviations: Callable[..., Any], doc: str
) -> Callable[..., Variable]:
    """Return the public function of `Var` or `Std`.

    ``of_deviations`` computes it from the deviations, the axes, keepdims and n - ddof, where
    elements are left out or the mean is given.
    """

    def function(
        x: Operand,
        axis: Axis = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        correction: float | None = None,
        dtype: Any = None,
        where: Any = None,
        mean: Any = None,
    ) -> Variable:
        ddof = ddof if correction is None else correction
        check_floating(operation.public_name, dtype)
        x = chosen(x, None, 0.0, dtype)
        if mean is None and (where is None or np.all(plain(where))):
            return operation(axis, ddof, keepdims).on(x)
        x = as_input(x)
        if x.dtype == np.float16:
            wide = function(x, axis, ddof, keepdims, dtype=np.float32, where=where, mean=mean)
            return AsType(np.float16).on(wide)
        deviations, freedom = _deviations(x, axis, ddof, keepdims, where, mean)
        y: Variable = of_deviations(deviations, axis, keepdims, freedom)
        return y

    function.__doc__ = doc
    return function


def _deviations(
    x: Variable, axis: Axis, ddof: float, keepdims: bool, where: Any, centre: Any
) -> tuple[Variable, Any]:
    """Return the deviations of the included elements from their mean, and n - ddof."""
    deviations = x - (mean(x, axis, True, where=where) if centre is None else centre)
    if where is not None:
        deviations = choose(where, deviations, 0.0)
    freedom = number_of(x, True if where is None else where, axis, keepdims) - ddof
    if np.any(freedom <= 0):
        warn_user("Degrees of freedom <= 0 for slice.")
    return deviations, np.where(freedom > 0, freedom, np.nan).astype(deviations.dtype)


var = _spread(
    Var,
    lambda d, axis, keepdims, freedom: sum_(d * d, axis, keepdims) / freedom,
    "Variance over axes: Σ (x - mean)² / (n - ddof).",
)
std = _spread(
    Std,
    lambda d, axis, keepdims, freedom: vector_norm(d, axis, keepdims) / np.sqrt(freedom),
    "Compute the standard deviation over axes: the root of the variance.",
)


def cumsum(x: Operand, axis: int | None = None, *, dtype: Any = None) -> Variable:
    """Cumulative sum along an axis."""
    return CumSum(norm_axis(axis)).on(chosen(x, None, 0.0, dtype))
