"""A notebook as one page with working steppers, without requests to other hosts.

nbconvert writes the page; of its scripts (require.js, MathJax, the widgets' html-manager, all
from a CDN) none is kept. What remains is data, and one script of nbgrad's own that brings the
steppers to life; a content security policy allows that script alone.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter

from nbgrad.views.theme import read_static

POLICY = (
    "default-src 'none'; script-src 'sha256-{digest}' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data:; base-uri 'none'; form-action 'none'"
)
_DATA = re.compile(r"application/(json|vnd\.jupyter\.widget-(state|view)\+json)")
_IMPORT = re.compile(r"@import\s+(url\()?[\"']?https?:[^;]*;?|url\(\s*[\"']?https?:[^)]*\)")
_REMOTE = re.compile(r"(https?:)?//", re.IGNORECASE)


class NotebookPage(HTMLExporter):
    """nbconvert's exporter ``nbgrad``: ``jupyter nbconvert --to nbgrad notebook.ipynb``."""

    export_from_notebook = "nbgrad page"

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the page and nbconvert's resources."""
        output, more = super().from_notebook_node(nb, resources, **kwargs)
        return standalone(output), more


def standalone(page: str) -> str:
    """Return nbconvert's page with working steppers, and without requests to other hosts."""
    soup = BeautifulSoup(page, "html.parser")
    for script in soup.find_all("script"):
        if not _DATA.fullmatch(str(script.get("type", ""))):
            script.decompose()
    for tag in soup.find_all(["link", "iframe", "object", "embed", "base"]):
        tag.decompose()
    for style in soup.find_all("style"):
        if style.string:
            style.string = _IMPORT.sub("", style.string)
    for tag in soup.find_all(True):
        for name in list(tag.attrs):
            remote = name in {"src", "srcset", "poster"} and _REMOTE.match(str(tag[name]))
            if remote or name.lower().startswith("on"):
                del tag[name]
    _bring_to_life(soup)
    return str(soup)


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


def export(source: Path, *, execute: bool = False, timeout: int = 600) -> str:
    """Return a notebook as a page.

    Parameters
    ----------
    source : path
        A notebook.
    execute : bool
        Run it first, in its own folder.
    timeout : int
        Seconds that a cell may take.
    """
    import nbformat

    book = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
    if execute:
        from nbclient import NotebookClient

        where = {"metadata": {"path": str(source.resolve().parent)}}
        NotebookClient(book, timeout=timeout, resources=where).execute()
    exporter: Any = NotebookPage
    page: str = exporter().from_notebook_node(book, {"metadata": {"name": source.stem}})[0]
    return page
