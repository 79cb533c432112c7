"""A series as a table for terminals: a row per take."""

from __future__ import annotations

from collections.abc import Sequence

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import Parts
from nbgrad.tracing.narration.language import Speaker
from nbgrad.tracing.narration.takes import series_rows

from .section import Place

FIRST_ROWS, LAST_ROWS = 12, 8
"""How many takes of a long series are shown at its beginning and at its end."""
MAX_COLUMNS, MAX_WIDTH = 6, 16


def table(axis: str, at: Sequence[Place], takes: Sequence[Parts], notes: Sequence[str]) -> str:
    """Return a series as a table: where each take stands, the root's value, gradient norms."""
    speaker = Speaker()
    if not takes:
        return speaker.text("series_title", y="–", takes=speaker.count("takes", 0), axis=axis)
    head, rows = series_rows(axis, at, takes)
    title = speaker.text(
        "series_title", y=takes[-1].root.name, takes=speaker.count("takes", len(takes)), axis=axis
    )
    left_out = len(rows) - FIRST_ROWS - LAST_ROWS
    if left_out > 0:
        more = f"… {speaker.text('more', n=left_out)}"
        rows = [*rows[:FIRST_ROWS], [more], *rows[-LAST_ROWS:]]
    lines = write_table(title, head, rows)
    return "\n".join([lines, *(["", *notes] if notes else [])])


def write_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a title, and a table in columns below it."""
    cells = [[fmt.cut(cell, MAX_WIDTH) for cell in row[:MAX_COLUMNS]] for row in (head, *rows)]
    return "\n".join([title, "", *fmt.in_columns(cells, right=range(MAX_COLUMNS))])
