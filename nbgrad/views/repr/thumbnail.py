"""A large array as a small picture, in SVG.

Sign shows twice, never by colour alone: in a matrix positive means are squares and negative
ones discs; a vector is drawn as bars above and below a line. What is not a number is a cross.
"""

from __future__ import annotations

import math
from collections import defaultdict

from nbgrad.tracing.summaries import Summary, Thumb

TINT_LEVELS = 4
WIDTH, SMALL_CELL, LARGE_CELL = 184, 4, 12
BARS_HEIGHT = 44


def level(value: float, largest: float) -> int | None:
    """Return -4 … 4, sign and size of a value against the largest; None for NaN and inf."""
    if not math.isfinite(value):
        return None
    if value == 0 or largest == 0:
        return 0
    size = max(1, round(TINT_LEVELS * min(abs(value) / largest, 1.0)))
    return size if value > 0 else -size


def thumbnail(facts: Summary, label: str) -> str:
    """Draw an array's thumbnail as an ``<svg>``; empty when it has none."""
    thumb = facts.thumb
    if thumb is None:
        return ""
    finite = [abs(v) for v in thumb.values if math.isfinite(v)]
    largest = max(finite, default=0.0)
    draw = _bars if thumb.rows == 1 else _cells
    return draw(thumb, largest, f'class="ng-thumb" role="img" aria-label="{label}"')


def _cells(thumb: Thumb, largest: float, attributes: str) -> str:
    """Draw a matrix: one path per level, so that 512 cells cost nine elements.

    A cell is a short line as wide as it is long: with a round cap a line of no length is a disc.
    """
    cell = max(SMALL_CELL, min(LARGE_CELL, WIDTH // thumb.cols))
    paths: dict[int | None, list[str]] = defaultdict(list)
    for i, value in enumerate(thumb.values):
        row, col = divmod(i, thumb.cols)
        tint = level(value, largest)
        if tint is None:
            paths[tint].append(f"M{col - 0.3:g} {row - 0.3:g}l.6 .6m0-.6l-.6 .6")
        elif tint > 0:
            paths[tint].append(f"M{col - 0.5:g} {row}h1")
        elif tint < 0:
            paths[tint].append(f"M{col} {row}h0")
    drawn = "".join(
        f'<path data-tint="{"bad" if tint is None else tint}" d="{"".join(parts)}"/>'
        for tint, parts in paths.items()
    )
    return (
        f'<svg {attributes} width="{cell * thumb.cols}" height="{cell * thumb.rows}" '
        f'viewBox="-.5 -.5 {thumb.cols} {thumb.rows}">'
        f'<rect class="ng-blank" x="-.5" y="-.5" width="{thumb.cols}" height="{thumb.rows}"/>'
        f"{drawn}</svg>"
    )


def _bars(thumb: Thumb, largest: float, attributes: str) -> str:
    """Draw a vector: bars above and below a line."""
    width = max(SMALL_CELL, min(LARGE_CELL, WIDTH // thumb.cols))
    finite = [v for v in thumb.values if math.isfinite(v)]
    high, low = max([*finite, 0.0]), min([*finite, 0.0])
    if largest:
        high, low = high / largest, low / largest
    scale = BARS_HEIGHT / ((high - low) or 1.0)
    zero = round(high * scale, 1) if finite else BARS_HEIGHT / 2
    drawn: dict[str, list[str]] = {"pos": [], "neg": [], "bad": []}
    for i, value in enumerate(thumb.values):
        x = (i + 0.5) * width
        if not math.isfinite(value):
            drawn["bad"].append(f"M{x - 2:g} {zero - 5:g}l4 4m0-4l-4 4")
        elif value > 0:
            drawn["pos"].append(f"M{x:g} {zero:g}v{-max(value / largest * scale, 1):.1f}")
        elif value < 0:
            drawn["neg"].append(f"M{x:g} {zero:g}v{max(-value / largest * scale, 1):.1f}")
    wide = f' stroke-width="{width - 1.2:.1f}"'
    total = width * thumb.cols
    parts = [
        f'<path data-bar="{kind}"{wide if kind != "bad" else ""} d="{"".join(lines)}"/>'
        for kind, lines in drawn.items()
        if lines
    ]
    return (
        f'<svg {attributes} width="{total}" height="{BARS_HEIGHT + 2}" viewBox="0 -1 {total} {BARS_HEIGHT + 2}">'
        f'<path class="ng-axis" d="M0 {zero:g}H{total}"/>{"".join(parts)}</svg>'
    )
