"""What a variable is called in an error, and where it was made.

A message that says ``unnamed (3,)`` leaves the reader to guess. Where a variable has no
name of its own, the running cell or script often has one for it; where not, the line that
made it says what it was called there, if positions are kept. The locals of functions are not
searched: reading them keeps all of them alive for longer (before Python 3.13).
"""

from __future__ import annotations

import dis
import os
import sys
import weakref
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from inspect import CO_OPTIMIZED
from itertools import islice
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    MemberDescriptorType,
    ModuleType,
)
from typing import Any

import numpy as np

from . import positions as source
from .escaping import short

MAX_NAME_SEARCH_MODULES = 8
"""How many modules are searched for a name."""
MAX_NAME_SEARCH_ITEMS = 100
"""How many items of a list, dictionary or object are searched for a variable."""
MAX_NAME_SEARCH_PLAIN = 8
"""After how many numbers and texts in one of them the search leaves it."""
MAX_NAME_SEARCH_STEPS = 4
"""How many attributes and items a name may be followed by."""
MAX_NAME_SEARCH_OBJECTS = 500
"""How many objects that may hold others are looked at in all."""

_LIBRARIES = (
    "<frozen",
    "<__array_function__",
    source.PACKAGE,
    # Python's own modules: a folder, and in Pyodide an archive too.
    *{os.path.dirname(str(m.__file__)) for m in (os, weakref)},  # noqa: PTH120 - pathlib is slow to import
)
_INSTALLED = ("site-packages", "dist-packages")


def called(value: Any, otherwise: str, search: bool = True) -> str:
    """Return what a variable or array is called, or ``otherwise``.

    Without a search only its own name counts.
    """
    name = getattr(value, "name", None)
    if not name and search:
        name = users_name(value) or name_at_birth(value)
    return short(str(name or otherwise))


def in_code(x: Any) -> str:
    """Return what to write for a variable in a line that the user can copy."""
    own = str(getattr(x, "name", None) or "")
    return users_name(x) or (own if own.isidentifier() else "x")


def users_name(value: Any) -> str | None:
    """Return the name that the running cell or script has for an object."""
    known: dict[str, Any] = {}
    for names in _namespaces():
        known = _without_hidden(names)
        for name, found in known.items():
            if found is value:
                return name
    paths = islice(reached(known), MAX_NAME_SEARCH_OBJECTS)
    return next((path for path, found in paths if found is value), None)


def _without_hidden(names: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a namespace without hidden names; `globals()` may have keys of any kind."""
    return {k: v for k, v in list(names.items()) if type(k) is str and k[:1] != "_"}


def reached(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what is reached from names by attributes and items: ``net.layers[0].w``.

    The nearest comes first. No code of the objects' classes is called.
    """
    level = [(k, v) for k, v in _without_hidden(names).items() if k not in _HISTORIES]
    seen: set[int] = set()
    for _ in range(MAX_NAME_SEARCH_STEPS):
        further = []
        for name, holder in level:
            if id(holder) in seen:
                continue
            seen.add(id(holder))
            plain = 0
            for step, value in islice(_parts(holder), MAX_NAME_SEARCH_ITEMS):
                if type(value) not in _PLAIN:
                    further.append((name + step, value))
                    yield further[-1]
                elif (plain := plain + 1) == MAX_NAME_SEARCH_PLAIN:  # a list of numbers
                    break
        level = further


def _parts(holder: Any) -> Iterator[tuple[str, Any]]:
    """Yield the items or attributes of an object, each with how it is written behind a name."""
    kind = type(holder)
    if issubclass(kind, dict):
        for k, v in list(dict.items(holder)):
            if type(k) in (int, str):
                yield f"[{k!r}]", v
    elif issubclass(kind, (list, tuple)):
        fields = getattr(kind, "_fields", None)  # of a named tuple
        for i, v in enumerate((list if issubclass(kind, list) else tuple).__iter__(holder)):
            yield f".{fields[i]}" if fields else f"[{i}]", v
    elif not issubclass(kind, _WITHOUT_PARTS) and not kind.__module__.startswith(_OURS):
        for k, v in _attributes(holder):
            yield f".{k}", v


_WITHOUT_PARTS = (
    type, ModuleType, FunctionType, BuiltinFunctionType, np.ndarray, np.generic, int, float, str,
)  # fmt: skip
_PLAIN = frozenset({int, float, complex, bool, str, bytes, type(None)})
_OURS = ("nbgrad.engine.", "nbgrad.tracing.", "nbgrad.views.")
_HISTORIES = ("In", "Out")
"""What a notebook has put in and out: how a user does not call a variable."""


def _attributes(holder: Any) -> list[tuple[str, Any]]:
    """Return an object's own attributes, without calling code of its class."""
    found = []
    for owner in type(holder).__mro__:
        slots = owner.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else tuple(slots):
            slot = owner.__dict__.get(name)
            if isinstance(slot, MemberDescriptorType):
                try:
                    found.append((name, slot.__get__(holder)))
                except AttributeError:  # not assigned
                    continue
    try:
        return found + list(object.__getattribute__(holder, "__dict__").items())
    except (AttributeError, TypeError):
        return found


def name_at_birth(value: Any) -> str | None:
    """Return the name that a variable was given on the line that made it.

    It is ``old x`` where the name means another object by now, since a cell was run again or a
    loop went on.
    """
    name = global_at_birth(value)
    if name is not None:
        *_, outermost = {}, *_namespaces()
        return name if outermost.get(name, value) is value else f"old {name}"
    return _assigned_to(value, of_functions=True)


def global_at_birth(value: Any) -> str | None:
    """Return the name that a variable was given where it was made, outside any function."""
    return _assigned_to(value, of_functions=False)


def _assigned_to(value: Any, of_functions: bool) -> str | None:
    position = getattr(value, "_source", None)
    if position is None or isinstance(position, source.PassMark):
        return None
    code, offset = position
    # Names inside a function mean nothing to the line that runs now.
    if code.co_flags & CO_OPTIMIZED and not of_functions:
        return None
    return assigned_name(code, offset)


@lru_cache(maxsize=256)
def assigned_name(code: CodeType, offset: int) -> str | None:
    """Return the name that gets the value of an instruction at once, as in ``y = f(x)``."""
    # The offset may be that of a cache behind the instruction.
    later = [i for i in dis.get_instructions(code) if i.offset > offset and i.opname not in _PASSED]
    if not later:
        return None
    store, after = later[0], later[1:2]
    if store.opname in _STORES:
        names = store.argval
        return str(names[0] if isinstance(names, tuple) else names)
    if store.opname.startswith("LOAD_") and after and after[0].opname == "STORE_ATTR":
        return f"{store.argval}.{after[0].argval}"  # self.w = Variable(...)
    return None


_PASSED = ("COPY", "DUP_TOP", "CACHE", "EXTENDED_ARG")
_STORES = ("STORE_NAME", "STORE_GLOBAL", "STORE_FAST", "STORE_DEREF", "STORE_FAST_LOAD_FAST")


def at(x: Any) -> str:
    """Say where a variable was made: `` (in [1], line 2)``; nothing where that is not known."""
    place = getattr(x, "source", None)
    return "" if place is None else f" ({place})"


def places(values: Sequence[Any]) -> str:
    """Say where variables were made: ``x in [1], line 2; w in [3], line 1``."""
    found: dict[str, None] = {}
    for value in values[:10]:
        at = getattr(value, "source", None)
        if at is not None:
            found[f"{called(value, str(np.shape(value._data)))} {at}"] = None
    return "; ".join(found)


def is_ours(frame: FrameType) -> bool:
    """Whether a frame runs code of nbgrad itself."""
    return frame.f_code.co_filename.startswith(source.PACKAGE)


@lru_cache(maxsize=1024)
def is_library(file: str) -> bool:
    """Whether a file is nbgrad's, Python's own or an installed package's."""
    return file.startswith(_LIBRARIES) or any(
        f"{folder}/" in file or f"{folder}\\" in file for folder in _INSTALLED
    )


def depth_of_user() -> int:
    """Return the number of frames between the caller and the user's line.

    A magic is called by IPython, which is called by the cell.
    """
    frame, depth = sys._getframe(1), 1
    while frame.f_back is not None and (
        is_ours(frame) or str(frame.f_globals.get("__name__")).startswith("IPython.")
    ):
        frame, depth = frame.f_back, depth + 1
    return depth


def _namespaces() -> Iterator[dict[str, Any]]:
    """Yield the globals of the lines that are running, from the innermost to the cell or script."""
    seen: list[Any] = []
    for frame in running_frames():
        names = frame.f_globals
        if not any(names is other for other in seen):
            seen.append(names)
            yield names
        if len(seen) == MAX_NAME_SEARCH_MODULES:
            return


def running_frames() -> Iterator[FrameType]:
    """Yield the frames outside nbgrad, from the innermost to that of the cell or script."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not is_ours(frame):
            yield frame
            if not frame.f_code.co_flags & CO_OPTIMIZED:
                return
        frame = frame.f_back
