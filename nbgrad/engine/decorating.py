"""A context manager as a decorator, on whatever can be called.

It is entered while the decorated code runs, and only then: a generator's consumer
runs outside of it.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

from .diagnostics.naming import depth_of_user
from .errors import GradModeWarning, OperandError

Mode: TypeAlias = Callable[[], AbstractContextManager[Any]]


def decorated(function: Any, mode: Mode, name: str) -> Any:
    """Return a function, method, property or class that runs inside ``mode()``.

    Parameters
    ----------
    function : callable, classmethod, staticmethod or property
        Of a generator, coroutine or asynchronous generator every step runs inside, also where
        it is an object's ``__call__``. Of a class only ``__init__``, with a warning.
    mode : callable
        Makes the context manager.
    name : str
        What the decorator is called, for errors.

    Raises
    ------
    OperandError
        For what cannot be called.
    """
    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(decorated(function.__func__, mode, name))
    if isinstance(function, property):
        get, change, delete = (
            part and decorated(part, mode, name)
            for part in (function.fget, function.fset, function.fdel)
        )
        return property(get, change, delete, function.__doc__)
    if isinstance(function, type):
        return _decorated_class(function, mode, name)
    if not callable(function):
        raise OperandError(
            f"{name} decorates a function, not {type(function).__name__}. "
            f"For a few lines: with {name}(): ..."
        )
    called = _called(function)
    if inspect.isasyncgenfunction(called):
        return _async_generator(function, mode)
    if inspect.iscoroutinefunction(called):
        return _coroutine(function, mode)
    if inspect.isgeneratorfunction(called):
        return _generator(function, mode)

    @functools.wraps(function)
    def plain(*args: Any, **kwargs: Any) -> Any:
        with mode():
            return function(*args, **kwargs)

    return plain


def _called(function: Any) -> Any:
    """Return the function that a call runs: of an object its ``__call__``."""
    while isinstance(function, functools.partial):
        function = function.func
    return function if inspect.isroutine(function) else type(function).__call__


def _decorated_class(cls: Any, mode: Mode, name: str) -> Any:
    warnings.warn(
        f"@{name} on the class {cls.__name__} holds while an instance is made, and not in its "
        f"methods. Decorate those that are meant: @{name}() above def forward or def __call__.",
        GradModeWarning,
        stacklevel=depth_of_user(),
    )
    if "__init__" in vars(cls):
        cls.__init__ = decorated(cls.__init__, mode, name)
    return cls


def _coroutine(function: Callable[..., Any], mode: Mode) -> Callable[..., Any]:
    @functools.wraps(function)
    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        with mode():
            return await function(*args, **kwargs)

    return coroutine


def _generator(function: Callable[..., Any], mode: Mode) -> Callable[..., Any]:
    """Apply the mode while the generator runs, never while it is suspended."""

    @functools.wraps(function)
    def generator(*args: Any, **kwargs: Any) -> Any:
        source = function(*args, **kwargs)
        step: Callable[[], Any] = lambda: next(source)  # noqa: E731
        try:
            while True:
                with mode():
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
            with mode():
                source.close()

    return generator


def _async_generator(function: Callable[..., Any], mode: Mode) -> Callable[..., Any]:
    """Apply the mode while the asynchronous generator runs, never between its items."""

    @functools.wraps(function)
    async def generator(*args: Any, **kwargs: Any) -> Any:
        source = function(*args, **kwargs)
        step = source.__anext__
        try:
            while True:
                with mode():
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
            with mode():
                await source.aclose()

    return generator
