"""What loops, ranges and some functions are called in Korean: ``line 9`` is ``9행``.

A loop, its turns and a range of functions are called by `tracing.loops`; names of the user's stay.
"""

from __future__ import annotations

import re
from functools import cache

_TITLES = (
    (r"step ×(\d+)", r"단계 ×\1"),
    (r"steps? (\d+(?:–\d+)?)", r"단계 \1"),
    (r"functions (\d+–\d+)", r"함수 \1"),
    (r"generations? (\d+(?:–\d+|: \d+)?)", r"세대 \1"),
    (r"line (\d+#*)", r"\1행"),
    (r"cell (\d+), line (\d+#*)", r"\1번 셀 \2행"),
    (r"loop(#*)", r"반복문\1"),
    (r"(.+) \(recomputed\)", r"\1 (다시 계산)"),
    (r"cross entropy", "교차 엔트로피"),
)


@cache
def title(name: str, lang: str) -> str:
    """Return what is shown for the name or the symbol of a function, or for a part of its path."""
    if lang == "ko":
        for pattern, words in _TITLES:
            found = re.fullmatch(pattern, name)
            if found:
                return found.expand(words)
    return name
