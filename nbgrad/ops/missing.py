"""Reductions that leave out nan, the mark of a missing value: it gets the gradient 0."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import warn_user
from nbgrad.engine.variable import Variable

from . import reduction, statistics
from .accumulation import cumprod
from .axes import Axis, norm_axis
from .base import Operand, as_operand, plain
from .comparison import where as choose
from .prod import prod


def present(x: Operand, where: Any = None) -> Any:
    """Return which elements count: those that are not nan."""
    mask = ~np.isnan(plain(as_operand(x)))
    return mask if where is None else mask & np.asarray(plain(where), bool)


def _documented(of_the_present: Any, function: Callable[..., Variable], doc: str) -> Any:
    """Give a function the signature of the one that it calls, and a docstring."""
    of_the_present.__signature__ = inspect.signature(function)
    of_the_present.__doc__ = doc
    return of_the_present


def _ignoring_nan(function: Callable[..., Variable], doc: str) -> Callable[..., Variable]:
    """Return a reduction over the elements that are not nan: those of `function`'s ``where``."""

    def reduction_of_the_present(x: Operand, *args: Any, where: Any = None, **kwargs: Any) -> Any:
        if plain(as_operand(x)).dtype.kind == "f":  # integers stay integers
            where = present(x, where)
            if not where.ndim:  # np.nanmean counts a number along its axis 0; np.mean has none
                args, kwargs = _without_axis(args, kwargs)
        return function(x, *args, where=where, **kwargs)

    return _documented(reduction_of_the_present, function, doc)  # type: ignore[no-any-return]


def _without_axis(args: Any, kwargs: Any) -> tuple[Any, Any]:
    """Return arguments of a reduction of a number, without axis 0."""
    if args and args[0] in (0, -1):
        return (None, *args[1:]), kwargs
    if kwargs.get("axis") in (0, -1):
        return args, {**kwargs, "axis": None}
    return args, kwargs


nansum = _ignoring_nan(reduction.sum_, "Sum over axes, ignoring nan.")
nanprod = _ignoring_nan(prod, "Product over axes, ignoring nan.")
nanmean = _ignoring_nan(
    reduction.mean, "Arithmetic mean over axes, ignoring nan; nan where all elements are."
)
nanvar = _ignoring_nan(statistics.var, "Variance over axes, ignoring nan.")
nanstd = _ignoring_nan(statistics.std, "Standard deviation over axes, ignoring nan.")


def _extreme_ignoring_nan(
    extreme: Callable[..., Variable], beyond: float, doc: str
) -> Callable[..., Variable]:
    """Return `max` or `min` without nan; no element exceeds ``beyond``."""

    def extreme_of_the_present(
        x: Operand, axis: Axis = None, keepdims: bool = False, **further: Any
    ) -> Variable:
        mask = present(x)
        if mask.all():
            return extreme(x, axis, keepdims, **further)
        y = extreme(choose(mask, x, beyond), axis, keepdims, **further)
        empty = ~mask.any(axis=norm_axis(axis), keepdims=keepdims)
        if further.get("initial") is not None or not np.any(empty):
            return y
        warn_user("All-NaN slice encountered")
        return choose(empty, np.nan, y)

    return _documented(extreme_of_the_present, extreme, doc)  # type: ignore[no-any-return]


nanmax = _extreme_ignoring_nan(
    reduction.max_, -np.inf, "Largest element over axes, ignoring nan; nan where all elements are."
)
nanmin = _extreme_ignoring_nan(
    reduction.min_, np.inf, "Smallest element over axes, ignoring nan; nan where all elements are."
)


def _cumulative(
    function: Callable[..., Variable], neutral: float, doc: str
) -> Callable[..., Variable]:
    """Return a cumulative sum or product in which nan changes nothing."""

    def cumulative(x: Operand, axis: int | None = None, *, dtype: Any = None) -> Variable:
        if plain(as_operand(x)).dtype.kind == "f":
            x = choose(present(x), x, neutral)
        return function(x, axis, dtype=dtype)

    return _documented(cumulative, function, doc)  # type: ignore[no-any-return]


nancumsum = _cumulative(statistics.cumsum, 0.0, "Cumulative sum along an axis, with nan as 0.")
nancumprod = _cumulative(cumprod, 1.0, "Cumulative product along an axis, with nan as 1.")
