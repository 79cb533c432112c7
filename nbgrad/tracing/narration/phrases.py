"""Phrases that sentences share: how a gradient, an amount or a function is called."""

from __future__ import annotations

from collections.abc import Sequence

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import FunctionInfo, Nodes, Summary, VariableInfo
from nbgrad.tracing.sums import Sum, written_out

from .language import Runs, Speaker
from .titles import title, variable_name

MAX_NAME = 24
"""Longest name in a sentence."""
MAX_LISTED = 3
"""This many names are listed; of more, their number."""


class Phrases:
    """Phrases about one graph, in one language."""

    def __init__(self, variables: Nodes[VariableInfo], speaker: Speaker) -> None:
        self.variables = variables
        self.speaker = speaker

    def name(self, variable: VariableInfo | str) -> str:
        """Return a variable's name, short enough for a sentence."""
        found = self.variables[variable] if isinstance(variable, str) else variable
        return fmt.short_name(variable_name(found.name, self.speaker.lang), MAX_NAME)

    def names(self, ids: Sequence[str]) -> Runs:
        """List names in bold, and how many more there are."""
        names = ([(True, self.name(i))] for i in ids[:MAX_LISTED])
        return self.speaker.listed(names, len(ids) - MAX_LISTED)

    def grads(self, ids: Sequence[str], most: int = MAX_LISTED) -> Runs:
        """List the gradients of variables, and how many more there are: ``a.grad and b.grad``."""
        named = (fmt.grad_name(self.name(i)) for i in ids[:most])
        return self.speaker.listed(named, len(ids) - most)

    def function(self, f: FunctionInfo) -> str:
        """Return what a function is called in this language."""
        return fmt.clean(title(f.name, self.speaker.lang), MAX_NAME)

    def call(self, f: FunctionInfo) -> str:
        """Name a function by what it made: ``Square → b``."""
        ys = ", ".join(self.name(y) for y in f.outputs[:2]) + (", …" if len(f.outputs) > 2 else "")
        return self.speaker.text("call", f=self.function(f), y=ys)

    def amount(self, s: Summary) -> str:
        """Write an amount: the number, the small array, or the shape."""
        if written_out(s):
            return str(s)
        return self.speaker.text("array", shape=fmt.shape(s.shape))

    def grad(self, x: VariableInfo, s: Summary, shown: Sum | None = None) -> Runs:
        """Say what a variable's gradient is: ``a.grad = 16``, as the total of a sum or alone."""
        name = self.name(x)
        if shown is not None:
            return self.speaker.say("grad", x=name, sign=shown.sign, value=shown.total)
        if written_out(s):
            return self.speaker.say("grad", x=name, sign="=", value=str(s))
        if s.nan or s.inf:
            return self.speaker.say("grad_bad", x=name, bad="NaN" if s.nan else "inf")
        return self.speaker.say("grad_array", x=name, norm=fmt.number(s.norm))

    def value(self, x: VariableInfo) -> Runs:
        """Say what a variable's value is: ``a = 4``, ``W (3, 8)``."""
        if x.value is None or not written_out(x.value):
            return self.speaker.say("value_array", x=self.name(x), shape=fmt.shape(x.shape))
        return self.speaker.say("value", x=self.name(x), value=str(x.value))


def plural(name: str) -> str:
    """Return the plural of a class name."""
    return name + ("es" if name.endswith(("s", "x", "z", "ch", "sh")) else "s")
