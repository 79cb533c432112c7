"""Every example runs from top to bottom, is stored clean, and says what comes out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.notebooks.conftest import EXAMPLES, NAMES, WIDGET, code_cells, prose, rich, said, stored
from tests.notebooks.store import KEPT

# What these print depends on the machine's arithmetic, in the last digits.
ROUGH = {
    "06_train_a_small_network", "07_newton_fit", "08_recurrent_net", "09_where_do_my_gradients_go",
    "11_what_happened_while_it_trained", "12_can_i_go_on_with_the_book",
}  # fmt: skip
# And so do the last digits of any number, from one NumPy to the next.
LAST_DIGITS = re.compile(r"\d+\.\d{13,}")
SHOWN = re.compile(r"^(?:%%?(?:backward|graph|history)\b|ng\.Stepper\(|stepper$)", re.MULTILINE)


def test_there_are_examples_numbered_in_order() -> None:
    assert [int(name[:2]) for name in NAMES] == list(range(1, len(NAMES) + 1))
    assert len(NAMES) >= 6


# ---------------------------------------------------------------- as they are stored


def test_each_starts_from_a_question(name: str) -> None:
    first = stored(name).cells[0].source
    assert re.match(rf"# {int(name[:2])} · \S", first)
    question = re.search(r"^> \*“(.+)”\*$", first, re.MULTILINE)
    assert question is not None
    assert "?" in question[1]


def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", prose(stored(name))):
        assert (EXAMPLES / target).is_file(), target


def test_it_is_stored_clean(name: str) -> None:
    book = stored(name)
    assert set(book.metadata) == {"kernelspec", "language_info"}
    assert book.metadata.kernelspec.name == "python3"
    assert [cell.id for cell in book.cells] == [
        f"cell-{n:02}" for n in range(1, len(book.cells) + 1)
    ]
    for count, cell in enumerate(code_cells(book), 1):
        assert cell.execution_count == count
        assert set(cell.metadata) <= set(KEPT)
        pictured = any("image/png" in output.get("data", {}) for output in cell.outputs)
        assert pictured == ("alt" in cell.metadata), "a picture has a text alternative"
    text = (EXAMPLES / f"{name}.ipynb").read_text(encoding="utf-8")
    assert "widget-view" not in text
    assert "widget-state" not in text
    assert len(text) < 300_000


def test_what_it_shows_is_stored_for_readers_without_a_kernel(name: str) -> None:
    for cell in code_cells(stored(name)):
        if SHOWN.search(cell.source) and "raises-exception" not in cell.metadata.get("tags", []):
            assert any({"text/plain", "text/html"} <= set(data) for data in rich(cell)), cell.source


# ---------------------------------------------------------------- as they come out


@pytest.mark.slow
def test_it_runs_from_top_to_bottom(executed: Any) -> None:
    for cell in code_cells(executed):
        refused = "raises-exception" in cell.metadata.get("tags", [])
        errors = [o.ename for o in cell.outputs if o.output_type == "error"]
        assert errors == []
        warned = "".join(o.text for o in cell.outputs if o.get("name") == "stderr")
        assert warned.startswith("UsageError: ") if refused else warned == "", cell.source


@pytest.mark.slow
def test_displays_have_text_and_html(executed: Any) -> None:
    for cell in code_cells(executed):
        if SHOWN.search(cell.source) and "raises-exception" not in cell.metadata.get("tags", []):
            (data,) = rich(cell)
            assert {"text/plain", "text/html"} <= set(data)
            if not re.search(r"^%graph\b", cell.source, re.MULTILINE):
                assert WIDGET in data


# What the others print depends on the machine in its last digits; see test_claims.
def rounded(text: str) -> str:
    return LAST_DIGITS.sub(lambda number: f"{float(number[0]):.12g}", text)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in NAMES if n not in ROUGH])
def test_what_is_stored_is_what_comes_out(name: str, executed: Any) -> None:
    for old, new in zip(code_cells(stored(name)), code_cells(executed), strict=True):
        hint = "if this is meant: python -m tests.notebooks.store"
        assert rounded(said(old)) == rounded(said(new)), f"{old.source}\n{hint}"
