"""What loops, their turns, ranges of functions and closed modules are called in Korean."""

from __future__ import annotations

import re

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics.positions import keep_positions
from nbgrad.tracing import loops
from nbgrad.tracing.module_calls import RECOMPUTED
from nbgrad.tracing.narration.titles import title
from nbgrad.views.stepper.scene import scene
from nbgrad.views.stepper.static_story import story_html

HANGUL = re.compile("[가-힣]")


def chain(turns: int) -> ng.Trace:
    keep_positions(True)
    try:
        y = ng.Variable(np.array(0.5), name="x")
        for _ in range(turns):
            y = ng.sin(y) * 0.9
        return ng.trace(y)
    finally:
        keep_positions(False)


def test_every_title_of_a_loop_or_a_range_is_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {RECOMPUTED}
    parts = chain(130).nested
    found |= {*parts.modules.values(), *(p for path in parts.modules for p in path.split("."))}
    monkeypatch.setattr(loops, "MAX_DRAWN_NODES", 100)
    ranges = ng.trace(
        sum((ng.Variable(np.ones(())) * 2.0 for _ in range(130)), ng.as_variable(0.0))
    )
    cut = ranges.nested
    found |= {*cut.modules.values(), *(p for path in cut.modules for p in path.split("."))}
    found |= {"loop", "loop#", "line 5#", "cell 3, line 5", "generation 4: 12", "cross entropy"}
    assert len(found) > 50
    for name in found:
        told = title(name, "ko")
        assert HANGUL.search(told), name
        assert sorted(re.findall(r"\d+", told)) == sorted(re.findall(r"\d+", name))
        assert title(name, "en") == name
    for own in ("MatMul", "h (step 3)", "step", "0", "line", "layers", "Block × 12", "functions"):
        assert title(own, "ko") == own


def test_a_folded_loop_is_told_in_korean() -> None:
    data = scene(chain(40))
    story = data["story"]
    assert "titles" not in story["en"]
    assert story["ko"]["titles"]["step ×40"] == "단계 ×40"
    told = "".join(text for sentence in story["ko"]["generation"] for text in sentence)
    assert "단계 ×40" in told
    assert "step" not in told
    assert "step" not in story["ko"]["alt"]


def test_the_drawing_of_a_korean_story_is_korean() -> None:
    half = ng.split(ng.Variable(np.ones(4), name="v"), 2)[0].sum()
    for trace in (chain(40), ng.trace(half), ng.trace(ng.Variable(np.ones(())) * 2.0)):
        html = story_html(trace, lang="ko")
        drawn = re.sub(r"<style.*?</style>|<desc>.*?</desc>", "", html, flags=re.DOTALL)
        texts = re.findall(r">([^<>]+)<", drawn)
        lines = {line for text in texts for line in text.splitlines()}
        words = {w for line in lines for w in re.findall(r"[A-Za-z]{4,}", line)}
        assert any("세대 0" in line for line in lines)
        english = (
            "generation leaf intermediate constant function functions line value freed computed"
        )
        assert not words & set(english.split()), words
