"""The story that needs no script."""

from __future__ import annotations

import re

import nbgrad as ng
from nbgrad.views.stepper.static_story import story_html


def test_the_story_needs_no_script_and_has_a_limit(scenes):
    text = story_html(ng.trace(scenes.diamond()))
    assert "<svg" in text
    assert re.search(r"a\.grad = 8 \+ 8 = <b>16</b>", text)
    assert "<script" not in text
    assert "on" + "click" not in text
    y = scenes.variable(0.1, "x")
    for _ in range(600):
        y = ng.sin(y)
    long = story_html(ng.trace(y, names={}), limit=60_000)
    assert len(long.encode()) <= 60_000
    assert "more" in long


def test_the_story_speaks_korean(scenes):
    text = story_html(ng.trace(scenes.diamond()), lang="ko")
    assert "전체 3단계" in text


def test_a_message_in_place_of_a_story():
    assert "&lt;b&gt;" in story_html(None, "<b>")
