"""Numbers and shapes, written for people. The front end writes them in the same way."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["format_number", "format_shape", "format_table"]

DIGITS = 4
LARGE, SMALL = 1e6, 1e-4


def format_number(value: float | None) -> str:
    """Write a number with four digits at most: ``16``, ``0.3333``, ``1.2e-7``, ``nan``.

    Examples
    --------
    >>> [format_number(v) for v in (16.0, 1 / 3, 1.2e-7, float("nan"), None)]
    ['16', '0.3333', '1.2e-7', 'nan', '–']
    """
    if value is None:
        return "–"
    if not math.isfinite(value):
        return str(float(value))
    if value == 0:
        return "0"
    if abs(value) >= LARGE or abs(value) < SMALL:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}"
    if value == int(value):
        return str(int(value))
    return repr(float(f"{value:.{DIGITS}g}")).removesuffix(".0")


def format_shape(shape: Sequence[int]) -> str:
    """Write a shape as Python does: ``(32, 64)``, ``(3,)``, ``()``."""
    return str(tuple(int(n) for n in shape))


def format_table(values: Sequence[float]) -> list[str]:
    """Write the numbers of one table with the same number of decimals, if they allow it.

    Examples
    --------
    >>> format_table([0.5, -0.25, 1.0])
    ['0.50', '-0.25', '1.00']
    >>> format_table([1e-9, 1.0])
    ['1e-9', '1']
    """
    sizes = [abs(v) for v in values if v and math.isfinite(v)]
    if not sizes:
        return [format_number(v) for v in values]
    high, low = max(sizes), min(sizes)
    if high >= LARGE or low < SMALL or high / low > 10.0**DIGITS:
        return [format_number(v) for v in values]
    decimals = max(DIGITS - 1 - math.floor(math.log10(high)), 1 - math.floor(math.log10(low)), 0)
    texts = [f"{v:.{decimals}f}" if math.isfinite(v) else str(float(v)) for v in values]
    spare = min(
        (len(t) - len(t.rstrip("0")) for t in texts if "." in t and t[-1].isdigit()), default=0
    )
    spare += spare == decimals
    return [_shorten(t, spare) for t in texts]


def _shorten(text: str, spare: int) -> str:
    """Take away the last `spare` characters of a decimal fraction; ``-0.0`` is 0."""
    if "." not in text:
        return text
    short = text[: len(text) - spare] if spare else text
    return short.removeprefix("-") if not short.strip("-0.") else short
