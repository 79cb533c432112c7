"""Arrays as HTML: every number in a tinted table, or a thumbnail and statistics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import product

from nbgrad.tracing import format as fmt
from nbgrad.tracing.summaries import Summary

from .thumbnail import level, thumbnail

ROW_LENGTH = 8
"""How many elements of a vector stand in one row."""

WARNING_ICON = (
    '<svg class="ng-icon" viewBox="0 0 16 16" aria-hidden="true">'
    '<path d="M8 1.6 15.2 14.4H.8z"/><path class="ng-mark" d="M8 6v4M8 11.8v.9"/></svg>'
)


def array_html(facts: Summary, label: str) -> str:
    """Show an array; the label says to screen readers what it is, ``value`` or ``gradient``."""
    label = escape(f"{label} {fmt.shape(facts.shape)}")
    if facts.values is None:
        body = (
            f'<div class="ng-large"><div>{thumbnail(facts, label)}</div>{_statistics(facts)}</div>'
        )
    elif not facts.shape:
        body = _scalar(facts.values[0], facts.dtype)
    elif not facts.size:
        body = f'<div class="ng-empty">no elements, shape {fmt.shape(facts.shape)}</div>'
    else:
        body = _tables(facts, label)
    return _alert(facts) + body


def _scalar(value: float, dtype: str) -> str:
    sign = "pos" if value > 0 else "neg" if value < 0 else "0"
    text = str(value) if dtype.startswith(("int", "uint", "float64")) else fmt.number(value)
    sign = sign if math.isfinite(value) else "bad"
    return f'<div class="ng-scalar"><span data-sign="{sign}">{text}</span></div>'


def _tables(facts: Summary, label: str) -> str:
    """Show every element: a vector in rows of eight, a matrix, or matrices side by side."""
    values = facts.values or ()
    texts = fmt.aligned(values)
    cells = [
        f'<td data-tint="{_tint(value, facts.magnitude)}">{text}</td>'
        for value, text in zip(values, texts, strict=True)
    ]
    if len(facts.shape) == 1:
        return _vector(cells, label)
    cols = facts.shape[-1]
    rows = [f"<tr>{''.join(cells[i : i + cols])}</tr>" for i in range(0, len(cells), cols)]
    if len(facts.shape) == 2:
        return _table(rows, label)
    return _stack(facts.shape, rows, label)


def _tint(value: float, largest: float) -> str:
    tint = level(value, largest)
    return "bad" if tint is None else str(tint)


def _vector(cells: Sequence[str], label: str) -> str:
    if len(cells) <= ROW_LENGTH:
        return _table([f"<tr>{''.join(cells)}</tr>"], label)
    rows = [
        f'<tr><th scope="row">{i}</th>{"".join(cells[i : i + ROW_LENGTH])}</tr>'
        for i in range(0, len(cells), ROW_LENGTH)
    ]
    return _table(rows, label)


def _stack(shape: Sequence[int], rows: Sequence[str], label: str) -> str:
    """Show the matrices of an array of three or more dimensions, each with its index."""
    height = shape[-2]
    parts = []
    for k, index in enumerate(product(*(range(n) for n in shape[:-2]))):
        place = f"[{', '.join(map(str, index))}]"
        table = _table(rows[k * height : (k + 1) * height], f"{label} {place}")
        parts.append(f'<div class="ng-slice"><div class="ng-index">{place}</div>{table}</div>')
    return f'<div class="ng-stack">{"".join(parts)}</div>'


def _table(rows: Sequence[str], label: str) -> str:
    body = "".join(rows)
    return f'<table class="ng-table" aria-label="{label}"><tbody>{body}</tbody></table>'


def _alert(facts: Summary) -> str:
    """Write a warning that some elements are NaN or infinite."""
    if not facts.nan and not facts.inf:
        return ""
    found = [f"{facts.nan:,} NaN"] * bool(facts.nan) + [f"{facts.inf:,} inf"] * bool(facts.inf)
    among = f"the {facts.sample:,} sampled" if facts.sample else f"{facts.size:,}"
    elements = f" among {among} elements" if facts.size > 1 else ""
    return f'<div class="ng-alert">{WARNING_ICON}{" and ".join(found)}{elements}</div>'


def _statistics(facts: Summary) -> str:
    numbers = [("min", facts.min), ("mean", facts.mean), ("max", facts.max)]
    if facts.norm is not None:
        numbers.append(("norm", facts.norm))
    rows = "".join(f"<dt>{name}</dt><dd>{fmt.number(value)}</dd>" for name, value in numbers)
    note = ""
    if facts.sample:
        sample = f"of a sample of {facts.sample:,} of the {facts.size:,} elements"
        note = f'<div class="ng-note">{sample}</div>'
    elif facts.nan or facts.inf:
        note = '<div class="ng-note">of the finite elements</div>'
    return f'<div><dl class="ng-stats">{rows}</dl>{note}</div>'
