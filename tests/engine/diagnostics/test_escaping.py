"""Text from anywhere is safe to print."""

from __future__ import annotations

import sys
import unicodedata

from nbgrad.engine.diagnostics.escaping import HIDDEN_CATEGORIES, MAX_NAME, short, visible


def test_visible_text_stays_as_it_is() -> None:
    for text in ("x", "기울기", "∂y/∂x = −1", "a b", ""):
        assert visible(text) == text


def test_every_invisible_character_is_an_escape() -> None:
    hidden = [
        c
        for c in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(c) in HIDDEN_CATEGORIES
    ]
    shown = visible("".join(hidden[:: len(hidden) // 5_000]))
    assert shown.isascii()
    assert shown.isprintable()
    assert visible("\x1b[31m\u202e\ud800\n") == r"\x1b[31m\u202e\ud800\n"
    assert visible("a\n\tb\x00", keep="\n\t") == "a\n\tb\\x00"


def test_a_long_name_is_cut_before_it_is_escaped() -> None:
    assert short("n" * MAX_NAME) == "n" * MAX_NAME
    assert short("n" * (MAX_NAME + 1)) == "n" * (MAX_NAME - 1) + "…"
    assert len(short("\x00" * 10**6)) == 4 * (MAX_NAME - 1) + 1
