"""Text on its ground has a contrast of at least 4.5, in light and in dark."""

from __future__ import annotations

import re

import pytest

from nbgrad.views.graph.svg_style import LOOK
from nbgrad.views.theme import read_static, tokens

Colour = tuple[float, float, float]

PAIRS = [
    ("text", "bg"),
    ("text", "raised"),
    ("text", "soft"),
    ("text", "press"),
    ("muted", "bg"),
    ("muted", "raised"),
    ("muted", "soft"),
    ("on-pill", "pill"),
    ("on-second", "second"),
    ("pos-text", "pos-soft"),
    ("neg-text", "neg-soft"),
    ("bad", "bad-soft"),
    ("bad", "raised"),
    ("muted", "pos-soft"),
    ("muted", "neg-soft"),
    ("muted", "bad-soft"),
]


def rgb(colour: str) -> Colour:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def luminance(colour: Colour) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a: Colour, b: Colour) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    return tuple(x * share + y * (1 - share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_on_its_ground(text: str, ground: str, dark: bool) -> None:
    ratio = contrast(rgb(tokens()[text][dark]), rgb(tokens()[ground][dark]))
    assert ratio >= 4.5, f"{ratio:.2f}"


TINT = re.compile(
    r'data-tint="(-?\d)"\] \{ background: color-mix\(in srgb, var\(--ng-(\w+)\) (\d+)%'
)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_numbers_on_tinted_cells(dark: bool) -> None:
    found = TINT.findall(read_static("repr.css"))
    assert len(found) == 8
    text, ground = rgb(tokens()["text"][dark]), rgb(tokens()["raised"][dark])
    for tint, token, percent in found:
        cell = mix(rgb(tokens()[token][dark]), ground, int(percent) / 100)
        assert contrast(text, cell) >= 4.5, tint


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_sizes_of_tints_can_be_told_apart(dark: bool) -> None:
    shares: dict[str, list[int]] = {"pos": [], "neg": []}
    for _, token, percent in TINT.findall(read_static("repr.css")):
        shares[token].append(int(percent))
    for token, found in shares.items():
        assert found == sorted(found)
        ground = rgb(tokens()["raised"][dark])
        steps = [contrast(mix(rgb(tokens()[token][dark]), ground, p / 100), ground) for p in found]
        assert steps == sorted(steps)


def test_every_colour_of_the_drawing_is_a_token() -> None:
    names = {value for look in LOOK.values() for value in look.values() if value[0] != "="}
    assert names <= set(tokens())


def test_the_style_sheet_names_tokens_only() -> None:
    css = re.sub(r"/\*.*?\*/", "", read_static("repr.css"), flags=re.DOTALL)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", css)
    assert set(re.findall(r"var\(--ng-([a-z-]+)", css)) <= {*tokens(), "font", "mono"}
    assert "forced-colors" in css
    assert "@media print" in css
