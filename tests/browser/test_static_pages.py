"""Steppers live on static pages that Jupyter tools wrote, with no request to anywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from playwright.sync_api import expect

import nbgrad as ng
from nbgrad.views.stepper.notebook_page import page_of, read, run

CODE = """\
import numpy as np
import nbgrad as ng
x = ng.Variable(np.array(2.0), name="x")
a = x**2
ng.Stepper(a * a + a)
"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    run(book, folder / "n.ipynb")
    (folder / "page.html").write_text(page_of(book, folder / "n.ipynb"), encoding="utf-8")
    plain, _ = HTMLExporter().from_notebook_node(book)
    script = ng.static_script().read_text(encoding="utf-8")
    plain = plain.replace("</body>", f"<script>{script}</script></body>")
    (folder / "nbconvert.html").write_text(plain, encoding="utf-8")
    return folder / "page.html"


@pytest.mark.parametrize("host", ["exported", "nbconvert", "bootstrap"])
def test_a_stepper_steps(page: Any, page_file: Path, host: str) -> None:
    if host == "bootstrap":  # a page of another tool, with a hostile sheet and our script beside it
        script = ng.static_script().read_text(encoding="utf-8")
        (page_file.parent / "revive.js").write_text(script, encoding="utf-8")
        sheet = "<style>.card{height:var(--bs-card-height)} dd{float:left;width:80%}</style>"
        text = re.sub("<meta[^>]*Content-Security-Policy[^>]*>", "", page_file.read_text("utf-8"))
        text = text.replace(f"<script>{script}</script>", '<script src="revive.js"></script>')
        page_file = page_file.with_name("bootstrap.html")
        page_file.write_text(text.replace("</head>", f"{sheet}</head>"), encoding="utf-8")
    if host == "nbconvert":  # whose own scripts are in the page, and lead to a CDN
        page_file = page_file.with_name("nbconvert.html")
        page.route(re.compile("^https?:"), lambda route: route.abort())
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(page_file.as_uri())
    stepper = page.get_by_role("group", name="backward").first
    stepper.wait_for()
    page.get_by_role("button", name="Last").click()
    leaf = page.locator('[data-kind="variable"][data-node-id="v0"]')
    expect(leaf).to_have_attribute("data-grad", "36")
    assert leaf.locator("rect.card, rect").first.bounding_box()["height"] > 20
    if host != "nbconvert":
        assert errors == []
        assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []


def test_html_manager_finds_no_view_that_is_alive(page: Any, page_file: Path) -> None:
    """Quarto's pages load it when they have a network; it would draw the stepper once more."""
    text = re.sub("<meta[^>]*Content-Security-Policy[^>]*>", "", page_file.read_text("utf-8"))
    text = re.sub('data-model="', 'data-story="', text)
    number = re.search(r'data-story="(\d+)"', text)
    assert number
    kind = "application/vnd.jupyter.widget-view+json"
    view = f'<script type="{kind}">{{"model_id": "{number[1]}"}}</script>'
    path = page_file.with_name("quarto.html")
    path.write_text(text.replace("</main>", f"{view}</main>"), encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.get_by_role("group", name="backward")).to_have_count(1)
    expect(page.locator(f'script[type="{kind}"]')).to_have_count(0)


@pytest.mark.parametrize(
    ("notebook", "axis", "start", "there"),
    [
        ("10_what_if_i_change_x", "x", "x -3: y -18, x.grad 24.", "x 1: y -2, x.grad is exactly zero"),
        ("11_what_happened_while_it_trained", "iteration", "iteration 29: loss nan", "iteration 15: loss"),
    ],
)  # fmt: skip
def test_the_examples_over_time_play_without_a_kernel(
    page: Any, tmp_path: Path, notebook: str, axis: str, start: str, there: str
) -> None:
    source = Path(__file__).parents[2] / "examples" / f"{notebook}.ipynb"
    book = read(source)
    run(book, source)
    (tmp_path / "page.html").write_text(page_of(book, source), encoding="utf-8")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "page.html").as_uri())
    stepper = page.get_by_role("group", name="backward").first
    said = stepper.locator(".take-said")
    expect(said).to_contain_text(start)
    slider = stepper.get_by_role("slider", name=axis, exact=True)
    slider.fill("20" if axis == "x" else "15")
    expect(said).to_contain_text(there)
    stepper.get_by_role("button", name="Last", exact=True).click()
    leaf = stepper.locator("[data-grad]").first
    grad = leaf.get_attribute("data-grad")
    slider.fill("25" if axis == "x" else "1")
    expect(leaf).not_to_have_attribute("data-grad", grad)
    slider.fill("26")
    stepper.get_by_role("button", name=f"Play along {axis}").click()
    expect(slider).to_have_value("30" if axis == "x" else "29")
    assert errors == []
