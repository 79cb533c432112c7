"""The colours, read from ``static/theme.css``.

HTML in a notebook uses the tokens themselves, so that it follows the host's theme. A saved
SVG stands alone, often in a viewer that knows no CSS variables: it gets the colours themselves.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

HTML_CLASS = "nbgrad"
STATIC = Path(__file__).with_name("static")
COLOUR_PAIR = re.compile(r"--ng-([a-z-]+):[^;]*?light-dark\((#[0-9a-f]+),\s*(#[0-9a-f]+)\)")


def static_script() -> Path:
    """Return the path of the script that brings the steppers of a static page to life.

    Pages that nbconvert, MyST-NB or mkdocs-jupyter write hold the widgets' state; with this
    script in them (``<script src=...>``, or Sphinx's ``html_js_files``) the steppers play
    there, with no request to anywhere.
    """
    return STATIC / "revive.js"


def read_static(name: str) -> str:
    """Return the text of a file in ``static/``."""
    # The loader reads from a zip too, and importlib.resources takes longer than a first repr.
    loader: Any = __spec__.loader
    return str(loader.get_data(str(STATIC / name)), "utf-8")


@cache
def tokens() -> dict[str, tuple[str, str]]:
    """Return each token's light and dark colour."""
    css = read_static("theme.css")
    block = css[css.index(f".{HTML_CLASS} {{") : css.index("}")]
    return {name: (light, dark) for name, light, dark in COLOUR_PAIR.findall(block)}


def colour(token: str) -> str:
    """Return a token's light colour as ``#rrggbb``."""
    return tokens()[token][0]


@cache
def style_sheet(*names: str) -> str:
    """Return style sheets as one ``<style>``, without comments and spare white space."""
    css = "\n".join(read_static(name) for name in names)
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css).replace(";}", "}")
    css = re.sub(r":\s+(?=[^{}]*[;}])", ":", css)
    return f"<style>{css.strip()}</style>"
