"""Arguments of NumPy's functions that a recorded operation does not take, or has elsewhere.

``np.sum(x, 0, float)`` gives the dtype third, where ``ng.sum`` has ``keepdims``: what stands
there is passed by NumPy's name for it, and refused by that name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from .errors import UnsupportedFunctionError, listed

ALIKE = 2
"""So many first arguments mean the same here and in NumPy."""

ADVICE = {
    "dtype": "Convert with x.astype(dtype).",
    "where": "Choose elements first: x[mask], or ng.where(mask, x, 0.0).",
    "out": "An array cannot remember the graph: give the result a name instead.",
}


def in_our_order(
    theirs: Callable[..., Any], ours: Callable[..., Any], args: tuple[Any, ...], kwargs: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of NumPy's function as ours takes them."""
    names, known, named, first = _ordered(theirs), _ordered(ours), dict(kwargs), list(args)
    for name in names[len(first) : ALIKE]:
        if name not in named or name in known:
            break
        first.append(named.pop(name))  # np.sum(a=x)
    for i in range(ALIKE, min(len(first), len(names)) if known else 0):
        if names[i : i + 1] != known[i : i + 1]:
            named.update(zip(names[i:], first[i:], strict=False))
            return tuple(first[:i]), named
    return tuple(first), named


def refuse_unknown(name: str, ours: Callable[..., Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments that our function takes; NumPy's defaults are left out.

    Raises
    ------
    UnsupportedFunctionError
        Naming the function, what it does not take and what it takes.
    """
    known = _parameters(ours)
    if kwargs.keys() <= known.keys() or any(p.kind is p.VAR_KEYWORD for p in known.values()):
        return kwargs
    unknown = [k for k, v in kwargs.items() if k not in known and not _is_default(k, v)]
    if unknown:
        optional = listed(k for k, p in known.items() if isinstance(p.default, _WRITTEN_OUT))
        takes = f" (only {optional})" if optional else ""
        advice = " ".join(ADVICE.get(k, f"Leave {k} out.") for k in unknown)
        raise UnsupportedFunctionError(
            f"{name} on a Variable takes no {listed(unknown)}{takes}. {advice}"
        )
    return {k: v for k, v in kwargs.items() if k in known}


_WRITTEN_OUT = (int, float, str, type(None))
"""Types of the defaults of arguments that a user gives; others stand for what is not given."""


def _is_default(name: str, value: Any) -> bool:
    return value is None or (name == "where" and value is True)


@lru_cache(maxsize=512)
def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return what a function takes; nothing where that is unknown, as of some of NumPy's."""
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


@lru_cache(maxsize=512)
def _ordered(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the positional parameters; none where there may be any number."""
    parameters = _parameters(function).values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return ()
    return tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)
