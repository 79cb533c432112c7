"""The gradient flow as a strip without scripts: a bar for each parameter, above the drawing."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from nbgrad.tracing import format as fmt
from nbgrad.tracing.flow import MIN_PARAMETERS
from nbgrad.tracing.narration.interface import UI
from nbgrad.tracing.narration.language import Speaker
from nbgrad.tracing.narration.remarks import tell_flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbgrad.tracing import Trace
    from nbgrad.tracing.flow import Flow, FlowRow

MAX_BARS = 800
"""Of more parameters the gradient flow is shown of their modules."""
MAX_STATIC_BARS, MAX_TITLES = 300, 100
"""How many bars a strip without scripts has, and up to how many each says its numbers."""
HEIGHT = 40
MARKS_HEIGHT = 14
MIN_DECADES = 3
MAX_WIDTH, BAR_WIDTH = 900.0, 24.0
MARKS = {"nan": "NaN", "inf": "∞", "vanishing": "▾", "exploding": "▴", "dead": "0", "none": "–"}


def shown_rows(flow: Flow) -> Sequence[FlowRow]:
    """Return the rows of a gradient flow that have a bar; none where there are few parameters."""
    if len(flow.parameters) < MIN_PARAMETERS:
        return []
    return flow.parameters if len(flow.parameters) <= MAX_BARS else flow.modules


def flow_html(trace: Trace, lang: str) -> str:
    """Return the strip of a PyTorch pass and a sentence on what is wrong; else an empty string."""
    if trace.parts.framework == "nbgrad":
        return ""
    flow = trace.whole.flow()
    rows = shown_rows(flow)
    if not rows:
        return ""
    said = escape(tell_flow(flow, Speaker(lang)))
    strip = next(
        (_strip(few, UI[lang]) for few in (rows, flow.modules) if len(few) <= MAX_STATIC_BARS), ""
    )
    return (
        f"<div class='story-flow'><p><b>{escape(UI[lang]['flow'])}</b> "
        f"<span class='soft'>{said}</span></p>{strip}</div>"
    )


def _strip(rows: Sequence[FlowRow], words: dict[str, str]) -> str:
    """Return bars as high as the logarithms of the norms."""
    norms = [row.norm for row in rows if row.norm]
    high = math.log10(max(norms, default=1.0))
    low = min(math.log10(min(norms, default=1.0)), high - MIN_DECADES)
    width = min(BAR_WIDTH, MAX_WIDTH / len(rows))
    bars, last = [], ""
    for k, row in enumerate(rows):
        tall = (HEIGHT - 6) * (math.log10(row.norm) - low) / (high - low) + 4 if row.norm else 1
        mark = f" data-mark='{row.trouble}'" if row.trouble else ""
        title = f"<title>{escape(_said(row, words))}</title>" if len(rows) <= MAX_TITLES else ""
        bars.append(
            f"<rect x='{k * width + 0.12 * width:.4g}' y='{MARKS_HEIGHT + HEIGHT - tall:.4g}' "
            f"width='{0.76 * width:.4g}' height='{tall:.4g}'{mark}>{title}</rect>"
        )
        if row.trouble and row.trouble != last:
            bars.append(
                f"<text x='{k * width:.4g}' y='{MARKS_HEIGHT - 4}'>{MARKS[row.trouble]}</text>"
            )
        last = row.trouble
    box = f"{width * len(rows):.5g} {MARKS_HEIGHT + HEIGHT}"
    size = f"width='{width * len(rows):.5g}' height='{MARKS_HEIGHT + HEIGHT}'"
    label = escape(words["flow"])
    return f"<svg viewBox='0 0 {box}' {size} role='img' aria-label='{label}'>{''.join(bars)}</svg>"


def _said(row: FlowRow, words: dict[str, str]) -> str:
    """Say of a parameter what its bar shows."""
    parts = [f"{row.name}  ‖grad‖ {'–' if row.norm is None else fmt.number(row.norm)}"]
    if row.ratio is not None and math.isfinite(row.ratio):
        parts.append(words["flowRatio"].format(ratio=fmt.number(row.ratio)))
    if row.zeros is not None:
        parts.append(words["flowZeros"].format(share=round(100 * row.zeros)))
    if row.trouble:
        parts.append(words["noGradient" if row.trouble == "none" else row.trouble])
    return " · ".join(parts)
