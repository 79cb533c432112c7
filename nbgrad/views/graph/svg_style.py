"""How a drawing looks: which class has which colours, in HTML and standing alone.

`LOOK` says it once. In HTML its classes are coloured with the theme's tokens; standing alone
(a file, ``image/svg+xml``) elements carry the light colours as attributes, which every viewer
knows, and a style sheet of their own has the dark ones.
"""

from __future__ import annotations

from functools import cache
from html import escape

from nbgrad.views.layout.placed import Box
from nbgrad.views.theme import HTML_CLASS, tokens

SVG_CLASS = "nbgrad-graph"
NAME, VALUE, LABEL, BAND = 15.0, 14.5, 13.0, 12.5
"""Sizes of the texts."""

PREFIX = "ng-svg-"
"""Before the name of each class: pages have a ``.card`` of their own."""

# class: {property: token, or a value when it begins with "="}
LOOK: dict[str, dict[str, str]] = {
    "ground": {"fill": "bg"},
    "band": {"fill": "soft"},
    "band-name": {"fill": "muted", "font-size": f"={BAND}"},
    "edge": {"fill": "=none", "stroke": "edge", "stroke-width": "=1.6"},
    "stub": {"fill": "=none", "stroke": "edge", "stroke-width": "=2.4"},
    "card": {"fill": "raised", "stroke": "line", "stroke-width": "=1.3"},
    "root": {"fill": "raised", "stroke": "text", "stroke-width": "=2"},
    "constant": {"fill": "soft", "stroke": "line", "stroke-width": "=1.3"},
    "unused": {"fill": "=none", "stroke": "edge", "stroke-width": "=1.3"},
    "rule": {"stroke": "line", "stroke-width": "=1"},
    "name": {"fill": "text", "font-size": f"={NAME}", "font-weight": "=650"},
    "value": {"fill": "text", "font-size": f"={VALUE}"},
    "label": {"fill": "muted", "font-size": f"={LABEL}"},
    "none": {"fill": "muted", "font-size": f"={VALUE}"},
    "freed": {"fill": "muted", "font-size": f"={LABEL}"},
    "pos-ground": {"fill": "pos-soft"},
    "neg-ground": {"fill": "neg-soft"},
    "zero-ground": {"fill": "soft"},
    "bad-ground": {"fill": "bad-soft"},
    "pos": {"fill": "pos-text", "font-size": f"={NAME}", "font-weight": "=650"},
    "neg": {"fill": "neg-text", "font-size": f"={NAME}", "font-weight": "=650"},
    "zero": {"fill": "text", "font-size": f"={NAME}", "font-weight": "=650"},
    "bad": {"fill": "bad", "font-size": f"={NAME}", "font-weight": "=650"},
    "pill": {"fill": "pill"},
    "symbol": {"fill": "on-pill", "font-size": f"={NAME}", "font-weight": "=650"},
    "second-pill": {"fill": "second"},
    "inside": {"fill": "on-pill", "font-size": f"={LABEL}"},
    "second-symbol": {"fill": "on-second", "font-size": f"={NAME}", "font-weight": "=650"},
    "second-ring": {"fill": "=none", "stroke": "second", "stroke-width": "=1.5"},
    "note": {"fill": "muted", "font-size": f"={LABEL}"},
}


@cache
def graph_style() -> str:
    """Return the style sheet of the SVG in HTML, which follows the host's theme."""
    rules = [f".{HTML_CLASS} .{SVG_CLASS}{{font-family:var(--ng-font)}}"]
    for name, look in LOOK.items():
        body = ";".join(
            f"{key}:{value[1:]}{'px' if key == 'font-size' else ''}"
            if value.startswith("=")
            else f"{key}:var(--ng-{value})"
            for key, value in look.items()
        )
        rules.append(f".{HTML_CLASS} .{SVG_CLASS} .{PREFIX}{name}{{{body}}}")
    outlined = ",".join(
        f".{HTML_CLASS} .{SVG_CLASS} .{PREFIX}{name}" for name in ("pill", "second-pill")
    )
    rules.append(f"@media (forced-colors:active){{{outlined}{{stroke:CanvasText}}}}")
    return f"<style>{''.join(rules)}</style>"


@cache
def dark_style() -> str:
    """Return the style sheet of a drawing that stands alone, for dark grounds."""
    rules = []
    for name, look in LOOK.items():
        body = ";".join(
            f"{key}:{tokens()[value][1]}" for key, value in look.items() if value[0] != "="
        )
        if body:
            rules.append(f".{SVG_CLASS} .{PREFIX}{name}{{{body}}}")
    return f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"


@cache
def attributes(name: str, alone: bool) -> str:
    """Return a class as attributes, with its light colours where the SVG stands alone."""
    if not alone:
        return f'class="{PREFIX}{name}"'
    look = "".join(
        f' {key}="{value[1:] if value[0] == "=" else tokens()[value][0]}"'
        for key, value in LOOK[name].items()
    )
    return f'class="{PREFIX}{name}"{look}'


class Pen:
    """Writes elements, with or without colours of their own."""

    def __init__(self, alone: bool) -> None:
        self.alone = alone

    def text(self, look: str, x: float, y: float, content: str, more: str = "") -> str:
        """Write a text; nothing when it is empty."""
        if not content:
            return ""
        return f'<text {self.look(look)} x="{x:g}" y="{y:g}"{more and " " + more}>{escape(content)}</text>'

    def rect(self, look: str, box: Box, radius: float, more: str = "") -> str:
        """Write a rectangle with round corners."""
        return (
            f'<rect {self.look(look)} x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" '
            f'height="{box.height:g}" rx="{radius:g}"{more and " " + more}/>'
        )

    def path(self, look: str, d: str, more: str = "") -> str:
        """Write a path."""
        return f'<path {self.look(look)} d="{d}"{more and " " + more}/>'

    def look(self, name: str) -> str:
        """Return a class as attributes."""
        return attributes(name, self.alone)
