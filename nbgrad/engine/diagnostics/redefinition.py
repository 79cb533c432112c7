"""Graphs that are older than the class which made them.

A cell that defines a Function is run again, or autoreload patches the class of a module:
graphs made before are still there. They go back through the old class in the first case, and
through the new ``backward`` after the old ``forward`` in the second. A warning says which; a
definition that is the same as before gives none.
"""

from __future__ import annotations

import sys
import warnings
from types import CodeType, FunctionType
from typing import Any

from nbgrad.engine.call import Call, codes_of
from nbgrad.engine.errors import StaleGraphWarning
from nbgrad.engine.function import Function

from .escaping import visible
from .naming import at, called, depth_of_user


def what_happened(call: Call) -> str:
    """Return what happened to a call's class since: ``""``, "defined again" or "changed"."""
    cls, before = call.cls, call.codes
    now = codes_of(cls)
    if before != now and not all(map(_same_code, before, now)):
        return "changed"
    for part in cls.__mro__:
        if part is Function:
            break
        module = sys.modules.get(part.__module__)
        other = part if module is None else module.__dict__.get(part.__qualname__, part)
        if other is part:
            continue
        # A class may also extend the older one of its own name: class Square(Square).
        if isinstance(other, type) and other not in cls.__mro__ and _succeeds(other, part):
            return "defined again"
    return ""


def warn(call: Call, what: str) -> None:
    """Warn about a call to whose class something has happened; see the module."""
    y = next((y for y in call.alive() if y is not None), None)
    label, name = call.label, called(y, "this graph")
    consequence = (
        f"the graph goes back through the old {label}. Run the cell that makes {name} again to "
        "use the new one."
        if what == "defined again"
        else f"its forward ran as it was then, and its backward runs as it is now. Run the cell "
        f"that makes {name} again."
    )
    warnings.warn(
        visible(f"{label} has been {what} since it made {name}{at(y)}: {consequence}"),
        StaleGraphWarning,
        stacklevel=depth_of_user(),
    )


def _succeeds(new: type[Any], old: type[Any]) -> bool:
    """Whether a class is another definition of the same name, not an alias or a stand-in."""
    same_name = (new.__module__, new.__qualname__) == (old.__module__, old.__qualname__)
    return same_name and not _same_class(old, new)


def _same_class(a: type[Any], b: type[Any]) -> bool:
    mine, others = _attributes(a), _attributes(b)
    return mine.keys() == others.keys() and all(_same(mine[k], others[k]) for k in mine)


def _attributes(cls: type[Any]) -> dict[str, Any]:
    """Return what a class body defines; of the names with underscores only methods count."""
    return {
        k: v
        for k, v in vars(cls).items()
        if isinstance(v, FunctionType) or not (k.startswith("__") and k.endswith("__"))
    }


def _same(a: Any, b: Any) -> bool:
    a, b = getattr(a, "__func__", a), getattr(b, "__func__", b)
    if isinstance(a, FunctionType) and isinstance(b, FunctionType):
        return _same_code(a.__code__, b.__code__) and repr(a.__defaults__) == repr(b.__defaults__)
    return a is b or (type(a) is type(b) and repr(a) == repr(b))


def _same_code(a: Any, b: Any) -> bool:
    """Whether two code objects do the same, wherever they stand."""
    if not isinstance(a, CodeType) or not isinstance(b, CodeType):
        return bool(type(a) is type(b) and a == b)
    return (
        (a.co_code, a.co_names, a.co_varnames) == (b.co_code, b.co_names, b.co_varnames)
        and len(a.co_consts) == len(b.co_consts)
        and all(map(_same_code, a.co_consts, b.co_consts))
    )
