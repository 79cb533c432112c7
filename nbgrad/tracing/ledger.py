"""The ledger of a variable: every contribution with its source, and the sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import format as fmt
from .model import Summary, VariableInfo
from .narration.language import Speaker, flat
from .narration.phrases import Phrases, written_out
from .summaries import summarise

if TYPE_CHECKING:
    from .trace import Trace


@dataclass(frozen=True)
class Entry:
    """One line: how much, from where, and the sum so far (None where it is not known)."""

    text: str
    amount: Summary
    total: Summary | None


@dataclass(frozen=True)
class Ledger:
    """What a variable's gradient is made of.

    Attributes
    ----------
    entries : tuple of Entry
    text : str
        In one line: ``8 from Square → b, 8 from Square → c = 16``.
    """

    entries: tuple[Entry, ...]
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines, as a list."""
        return [entry.text for entry in self.entries]

    def __str__(self) -> str:
        return self.text


def ledger(trace: Trace, name: str, lang: str = "en") -> Ledger:
    """Return the ledger of a variable.

    Parameters
    ----------
    trace : Trace
    name : str
        Name or id of the variable.
    lang : {"en", "ko"}
    """
    speaker = Speaker(lang)
    phrases = Phrases(trace.variables, speaker)
    variable = trace.variables[name]
    entries: list[Entry] = []
    held = variable.before if trace.applied else None
    if held is not None:
        text = speaker.text("from_earlier", amount=_amount(phrases, held))
        entries.append(Entry(text, held, held))
    if variable.id == trace.root.id:
        text = speaker.text("from_start", amount=_amount(phrases, trace.seed))
        entries.append(Entry(text, trace.seed, trace.seed))
    for function, c in trace.contributions(variable.id):
        text = speaker.text("from", amount=_amount(phrases, c.amount), call=phrases.call(function))
        entries.append(Entry(text, c.amount, plus(held, c.after)))
    return Ledger(tuple(entries), _sum_up(entries, variable, phrases))


def _sum_up(entries: list[Entry], variable: VariableInfo, phrases: Phrases) -> str:
    if not entries:
        return phrases.speaker.text("constant" if variable.kind == "constant" else "nothing")
    total = entries[-1].total
    listed = ", ".join(entry.text for entry in entries)
    if total is None:
        return listed
    if written_out(total):
        return f"{listed} = {total}"
    return f"{listed} = {flat(phrases.grad(variable, total))}"


def _amount(phrases: Phrases, s: Summary) -> str:
    if written_out(s):
        return str(s)
    return f"{phrases.amount(s)} (norm {fmt.norm(s.norm, 4)})"


def plus(a: Summary | None, b: Summary) -> Summary | None:
    """Add two arrays, when both are known in full; None otherwise."""
    if a is None:
        return b
    if not (a.complete and b.complete and a.shape == b.shape):
        return None
    with np.errstate(all="ignore"):
        return summarise(a.array() + b.array())
