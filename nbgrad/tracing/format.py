"""How numbers, shapes and names are written, everywhere.

The front end writes numbers by the same rules (``js/src/numbers.ts``); both are tested on
the same cases. A number is rounded exactly, halves away from zero, so that both agree.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Container, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from itertools import zip_longest

from nbgrad.engine.diagnostics.escaping import visible

DIGITS = 4
"""Significant digits of a number that is not whole."""
PLAIN_EXPONENTS = range(-4, 6)
"""Numbers from 0.0001 to below a million are written without an exponent."""
MAX_EXTRA_DIGITS = 4
"""A sum may take this many more decimal places until it adds up as shown."""
MAX_PLACES = 100
"""Sums with more decimal places are not written out: the front end cannot write them."""
_EXACT = Context(prec=1100)
"""Of any float and its places before and after the point."""
NAME_LIMIT = 40
COLUMN_GAP = "  "


def number(value: float | None) -> str:
    """Write a number: ``16``, ``0.3333``, ``123457``, ``1.235e6``, ``1.2e-7``, ``nan``.

    Four significant digits, but no digit before the decimal point is rounded away below a
    million; ``–`` for None.

    Examples
    --------
    >>> [number(v) for v in (16.0, 1 / 3, 123456.789, 1234567, 1.2e-7, float("nan"), None)]
    ['16', '0.3333', '123457', '1.235e6', '1.2e-7', 'nan', '–']
    """
    return "–" if value is None else _number(float(value))


@lru_cache(maxsize=32768)  # of a story of ten thousand nodes, told in two languages
def _number(value: float) -> str:
    if not math.isfinite(value):
        return "nan" if value != value else "inf" if value > 0 else "-inf"
    if value.is_integer() and abs(value) < 10.0**PLAIN_EXPONENTS.stop:
        return str(int(value))
    places = _places(value)
    return _decimal(_units(value, places), places)


def added(terms: Sequence[float], total: float) -> tuple[list[str], str, str]:
    """Write the terms of a sum and its total so that they add up as they are shown.

    Returns
    -------
    tuple of (list of str, str, str)
        The terms, ``"="`` or ``"≈"`` where no reasonable number of digits adds up, and
        the total.

    Examples
    --------
    >>> added([8, 8], 16)
    (['8', '8'], '=', '16')
    >>> added([0.33333, 0.33333], 0.66666)
    (['0.33333', '0.33333'], '=', '0.66666')
    >>> added([1 / 3, 1 / 3, 1 / 3], 1.0)
    (['0.3333', '0.3333', '0.3333'], '≈', '1')
    """
    values = [*map(float, terms), float(total)]
    texts = [number(v) for v in values]
    if len(terms) == 1 and texts[0] == texts[1]:
        return texts[:1], "=", texts[1]
    sign = "≈"
    if all(map(math.isfinite, values)):
        finest = max(-_last_place(text) for text in texts)
        largest = max(map(_exponent, values))
        if _is_sum([int(Decimal(text).scaleb(finest)) for text in texts]):
            sign = "="
        else:
            for places in range(finest, finest + MAX_EXTRA_DIGITS + 1):
                units = [_units(v, places) for v in values]
                if places <= MAX_PLACES and largest + places < 17 and _is_sum(units):
                    texts, sign = [_decimal(n, places) for n in units], "="
                    break
    elif not all(map(math.isfinite, values[:-1])):
        sign = "="
    return texts[:-1], sign, texts[-1]


def apart(a: float, b: float) -> tuple[str, str]:
    """Write two numbers that are not equal with as many digits as tell them apart."""
    texts = number(a), number(b)
    digits = DIGITS
    while a != b and texts[0] == texts[1] and digits < 17:
        digits += 1
        texts = _short(f"{a:.{digits}g}"), _short(f"{b:.{digits}g}")
    return texts


def aligned(values: Sequence[float]) -> list[str]:
    """Write the numbers of one table with the same number of decimals, if they allow it.

    Examples
    --------
    >>> aligned([0.5, -0.25, 1.0])
    ['0.50', '-0.25', '1.00']
    >>> aligned([1e-9, 1.0])
    ['1e-9', '1']
    """
    sizes = [abs(v) for v in values if v and math.isfinite(v)]
    if not sizes:
        return [number(v) for v in values]
    high, low = _exponent(max(sizes)), _exponent(min(sizes))
    if high not in PLAIN_EXPONENTS or low not in PLAIN_EXPONENTS or high - low > DIGITS:
        return [number(v) for v in values]
    places = max(DIGITS - 1 - high, 1 - low, 0)
    units = [_units(v, places) if math.isfinite(v) else 0 for v in values]
    while places and not any(n % 10 for n in units):
        places, units = places - 1, [n // 10 for n in units]
    return [
        _fixed(n, places) if math.isfinite(v) else number(v)
        for n, v in zip(units, values, strict=True)
    ]


def _exponent(value: float) -> int:
    """Return the decimal exponent of a number's first digit."""
    return Decimal(repr(value)).adjusted() if value else 0


def _places(value: float) -> int:
    """Return after how many decimal places a number is rounded."""
    exponent = _exponent(value)
    places = DIGITS - 1 - exponent
    return max(places, 0) if exponent in PLAIN_EXPONENTS else places


def _units(value: float, places: int) -> int:
    """Return a number in units of its last decimal place, rounded exactly."""
    return int(_EXACT.scaleb(Decimal(value), places).to_integral_value(ROUND_HALF_UP))


def _fixed(units: int, places: int) -> str:
    return f"{Decimal(units).scaleb(-places):f}"


def _decimal(units: int, places: int) -> str:
    """Write a number of units, without zeros that say nothing."""
    number = Decimal(units).scaleb(-places).normalize()
    exponent = number.adjusted()
    if not units or exponent in PLAIN_EXPONENTS:
        return f"{number:f}"
    return f"{number.scaleb(-exponent):f}e{exponent}"


def _short(text: str) -> str:
    """Write what Python writes in general format as `number` does: ``1.5e-7``."""
    mantissa, mark, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else text


def _last_place(text: str) -> int:
    """Return the decimal exponent of the last digit of a written number."""
    exponent = Decimal(text).as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _is_sum(units: Sequence[int]) -> bool:
    return sum(units[:-1]) == units[-1]


def shape(dims: Sequence[int]) -> str:
    """Write a shape as Python does: ``()``, ``(3,)``, ``(3, 4)``."""
    return str(tuple(int(n) for n in dims))


def nested(values: Sequence[float] | Sequence[str], dims: Sequence[int]) -> str:
    """Write the elements of an array as nested lists: ``[[1, 2], [3, 4]]``; none: ``[]``.

    An element may have been written already.
    """
    if not dims:
        (value,) = values
        return value if isinstance(value, str) else number(value)
    if not values:  # beside an axis of length 0 another may have any length
        return "[]"
    if len(dims) == 1:
        return f"[{', '.join([v if isinstance(v, str) else number(v) for v in values])}]"
    step = math.prod(dims[1:])
    rows = (values[i * step : (i + 1) * step] for i in range(dims[0]))
    return "[" + ", ".join(nested(row, dims[1:]) for row in rows) + "]"


def signed(value: float) -> str:
    """Write a number as a term of a product: a negative one in parentheses."""
    text = number(value)
    return f"({text})" if text.startswith("-") else text


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    r"""Make a name or source line safe for terminals and pages.

    Control characters, direction overrides and line breaks become visible escapes
    (``\x1b``); a long text ends in ``…``. Markup is left to the views, which escape it.
    """
    head = text[: limit + 1]  # of a text of any length
    if not head.isprintable():
        text = visible(head)
    return text if len(text) <= limit else text[: limit - 1] + "…"


_GROUP = re.compile(r"\([^()]*\)|\[[^][]*\]")
_OPERATOR = re.compile(r" [-+*/@] |\*\*|^-")


def is_expression(name: str) -> bool:
    """Whether a name is an expression that stands in parentheses before ``.grad``: ``x @ W``."""
    while (rest := _GROUP.sub("", name)) != name:
        name = rest
    return _OPERATOR.search(name) is not None


def grad_name(name: str) -> str:
    """Return what the gradient of a variable is called.

    Examples
    --------
    >>> grad_name("a"), grad_name("x @ W"), grad_name("tanh(x @ W)")
    ('a.grad', '(x @ W).grad', 'tanh(x @ W).grad')
    """
    return f"({name}).grad" if is_expression(name) else f"{name}.grad"


def is_path(name: str) -> bool:
    """Whether a name is a path of modules, such as ``layers.0.linear1.weight``."""
    return "." in name and f"_{name}".replace(".", "_").replace("#", "_").isidentifier()


def short_name(name: str, limit: int = NAME_LIMIT) -> str:
    """Shorten a name; that of a module's parameter from the left: ``…layers.0.linear1.weight``."""
    if len(name) <= limit or not is_path(name):
        return clean(name, limit)
    tail = name[len(name) - limit + 1 :]
    return "…" + clean(tail, limit)


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def width(text: str) -> int:
    """Return how many terminal columns a text takes; Korean characters take two."""
    if text.isascii():
        return len(text)
    return len(text) + sum(
        -1 if unicodedata.combining(c) else unicodedata.east_asian_width(c) in "WF"
        for c in _NOT_ASCII.findall(text)
    )


def in_columns(rows: Sequence[Sequence[str]], right: Container[int] = ()) -> list[str]:
    """Align the cells of a table for a terminal; those of the columns in ``right`` to the right.

    Examples
    --------
    >>> in_columns([("x", "16"), ("bias", "1")], right={1})
    ['x     16', 'bias   1']
    """
    widths = [max(map(width, column)) for column in zip_longest(*rows, fillvalue="")]
    lines = []
    for row in rows:
        line = ""
        for k, cell in enumerate(row):
            fill = " " * (widths[k] - width(cell))
            line += COLUMN_GAP * (k > 0) + (fill + cell if k in right else cell + fill)
        lines.append(line.rstrip())
    return lines


def cut(text: str, columns: int) -> str:
    """Shorten a text to a number of terminal columns, ending in ``…``."""
    if text.isascii():
        return text if len(text) <= columns else text[: columns - 1] + "…"
    used = kept = 0
    for i, char in enumerate(text):
        used += width(char)
        if used < columns:
            kept = i + 1
        elif used > columns:
            return text[:kept] + "…"
    return text
