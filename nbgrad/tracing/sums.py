"""Sums of gradients: how they are added up, and how ``8 + 8 = 16`` is written, everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbgrad.engine.scope_guard import ErrorState

from . import format as fmt
from .summaries import Summary, summarise

MAX_INLINE_ELEMENTS = 4
"""Arrays of up to this many elements, of one axis at most, are written out in a line."""


@dataclass(frozen=True)
class Sum:
    """A sum as it is shown.

    Attributes
    ----------
    terms : list of str
    sign : str
        ``"="``, or ``"≈"`` where the terms do not add up to the total as they are written.
    total : str
    """

    terms: list[str]
    sign: str
    total: str

    @property
    def left(self) -> str:
        """The left-hand side: ``8 + 8``."""
        return " + ".join(self.terms)


def written_out(s: Summary) -> bool:
    """Whether a line has room for the elements."""
    return s.values is not None and len(s.values) <= MAX_INLINE_ELEMENTS and len(s.shape) < 2


def write_sum(terms: Sequence[Summary], total: Summary) -> Sum | None:
    """Write a sum, element by element; None for arrays that have no room in a line."""
    if not all(map(written_out, (*terms, total))) or {s.shape for s in terms} != {total.shape}:
        return None
    columns = zip(*(s.values or () for s in (*terms, total)), strict=True)
    written = [fmt.added(column[:-1], column[-1]) for column in columns]
    sign = "≈" if any(sign == "≈" for _, sign, _ in written) else "="
    parts = [[texts[k] for texts, _, _ in written] for k in range(len(terms))]
    whole = fmt.nested([text for _, _, text in written], total.shape)
    return Sum([fmt.nested(part, total.shape) for part in parts], sign, whole)


def plus(a: Summary | None, b: Summary) -> Summary | None:
    """Add two arrays, when both are known in full; None where that is not so."""
    if a is None:
        return b
    if not (a.complete and b.complete and a.shape == b.shape):
        return None
    with ErrorState(all="ignore"):
        return summarise(a.array() + b.array())
