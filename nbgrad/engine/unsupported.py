"""Errors about functions of NumPy and SciPy that take no Variable, with what to do instead."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from .diagnostics.naming import is_library
from .dispatch import twin_of
from .errors import GraphCutError, InPlaceError, NbgradError, UnsupportedFunctionError
from .grad_mode import differentiating
from .observer import appointed

advisers: list[Callable[[str], str]] = []
"""Functions that return advice on ``np.name``, or an empty string."""


def _advice(name: str) -> str:
    return next((text for ask in advisers if (text := ask(name))), "")


def unsupported(name: str) -> UnsupportedFunctionError:
    """Build the error for a function of NumPy or a ufunc without a rule, with what to do instead."""
    # What there is to say of a ufunc of SciPy's is of its method, or of the function around it.
    advice = _advice(name.replace("scipy.special.", "np.")) or library_advice()
    return UnsupportedFunctionError(
        f"nbgrad has no rule for {name} on a Variable.{' ' * bool(advice)}{advice} "
        "For a plain array without a gradient use x.data; "
        "for a rule of your own subclass ng.Function."
    )


_IN_PLACE = {
    "np.add": "+", "np.subtract": "-", "np.multiply": "*", "np.divide": "/", "np.power": "**",
    "np.floor_divide": "//", "np.remainder": "%", "np.matmul": "@",
}  # fmt: skip
"""The ufuncs that ``a += x`` and the like call, and their operators."""


def in_place_error(name: str, chosen: bool = False) -> InPlaceError:
    """Build the error for ``out=`` and ``array += x``; ``chosen``: for ``where=`` beside it."""
    symbol = _IN_PLACE.get(name)
    instead = f"Write y = {name}(...)."
    if symbol is not None:
        instead = f"Write y = a {symbol} x instead of a {symbol}= x."
    if chosen:
        instead = (
            "Make the operands safe, x = ng.where(mask, x, 1.0), and choose afterwards: "
            f"ng.where(mask, {name}(...), 0.0)."
        )
    return InPlaceError(
        f"{name} was asked to write its result into an existing array (out="
        f"{f', or array {symbol}= x' if symbol else ''}): an array cannot remember the graph. {instead}"
    )


class OnlyOfArrays:
    """An attribute that arrays have and a Variable lacks: to ask for it is an error that says so."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, x: Any, kind: type) -> Any:
        if x is None:
            raise AttributeError(f"type object {kind.__name__!r} has no attribute {self.name!r}")
        advice = library_advice()
        recorded = _has_rule(f"np.{self.name}")
        other = f"np.{self.name} takes it" if recorded else f"its array has it, x.data.{self.name}"
        more = f". {advice}" if advice else f": {other}."
        text = f"{type(x).__name__!r} object has no attribute {self.name!r}{more}"
        raise AttributeError(text, name=self.name, obj=x)


def no_array_error() -> NbgradError:
    """Build the error for ``np.asarray(x)``, which would lose the graph silently."""
    kind: type[NbgradError] = GraphCutError if differentiating() else UnsupportedFunctionError
    called, asked = _library_calls(), _calls_that_ask()
    name, advice = next(((name, text) for name in called if (text := _advice(name))), ("", ""))
    for name in () if advice else (*called, *asked):
        if advice := _advice(name):
            break
        if _has_rule(name):
            return kind(
                f"{name} looks for Variables among its arguments, not inside a list, and would "
                f"silently cut this one off from the graph. Write {name}(ng.array([...])), or x.data "
                "for a plain array."
            )
    if advice and name.startswith("scipy."):
        return kind(advice)
    if name in ("np.nditer", "np.nested_iters"):
        kind = NbgradError  # in place of a TypeError NumPy raises one with words of its own
    return kind(
        "Converting a Variable to a plain array would silently cut it off from the graph. Use "
        f"x.data for its array, or ng.array([...]) to make one Variable of several. {advice}".rstrip()
    )


def _has_rule(name: str) -> bool:
    """Whether the function ``np.name`` takes a Variable."""
    found: Any = np if name.startswith("np.") else None
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    twin = twin_of(found) if callable(found) else None
    return twin is not None and not hasattr(twin, "refuses")


def is_asked_its_library() -> bool:
    """Whether SciPy asks which library an operand is of, as it does where SCIPY_ARRAY_API is set.

    It converts what it does not know, and uses nothing of that array.
    """
    code = sys._getframe(2).f_code
    return code.co_name in ("array_namespace", "_compliance_scipy") and "scipy" in code.co_filename


def library_advice() -> str:
    """Return the advice on the function of NumPy or SciPy that runs, or an empty string."""
    return next((text for text in map(_advice, _library_calls()) if text), "")


def _asking_frame() -> FrameType | None:
    """Return the nearest frame outside of nbgrad."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("nbgrad."):
        frame = frame.f_back
    return frame


def _calls_that_ask() -> Iterator[str]:
    """Yield ``array.dot`` or ``np.nditer`` where what asks is not in Python, which does not tell."""
    frame = _asking_frame()
    if frame is None:
        return
    called = appointed.supervisor.called_at(frame)
    owner, _, rest = called.partition(".")
    method = called.rpartition(".")[2]
    module = frame.f_globals.get(owner)
    if module is np:
        yield f"np.{rest}"
    elif rest and not isinstance(module, ModuleType):
        yield f"array.{method}"
    random = sys.modules.get("numpy.random")
    if random is not None and (hasattr(random, method) or hasattr(random.Generator, method)):
        yield f"np.random.{method}"


def _library_calls() -> list[str]:
    """Return NumPy's and SciPy's public functions that run, from the outside, then all modules.

    A function that a decorator has not called yet is known by the name that the user calls.
    """
    frame = _asking_frame()
    functions: list[str] = []
    modules: list[str] = []
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in ("numpy", "scipy"):
            break
        package = ".".join(module.split(".")[:2])
        name = frame.f_code.co_name
        if name in ("__init__", "__call__"):
            name = type(frame.f_locals.get("self")).__name__
        functions[:0] = _public(package, name) or _public(package.partition(".")[0], name)
        modules.append(module.replace("numpy", "np", 1))
        frame = frame.f_back
    if frame is None or not modules:
        return functions
    if modules[-1].startswith("np"):  # of which a library such as Matplotlib says nothing
        return [] if is_library(frame.f_code.co_filename) else functions + modules
    if not functions:
        called = appointed.supervisor.called_at(frame).rpartition(".")[2]
        packages = [name for name in list(sys.modules) if name.startswith("scipy.")]
        functions = [found for name in packages for found in _public(name, called)]
    return functions + modules


def _public(package: str, function: str) -> list[str]:
    """Return the full name of a function, if ``numpy`` or a package such as ``scipy.special`` has it."""
    # NumPy 1 fills these two with the functions of np.
    inner = package in ("numpy.lib", "numpy.core") or "._" in package
    is_public = package == "numpy" or ("." in package and not inner)
    has_it = is_public and function in vars(sys.modules.get(package, sys))
    return [f"{package}.{function}".replace("numpy.", "np.")] if has_it else []
