r"""Text from anywhere, made safe to print.

A name, a file name or a docstring may contain terminal escape sequences, invisible characters, or
characters that change the direction of text. They are shown as escapes (``\x1b``).
"""

from __future__ import annotations

HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: controls, formats, surrogates, private, unassigned, separators."""
MAX_NAME = 120
"""Longest name of a variable or a class that is shown."""


def visible(text: str, keep: str = "") -> str:
    r"""Replace every invisible character by its escape, except those in ``keep``.

    Examples
    --------
    >>> visible("a\x1b[31m")
    'a\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(c if c in keep or seen(c) else _escape(c) for c in text)


def short(text: str) -> str:
    """Return a name as `visible` writes it, cut to `MAX_NAME` characters."""
    return visible(text if len(text) <= MAX_NAME else text[: MAX_NAME - 1] + "…")


def seen(char: str) -> bool:
    """Whether a character is visible."""
    import unicodedata  # rarely needed

    return unicodedata.category(char) not in HIDDEN_CATEGORIES


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
