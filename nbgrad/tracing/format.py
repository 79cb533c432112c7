"""How numbers, shapes and names are written, everywhere that a trace is shown as text."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import Any

from nbgrad.engine.diagnostics.escaping import visible

DIGITS = 6
NAME_LIMIT = 40


def number(value: float, digits: int = DIGITS) -> str:
    """Write a number with a few significant digits: ``16``, ``0.333333``, ``1.2e-7``.

    Whole numbers lose their ``.0``; NaN, the infinities and the negative zero show as
    ``nan``, ``inf``, ``-inf`` and ``-0``.
    """
    value = float(value)
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value.is_integer() and abs(value) < 10.0**digits:
        return f"{value:.0f}"
    text = f"{value:.{digits}g}"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return f"{mantissa}e{int(exponent)}"


def norm(value: float | None, digits: int = DIGITS) -> str:
    """Write a norm; ``–`` where no element is finite, so that there is none."""
    return "–" if value is None else number(value, digits)


def shape(dims: Sequence[int]) -> str:
    """Write a shape as Python does: ``()``, ``(3,)``, ``(3, 4)``."""
    return str(tuple(int(n) for n in dims))


def nested(values: Sequence[Any], dims: Sequence[int], digits: int = 4) -> str:
    """Write the elements of an array as nested lists: ``[[1, 2], [3, 4]]``; none: ``[]``."""
    if not dims:
        return number(values[0], digits)
    if not values:  # an axis may be as long as it likes beside one of length 0
        return "[]"
    step = math.prod(dims[1:])
    rows = (values[i * step : (i + 1) * step] for i in range(dims[0]))
    return "[" + ", ".join(nested(row, dims[1:], digits) for row in rows) + "]"


def signed(value: float, digits: int = DIGITS) -> str:
    """Write a number as a term of a product: a negative one in parentheses."""
    text = number(value, digits)
    return f"({text})" if text.startswith("-") else text


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    r"""Neutralise what a name or source line must not do to a terminal or a page.

    Control characters, direction overrides and line breaks become visible escapes
    (``\x1b``); a long text ends in ``…``. Markup is left to the views, which escape it.
    """
    if not text.isprintable():
        text = visible(text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def width(text: str) -> int:
    """Return how many terminal columns a text takes; Korean characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Fill a text with spaces up to a number of terminal columns."""
    fill = " " * max(0, columns - width(text))
    return fill + text if right else text + fill


def cut(text: str, columns: int) -> str:
    """Shorten a text to a number of terminal columns, ending in ``…``."""
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > columns - 1:
            break
        kept += char
    return kept + "…"
