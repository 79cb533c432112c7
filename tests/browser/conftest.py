"""Fixtures of the tests in a real browser. They fail, and do not skip, where there is none."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.host import PATIENCE, VIEWPORT, Notebook, write_notebook
from tests.browser.server import JupyterServer
from tests.browser.system import launch_options

DRIVE = Path(__file__).parent / "drive.js"
BOOKS = itertools.count()
expect.set_options(timeout=1000 * PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """The one server that serves both hosts."""
    server = JupyterServer(tmp_path_factory.mktemp("jupyter"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")  # pages left open slow the rest
def opener(browser: Browser, jupyter: JupyterServer) -> Iterator[Callable[..., Notebook]]:
    """Open a notebook of these cells in a host and run it: `opener(host, cells)`.

    A cell that ends in an error fails the test, unless `may_fail`.
    """
    opened: list[Notebook] = []

    def open_notebook(host: str, cells: Sequence[str], *, may_fail: bool = False) -> Notebook:
        name = f"book{next(BOOKS)}"
        path = write_notebook(jupyter.root, name, cells, may_fail=may_fail)
        context = browser.new_context(viewport=VIEWPORT)
        context.set_default_timeout(1000 * PATIENCE)
        page = context.new_page()
        page.add_init_script(path=DRIVE)
        book = Notebook(page, jupyter.url, host, path)
        opened.append(book)
        book.run_all()
        assert may_fail or book.errors() == []
        return book

    yield open_notebook
    for book in opened:
        if not book.page.is_closed():
            book.close()


@pytest.fixture(scope="session", params=["lab", "notebook"])
def host(request: pytest.FixtureRequest) -> str:
    """JupyterLab, then Notebook 7."""
    return str(request.param)


@pytest.fixture
def open_notebook(opener: Callable[..., Notebook], host: str) -> Iterator[Callable[..., Notebook]]:
    """Open and run these cells in the host of this test; closed when the test ends."""
    opened: list[Notebook] = []

    def open_here(cells: Sequence[str], *, may_fail: bool = False) -> Notebook:
        opened.append(opener(host, cells, may_fail=may_fail))
        return opened[-1]

    yield open_here
    for book in opened:
        book.close()


@pytest.fixture
def page(page: Page) -> Page:
    """Playwright's own page, for pages that somebody serves."""
    page.set_default_timeout(1000 * PATIENCE)
    return page


@pytest.fixture
def offline(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page without network: `offline(path, **context_options)`. Any request outside fails it."""
    contexts: list[BrowserContext] = []
    outside: list[str] = []

    def open_file(path: Path, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": VIEWPORT, "offline": True, **options})
        context.set_default_timeout(1000 * PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda request: (
                outside.append(request.url)
                if not request.url.startswith(("file:", "data:", "blob:"))
                else None
            ),
        )
        page.goto(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert outside == []
