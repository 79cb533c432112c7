"""Grad mode: whether the graph is recorded.

Two levels. A process-wide default that every thread, task and notebook cell sees,
and a context-local stack of overrides that only the code inside a ``with`` sees.
The stack is a linked list held by one context variable. Leaving a ``with`` takes
out its own entry, wherever it stands, so interleaved exits (two generators that
take turns) end in the right state; no Token is kept, so leaving in another
context than the one entered is harmless.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import Any, TypeVar, cast, overload

import numpy as np

from .errors import ConfigError

F = TypeVar("F", bound=Callable[..., Any])


class _Process:
    """The process-wide defaults."""

    __slots__ = ("enable_backprop",)

    def __init__(self) -> None:
        self.enable_backprop = True


class Override:
    """One ``with`` in force: its value, and the entries below it.

    While a function is recorded to be compiled, the graph is kept in any mode, and ``shown``
    is the mode that the function sees.
    """

    __slots__ = ("below", "owner", "shown", "value")

    def __init__(
        self, value: bool, owner: object, below: Override | None, shown: bool | None = None
    ) -> None:
        self.value = value
        self.owner = owner
        self.below = below
        self.shown = value if shown is None else shown


process = _Process()
override: ContextVar[Override | None] = ContextVar("nbgrad_enable_backprop", default=None)


def is_recording() -> bool:
    """Whether operations called here and now are recorded."""
    top = override.get()
    return process.enable_backprop if top is None else top.value


def _without(entry: Override | None, owner: object) -> Override | None:
    """Return the stack without the topmost entry of an owner."""
    kept = []
    while entry is not None and entry.owner is not owner:
        kept.append(entry)
        entry = entry.below
    if entry is None:
        return kept[0] if kept else None
    below = entry.below
    for item in reversed(kept):
        below = Override(item.value, item.owner, below, item.shown)
    return below


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
        """Whether the graph is recorded, here and now."""
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


class using_config:  # noqa: N801 - the seed's name, read as a verb in a with statement
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
        try:
            below = override.get()
            # Compiled under no_grad, a function may use no_grad itself: it is recorded all the same.
            hidden = below is not None and below.value and not below.shown and not self._value
            override.set(Override(self._value or hidden, self, below, self._value))
        except BaseException:  # Ctrl-C, just after it was set
            override.set(_without(override.get(), self))
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        override.set(_without(override.get(), self))

    def __call__(self, function: F) -> F:
        """Decorate a function, generator function or coroutine function."""
        value = self._value
        if inspect.isasyncgenfunction(function):
            return cast(F, _decorate_async_generator(function, value))
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def coroutine(*args: Any, **kwargs: Any) -> Any:
                with using_config("enable_backprop", value):
                    return await function(*args, **kwargs)

            return cast(F, coroutine)
        if inspect.isgeneratorfunction(function):
            return cast(F, _decorate_generator(function, value))

        @functools.wraps(function)
        def plain(*args: Any, **kwargs: Any) -> Any:
            with using_config("enable_backprop", value):
                return function(*args, **kwargs)

        return cast(F, plain)


def _decorate_generator(function: Callable[..., Any], value: bool) -> Callable[..., Any]:
    """Apply the mode while the generator runs, never while it is suspended."""

    @functools.wraps(function)
    def generator(*args: Any, **kwargs: Any) -> Any:
        source = function(*args, **kwargs)
        step: Callable[[], Any] = lambda: next(source)  # noqa: E731
        try:
            while True:
                with using_config("enable_backprop", value):
                    item = step()
                try:
                    sent = yield item
                    step = functools.partial(source.send, sent)
                except GeneratorExit:
                    raise
                except BaseException as error:
                    step = functools.partial(source.throw, error)
        except StopIteration as stop:
            return stop.value
        finally:
            del step  # it may hold an error, whose traceback holds this frame
            with using_config("enable_backprop", value):
                source.close()

    return generator


def _decorate_async_generator(function: Callable[..., Any], value: bool) -> Callable[..., Any]:
    """Apply the mode while the asynchronous generator runs, never between its items."""

    @functools.wraps(function)
    async def generator(*args: Any, **kwargs: Any) -> Any:
        source = function(*args, **kwargs)
        step = source.__anext__
        try:
            while True:
                with using_config("enable_backprop", value):
                    item = await step()
                try:
                    sent = yield item
                    step = functools.partial(source.asend, sent)
                except GeneratorExit:
                    raise
                except BaseException as error:
                    step = functools.partial(source.athrow, error)
        except StopAsyncIteration:
            return
        finally:
            del step  # it may hold an error, whose traceback holds this frame
            with using_config("enable_backprop", value):
                await source.aclose()

    return generator


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
