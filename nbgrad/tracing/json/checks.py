"""Checks on data from outside. An error says what was expected, where, and what was found."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

from nbgrad.engine.errors import TraceFormatError
from nbgrad.tracing import format as fmt

T = TypeVar("T")

MAX_NODES = 2_000_000
MAX_TEXT = 10_000
_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
DTYPES = frozenset(
    ["bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
    + [f"float{bits}" for bits in (16, 32, 64, 96, 128)]
    + ["bool", "longdouble"]
)
_MISSING: Any = object()


class MalformedError(TraceFormatError):
    """What is wrong with data; `reading` says what it should have been."""


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Let errors begin with what was to be read: ``This is not a trace: …``."""
    try:
        yield
    except MalformedError as error:
        raise TraceFormatError(f"This is not {what}: {error}") from None


def wrong(where: str, expected: str, found: object) -> NoReturn:
    """Raise the error of data that is not what it should be."""
    too_long = isinstance(found, int) and found.bit_length() > 256  # more than Python may print
    shown = "" if too_long or isinstance(found, (dict, list)) else fmt.clean(repr(found), 60)
    kind = type(found).__name__
    what = f"{kind} {shown}".strip()
    raise MalformedError(f"{where} must be {expected}, not {what}.")


def field(data: Any, key: str, where: str, default: Any = _MISSING) -> Any:
    """Return a key's value, or the default of a key that may be missing."""
    if not isinstance(data, dict):
        wrong(where, "an object", data)
    if key in data:
        return data[key]
    if default is _MISSING:
        raise MalformedError(f"{where} has no {key!r}.")
    return default


def boolean(value: Any, where: str) -> bool:
    """Return a truth value."""
    return value if isinstance(value, bool) else wrong(where, "true or false", value)


def natural(value: Any, where: str, below: int = 2**53) -> int:
    """Return a whole number from 0 to below a limit."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < below:
        wrong(where, f"a whole number from 0 to {below - 1}", value)
    return value


def text(value: Any, where: str, most: int = MAX_TEXT) -> str:
    """Return a text of bounded length."""
    if not isinstance(value, str) or len(value) > most:
        wrong(where, f"a text of at most {most} characters", value)
    return value


def identifier(value: Any, where: str) -> str:
    """Return an id."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        wrong(where, "an id such as 'v0'", value)
    return value


def choice(value: Any, choices: tuple[str, ...], where: str) -> str:
    """Return one of several words."""
    if value not in choices or not isinstance(value, str):
        wrong(where, " or ".join(map(repr, choices)), value)
    return value


def generation_between(inputs: Iterable[int], outputs: Sequence[int], where: str) -> int:
    """Return a function's generation, from those of its inputs and outputs."""
    if not outputs:
        wrong(where, "a function of at least one output", None)
    generation = outputs[0] - 1
    later = any(g > generation for g in inputs) or any(g != outputs[0] for g in outputs)
    if generation < 0 or later:
        raise MalformedError(
            f"{where} must stand between variables of earlier generations, "
            "and its outputs, all of the next one."
        )
    return generation


def items(value: Any, where: str, most: int = MAX_NODES) -> list[Any]:
    """Return a list of bounded length."""
    if not isinstance(value, list):
        wrong(where, "a list", value)
    if len(value) > most:
        raise MalformedError(f"{where} has {len(value):,} entries.")
    return value


def maybe(value: Any, where: str, check: Callable[..., T], *more: Any) -> T | None:
    """Return None for None, and anything else checked."""
    return None if value is None else check(value, where, *more)


def number(value: Any, where: str) -> float:
    """Return a number; NaN and the infinities are words."""
    if isinstance(value, str) and value in {"nan", "inf", "-inf"}:
        return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        wrong(where, "a number, 'nan', 'inf' or '-inf'", value)
    if isinstance(value, float) and not math.isfinite(value):
        wrong(where, "a number, 'nan', 'inf' or '-inf'", value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        wrong(where, "a number of at most 64 bits", value)
    return value


def dims(value: Any, where: str) -> tuple[int, ...]:
    """Return a shape, of an array that there can be."""
    shape = tuple(natural(n, f"{where}[{i}]") for i, n in enumerate(items(value, where, 64)))
    if math.prod(n for n in shape if n) >= 2**63:
        wrong(where, "the shape of an array of fewer than 2**63 elements", value)
    return shape


def dtype(value: Any, where: str) -> str:
    """Return the name of a real dtype."""
    if not isinstance(value, str) or value not in DTYPES:
        wrong(where, "a real dtype such as 'float64'", value)
    return value
