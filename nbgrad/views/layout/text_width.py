"""Widths of texts without a browser to measure them: estimates on the safe side.

The widths are those of DejaVu Sans, the widest of the fonts in common use, so what fits here
fits everywhere.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from nbgrad.tracing.format import is_path

_WIDTHS = {
    0.32: "ijl'.,:;| !",
    0.40: 'frtI()[]-/\\"`',
    0.55: "cksvxyzJ?*_–‖·…^°²³",
    0.64: "abdeghnopqu0123456789EFLSTZ$#{}«»",
    0.78: "ABCDGHKNOPQRUVXY+=<>×÷−~√Σ∑∏&",
    1.0: "mwMW@%—→←",
}
_WIDTH = {char: width for width, chars in _WIDTHS.items() for char in chars}
BOLD = 1.12


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Estimate how wide a text is."""
    return size * sum(map(_char_width, text)) * (BOLD if bold else 1.0)


def _char_width(char: str) -> float:
    known = _WIDTH.get(char)
    if known is not None:
        return known
    if unicodedata.combining(char):
        return 0.0
    return 1.05 if unicodedata.east_asian_width(char) in "WF" else 0.8


def fit(text: str, room: float, size: float, bold: bool = False) -> str:
    """Return the text, or as much of it as fits, ending in ``…``."""
    if text_width(text, size, bold) <= room:
        return text
    kept = ""
    for char in text:
        if text_width(f"{kept}{char}…", size, bold) > room:
            break
        kept += char
    return f"{kept.rstrip()}…" if kept else "…"


def fit_name(name: str, width: float, size: float, bold: bool = False) -> str:
    """Cut a name to a width; that of a module's parameter from the left: ``…linear1.weight``."""
    if not is_path(name) or text_width(name, size, bold) <= width:
        return fit(name, width, size, bold)
    while len(name) > 1 and text_width(f"…{name}", size, bold) > width:
        name = name[1:]
    return f"…{name}"
