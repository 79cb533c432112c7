"""A trace as a table for terminals."""

from __future__ import annotations

from . import format as fmt
from .flow import MIN_PARAMETERS, Flow, flow
from .model import Call, Contribution, Parts, Summary, VariableInfo
from .narration.interface import UI
from .narration.language import Speaker
from .narration.phrases import Phrases
from .narration.reasons import reasons
from .narration.remarks import tell_flow
from .narration.story import Story
from .sums import plus, write_sum, written_out
from .trouble import Trouble, find_trouble, first_of_kinds, reasons_of_nan

COLUMNS = 80
FIRST_ROWS, LAST_ROWS = 40, 20
"""How many calls of a long trace are shown at its beginning and at its end."""
MAX_LEAVES = 12
MAX_PARTS = 12
"""How many contributions of a call are shown at its beginning, and as many at its end."""
MAX_WIDTHS = (4, 22, 16, 22, 80)
SIGNS = {"=": "=", "≈": "~"}
"""Of sums: the font in which LaTeX sets a notebook's text has no ≈."""

Row = list[str]


def table(trace: Parts, lang: str = "en", columns: int = COLUMNS) -> str:
    """Return a trace as a table.

    Parameters
    ----------
    trace : Trace or Parts
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

    def __init__(self, trace: Parts, speaker: Speaker) -> None:
        self.trace = trace
        self.speaker = speaker
        self.phrases = Phrases(trace.variables, speaker)

    def render(self, columns: int) -> str:
        """Return title, table and notes."""
        told = Story(self.trace, self.speaker.lang)
        lines = [f"{told.title}: {told.subtitle}", "", *layout(self.rows(), columns)]
        notes = self.notes()
        lines += ["", *notes] if notes else []
        return "\n".join(fmt.cut(line, columns).rstrip() for line in lines)

    def rows(self) -> list[Row]:
        """Return the cells: generation, function, upstream, what is sent back, gradient."""
        say = self.speaker.text
        keys = ("generation", "function", "upstream", "sends", "grad")
        rows = [[say(f"col_{key}") for key in keys]]
        name = self.phrases.name(self.trace.root)
        rows.append(
            ["", say("seed_row"), "", "", f"{fmt.grad_name(name)} {short(self.trace.seed)}"]
        )
        calls = self.trace.calls
        left_out = len(calls) - FIRST_ROWS - LAST_ROWS
        generation: int | None = None
        for k, call in enumerate(calls):
            if left_out > 0 and FIRST_ROWS <= k < len(calls) - LAST_ROWS:
                if k == FIRST_ROWS:
                    rows.append(["", say("rows_more", n=left_out), "", "", ""])
                    generation = None
                continue
            g = call.function.generation
            rows += self.call_rows(call, "" if g == generation else str(g))
            generation = g
        return rows

    def call_rows(self, call: Call, generation: str) -> list[Row]:
        """Return a row for each contribution of a call."""
        given = call.upstream[: 2 * MAX_PARTS]  # which fill the column
        upstream = ", ".join("–" if gy is None else cell(gy) for gy in given)
        head = [generation, self.phrases.call(call.function), upstream]
        rows = []
        left_out = len(call.contributions) - 2 * MAX_PARTS
        for k, c in enumerate(call.contributions):
            if left_out > 1 and MAX_PARTS <= k < MAX_PARTS + left_out:
                if k == MAX_PARTS:
                    rows.append(["", "", "", f"… {self.speaker.text('more', n=left_out)}", ""])
                continue
            x = self.phrases.name(c.variable)
            sends = self.speaker.text("sends_to", amount=cell(c.amount), x=x)
            rows.append([*head, sends, f"{fmt.grad_name(x)} {self.sum(c)}"])
            head = ["", "", ""]
        return rows or [[*head, "–", ""]]

    def sum(self, c: Contribution) -> str:
        """Write a gradient, and what it was added up from: ``16 = 8 + 8``."""
        if c.before is None:
            return short(c.after)
        shown = write_sum([c.before, c.amount], c.after)
        if shown is None:
            return self.speaker.text("summed", total=short(c.after))
        return f"{shown.total} {SIGNS[shown.sign]} {shown.left}"

    def notes(self) -> list[str]:
        """Return what stands below the table."""
        notes = []
        trace, say = self.trace, self.speaker.text
        if trace.applied:
            held = [v for v in trace.variables if v.before is not None]
            notes += [self.held(v) for v in held[:MAX_LEAVES] if trace.gradient(v.id) is not None]
        elif trace.order != "naive":
            notes.append(say("not_applied"))
        notes += reasons(trace, self.speaker)
        notes += self.flow()
        if trace.truncated:
            notes.append(say("truncated"))
        found = find_trouble(trace)
        return notes + [s for t in first_of_kinds(found) for s in self.trouble(t).splitlines()]

    def flow(self) -> list[str]:
        """Say what is wrong with the gradient flow of a PyTorch model, if anything is."""
        parts = getattr(self.trace, "parts", self.trace)
        rows = Flow() if parts.framework == "nbgrad" else flow(parts)
        if len(rows.parameters) < MIN_PARAMETERS or not any(row.trouble for row in rows):
            return []
        return [f"{UI[self.speaker.lang]['flow']}: {tell_flow(rows, self.speaker)}."]

    def held(self, v: VariableInfo) -> str:
        """Say what a leaf held before the pass, and what it holds now."""
        before, gathered, x = v.before, self.trace.gradient(v.id), self.phrases.name(v)
        assert before is not None and gathered is not None  # noqa: S101, PT018 - for the type
        total = plus(before, gathered)
        shown = None if total is None else write_sum([before, gathered], total)
        if shown is None:
            told = {"before": short(before), "gathered": short(gathered)}
            return self.speaker.text("held_array", x=x, **told)
        earlier, added = shown.terms
        return self.speaker.text(
            "held", x=x, total=shown.total, sign=SIGNS[shown.sign], before=earlier, gathered=added
        )

    def trouble(self, t: Trouble) -> str:
        """Say where trouble begins."""
        x = self.phrases.name(t.variable)
        what = x if t.phase == "forward" else fmt.grad_name(x)
        if t.function is None:
            return self.speaker.text(f"given_{t.kind}", what=what)
        call = self.phrases.call(self.trace.functions[t.function])
        known = t.kind in {"nan", "inf"} and any(v.value_state for v in self.trace.variables)
        told = self.speaker.text(f"first_{t.kind}{'_known' if known else ''}", what=what, call=call)
        if t.kind != "nan":
            return told
        where = self.trace.calls if t.call is None else [self.trace.calls[t.call]]
        keys = reasons_of_nan(where, self.trace.functions, self.trace.framework)
        return "\n".join([told, *(self.speaker.text(key).strip() for key in keys)])


def cell(s: Summary) -> str:
    """Write an array in a cell: the number, a few elements, or the norm."""
    if written_out(s):
        return str(s)
    bad = " nan" if s.nan else " inf" if s.inf else ""
    return f"‖{fmt.number(s.norm)}‖{bad}"


def short(s: Summary) -> str:
    """Write an array with its shape, unless its elements are written out."""
    return cell(s) if written_out(s) else f"{fmt.shape(s.shape)} {cell(s)}"


def layout(rows: list[Row], columns: int) -> list[str]:
    """Align cells; the widest columns give way where the terminal is too narrow."""
    cells = [[fmt.cut(c, w) for c, w in zip(row, MAX_WIDTHS, strict=True)] for row in rows]
    widths = [max(fmt.width(row[i]) for row in cells) for i in range(len(MAX_WIDTHS))]
    spare = columns - sum(widths) - len(fmt.COLUMN_GAP) * (len(widths) - 1)
    while spare < 0 and max(widths) > 6:
        widest = widths.index(max(widths))
        widths[widest] -= 1
        spare += 1
    shown = [[fmt.cut(c, w) for c, w in zip(row, widths, strict=True)] for row in cells]
    return fmt.in_columns(shown, right={0})
