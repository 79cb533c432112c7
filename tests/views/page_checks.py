"""Reading HTML and SVG back, as the tests of this folder need it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

VOID = {"br", "hr", "img", "input", "meta", "link"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><b>",
    "</title></svg><b onload=x>",
    "line\nbreak\tand\rreturn",
    "\x00\x07\x1b[31mred\x7f",
    "\u202eright to left\u2066",
    "\ud800 lone surrogate",
    "]]> &amp; &#60; {{7*7}} \\N \\\\ %s",
    "<b>markup</b>",
    "한국어 이름 🙂",
    " ",
    "x" * 5000,
]


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    path: tuple[str, ...]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """A parsed page; raises where tags do not match."""

    source: str
    elements: list[Element] = field(default_factory=list)
    stack: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()
        assert not self.stack, f"not closed: {[e.tag for e in self.stack]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        path = tuple(e.tag for e in self.stack)
        element = Element(tag, {k: v or "" for k, v in attrs}, path)
        self.elements.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack[-1].tag == tag, f"</{tag}> closes <{self.stack[-1].tag}>"
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        for element in self.stack:
            element.text += data

    def of(self, tag: str = "", **attributes: str) -> list[Element]:
        """Return elements by tag and attributes; ``cls`` is one of the classes."""
        wanted = attributes.pop("cls", "")
        return [
            e
            for e in self.elements
            if (not tag or e.tag == tag)
            and (not wanted or wanted in e.attributes.get("class", "").split())
            and all(e.attributes.get(k.replace("_", "-")) == v for k, v in attributes.items())
        ]

    def one(self, tag: str = "", **attributes: str) -> Element:
        found = self.of(tag, **attributes)
        assert len(found) == 1, (tag, attributes, [e.attributes for e in found])
        return found[0]

    @property
    def shown(self) -> str:
        """All text but that of the style sheets and of the text repr."""
        kept = [e for e in self.elements if "nbgrad-repr" in e.attributes.get("class", "")]
        return re.sub(r"\s+", " ", kept[0].text)


ALLOWED = {
    *("div", "br", "pre", "style", "strong", "code", "span", "b", "p", "img", "details", "summary"),
    *("table", "thead", "tbody", "tr", "td", "th", "dl", "dt", "dd", "ul", "li"),
    *("svg", "path", "rect", "text", "g", "title", "desc"),
}


def check_safe(html: str) -> Page:
    """Check that a fragment is pure HTML and CSS: no script, no handler, no id, no link."""
    page = Page(html)
    for element in page.elements:
        assert element.tag in ALLOWED, element.tag
        for name, value in element.attributes.items():
            assert not name.startswith("on"), name
            assert name not in {"id", "href", "srcset", "action", "formaction"}, name
            if name == "src":
                assert value.startswith("data:image/svg+xml;base64,"), value[:40]
            if name == "style":
                assert re.fullmatch(r"[a-z0-9:;%.\- ]+", value), value
    for sheet in page.of("style"):
        assert "@import" not in sheet.text
        assert "url(" not in sheet.text
    assert not re.search(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html
    )
    return page


def check_svg(svg: str) -> ET.Element:
    """Check that an SVG is well-formed XML without scripts, links or outside references."""
    root = ET.fromstring(svg)
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        assert tag in {"svg", "title", "desc", "style", "g", "rect", "path", "text"}, tag
        for name in element.attrib:
            assert not name.startswith("on"), name
            assert "href" not in name, name
            assert name != "id"
    return root
