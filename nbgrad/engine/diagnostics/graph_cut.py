"""Warnings about numbers that leave a recorded graph silently; inside a derivative, errors.

``math.exp(x)``, ``out[0] = x`` and ``np.float64(x)`` get a plain number from ``x``, through
which no gradient flows back. ``float(x)``, ``x.item()``, ``x.data`` and a format string say
that a number is meant; under `no_grad`, and where no leaf is behind ``x``, nothing is lost.
"""

from __future__ import annotations

import math
import operator
import sys
import warnings
import weakref
from types import CodeType, FrameType
from typing import Any

import numpy as np

from nbgrad.engine.dispatch import methods
from nbgrad.engine.errors import GraphCutError, GraphCutWarning
from nbgrad.engine.grad_mode import differentiating, override, process
from nbgrad.engine.sentinels import State

from . import positions
from .call_site import MAX_PLACES, Site, site_of
from .naming import called, in_code, is_library, is_ours

_SAY_SO = (
    float, int, complex, bool, str, repr, format, print, range, slice, len,
    math.isnan, math.isinf, math.isfinite, math.isclose,
)  # fmt: skip
"""Functions that are called for a plain value or a bool: no warning."""
_STORES = ("STORE_SUBSCR", "STORE_SLICE")
_NUMBERS = {"float", "int", "complex"}

_MATH = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
    "atan2": "arctan2", "atanh": "arctanh", "dist": "norm", "fabs": "abs", "fsum": "sum",
    "fmod": "fmod", "sumprod": "dot",
}  # fmt: skip
"""Functions of `math` that NumPy and nbgrad have under another name."""

_silent: dict[tuple[int, int], CodeType] = {}
"""Instructions that mean a number: ``float(x)`` in a loop is analysed once."""


def records() -> bool:
    """Whether operations are recorded here, as the running code sees it."""
    top = override.get()
    return process.enable_backprop if top is None else top.shown


def has_leaf(x: Any) -> bool:
    """Whether there is a leaf behind a variable that a gradient can flow back to."""
    waiting, seen = [x], {id(x)}
    while waiting:
        y = waiting.pop()
        if y._op is None:
            return True
        if not isinstance(y._op, State):
            whole = y._data.dtype.kind != "f"  # of a floating input: a step function
            for i in y._inputs:
                if hasattr(i, "_inputs") and id(i) not in seen and not (whole and _is_float(i)):
                    seen.add(id(i))
                    waiting.append(i)
    return False


def _is_float(x: Any) -> bool:
    return x._data is not None and x._data.dtype.kind == "f"


def cuts_graph(x: Any) -> bool:
    """Whether making a plain array of a variable would cut a graph here."""
    return records() and not isinstance(x._op, State) and has_leaf(x)


def rounds(x: Any, dtype: Any) -> bool:
    """Whether a call such as ``np.int64(x)`` asks for whole numbers, a step function of x.

    ``a[:] = x`` with an array of integers does not say so.
    """
    if dtype is None or np.dtype(dtype).kind not in "iub" or not _is_float(x):
        return False
    return site_of(sys._getframe(3)).instruction not in _STORES  # this, the supervisor, __array__


def asker(otherwise: str) -> str:
    """Name the function of `math` that asks a variable for a number, for errors."""
    frame = sys._getframe(4)  # this, the supervisor, _number and __float__
    site = site_of(frame)
    return f"{site.callee}()" if _module(site) in ("math", "cmath") else otherwise


def elementwise(asked: str, code: str) -> str:
    """Name nbgrad's function for a function of `math`: ``write ng.exp(x), ``."""
    name = asked.rpartition(".")[2].removesuffix("()")
    ours = _MATH.get(name, name)
    return f"write ng.{ours}({code}), " if "." in asked and ours in vars(methods) else ""


def note_number(x: Any, of: str) -> None:
    """Warn, or raise, where a function silently takes a number out of a variable.

    Parameters
    ----------
    x : Variable
    of : str
        Which method was asked: ``"__float__"``, ``"__int__"``, ``"__index__"``.

    Raises
    ------
    GraphCutError
        Inside `ng.grad` and its kin.
    """
    asking = frame = sys._getframe(3)  # this, the supervisor and __float__
    code = frame.f_code
    place = id(code), frame.f_lasti
    if _silent.get(place) is code or not records() or isinstance(x._op, State):
        return
    if is_ours(frame):  # nbgrad itself asks, for a size or an axis
        return
    site = site_of(frame)
    if _says_so(site, of):
        if of != "__index__":
            if len(_silent) >= MAX_PLACES:
                _silent.clear()
            _silent[place] = code
        return
    if not has_leaf(x):
        return
    user = _users(frame)
    while user is not frame:
        frame = user
        if _mentions_a_number(site_of(user)):
            return
    outer = user.f_back
    if user.f_code.co_name.startswith("<") and outer and _mentions_a_number(site_of(outer)):
        return
    try:
        _report(x, site_of(user), user)
    except GraphCutError as error:
        if top := override.get():
            top.cut = error, asking.f_code, asking.f_lasti
        raise


def hidden_cut(error: Exception) -> GraphCutError | None:
    """Return the `GraphCutError` in whose place C code raised an error of its own.

    ``struct.pack("d", x)`` says that its argument is not a float, and ``a[0] = x`` that an element
    is set with a sequence.
    """
    if isinstance(error.__cause__, GraphCutError):
        return error.__cause__
    top, at = override.get(), error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    if top is None or top.cut is None or at is None or error is top.cut[0]:
        return None
    cut, *place = top.cut
    return cut if place == [at.tb_frame.f_code, at.tb_lasti] else None


def _says_so(site: Site, of: str) -> bool:
    """Whether an instruction explicitly asks for a plain number."""
    if (
        any(site.function is f for f in _SAY_SO)
        or site.callee in _NUMBERS
        or _mentions_a_number(site)
    ):
        return True
    if site.callee:
        # A size or an index is a whole number, which has no derivative.
        counts = site.function is operator.index or _module(site) == "math"
        return of == "__index__" and not counts
    if of == "__index__":
        return True
    return site.instruction in ("BINARY_MODULO", "INPLACE_MODULO") or (
        site.instruction == "BINARY_OP"  # "%.3f" % x: no other operator asks for a number
    )


def _mentions_a_number(site: Site) -> bool:
    """Whether ``float`` or ``int`` is passed on, as in ``map(float, xs)``, and not as a dtype."""
    if site.instruction in _STORES or site.callee in _NUMBERS:
        return False
    return not _NUMBERS.isdisjoint(site.passed)


def _module(site: Site) -> str:
    return str(getattr(site.function, "__module__", None) or "")


def _users(frame: FrameType) -> FrameType:
    """Return the nearest frame of the user's own code, outside of libraries; else the given one."""
    outer: FrameType | None = frame
    while outer is not None:
        if not is_library(outer.f_code.co_filename):
            return outer
        outer = outer.f_back
    return frame


def _report(x: Any, site: Site, frame: FrameType) -> None:
    message = _message(x, site, frame)
    if differentiating():
        raise GraphCutError(message)
    if _is_new(frame.f_code, frame.f_lineno):
        warnings.warn_explicit(
            message,
            GraphCutWarning,
            frame.f_code.co_filename,
            frame.f_lineno,
            module=str(frame.f_globals.get("__name__", "")),
        )
        _seen.setdefault(id(frame.f_code), (weakref.ref(frame.f_code), set()))[1].add(
            frame.f_lineno
        )


def _message(x: Any, site: Site, frame: FrameType) -> str:
    name = called(x, "a Variable")
    code = in_code(x)
    if name == "a Variable" and site.argument != "…":
        name = code = site.argument
    at = positions.resolve((frame.f_code, frame.f_lasti))
    if site.callee:
        what = f"{site.callee}({site.argument})"
    elif site.instruction in _STORES:
        what = f"a[...] = {code}"
    else:
        what = "this line"
    return (
        f"{what} takes a plain number out of the graph of {name}"
        f"{'' if at is None else f' ({at})'}: no gradient flows back through it. "
        f"{_instead(site, code)} Where just the number is meant, say so: float({code})."
    )


def _instead(site: Site, code: str) -> str:
    """Say what to write so that it is recorded."""
    name = site.callee.rpartition(".")[2]
    if site.instruction in _STORES:
        return "Collect the Variables in a list, and join them: ng.stack([...])."
    if name in ("fromiter", "array", "asarray"):
        return "Join Variables with ng.stack([...])."
    if name == "fill":
        return f"Write ng.broadcast_to({code}, shape)."
    if isinstance(site.function, type) and issubclass(site.function, np.generic):
        return f"Write {code}.astype({site.callee})."
    ours = _MATH.get(name, name)
    if ours in vars(methods):
        return f"Write ng.{ours}({site.argument})."
    return "Compute with nbgrad's or NumPy's functions, and with the Variable's own operators."


_seen: dict[int, tuple[weakref.ref[CodeType], set[int]]] = {}
_filters: list[Any] = []
"""The warning filters at the last warning: under other filters every line warns again."""


def _is_new(code: CodeType, line: int) -> bool:
    """Whether a line has not been warned about since the warning filters were set."""
    if not _filters or _filters[0] is not warnings.filters:
        _filters[:] = [warnings.filters]
        _seen.clear()
    kept = _seen.get(id(code))
    if kept is not None and kept[0]() is not code:
        del _seen[id(code)]
        return True
    return kept is None or line not in kept[1]
