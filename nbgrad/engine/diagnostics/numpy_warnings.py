"""NumPy's warnings (a division by zero, an overflow) at the user's line.

NumPy names the line that called it, which is one of nbgrad's: the same for every ``ng.log``.
To look for it at every operation would cost a quarter of a multiplication. So the modules of
forwards and rules, which are those of the table's rows, have a `__warningregistry__` that Python
refuses: there a warning is a TypeError, which whoever called the forward or the rule catches, and
computes once more such that each warning names the user's line. What never warns costs nothing.

NumPy's own Python code (np.var, np.einsum) warns at a line of its own instead: what calls it
computes such that warnings name the user's line at once (`names_users_line`). Where nbgrad has a
session, in a notebook and on the command line, it also stands in for what shows warnings, and
names the line of the user's for any that come from elsewhere, once for each such line.
"""

from __future__ import annotations

import os
import sys
import warnings
from _thread import allocate_lock  # importing threading is slow
from collections.abc import Callable
from functools import lru_cache, wraps
from types import FrameType
from typing import Any, ParamSpec, TypeVar

import numpy as np

from .naming import is_ours

_NUMPY = os.path.dirname(np.__file__)  # noqa: PTH120 - pathlib takes 2 ms to import
_P = ParamSpec("_P")
_R = TypeVar("_R")
_HANDED_ON = {"call", "log"}
_KINDS = {"divide": "divide", "overflow": "over", "underflow": "under", "invalid": "invalid"}
"""What `numpy.errstate` calls a warning that starts with a word."""


class _Refused:
    """A `__warningregistry__` that is not a dict; what empties all registries leaves it in place."""

    def __bool__(self) -> bool:
        return False

    def clear(self) -> None:
        """Stay as it is."""


_REFUSED = _Refused()
_REGISTRY = "__warningregistry__"
_REFUSAL = "'registry' must be a dict or None"
_modules: list[dict[str, Any]] = []
_alone = allocate_lock()


def refuse_warnings(names: dict[str, Any], module: bool = True) -> None:
    """Let warnings in code with these globals be errors that `computed_again` mends."""
    if module and names.get(_REGISTRY) is not _REFUSED:
        _modules.append(names)
    names[_REGISTRY] = _REFUSED


def is_refused(error: BaseException) -> bool:
    """Whether an error is a warning in a module that refuses them."""
    return type(error) is TypeError and str(error) == _REFUSAL


def computed_again(function: Callable[..., Any], *args: Any) -> Any:
    """Compute what was refused, such that warnings name the user's line."""
    with at_users_line():
        try:
            return function(*args)
        except TypeError as error:
            if not is_refused(error):
                raise
    return _computed_alone(function, *args)


def unrefused(error: Exception, function: Callable[..., Any], *args: Any) -> Any:
    """Compute again what was refused; raise any other error."""
    try:
        if not is_refused(error):
            raise error
    finally:
        del error  # its traceback holds this frame
    return computed_again(function, *args)


def computed(function: Callable[..., Any], *args: Any) -> Any:
    """Compute, and again if it is refused: for what does not run at every step of a pass."""
    try:
        return function(*args)
    except TypeError as error:
        return unrefused(error, function, *args)


def at_users_line(**more: Any) -> Any:
    """Let NumPy's warnings of floating point inside a ``with`` name the user's line.

    ``more`` are modes of `numpy.errstate`: ``over="ignore"``.
    """
    modes = np.geterr()
    ours: Any = _that_warn(tuple(modes.values()), "log")
    others = np.geterrcall() if _HANDED_ON & {*modes.values()} else None
    return np.errstate(call=_Writer(modes, others), **{**ours, **more})


@lru_cache(maxsize=64)
def _that_warn(modes: tuple[str, ...], instead: str) -> dict[str, str]:
    """Return another mode for each kind of error that warns."""
    return {kind: instead for kind, mode in zip(np.geterr(), modes, strict=True) if mode == "warn"}


def names_users_line(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let the warnings of a function that calls NumPy's Python code name the user's line.

    What NumPy has in C warns at the line that called it, and is refused there; the Python code
    warns at a line of its own.
    """

    @wraps(function)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with at_users_line():
            return function(*args, **kwargs)

    return called


def refuses_warnings(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a warning in NumPy's Python code, called by a function, be refused as in our modules."""

    @wraps(function)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        modes = tuple(np.geterr().values())
        if _HANDED_ON & {*modes}:
            return function(*args, **kwargs)
        ours: Any = _that_warn(modes, "call")
        with np.errstate(call=_refuse, **ours):
            return function(*args, **kwargs)

    return called


def _refuse(_error: str, _flag: int) -> None:
    raise TypeError(_REFUSAL)


def error_handling() -> tuple[Any, Any]:
    """Return how NumPy handles errors of floating point here."""
    return np.geterr(), np.geterrcall()


def restore(handling: tuple[Any, Any]) -> None:
    """Go back to an earlier handling where an interrupt has left ours."""
    if isinstance(now := np.geterrcall(), _Writer) or now is _refuse:
        np.seterrcall(handling[1])
        np.seterr(**handling[0])


class _Writer:
    """What NumPy tells of floating point: it warns, or hands on to what the user has set."""

    def __init__(self, modes: Any, others: Any) -> None:
        self.modes, self.others = modes, others

    def __call__(self, error: str, flag: int) -> None:
        self.others(error, flag)

    def write(self, text: str) -> None:
        """Take ``Warning: overflow encountered in multiply``."""
        message = text.strip().removeprefix("Warning: ")
        if self.modes[_KINDS[message.partition(" ")[0]]] == "log":
            self.others.write(text)
        else:
            _warn(RuntimeWarning(message), _users_frame())


def _computed_alone(function: Callable[..., Any], *args: Any) -> Any:
    """Compute with all warnings gathered, but those of floating point, which were given."""
    user = _users_frame()
    quiet: Any = {kind: "ignore" for kind, mode in np.geterr().items() if mode == "warn"}
    with _alone, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for names in _modules:
            names[_REGISTRY] = {}
        try:
            with np.errstate(**quiet):
                result = function(*args)
        finally:
            for names in _modules:
                names[_REGISTRY] = _REFUSED
    for found in caught:
        _warn(found.message, user)
    return result


def _warn(message: Warning | str, user: FrameType) -> None:
    names = user.f_globals
    warnings.warn_explicit(
        message,
        type(message) if isinstance(message, Warning) else RuntimeWarning,
        user.f_code.co_filename,
        user.f_lineno,
        names.get("__name__"),
        names.setdefault(_REGISTRY, {}),
    )


def warn_user(message: str) -> None:
    """Give a RuntimeWarning of our own at the user's line."""
    _warn(RuntimeWarning(message), _users_frame())


def _users_frame() -> FrameType:
    """Return the innermost frame that runs neither our code nor NumPy's; the outermost if none."""
    frame = sys._getframe(1)
    while frame.f_back is not None and not is_users(frame):
        frame = frame.f_back
    return frame


def is_users(frame: FrameType) -> bool:
    """Whether a frame runs neither our code nor NumPy's."""
    file = frame.f_code.co_filename
    return not (
        is_ours(frame)
        or file.startswith((_NUMPY, "numpy/", "<compiled ", "<__array_function__"))
        or file.endswith("contextlib.py")
    )


class WarningsAtUsersLine:
    """Stands in for `warnings.showwarning` between `start` and `stop`."""

    def __init__(self) -> None:
        self._before: Any = None
        self._shown: set[tuple[str, str, int]] = set()

    def start(self) -> None:
        """Stand in."""
        self._before, warnings.showwarning = warnings.showwarning, self.show

    def stop(self) -> None:
        """Restore the previous function, unless it was replaced again meanwhile."""
        if warnings.showwarning == self.show:
            warnings.showwarning = self._before

    def forget(self, _: Any = None) -> None:
        """Let every line warn again, since a new cell runs."""
        self._shown.clear()

    def show(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: Any = None,
        line: str | None = None,
    ) -> None:
        """Show a warning at the user's line."""
        place = users_line(filename) if issubclass(category, RuntimeWarning) else None
        if place is not None:
            origin, user = place
            # Python has registered nbgrad's line, and would suppress the warning for the user's
            # next line.
            registry = origin.f_globals.get("__warningregistry__", {})
            registry.pop((str(message), category, lineno), None)
            filename, lineno, line = user.f_code.co_filename, user.f_lineno, None
            key = (str(message), filename, lineno)
            if key in self._shown and not _always(str(message), category):
                return
            self._shown.add(key)
        self._before(message, category, filename, lineno, file, line)


def users_line(filename: str) -> tuple[FrameType, FrameType] | None:
    """Return the frame that warns, and the user's that led to it by way of nbgrad."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != filename:
        frame = frame.f_back
    origin, by_way_of_nbgrad = frame, False
    while frame is not None:
        if is_ours(frame):
            by_way_of_nbgrad = True
        elif not frame.f_code.co_filename.startswith(_NUMPY):
            break
        frame = frame.f_back
    if origin is None or frame is None or not by_way_of_nbgrad:
        return None
    return origin, frame


def _always(text: str, category: type[Warning]) -> bool:
    """Whether the user wants to see every warning of a kind."""
    for action, message, kind, _module, _line in warnings.filters:
        if issubclass(category, kind) and (message is None or message.match(text)):
            return action == "always"
    return False


refuse_warnings(globals())  # what `computed` calls may be NumPy's own, which warns at our line
