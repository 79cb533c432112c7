"""What a trace in rows and one in columns have in common: the header, arrays, source lines."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import Source, Summary, Thumb
from nbgrad.tracing.naive import ENGINE_ORDERS, ORDERS
from nbgrad.tracing.summaries import MAX_WHOLE, THUMB_COLS, THUMB_ROWS, from_values

from . import checks
from .checks import MalformedError, field, items, maybe, natural, wrong

MAX_NAIVE_OUTPUTS = 100_000
"""The naive order may call functions repeatedly; nbgrad stops it after 1000 calls."""


def header(data: Any) -> dict[str, Any]:
    """Return what a trace says about the pass as a whole."""
    flags = {
        key: checks.boolean(field(data, key, "the trace", False), f"'{key}'")
        for key in ("retain_grad", "create_graph", "applied", "truncated")
    }
    orders = (*ORDERS, *ENGINE_ORDERS[1:])
    return {"order": checks.choice(field(data, "order", "the trace"), orders, "'order'"), **flags}


def check_runs(order: str, calls: Iterable[tuple[Any, int]]) -> None:
    """Refuse a pass that runs a function too often; it is given by function and outputs.

    In columns a short row may stand for a call of many outputs, so their number is limited.
    """
    seen: set[Any] = set()
    outputs = 0
    for function, n in calls:
        if order != "naive" and function in seen:
            raise MalformedError("a function runs twice.")
        seen.add(function)
        outputs += n
    if order == "naive" and outputs > MAX_NAIVE_OUTPUTS:
        raise MalformedError(f"its naive calls have {outputs:,} outputs.")


class Summaries:
    """The summaries of a trace, each built when it is first referred to."""

    def __init__(self, data: Any) -> None:
        most = 8 * checks.MAX_NODES
        self._rows = items(field(data, "summaries", "the trace"), "'summaries'", most)
        self._read: dict[int, Summary] = {}

    def at(self, index: Any, where: str) -> Summary:
        """Return the summary that a place of the trace refers to."""
        i = natural(index, where, len(self._rows))
        found = self._read.get(i)
        if found is None:
            found = self._read[i] = summary(self._rows[i], f"summaries[{i}]")
        return found


def summary(data: Any, where: str) -> Summary:
    """Read a summary."""
    if not isinstance(data, dict):
        return from_values((), "float64", (float(checks.number(data, where)),))
    shape = checks.dims(field(data, "shape", where), f"{where}.shape")
    dtype = checks.dtype(field(data, "dtype", where), f"{where}.dtype")
    size = math.prod(shape)
    if "values" in data or not shape:
        values = _numbers(field(data, "values", where), f"{where}.values", MAX_WHOLE)
        if len(values) != size:
            wrong(f"{where}.values", f"a list of {size} numbers", data["values"])
        return from_values(shape, dtype, values)
    stats = {
        key: maybe(field(data, key, where, None), f"{where}.{key}", checks.number)
        for key in ("min", "max", "mean", "norm")
    }
    bad = {
        key: natural(field(data, key, where, 0), f"{where}.{key}")
        for key in ("nan", "inf", "zeros", "near_one", "near_zero")
    }
    thumb = maybe(field(data, "thumb", where, None), f"{where}.thumb", _thumb)
    return Summary(shape, dtype, None, **stats, **bad, thumb=thumb)  # type: ignore[arg-type]


def _thumb(data: Any, where: str) -> Thumb:
    rows = natural(field(data, "rows", where), f"{where}.rows", THUMB_ROWS + 1)
    cols = natural(field(data, "cols", where), f"{where}.cols", THUMB_COLS + 1)
    values = _numbers(field(data, "values", where), f"{where}.values", THUMB_ROWS * THUMB_COLS)
    if len(values) != rows * cols:
        wrong(f"{where}.values", f"a list of {rows * cols} numbers", data["values"])
    return Thumb(rows, cols, values)


def _numbers(data: Any, where: str, most: int) -> tuple[float, ...]:
    return tuple(checks.number(v, where) for v in items(data, where, most))


def read_source(data: Any, where: str) -> Source:
    """Read where a node was made."""
    return Source(
        natural(field(data, "line", where), f"{where}.line"),
        maybe(field(data, "cell", where, None), f"{where}.cell", natural),
        maybe(field(data, "file", where, None), f"{where}.file", clean_text),
        clean_text(field(data, "text", where, ""), f"{where}.text"),
    )


def clean_text(data: Any, where: str, most: int = 400) -> str:
    """Read a text and make it safe to print."""
    return fmt.clean(checks.text(data, where), most)


def code_text(data: Any, where: str) -> str:
    """Read source lines and make them safe to print."""
    lines = checks.text(data, where).splitlines()
    return "\n".join(fmt.clean(line, 400) for line in lines)
