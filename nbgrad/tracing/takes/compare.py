"""Two takes of a series side by side: how the gradients differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbgrad.engine.scope_guard import ErrorState
from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import Summary
from nbgrad.tracing.narration.language import Speaker
from nbgrad.tracing.narration.takes import write_place
from nbgrad.tracing.summaries import Handle, Kept, decode, summarise

from .section import Section, Take
from .text import write_table


@dataclass(frozen=True)
class Difference:
    """How a variable's gradient differs between two takes.

    Attributes
    ----------
    name : str
    before, after : Summary or None
        The gradient in the one take and in the other; None where the pass computed none.
    change : Summary or None
        The later one less the earlier, element by element; None where not all elements of both
        are kept, or the shapes differ.
    """

    name: str
    before: Summary | None
    after: Summary | None
    change: Summary | None

    @property
    def norm(self) -> float | None:
        """The norm of the change; None where it is not known."""
        return None if self.change is None else self.change.norm


class Comparison(dict[str, Difference]):
    """The differences between two takes, by the name of the variable; prints as a table."""

    def __init__(self, title: str, heads: tuple[str, str], found: list[Difference]) -> None:
        super().__init__({d.name: d for d in found})
        self.title = title
        self.heads = heads

    def __str__(self) -> str:
        head = ["", *self.heads, Speaker().text("compare_change")]
        rows = [
            [
                fmt.grad_name(d.name),
                *("–" if s is None else s.brief for s in (d.before, d.after, d.change)),
            ]
            for d in self.values()
        ]
        return write_table(self.title, head, rows)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def compare(axis: str, sections: list[Section], takes: tuple[Take, Take]) -> Comparison:
    """Compare the gradients of two takes."""
    before, after = (_gradients(sections[take.section], take) for take in takes)
    names = list(dict.fromkeys([*before, *after]))
    heads = (f"{axis} {write_place(takes[0].at)}", f"{axis} {write_place(takes[1].at)}")
    title = Speaker().text("compare_title", after=heads[1], before=heads[0])
    return Comparison(title, heads, [_difference(n, before.get(n), after.get(n)) for n in names])


def _gradients(section: Section, take: Take) -> dict[str, Handle]:
    """Return what is kept of each variable's gradient when the pass is over, by its name."""
    structure = section.structure
    slots = {structure["root"]: structure["seed"]}
    for step in structure["steps"]:
        for call in step["calls"]:
            for c in call["contributions"]:
                slots[c["variable"]] = c["after"]
    rows = [row for row in structure["variables"] if row["id"] in slots]
    return {row["name"]: take.numbers[slots[row["id"]]] for row in rows}


def _difference(name: str, before: Handle | None, after: Handle | None) -> Difference:
    a, b = (None if h is None else decode(h) for h in (before, after))
    x, y = _array(before, a), _array(after, b)
    change = None
    if x is not None and y is not None and x.shape == y.shape:
        with ErrorState(all="ignore"):
            change = summarise(y - x)
    return Difference(name, a, b, change)


def _array(handle: Handle, summary: Summary | None) -> Any:
    """Return an array of which all elements are kept, else None."""
    if type(handle) is Kept:
        return handle.array
    return summary.array() if summary is not None and summary.complete else None
