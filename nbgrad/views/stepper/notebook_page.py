"""A notebook as one page with working steppers, without requests to other hosts.

nbconvert writes the page; of its scripts (require.js, MathJax, the widgets' html-manager, all
from a CDN) none is kept. What remains is data, and one script of nbgrad's own that brings the
steppers to life; a content security policy allows that script alone. Pictures beside the notebook
are put into the page, and TeX becomes MathML.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter

from nbgrad.views.theme import read_static

from .tex_to_mathml import typeset

POLICY = (
    "default-src 'none'; script-src 'sha256-{digest}' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data:; base-uri 'none'; form-action 'none'"
)
_WIDGET = "application/vnd.jupyter.widget-"
_DATA = re.compile(r"application/(json|vnd\.jupyter\.widget-(state|view)\+json)")
_ELSEWHERE = r"\s*[\"']?(?!data:|blob:|#)[^\s\"']"
_IN_CSS = re.compile(rf"@import[^;]*;?|url\({_ELSEWHERE}[^)]*\)", re.IGNORECASE)
_LOADED = {"src", "srcset", "poster", "background"}
"""Attributes whose address is loaded with the page; it must be in the page."""


class NotebookPage(HTMLExporter):
    """nbconvert's exporter ``nbgrad``: ``jupyter nbconvert --to nbgrad notebook.ipynb``."""

    export_from_notebook = "nbgrad page"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.register_preprocessor(_without_other_widgets, enabled=True)  # type: ignore[no-untyped-call]

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the page and nbconvert's resources."""
        output, more = super().from_notebook_node(nb, resources, **kwargs)
        folder = more.get("metadata", {}).get("path", "")
        return standalone(output, folder, _alternatives(nb)), more


def _without_other_widgets(nb: Any, resources: Any) -> Any:
    """Show widgets that need a front end from elsewhere as what they are besides, such as text."""
    kept = nb.metadata.get("widgets", {}).get(f"{_WIDGET}state+json", {}).get("state", {})
    for data in (out.get("data", {}) for cell in nb.cells for out in cell.get("outputs", ())):
        view = data.get(f"{_WIDGET}view+json")
        model = kept.get(view["model_id"], {}) if view else {}
        if not str(model.get("state", {}).get("_anywidget_id")).startswith("nbgrad."):
            data.pop(f"{_WIDGET}view+json", None)
    return nb, resources


def _alternatives(nb: Any) -> dict[str, str]:
    """Return what a notebook says of its pictures, by their data: nbconvert's page leaves it out."""
    found = {}
    for cell in nb.cells:
        for out in cell.get("outputs", ()):
            for kind, data in out.get("data", {}).items():
                for told in (cell.metadata, out.get("metadata", {}).get(kind)):
                    if kind.startswith("image/") and isinstance(told, dict) and told.get("alt"):
                        found["".join(data.split())] = str(told["alt"])
    return found


def standalone(page: str, folder: str, alternatives: dict[str, str]) -> str:
    """Return nbconvert's page with working steppers, and without requests to other hosts."""
    soup = BeautifulSoup(page, "html.parser")
    for picture in soup.select("img[src]"):
        picture["src"] = source = _embedded(str(picture["src"]), folder)
        told = alternatives.get("".join(source.partition(",")[2].split()))
        picture["alt"] = told or str(picture.get("alt") or "")
    for script in soup.find_all("script"):
        if not _DATA.fullmatch(str(script.get("type", ""))):
            script.decompose()
    for tag in soup.select("link, iframe, frame, object, embed, base, meta[http-equiv]"):
        tag.decompose()
    for style in soup.find_all("style"):
        if style.string:
            style.string = _IN_CSS.sub("", style.string)
    for tag in soup.find_all(True):
        for name in list(tag.attrs):
            if name == "style":
                tag[name] = _IN_CSS.sub("", str(tag[name]))
            # A link is loaded when it is followed; the href of a picture in SVG is loaded at once.
            loaded = name in _LOADED or (name.endswith("href") and tag.name not in {"a", "area"})
            if (loaded and re.match(_ELSEWHERE, str(tag[name]))) or name.lower().startswith("on"):
                del tag[name]
    typeset(soup)
    _bring_to_life(soup)
    return str(soup)


def _embedded(address: str, folder: str) -> str:
    """Return the data of a picture beside the notebook: nbconvert misses names that it has to quote."""
    if address.startswith("data:"):
        return address
    try:
        parts = urlsplit(address)
        kind = mimetypes.guess_type(parts.path)[0] or ""
        if parts.scheme or parts.netloc or not kind.startswith("image/"):
            return address
        data = Path(folder, unquote(parts.path)).read_bytes()
    except (OSError, ValueError):
        return address
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _bring_to_life(soup: Any) -> None:
    source = read_static("revive.js")
    digest = base64.b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode("ascii")
    head = soup.head or soup.insert(0, soup.new_tag("head")) or soup.head
    policy = soup.new_tag("meta", content=POLICY.format(digest=digest))
    policy["http-equiv"] = "Content-Security-Policy"
    charset = head.find("meta", charset=True)
    if charset is not None:
        charset.insert_after(policy)
    else:
        head.insert(0, policy)
    script = soup.new_tag("script")
    script.string = source
    (soup.body or soup).append(script)


def read(source: Path) -> Any:
    """Return a notebook of any version as one of version 4."""
    import nbformat

    return nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]


def run(book: Any, source: Path, timeout: int = 600) -> None:
    """Run a notebook's cells in its folder; their outputs are new then."""
    from nbclient import NotebookClient

    # nbclient gives a kernel a minute to start, and drops outputs that come 4 s after a cell's end.
    client = NotebookClient(
        book,
        timeout=timeout,
        startup_timeout=timeout,
        iopub_timeout=60,
        resources=_resources(source),
    )
    client.execute()


def page_of(book: Any, source: Path) -> str:
    """Return a notebook that was read as a page."""
    exporter: Any = NotebookPage
    page: str = exporter().from_notebook_node(book, _resources(source))[0]
    return page


def _resources(source: Path) -> dict[str, Any]:
    return {"metadata": {"name": source.stem, "path": str(source.resolve().parent)}}
