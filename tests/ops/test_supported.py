"""The page of supported functions is the table's."""

from __future__ import annotations

from nbgrad.ops.row import TABLE
from nbgrad.ops.supported import PAGE, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m nbgrad.ops.supported"


def test_every_name_is_on_the_page() -> None:
    assert [name for name in TABLE if f"| `{name}`" not in page()] == []
