"""Every page of the site in a real browser: no error, no request outside, steppers alive, axe clean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from nbgrad.tracing.narration.interface import UI
from tests.site.conftest import HTML
from tests.site.test_links import pages

STEPPERS = """() => {
  const read = (kind) => [...document.querySelectorAll(`script[type="application/vnd.jupyter.widget-${kind}+json"]`)]
    .map((script) => JSON.parse(script.textContent));
  const models = Object.assign({}, ...read("state").map((part) => part.state));
  const waiting = read("view").filter((view) => models[view.model_id]?.state._anywidget_id?.startsWith("nbgrad."));
  return waiting.length + document.querySelectorAll("script[data-nbgrad]").length;
}"""
NAMES = re.compile("backward|역전파")
AXE = {"resultTypes": ["violations"], "preload": False}
THEMES = ("light", "dark")
PHONE = {"width": 390, "height": 844}
GROUPS = sorted({p.parent.relative_to(HTML).as_posix() for p in pages()})


@pytest.fixture(scope="module")
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    context.close()


def watched(context: BrowserContext, site: str) -> tuple[Page, list[str]]:
    """Return a new page, and the list of what goes wrong on it."""
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("console", lambda m: wrong.append(f"console: {m.text}") if m.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((site, "blob:", "data:"))
            else wrong.append(f"asked {request.url}")
        ),
    )
    return page, wrong


def revived(page: Page) -> int:
    """Wait until each stepper of a page is alive; return how many there are."""
    views = page.evaluate(STEPPERS)
    groups = page.get_by_role("group", name=NAMES)
    expect(groups).to_have_count(views)
    for group in groups.all():
        expect(group.locator("[data-node-id]").first).to_be_attached()
    return views


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"][:2]]


@pytest.mark.parametrize("folder", GROUPS)
def test_every_page(context: BrowserContext, site: str, folder: str) -> None:
    """Each page of a folder, in the light theme, then in the dark one."""
    wrong: dict[str, list[str]] = {}
    count = steppers = 0
    for path in pages():
        if path.parent.relative_to(HTML).as_posix() != folder:
            continue
        name = path.relative_to(HTML).as_posix()
        page, found = watched(context, site)
        page.goto(site + name)
        steppers += revived(page) if "gallery/" not in name else 0
        page.emulate_media(reduced_motion="reduce")
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += [f"{theme} {text}" for text in violations(page)]
        count += 1
        if found:
            wrong[name] = found
        page.close()
    print(f"{count} pages, {steppers} steppers")
    assert wrong == {}


@pytest.mark.parametrize("path", ["index.html", "ko/index.html"])
def test_the_first_page_steps_the_diamond(context: BrowserContext, site: str, path: str) -> None:
    page, wrong = watched(context, site)
    page.goto(site + path)
    stepper = page.get_by_role("group", name=NAMES).first
    name = UI["ko" if path.startswith("ko") else "en"]["last"]
    stepper.get_by_role("button", name=name).first.click()
    leaf = stepper.locator('[data-kind="variable"][data-generation="0"]').first
    expect(leaf).to_have_attribute("data-grad", "64")
    assert wrong == []
    page.close()


@pytest.mark.parametrize(
    "path", ["index.html", "learn/01_from_a_chain_to_a_graph.html", "gallery.html"]
)
def test_a_phone_needs_no_sideways_scrolling(browser: Browser, site: str, path: str) -> None:
    context = browser.new_context(viewport=PHONE)
    page, wrong = watched(context, site)
    page.goto(site + path)
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert wrong == []
    context.close()


def test_the_search_finds_an_operation(context: BrowserContext, site: str) -> None:
    page, wrong = watched(context, site)
    page.goto(f"{site}search.html?q=logsumexp")
    expect(page.locator("#search-results a").first).to_be_visible()
    assert wrong == []
    page.close()


def test_a_language_leads_to_the_same_page_in_the_other(context: BrowserContext, site: str) -> None:
    page, wrong = watched(context, site)
    page.goto(f"{site}how-to/nan.html")
    page.get_by_role("link", name="한국어").first.click()
    page.wait_for_url("**/ko/how-to/nan.html")
    page.get_by_role("link", name="English").first.click()
    page.wait_for_url(f"{site}how-to/nan.html")
    assert wrong == []
    page.close()


def test_korean_pages_say_what_they_show_in_korean() -> None:
    """What the theme says of itself too: the placeholders, titles and labels of its controls."""
    said = re.compile(r'(?:placeholder|aria-label|title)="([^"]*)"')
    english = {
        f"{path.relative_to(HTML).as_posix()}: {text}"
        for path in pages()
        if path.relative_to(HTML).as_posix() in ("ko/index.html", "ko/how-to/nan.html")
        for text in said.findall(path.read_text(encoding="utf-8"))
        if re.search("[A-Za-z]{4}", text) and not re.search("[가-힣]", text)
    }
    assert english == set()


def test_pages_are_where_they_should_be() -> None:
    assert {"learn", "how-to", "explanation", "reference", "gallery"} <= set(map(str, GROUPS))
    assert Path(HTML / "_static" / "mathjax" / "tex-svg.js").exists()
