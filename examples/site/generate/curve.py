"""Value and slope of a function of one number, as a small drawing."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import nbgrad as ng

WIDTH, HEIGHT = 480, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 34, 30
POINTS = 401
REACH = 4.0


def curve(function: Callable[..., Any], name: str, domain: tuple[float, float]) -> str:
    """Return the drawing as SVG.

    Parameters
    ----------
    function : callable
        Elementwise, of one Variable.
    name : str
    domain : (float, float)
        Where it is defined; the usual domain (-2, 2) is drawn wider.
    """
    low, high = (-REACH, REACH) if domain == (-2.0, 2.0) else domain
    at = np.linspace(low, high, POINTS)
    x = ng.Variable(at)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # poles at the ends of a domain
        y = function(x)
        y.backward(np.ones(POINTS))
    value, slope = np.asarray(y.data, dtype=float), np.asarray(x.grad, dtype=float)
    bottom, top = _range(value, slope)

    def across(t: float) -> float:
        return LEFT + (t - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def down(t: float) -> float:
        return TOP + (top - t) / (top - bottom) * (HEIGHT - TOP - BOTTOM)

    lines = [
        f'<path class="{kind}" d="{_path(at, numbers, across, down, bottom, top)}"/>'
        for kind, numbers in (("value", value), ("slope", slope))
    ]
    label = f"{name}: value and slope from {low:g} to {high:g}"
    return "".join(
        [
            f'<svg class="site-curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">',
            (
                f'<rect class="frame" x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}"'
                f' height="{HEIGHT - TOP - BOTTOM}" rx="4"/>'
            ),
            *_axes(low, high, bottom, top, across, down),
            *lines,
            '<path class="value" d="M48 16h26"/><text x="80" y="20">value</text>',
            '<path class="slope" d="M148 16h26"/><text x="180" y="20">slope</text>',
            "</svg>",
        ]
    )


def _range(value: np.ndarray, slope: np.ndarray) -> tuple[float, float]:
    """Return what the drawing shows from bottom to top: outliers near a pole are cut off."""
    both = np.concatenate([value, slope])
    both = both[np.isfinite(both)]
    low, high = np.quantile(both, [0.03, 0.97]) if both.size else (-1.0, 1.0)
    low, high = max(both.min(), min(low, 0.0)), min(both.max(), max(high, 0.0))
    room = max(high - low, 0.5) * 0.12
    return float(low - room), float(high + room)


def _path(at: Any, numbers: Any, across: Any, down: Any, bottom: float, top: float) -> str:
    parts, pen = [], False
    jump = (top - bottom) * 0.5
    before = None
    for t, number in zip(at, numbers, strict=True):
        if not (np.isfinite(number) and bottom <= number <= top):
            pen, before = False, None
            continue
        if before is not None and abs(number - before) > jump:
            pen = False
        parts.append(f"{'L' if pen else 'M'}{across(t):.1f} {down(number):.1f}")
        pen, before = True, number
    return "".join(parts)


def _axes(low: float, high: float, bottom: float, top: float, across: Any, down: Any) -> list[str]:
    found = []
    if bottom < 0 < top:
        zero = f"{down(0):.1f}"
        found.append(f'<path class="axis" d="M{LEFT} {zero}H{WIDTH - RIGHT}"/>')
    if low < 0 < high:
        found.append(f'<path class="axis" d="M{across(0):.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
    for t in _ticks(low, high):
        found.append(
            f'<text class="tick" text-anchor="middle" x="{across(t):.1f}" y="{HEIGHT - 10}">{t:g}</text>'
        )
    for t in _ticks(bottom, top):
        found.append(
            f'<text class="tick" text-anchor="end" x="{LEFT - 6}" y="{down(t) + 4:.1f}">{t:g}</text>'
        )
    return [text.replace(">-", ">\N{MINUS SIGN}") for text in found]


def _ticks(low: float, high: float) -> list[float]:
    """Return three to six round numbers between two."""
    span = high - low
    step = 10.0 ** np.floor(np.log10(span))
    step = next(s for s in (step / 5, step / 2, step, 2 * step, 5 * step) if span / s <= 6)
    first = np.ceil(low / step)
    return [float(round(k * step, 10)) + 0.0 for k in np.arange(first, np.floor(high / step) + 1)]
