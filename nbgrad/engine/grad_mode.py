"""Grad mode: whether the graph is recorded.

Two levels. A process-wide default that every thread, task and notebook cell sees,
and a context-local stack of overrides that only the code inside a ``with`` sees.
The stack is a linked list held by one context variable. Leaving a ``with`` takes
out its own entry, wherever it stands, so interleaved exits (two generators that
take turns) end in the right state, and leaving in another context than the one
entered is harmless. Ctrl-C at any moment leaves the stack as it was (see `scope_guard`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar, Token
from functools import partial
from inspect import CO_ASYNC_GENERATOR, CO_GENERATOR
from types import CodeType
from typing import Any, TypeVar, cast, overload

import numpy as np

from .errors import ConfigError, GraphCutError
from .scope_guard import Exit, Guarded, guard

F = TypeVar("F", bound=Callable[..., Any])
_SUSPENDED = CO_GENERATOR | CO_ASYNC_GENERATOR


class _Process:
    """The process-wide defaults."""

    __slots__ = ("enable_backprop",)

    def __init__(self) -> None:
        self.enable_backprop = True


class Override:
    """One ``with`` in force: its value, and the entries below it.

    While a function is recorded to be compiled, the graph is kept in any mode, and ``shown``
    is the mode that the function sees. ``leaves`` is where an enclosing derivative (`ng.grad` and
    the like) collects the ids of the leaves that its function makes; None outside of derivatives.
    ``cut`` is the last error about a number that left the graph, and which instruction asked.
    """

    __slots__ = ("below", "cut", "leaves", "owner", "shown", "value")

    def __init__(
        self, value: bool, owner: object, below: Override | None, shown: bool | None = None
    ) -> None:
        self.value = value
        self.owner = owner
        self.below = below
        self.shown = value if shown is None else shown
        self.leaves: set[int] | None = None if below is None else below.leaves
        self.cut: tuple[GraphCutError, CodeType, int] | None = None


process = _Process()
OFF = Override(False, None, None)
"""The mode of an ordinary pass, which nobody changes."""
STILL_OFF = "Recording is off: switch it on, ng.Config.enable_backprop = True or %no_grad off"
"""Advice while recording is off for the whole process."""
override: ContextVar[Override | None] = ContextVar("nbgrad_enable_backprop", default=None)


def is_recording() -> bool:
    """Whether operations are recorded here."""
    top = override.get()
    return process.enable_backprop if top is None else top.value


def leaf_made(x: object) -> None:
    """Tell an enclosing derivative about a new leaf."""
    top = override.get()
    if top is not None and top.leaves is not None:
        top.leaves.add(id(x))


def differentiating() -> bool:
    """Whether the code runs inside a function that is being differentiated."""
    top = override.get()
    return top is not None and top.leaves is not None


def _without(entry: Override | None, owner: object) -> Override | None:
    """Return the stack without the topmost entry of an owner; as it is if there is none."""
    kept = []
    while entry is not None and entry.owner is not owner:
        kept.append(entry)
        entry = entry.below
    if entry is None:
        return kept[0] if kept else None
    below = entry.below
    for item in reversed(kept):
        below = _on_top_of(below, item)
    return below


def _on_top_of(below: Override | None, entry: Override) -> Override:
    copy = Override(entry.value, entry.owner, below, entry.shown)
    copy.leaves = entry.leaves
    return copy


def _mend(left: list[Token[Override | None]], below: Override | None, owner: object) -> None:
    """Put back the entries of others that were above those of an owner that has left."""
    old = left[0].old_value
    top = None if old is Token.MISSING else old
    if top is not None and top.below is below and top.owner is owner:
        return
    while (rest := _without(top, owner)) is not top:
        top = rest
    override.set(top)


def _check_name(name: str) -> None:
    if name != "enable_backprop":
        raise ConfigError(
            f"Config has no setting {name!r}. The settings are: 'enable_backprop' (bool)."
        )


def _check_value(value: object) -> bool:
    if not isinstance(value, (bool, int, np.bool_)) or value not in (0, 1):
        raise ConfigError(f"Config.enable_backprop must be True or False, not {value!r}.")
    return bool(value)


class _ConfigType(type):
    """Makes ``Config.enable_backprop`` read the mode in force and write the default."""

    @property
    def enable_backprop(cls) -> bool:
        """Whether the graph is recorded here."""
        top = override.get()
        return process.enable_backprop if top is None else top.shown

    @enable_backprop.setter
    def enable_backprop(cls, value: bool) -> None:
        process.enable_backprop = _check_value(value)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        _check_name(name)
        raise AssertionError(name)  # pragma: no cover

    def __setattr__(cls, name: str, value: Any) -> None:
        _check_name(name)
        super().__setattr__(name, value)


class Config(metaclass=_ConfigType):
    """The settings of the library.

    ``Config.enable_backprop`` reads the grad mode in force where it is read.
    Setting it changes the process-wide default, which every thread sees;
    an enclosing `no_grad`, `enable_grad` or `using_config` still goes first.

    Raises
    ------
    ConfigError
        For a name that does not exist (an `AttributeError`).
    """


class using_config(Guarded):  # noqa: N801 - the seed's name, read as a verb in a with statement
    """Set a configuration value for a block or a function, and restore it.

    Seen by the code inside only: no other thread or task sees it. Works as a
    ``with`` statement, which may be nested and re-entered, and as a decorator on
    functions, generators, coroutines and asynchronous generators.

    Parameters
    ----------
    name : str
        ``"enable_backprop"``.
    value : bool
        The value inside.

    Raises
    ------
    ConfigError
        For a name that does not exist, with the list of those that do.
    """

    def __init__(self, name: str, value: bool) -> None:
        _check_name(name)
        self._value = _check_value(value)

    def __enter__(self) -> using_config:
        frame = sys._getframe(1)
        if frame.f_code.co_flags & _SUSPENDED or frame.f_code.co_name == "enter_context":
            from .suspended import warn_of_consumer  # for generators alone

            warn_of_consumer(frame, _name(self._value))
        before = override.get()
        # Compiled under no_grad, a function may use no_grad itself: it is recorded all the same.
        hidden = before is not None and before.value and not before.shown and not self._value
        try:
            override.set(Override(self._value or hidden, self, before, self._value))
        except BaseException:  # Ctrl-C, just after it was set
            override.set(before)
            raise
        return self

    def _exit(self) -> Exit:
        below = override.get()
        if _without(below, self) is not below:  # entered by hand, or again
            return self._leave
        left: list[Token[Override | None]] = []
        return guard(
            partial(left.extend, map(override.set, (below,))), partial(_mend, left, below, self)
        )

    def _leave(self, *_: object) -> None:
        override.set(_without(override.get(), self))

    def __call__(self, function: F) -> F:
        """Decorate a function, generator function or coroutine function."""
        from .decorating import decorated  # for decorators alone

        mode = partial(using_config, "enable_backprop", self._value)
        return cast(F, decorated(function, mode, _name(self._value)))


class within(Guarded):  # noqa: N801 - read as a verb in a with statement
    """Set the mode for a call by nbgrad; entries that the call leaves behind are dropped."""

    __slots__ = ("_value",)

    def __init__(self, value: bool) -> None:
        self._value = value

    def _exit(self) -> Exit:
        return guard(partial(override.set, override.get()))

    def __enter__(self) -> None:
        override.set(Override(self._value, None, override.get()))


class calling(within):  # noqa: N801 - read as a verb in a with statement
    """Record what a derivative's function computes, and take note of the leaves that it makes."""

    __slots__ = ("leaves",)

    def __init__(self) -> None:
        self.leaves: set[int] = set()

    def __enter__(self) -> None:
        entry = Override(True, None, override.get())
        if entry.leaves is None:
            entry.leaves = self.leaves
        override.set(entry)


def _name(value: bool) -> str:
    return "enable_grad" if value else "no_grad"


@overload
def no_grad(function: None = None) -> using_config: ...
@overload
def no_grad(function: F) -> F: ...
def no_grad(function: F | None = None) -> using_config | F:
    """Record no graph inside: results have no creator and keep no inputs.

    Usable as ``with no_grad():``, as ``@no_grad()`` and as ``@no_grad``.
    """
    mode = using_config("enable_backprop", False)
    return mode if function is None else mode(function)


@overload
def enable_grad(function: None = None) -> using_config: ...
@overload
def enable_grad(function: F) -> F: ...
def enable_grad(function: F | None = None) -> using_config | F:
    """Record the graph inside, also within `no_grad`.

    Usable as ``with enable_grad():``, as ``@enable_grad()`` and as ``@enable_grad``.
    """
    mode = using_config("enable_backprop", True)
    return mode if function is None else mode(function)
