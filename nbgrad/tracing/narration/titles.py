"""What loops, ranges and some functions are called in Korean: ``line 9`` is ``9행``.

A loop, its turns and a range of functions are called by `tracing.loops`, what one turn of a loop made
by `tracing.unnamed`; names of the user's stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from .interface import UI

_TITLES = (
    (r"step ×(\d+)", r"단계 ×\1"),
    (r"steps? (\d+(?:–\d+)?)", r"단계 \1"),
    (r"functions (\d+–\d+)", r"함수 \1"),
    (r"generations? ([\d,]+(?:–\d+|: \d+)?)", r"세대 \1"),
    (r"line (\d+#*)", r"\1행"),
    (r"cell (\d+), line (\d+#*)", r"\1번 셀 \2행"),
    (r"loop(#*)", r"반복문\1"),
    (r"(.+) \(recomputed\)", r"\1 (다시 계산)"),
    (r"cross entropy", "교차 엔트로피"),
)

_ON_CARDS = (
    (r"no gradient flowed", "기울기가 흐르지 않음"),
    (r"no gradient flowed here: .+", "기울기가 흐르지 않음: 쓰이지 않은 출력"),
    (r"(\d+) functions · (\d+) parameters?", r"함수 \1개 · 매개변수 \2개"),
    (r"(\d+) functions", r"함수 \1개"),
    (r"function of generation (\d+)", r"함수, 세대 \1"),
    (r"leaf of generation (\d+)", r"말단 변수, 세대 \1"),
    (r"intermediate of generation (\d+)", r"중간 변수, 세대 \1"),
    (r"constant of generation (\d+)", r"상수, 세대 \1"),
    (r"unused output of generation (\d+)", r"쓰이지 않은 출력, 세대 \1"),
    (r"made by an earlier backward pass", "앞선 역전파가 만든 부분"),
    (r"its own past is not drawn", "그 앞은 그리지 않음"),
    (r"value not kept by PyTorch: .+", "PyTorch가 남기지 않은 값"),
    (r"value (.+)", r"값 \1"),
    (r"grad not computed", "grad 아직 계산되지 않음"),
    (r"grad freed after backward", "grad 해제됨"),
    (r"in (\[\d+\]), line (\d+)", r"\1번 셀 \2행"),
    (r"(.+), line (\d+)", r"\1 \2행"),
)
"""What a drawing and its tooltips say beside names, rules and numbers."""


_TURN = re.compile(r" \(step (\d+)\)")


@cache
def title(name: str, lang: str) -> str:
    """Return what is shown for the name or the symbol of a function, or for a part of its path."""
    return _first(_TITLES, name) if lang == "ko" else name


@lru_cache(maxsize=4096)  # the names are the user's: there is no end of them
def variable_name(name: str, lang: str) -> str:
    """Return a variable's name, in which a turn of a loop is counted: ``h (단계 3)``."""
    return _TURN.sub(UI[lang]["turn"].replace("{n}", r"\1"), name) if lang != "en" else name


def on_card(text: str, lang: str) -> str:
    """Return what a drawing says: ``6 functions``, ``leaf of generation 0``."""
    return _first(_ON_CARDS, text) if lang == "ko" else text


def _first(patterns: Iterable[tuple[str, str]], text: str) -> str:
    for pattern, words in patterns:
        found = re.fullmatch(pattern, text)
        if found:
            return found.expand(words)
    return text


def path_title(path: str, lang: str) -> str:
    """Return what is shown for the path of a module call or of a turn of a loop."""
    return ".".join(title(part, lang) for part in path.split("."))
