"""Every link and every picture of the site leads somewhere, anchors too."""

from __future__ import annotations

import collections
import functools
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from tests.site.conftest import HTML

EXAMPLES = Path(__file__).parents[2] / "examples"


def pages() -> list[Path]:
    """Return the pages that Sphinx wrote; JupyterLite's are its own."""
    return sorted(p for p in HTML.rglob("*.html") if not {"lite", "_static"} & set(p.parts))


@functools.cache
def anchors(path: Path) -> frozenset[str]:
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    return frozenset(str(tag["id"]) for tag in soup.find_all(id=True))


def broken(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    found = []
    for tag in soup.find_all(True):
        for name in ("href", "src"):
            link = str(tag.get(name) or "")
            parts = urlsplit(link)
            if not link or parts.scheme or parts.netloc or (name == "src" and tag.name == "svg"):
                continue
            target = page if not parts.path else (page.parent / unquote(parts.path)).resolve()
            if target.is_dir():
                target /= "index.html"
            fragment = unquote(parts.fragment)
            if not target.exists():
                found.append(f"{page.relative_to(HTML)}: {link}: there is no such file")
            elif fragment and target.suffix == ".html" and tag.name == "a":
                written = "gallery" in target.parts or fragment in anchors(target)
                if not written:
                    found.append(f"{page.relative_to(HTML)}: {link}: there is no such place")
    return found


def test_every_link_leads_somewhere() -> None:
    every = pages()
    assert len(every) > 200, "make site writes two languages"
    assert [link for page in every for link in broken(page)] == []
    print(f"{len(every)} pages")


def test_nothing_is_asked_of_another_host() -> None:
    asked = []
    for page in pages():
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for tag in soup.find_all(["script", "link", "img", "iframe", "source", "video"]):
            link = str(tag.get("src") or tag.get("href") or "")
            if urlsplit(link).netloc and tag.get("rel") != ["canonical"]:
                asked.append(f"{page.relative_to(HTML)}: {link}")
    assert asked == []


def test_every_picture_says_what_it_shows() -> None:
    """A plot in the language of its page; nbgrad's own pictures in that in which the code ran."""
    shown = collections.defaultdict[str, list[str]](list)
    wrong = []
    for page in pages():
        name = page.relative_to(HTML).as_posix()
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for picture in soup.select("article img"):
            alt = str(picture.get("alt") or "")
            shown[name].append(alt)
            plot = name.startswith(("ko/learn", "ko/how-to")) and "_images" in str(picture["src"])
            if alt.endswith((".png", ".svg")) or not re.search("[가-힣]" if plot else r"\w", alt):
                wrong.append(f"{name}: {alt or picture['src']}")
    for notebook in EXAMPLES.glob("[0-9]*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        told = [cell["metadata"]["alt"] for cell in cells if "alt" in cell["metadata"]]
        lesson = f"learn/{notebook.stem}.html"
        assert set(told) <= set(shown[lesson])
        assert len(told) <= len(shown[f"ko/{lesson}"])
    assert wrong == []


def test_both_languages_have_the_same_pages() -> None:
    english = {p.relative_to(HTML) for p in pages() if "ko" not in p.relative_to(HTML).parts}
    korean = {p.relative_to(HTML / "ko") for p in pages() if "ko" in p.relative_to(HTML).parts}
    assert english == korean
