"""Where the names of the user's variables are looked for.

The line that calls ``ng.trace(y)`` knows them: its function's or class's locals, its module's
globals, and those of its callers. A view is often made later, by a notebook or a web framework whose
frames have none of these names. Then the globals are searched: of ``__main__`` (also a
notebook's, and marimo's), of the running IPython shell, and of the modules that are not installed
libraries (an app that a server has imported).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Any

from nbgrad.engine.diagnostics.naming import is_library

MAX_FRAMES = 8
"""Names are looked for in the locals of this many callers."""
MAX_MODULES = 50
"""And in the globals of this many modules."""
MAX_DEPTH = 1000
"""Callers further away are not looked at."""

notebook: Callable[[], Mapping[str, Any]] | None = None
"""Gives the user's namespace where `nbgrad.ipython` knows it."""


def namespaces() -> Iterator[Mapping[str, Any]]:
    """Yield mappings from names to the user's objects, the nearest first."""
    yield from _of_callers()
    main = sys.modules.get("__main__")
    if main is not None:
        yield main.__dict__
    yield (notebook or _shell)()
    for name in _users_modules(len(sys.modules)):
        if (module := sys.modules.get(name)) is not None:
            yield module.__dict__


def _of_callers() -> Iterator[Mapping[str, Any]]:
    """Yield the locals and globals of the user's own code, from the innermost to the cell or script."""
    frame, found = sys._getframe(1), 0
    for _ in range(MAX_DEPTH):
        if not is_library(frame.f_code.co_filename):
            # The locals of a module or a cell are its globals. Those of a class's body, and of
            # what a debugger evaluates, are not, and nor are a function's.
            optimized = frame.f_code.co_flags & CO_OPTIMIZED
            is_module = not optimized and frame.f_locals is frame.f_globals
            if not is_module:
                yield _locals(frame)
            yield frame.f_globals
            found += 1
            if found == MAX_FRAMES or is_module:
                return
        if frame.f_back is None:
            return
        frame = frame.f_back


def _locals(frame: FrameType) -> Mapping[str, Any]:
    """Return the locals of a function, a class's body or an expression that is running."""
    names = {**frame.f_locals}
    if not frame.f_code.co_flags & CO_OPTIMIZED:  # the namespace itself
        return names
    # Before 3.13 the frame keeps a dict of its locals, and all in it alive, until the function
    # ends. It may be emptied if nobody else has it: counted are the frame and the argument. A
    # debugger that stopped in the frame writes the dict back into it; what runs then, as this
    # function may, is not traced itself. Nothing here can fail in between.
    stopped = frame.f_trace is not None and sys._getframe().f_trace is None
    if sys.version_info < (3, 13) and not stopped and sys.getrefcount(frame.f_locals) <= 2:
        frame.f_locals.clear()
    return {name: value for name, value in names.items() if name.isidentifier()}


def _shell() -> Mapping[str, Any]:
    """Return the namespace of the running notebook or IPython shell; empty elsewhere.

    A script has no shell, and IPython is not imported to find that out.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "user_ns", None) or {}


@lru_cache(maxsize=1)
def _users_modules(_: int) -> list[str]:
    """Return the names of the modules that belong to no library; looked up when there are more."""
    found = []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and not is_library(file):
            found.append(name)
    return found[-MAX_MODULES:]
