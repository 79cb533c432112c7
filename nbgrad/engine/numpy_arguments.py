"""Arguments of NumPy's functions that an operation does not take, or has elsewhere.

In ``np.sum(x, 0, float)`` the third argument is dtype, where ``ng.sum`` has keepdims: it is passed
by NumPy's name, and refused by that name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from .errors import DataTypeError, UnsupportedFunctionError, listed
from .unsupported import in_place_error

SAME_ARGUMENTS = 2
"""How many first arguments mean the same here and in NumPy."""

ADVICE = {
    "dtype": "Convert with x.astype(dtype).",
    "where": "Choose elements first: x[mask], or ng.where(mask, x, 0.0).",
    "reflect_type": "Make the margin yourself and join it with ng.concatenate([margin, x], axis).",
    **dict.fromkeys(("full", "cov"), "Compute what else np.polyfit gives from a fit of x.data."),
    "interpolation": "Its name is method.",
    "descending": "Turn the sorted elements round: np.flip(np.sort(x, axis), axis).",
    "bias": "np.corrcoef divides it out: leave it out.",
    "ddof": "np.corrcoef divides it out: leave it out.",
    "order": "A Variable has one memory layout: leave it out.",
    "out": "An array cannot remember the graph: give the result a name instead.",
    "newshape": "Its name is shape.",
    **dict.fromkeys(("a", "arr", "ary"), "Give the array first, without a name."),
    "ndmin": "Write y[None] for one more dimension.",
}


def in_our_order(
    theirs: Callable[..., Any], ours: Callable[..., Any], args: tuple[Any, ...], kwargs: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of NumPy's function as ours takes them."""
    names, known, named, first = _ordered(theirs), _ordered(ours), dict(kwargs), list(args)
    for name in names[len(first) : SAME_ARGUMENTS]:
        if name not in named or name in known:
            break
        first.append(named.pop(name))  # np.sum(a=x)
    for i in range(SAME_ARGUMENTS, min(len(first), len(names)) if known else 0):
        if names[i : i + 1] != known[i : i + 1]:
            named.update(zip(names[i:], first[i:], strict=False))
            return tuple(first[:i]), named
    return tuple(first), named


def has_parameters(function: Callable[..., Any], names: Iterable[str]) -> bool:
    """Whether a function has parameters of these names."""
    known = parameters_of(function)
    return known.keys() >= set(names) or any(p.kind is p.VAR_KEYWORD for p in known.values())


def refuse_unknown(name: str, ours: Callable[..., Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments that our function takes; NumPy's defaults are left out.

    Raises
    ------
    UnsupportedFunctionError
        Naming the function, what it does not take and what it takes.
    """
    if has_parameters(ours, kwargs):
        return kwargs
    if kwargs.get("out") is not None:
        raise in_place_error(name) from None
    known = parameters_of(ours)
    unknown = [k for k, v in kwargs.items() if k not in known and not _is_default(k, v)]
    if unknown:
        optional = listed(k for k, p in known.items() if isinstance(p.default, _WRITTEN_OUT))
        takes = f" (only {optional})" if optional else ""
        advice = " ".join(ADVICE.get(k, f"Leave {k} out.") for k in unknown)
        raise UnsupportedFunctionError(
            f"{name} on a Variable takes no {listed(unknown)}{takes}. {advice}"
        ) from None
    return {k: v for k, v in kwargs.items() if k in known}


_WRITTEN_OUT = (int, float, str, type(None))
"""Types of the defaults that are real values; other types are NumPy's markers for "not given"."""


_NO_MATTER = {
    "overwrite_input", "kind", "stable", "copy", "subok", "writeable", "device", "tol", "casting",
}  # fmt: skip
"""Arguments that change how NumPy computes or keeps the result, not what it is of real numbers."""


def _is_default(name: str, value: Any) -> bool:
    if name in _NO_MATTER:
        return True
    if isinstance(value, str):
        return (name, value) in (("reflect_type", "even"), ("order", "K"), ("order", "C"))
    return value is None or (name == "where" and value is True)


@lru_cache(maxsize=512)
def parameters_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return what a function takes; nothing where that is unknown, as of some of NumPy's."""
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


@lru_cache(maxsize=512)
def _ordered(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the positional parameters; none where there may be any number."""
    parameters = parameters_of(function).values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return ()
    return tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)


def in_dtype(ufunc: np.ufunc, inputs: tuple[Any, ...], kwargs: Any) -> tuple[Any, ...]:
    """Return operands in the floating dtype that a call of a ufunc asks for, which is taken out.

    Raises
    ------
    DataTypeError
        Where the call's ``casting`` forbids it, as NumPy does.
    """
    dtype = np.dtype(kwargs["dtype"]) if kwargs.get("dtype") is not None else None
    if dtype is None or dtype.kind != "f":
        return inputs
    if f"{dtype.char * ufunc.nin}->{dtype.char * ufunc.nout}" not in ufunc.types:
        return inputs
    casting, converted = kwargs.get("casting", "same_kind"), []
    for x in inputs:
        x = x if hasattr(x, "astype") else np.asarray(x, dtype)
        if not np.can_cast(x.dtype, dtype, casting):
            raise DataTypeError(
                f"np.{ufunc.__name__}: {x.dtype} does not become {dtype} by {casting!r} casting."
            )
        converted.append(x if x.dtype == dtype else x.astype(dtype))
    del kwargs["dtype"]
    return tuple(converted)
