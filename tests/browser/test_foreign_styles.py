"""Whatever style sheet a page has, the stepper looks as it does without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.graphs import save
from tests.browser.host import wait_still
from tests.browser.stepper import StepperView

Open = Callable[..., Page]

TAGS = [
    "div",
    "section",
    "p",
    "span",
    "button",
    "input",
    "select",
    "option",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
    "caption",
    "ol",
    "ul",
    "li",
    "dl",
    "dt",
    "dd",
    "pre",
    "code",
    "header",
    "form",
    "label",
    "b",
    "strong",
    "i",
    "kbd",
    "svg",
    "g",
    "rect",
    "circle",
    "path",
    "text",
    "line",
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "msub",
    "msup",
    "mfrac",
    "mtable",
    "mtr",
    "mtd",
]
WORST = """display: none; float: left; width: 37px; height: 0; max-width: 20px; max-height: 10px;
min-width: 90%; margin: 17px; padding: 19px; border: 5px solid red; font: 900 33px serif; color: red;
background: lime; fill: lime; stroke: red; stroke-width: 9; opacity: .2; visibility: hidden;
position: absolute; left: 300px; top: 200px; transform: rotate(20deg); rotate: 30deg; scale: 2;
letter-spacing: 9px; text-transform: uppercase; line-height: 3; text-align: right; overflow: visible;
z-index: -1; box-sizing: content-box; white-space: pre; filter: blur(4px); clip-path: circle(2px);
x: 99px; y: 99px; rx: 40px; r: 40px; d: path('M0 0h9'); flex: none; order: 9; text-anchor: end;
direction: rtl; writing-mode: vertical-rl; zoom: 2; cursor: none; pointer-events: none;
text-decoration: line-through; text-indent: 50px; list-style: square; columns: 3; content: 'X'"""
# Bootstrap's, Material's and JupyterLab's own ways of reaching in.
KNOWN = """.card { height: var(--bs-card-height); display: flex } .jp-OutputArea-output dd { float: left;
width: 80% } .body dd { width: 80%; float: left } button { min-width: 64px; text-transform: uppercase }
.table, table { width: 100%; margin: 1rem } svg { max-width: 10px; overflow: hidden } * { margin: 0 }"""

READ = """() => [...document.querySelectorAll('.stepper, .stepper *')].map((element) => {
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  const looks = ['display', 'visibility', 'opacity', 'fill', 'stroke', 'strokeWidth', 'color',
    'backgroundColor', 'fontSize', 'fontWeight', 'letterSpacing', 'textTransform', 'cursor', 'filter',
    'pointerEvents', 'textDecorationLine', 'borderTopWidth', 'overflowX', 'direction', 'listStyleType'];
  return [element.localName, element.getAttribute('class'), element.textContent.slice(0, 20),
    [box.x, box.y, box.width, box.height].map((n) => Math.round(n * 10) / 10).join(' '),
    ...looks.map((name) => `${name}: ${style[name]}`)];
})"""
CLASSES = """() => [...new Set([...document.querySelectorAll('.stepper *')].flatMap((e) => [...e.classList]))]"""
MOVES = """async (next) => {
  next.click();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const rounds = document.getAnimations().map((one) => String(one.effect.getTiming().iterations));
  const edge = document.querySelector('.edge[data-flow="up"]');
  const [flow] = edge.getAnimations();
  const at = (time) => { flow.currentTime = time; return getComputedStyle(edge).strokeDashoffset; };
  return [[at(100), at(300)], rounds];
}"""
ADD = """async (css) => {
  const sheet = document.createElement('style');
  sheet.textContent = css;
  document.head.append(sheet);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


def looks(page: Page) -> list[Any]:
    """Return how every element looks, once it has come to rest."""
    before: list[Any] = []
    while (read := page.evaluate(READ)) != before:
        before = read
        wait_still(page)
    return before


def sheets(classes: list[str]) -> dict[str, str]:
    """Return the worst that a page may hold: on every element, class, and pseudo-element."""
    own = [name for name in classes if name not in ("nbgrad", "stepper")]
    names = [f".{name}" for name in own]
    tags = [f".stepper {tag}" for tag in TAGS]
    strong = WORST.replace(";", " !important;") + " !important"
    pseudo = ", ".join(f".{name}{side}" for name in own for side in ("::before", "::after"))
    return {
        "known": KNOWN,
        "plain": f"{', '.join(names + tags)} {{ {WORST} }}",
        "important": f"{', '.join(names + tags)} {{ {strong} }}",
        "by id": f"{', '.join(f'#stepper {name}' for name in names)} {{ {strong} }}",
        "generated": f"{pseudo} {{ content: 'zz' !important; display: block !important }}",
    }


def test_no_sheet_reaches_in(offline: Open, tmp_path: Path) -> None:
    seen = 0
    for graph in ("diamond", "net2"):
        page = offline(save(graph, tmp_path), reduced_motion="reduce")
        stepper = StepperView(page)
        stepper.click("Next")
        stepper.click("Next")
        stepper.root.locator('[data-kind="variable"]').first.dispatch_event("click")
        before = looks(page)
        for name, css in sheets(page.evaluate(CLASSES)).items():
            page.evaluate(ADD, css)
            changed = [
                (a[:3], set(b) - set(a)) for a, b in zip(before, looks(page), strict=True) if a != b
            ]
            assert changed == [], f"{graph}: the sheet {name} reaches in"
            seen += len(before)
    assert seen > 1000


def test_what_moves_moves_all_the_same(offline: Open, tmp_path: Path) -> None:
    """The contributions travel and the edges at work flow, though every style is held."""
    page = offline(save("diamond", tmp_path))
    offsets, rounds = StepperView(page).button("Next").evaluate(MOVES)
    assert offsets[0] != offsets[1]
    assert rounds
    assert "Infinity" not in rounds, "a page left open must come to rest"
