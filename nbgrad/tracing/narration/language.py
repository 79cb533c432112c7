"""Putting sentences together: what is filled in, what is bold, which Korean particle fits.

What is filled in is never read as markup, so a name may hold ``**`` or braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TypeAlias

from nbgrad.tracing import format as fmt

from .sentences import LANGUAGES, SENTENCES

Runs: TypeAlias = list[tuple[bool, str]]
"""Pieces of a sentence: bold or not, and the text."""
Segments: TypeAlias = list[str]
"""The same for the views: plain text at even places, bold at odd ones."""

_MARK = re.compile(r"\{(\w+)(?:\|([^}]*))?\}(\.grad)?")
_HANGUL = range(0xAC00, 0xD7A4)
_CLOSED = frozenset("013678lmnrLMNR")
"""Digits and letters whose Korean names end in a consonant."""
_CLOSED_L = frozenset("178lrLR")
"""Those whose names end in ㄹ, after which 로 stands, not 으로."""
_OPEN_ENDS = re.compile(r"(?i)(grad|loss|square|add|sub|div|pow|max|relu|log|exp|inf)$")
_CLOSED_ENDS = re.compile(r"(?i)(nan|mul|sum|mean|min|sin|tan)$")
"""Foreign words whose Korean sound is known to end in a vowel, or in a consonant."""


class Speaker:
    """Says sentences of the table in one language.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``; a region may follow (``"ko-KR"``).

    Raises
    ------
    ValueError
        For another language.
    """

    def __init__(self, lang: str = "en") -> None:
        short = str(lang).replace("_", "-").split("-")[0].lower()
        if short not in LANGUAGES:
            raise ValueError(f"lang must be one of {', '.join(LANGUAGES)}, not {lang!r}.")
        self.lang = short
        self._column = LANGUAGES.index(short)

    def say(self, key: str, **values: str | int | Runs) -> Runs:
        """Fill in a sentence; what is filled in may be text or pieces with bold parts."""
        runs: Runs = []
        for bold, text, slot, pair, grad in _pieces(key, self._column):
            if text:
                runs.append((bold, text))
            if not slot:
                continue
            value = values[slot]
            if grad:
                value = fmt.grad_name(flat(value))
            if pair:
                runs.append((bold, particle(flat(value), pair)))
            elif not isinstance(value, list):
                runs.append((bold, str(value)))
            elif bold:
                runs.extend((True, inner) for _, inner in value)
            else:
                runs += value
        return runs

    def text(self, key: str, **values: str | int | Runs) -> str:
        """Fill in a sentence as plain text."""
        return flat(self.say(key, **values))

    def count(self, key: str, n: int) -> str:
        """Say how many: ``1 function``, ``4 functions``."""
        return self.text(f"{key}.1" if n == 1 else key, n=n)

    def listed(self, items: Iterable[str | Runs], more: int = 0) -> Runs:
        """Join items, and how many more there are: ``a, b and 3 more``; in Korean with commas."""
        items = [*items, *([self.say("more", n=more)] if more > 0 else [])]
        last = " and " if self.lang == "en" else ", "
        runs: Runs = []
        for i, item in enumerate(items):
            if i:
                runs.append((False, last if i == len(items) - 1 else ", "))
            runs.extend(item if isinstance(item, list) else [(False, item)])
        return runs


@cache
def _pieces(key: str, column: int) -> list[tuple[bool, str, str, str, str]]:
    """Return a sentence as (bold, text, what is filled in after it, particle, ``.grad``)."""
    pieces = []
    for k, part in enumerate(SENTENCES[key][column].split("**")):
        at = 0
        for mark in _MARK.finditer(part):
            pieces.append(
                (k % 2 == 1, part[at : mark.start()], mark[1], mark[2] or "", mark[3] or "")
            )
            at = mark.end()
        pieces.append((k % 2 == 1, part[at:], "", "", ""))
    return pieces


def flat(value: str | int | Runs) -> str:
    """Return the text of pieces."""
    return "".join(text for _, text in value) if isinstance(value, list) else str(value)


def segments(*parts: Runs) -> Segments:
    """Join pieces into what the views get: plain at even places, bold at odd ones."""
    result = [""]
    for bold, text in (run for part in parts for run in part):
        if not text:
            continue
        if (len(result) % 2 == 0) == bold:
            result[-1] += text
        else:
            result.append(text)
    return result


def particle(word: str, pair: str) -> str:
    """Choose a Korean particle by the last sound of a word.

    ``"을/를"`` is the form after a consonant, then the one after a vowel. Of a foreign
    word of several letters the sound is not known: both stand, as ``을(를)``.

    Examples
    --------
    >>> particle("8", "을/를"), particle("a", "을/를"), particle("기울기", "이/가")
    ('을', '를', '가')
    """
    closed_form, open_form = pair.split("/")
    core = re.sub(r"[^\w]+$", "", word)
    char = core[-1:]
    to = closed_form == "으로"
    if char and ord(char) in _HANGUL:
        final = (ord(char) - 0xAC00) % 28
        return open_form if final == 0 or (to and final == 8) else closed_form
    if _OPEN_ENDS.search(core):
        return open_form
    if _CLOSED_ENDS.search(core):
        return open_form if to and core.lower().endswith("mul") else closed_form
    single = not re.search(r"[A-Za-z]{2}$", core)
    if char and char.isascii() and (char.isdigit() or (char.isalpha() and single)):
        if to and char in _CLOSED_L:
            return open_form
        return closed_form if char in _CLOSED else open_form
    return f"({closed_form[0]}){open_form}" if to else f"{closed_form}({open_form})"
