r"""TeX in a page, as MathML: a browser shows it without MathJax, which would come from another host.

What MathJax would take for TeX in a notebook is taken here: ``$…$``, ``$$…$$``, ``\(…\)``, ``\[…\]`` and
environments, outside of code.
"""

from __future__ import annotations

import re
from typing import Any

_TEX = re.compile(
    r"\$\$(?P<display>.+?)\$\$|\\\[(?P<bracketed>.+?)\\\]"
    r"|(?P<environment>\\begin\{(?P<kind>[a-z]+\*?)\}.+?\\end\{(?P=kind)\})"
    r"|(?<![\\$])\$(?P<inline>(?:[^$\\]|\\.)+?)\$|\\\((?P<round>.+?)\\\)",
    re.DOTALL,
)
_PLACES = (
    ".jp-RenderedMarkdown, .jp-RenderedLatex, .text_cell_render, .output_latex, .output_markdown"
)
_CODE = {"code", "pre", "script", "style", "textarea"}


def typeset(soup: Any) -> None:
    """Replace TeX in nbconvert's page; all of it stays as it is where `latex2mathml` is not installed."""
    try:
        from latex2mathml.converter import convert
    except ImportError:
        return
    from bs4 import BeautifulSoup

    for text in [t for place in soup.select(_PLACES) for t in place.find_all(string=_TEX)]:
        if text.parent is None or any(tag.name in _CODE for tag in text.parents):
            continue
        end = 0
        for found in _TEX.finditer(text):
            inline = found["inline"] or found["round"]
            tex = inline or found["display"] or found["bracketed"] or found["environment"]
            try:
                math = convert(tex.strip(), display="inline" if inline else "block")
            except Exception:  # noqa: BLE001, S112 - TeX that it does not know is left to be read
                continue
            text.insert_before(text[end : found.start()], BeautifulSoup(math, "html.parser").math)
            end = found.end()
        text.replace_with(text[end:])
