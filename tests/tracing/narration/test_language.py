"""Two languages: the same blanks, and Korean particles."""

from __future__ import annotations

import re

import pytest

import nbgrad as ng
from nbgrad.tracing.narration.language import Speaker, particle, segments
from nbgrad.tracing.narration.sentences import SENTENCES
from nbgrad.tracing.narration.story import Story
from tests.tracing.graphs import variable


def test_an_unknown_language() -> None:
    with pytest.raises(ValueError, match="lang must be one of en, ko, not 'fr'"):
        Story(ng.trace(variable(1.0)), "fr")


def test_every_sentence_has_the_same_blanks_in_both_languages() -> None:
    for key, (english, korean) in SENTENCES.items():
        blanks = [set(re.findall(r"\{(\w+)", text)) for text in (english, korean)]
        if not key.startswith(("both", "all_same")):  # English needs the plural, Korean does not
            assert blanks[0] == blanks[1], key
        assert english.count("**") % 2 == korean.count("**") % 2 == 0, key


@pytest.mark.parametrize(
    ("word", "pair", "right"),
    [
        ("기울기", "을/를", "를"), ("값", "을/를", "을"), ("8", "을/를", "을"), ("2", "을/를", "를"),
        ("0.5", "이/가", "가"), ("a.grad", "이/가", "가"), ("x", "은/는", "는"), ("L", "이/가", "이"),
        ("7", "으로/로", "로"), ("3", "으로/로", "으로"), ("y.grad = 1", "으로/로", "로"),
        ("[1, 2]", "을/를", "를"), ("foo", "을/를", "을(를)"), ("foo", "으로/로", "(으)로"),
    ],
)  # fmt: skip
def test_korean_particles(word: str, pair: str, right: str) -> None:
    assert particle(word, pair) == right


def test_segments_alternate() -> None:
    assert segments([(True, "a"), (True, "b"), (False, ""), (False, "c")]) == ["", "ab", "c"]
    assert Speaker("en").text("functions", n=2) == "2 functions"
    assert Speaker("en").count("functions", 1) == "1 function"
