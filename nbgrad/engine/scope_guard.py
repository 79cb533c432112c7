"""Scope guard: what takes a change back when its ``with`` ends, whatever ends it.

Ctrl-C raises where Python looks for signals: at the start of every Python function and after
every call. An ``__exit__`` written in Python can thus be stopped before its first line, and
what it was to take back stays. So the ``__exit__`` of a `Guarded` class is made before the
block is entered, and runs compiled code alone: that of `io.IOBase`, which calls ``close()``,
which runs a list of `functools.partial` once. Where the ``with`` loses its ``__exit__``
without calling it (an exception between two of its own instructions), the guard is freed,
and does the same then.
"""

from __future__ import annotations

import gc
import io
import sys
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from types import TracebackType
from typing import Any, TypeAlias

import numpy as np

Step: TypeAlias = "partial[Any]"
Exit: TypeAlias = Callable[
    [type[BaseException] | None, BaseException | None, TracebackType | None], None
]

_call: Any = partial.__call__


class _Guard(io.IOBase):
    """Calls ``close`` when a ``with`` ends, and when it is freed; see `Guarded`."""

    close: Any = tuple  # what does nothing, until there is something to do


def guard(*steps: Step) -> Exit:
    """Return an ``__exit__`` that runs steps in order, once; also when it is dropped."""
    held = [_Guard()]
    try:
        # An exhausted map does nothing; an empty deque is false: no exception is swallowed.
        held[0].close = partial(deque, map(_call, steps), 0)
        return held.pop().__exit__
    except BaseException:  # Ctrl-C: its traceback keeps the guard, which must not act later
        for made in held:
            made.close = tuple
        raise


class _Exit:
    """``__exit__`` as an attribute that is made anew for each ``with``."""

    def __get__(self, obj: Any, owner: type[Any]) -> Exit:
        if obj is None:
            return _leave  # type: ignore[return-value]
        return obj._exit()  # type: ignore[no-any-return]


def _leave(
    manager: Any,
    exc_type: type[BaseException] | None,
    exc: BaseException | None,
    tb: TracebackType | None,
) -> None:
    """Leave as `contextlib.ExitStack` does, which takes ``__exit__`` from the class."""
    manager.__exit__(exc_type, exc, tb)


class Guarded:
    """Base of context managers whose ``__exit__`` no signal can stop.

    A subclass defines ``__enter__``, and ``_exit(self)``, which is asked before
    ``__enter__`` runs, and returns a `guard` of what is to be done at the end.
    """

    __slots__ = ()

    __exit__ = _Exit()


def call_with(
    variable: ContextVar[Any], value: Any, active: set[object], call: Callable[..., Any], *args: Any
) -> Any:
    """Call a function with a context variable set; ``active`` is not empty meanwhile.

    Not a context manager, whose steps Ctrl-C could separate.
    """
    before = variable.get()
    token = object()
    try:
        active.add(token)
        variable.set(value)
        return call(*args)
    finally:
        variable.set(before)
        active.discard(token)


class CollectorPaused(Guarded):
    """Keep the cyclic garbage collector from running.

    A recording, or a page of it, is many small objects, none of which is garbage; and a full
    collection of all that PyTorch has loaded takes longer than a pass over thousands of scalars.
    """

    def __enter__(self) -> None:
        gc.disable()

    def _exit(self) -> Exit:
        return guard(*([partial(gc.enable)] if gc.isenabled() else []))


class ErrorState(Guarded):
    """`numpy.errstate` whose end no signal can stop; it takes two microseconds longer."""

    __slots__ = ("_modes",)

    def __init__(self, **modes: Any) -> None:
        self._modes = modes

    def __enter__(self) -> None:
        np.errstate(**self._modes).__enter__()

    def _exit(self) -> Exit:
        return guard(error_state())


def error_state() -> Step:
    """Return what restores how NumPy handles errors of floating point, in compiled code."""
    state = getattr(sys.modules.get("numpy._core.umath"), "_extobj_contextvar", None)
    if state is not None:
        return partial(state.set, state.get())
    old: Any = np
    if hasattr(old, "seterrobj"):  # NumPy 1, which changes its list in place
        return partial(old.seterrobj, [*old.geterrobj()])
    return partial(old.errstate(call=np.geterrcall(), **np.geterr()).__enter__)
