"""A trace as a table for terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import format as fmt
from .ledger import plus
from .model import Call, Contribution, Summary
from .narration.language import Speaker
from .narration.phrases import Phrases, written_out
from .trouble import Trouble, find_trouble

if TYPE_CHECKING:
    from .trace import Trace

COLUMNS = 80
FIRST, LAST = 40, 20
"""Of a long trace, so many calls are shown at the beginning and at the end."""
LEAVES = 12
WIDEST = (4, 22, 16, 22, 80)
GAP = "  "

Row = list[str]


def table(trace: Trace, lang: str = "en", columns: int = COLUMNS) -> str:
    """Return a trace as a table.

    Parameters
    ----------
    trace : Trace
    lang : {"en", "ko"}
    columns : int
        Width of the terminal; Korean characters take two columns each.

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(2.0), name="x")
    >>> y = ng.square(x)
    >>> y.name = "y"
    >>> print(table(ng.trace(y)))
    backward of y: 1 function in 1 generation
    <BLANKLINE>
    gen  function    upstream  sends back  gradient
         seed                              y.grad 1
      0  Square → y  1         4 to x      x.grad 4
    """
    return Table(trace, Speaker(lang)).render(columns)


class Table:
    """The rows of one trace."""

    def __init__(self, trace: Trace, speaker: Speaker) -> None:
        self.trace = trace
        self.speaker = speaker
        self.phrases = Phrases(trace.variables, speaker)

    def render(self, columns: int) -> str:
        """Return title, table and notes."""
        say = self.speaker.text
        title = "title" if self.trace.order == "generation" else "title_naive"
        count = self.speaker.count
        generations = len({f.generation for f in self.trace.functions})
        subtitle = say(
            "subtitle",
            functions=count("functions", len(self.trace.functions)),
            generations=count("generations", generations),
        )
        head = f"{say(title, y=self.phrases.name(self.trace.root))}: {subtitle}"
        lines = [head, "", *layout(self.rows(), columns)]
        notes = self.notes()
        lines += ["", *notes] if notes else []
        return "\n".join(fmt.cut(line, columns).rstrip() for line in lines)

    def rows(self) -> list[Row]:
        """Return the cells: generation, function, upstream, what is sent back, gradient."""
        say = self.speaker.text
        keys = ("generation", "function", "upstream", "sends", "grad")
        rows = [[say(f"col_{key}") for key in keys]]
        name = self.phrases.name(self.trace.root)
        rows.append(["", say("seed_row"), "", "", f"{name}.grad {short(self.trace.seed)}"])
        calls = self.trace.calls
        left_out = len(calls) - FIRST - LAST
        generation: int | None = None
        for k, call in enumerate(calls):
            if left_out > 0 and FIRST <= k < len(calls) - LAST:
                if k == FIRST:
                    rows.append(["", say("rows_more", n=left_out), "", "", ""])
                    generation = None
                continue
            g = call.function.generation
            rows += self.call_rows(call, "" if g == generation else str(g))
            generation = g
        return rows

    def call_rows(self, call: Call, generation: str) -> list[Row]:
        """Return a row for each contribution of a call."""
        upstream = ", ".join("–" if gy is None else cell(gy) for gy in call.upstream)
        head = [generation, self.phrases.call(call.function), upstream]
        rows = []
        for c in call.contributions:
            x = self.phrases.name(c.variable)
            sends = self.speaker.text("sends_to", amount=cell(c.amount), x=x)
            rows.append([*head, sends, f"{x}.grad {self.sum(c)}"])
            head = ["", "", ""]
        return rows or [[*head, "–", ""]]

    def sum(self, c: Contribution) -> str:
        """Write a gradient, and what it was added up from: ``16 = 8 + 8``."""
        if c.before is None:
            return short(c.after)
        return f"{short(c.after)} = {cell(c.before)} + {cell(c.amount)}"

    def notes(self) -> list[str]:
        """Return what stands below the table."""
        notes = []
        trace, say = self.trace, self.speaker.text
        if trace.applied:
            held = [v for v in trace.variables if v.before is not None]
            for v in held[:LEAVES]:
                gathered = trace.gradient(v.id)
                total = None if gathered is None else plus(v.before, gathered)
                if gathered is not None and v.before is not None:
                    notes.append(
                        say(
                            "held",
                            x=self.phrases.name(v),
                            total="…" if total is None else short(total),
                            before=short(v.before),
                            gathered=short(gathered),
                        )
                    )
        elif trace.order == "generation":
            notes.append(say("not_applied"))
        if trace.truncated:
            notes.append(say("truncated"))
        found = find_trouble(trace.variables, trace.functions, trace.seed, trace.steps)
        return notes + [self.trouble(t) for t in first_of_kinds(found)]

    def trouble(self, t: Trouble) -> str:
        """Say where trouble begins."""
        x = self.phrases.name(t.variable)
        what = x if t.phase == "forward" else f"{x}.grad"
        if t.function is None:
            return self.speaker.text(f"given_{t.kind}", what=what)
        call = self.phrases.call(self.trace.functions[t.function])
        return self.speaker.text(f"first_{t.kind}", what=what, call=call)


def first_of_kinds(found: list[Trouble]) -> list[Trouble]:
    """Return the first trouble of each kind."""
    first: dict[str, Trouble] = {}
    for t in found:
        first.setdefault(t.kind, t)
    return list(first.values())


def cell(s: Summary) -> str:
    """Write an array in a cell: the number, a few elements, or the norm."""
    if written_out(s):
        return str(s)
    bad = " nan" if s.nan else " inf" if s.inf else ""
    return f"‖{fmt.norm(s.norm, 3)}‖{bad}"


def short(s: Summary) -> str:
    """Write an array with its shape, unless its elements are written out."""
    return cell(s) if written_out(s) else f"{fmt.shape(s.shape)} {cell(s)}"


def layout(rows: list[Row], columns: int) -> list[str]:
    """Align cells; the widest columns give way where the terminal is too narrow."""
    cells = [[fmt.cut(c, w) for c, w in zip(row, WIDEST, strict=True)] for row in rows]
    widths = [max(fmt.width(row[i]) for row in cells) for i in range(len(WIDEST))]
    spare = columns - sum(widths) - len(GAP) * (len(widths) - 1)
    while spare < 0 and max(widths) > 6:
        widest = widths.index(max(widths))
        widths[widest] -= 1
        spare += 1
    lines = []
    for row in cells:
        first = fmt.pad(fmt.cut(row[0], widths[0]), widths[0], right=True)
        rest = (fmt.pad(fmt.cut(c, w), w) for c, w in zip(row[1:], widths[1:], strict=True))
        lines.append(GAP.join([first, *rest]).rstrip())
    return lines
