"""The contributions of a step of the backward pass, in one or more sentences.

Contributions are told by the variable they arrive at, since that is where gradients meet
and add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import Call, Contribution, FunctionInfo, Step, Summary, VariableInfo
from nbgrad.tracing.sums import write_sum, written_out
from nbgrad.tracing.trouble import Trouble

from .language import Runs
from .phrases import Phrases, plural

MAX_TOLD = 3
"""A step on up to this many variables is told one by one, otherwise in summary."""


@dataclass(frozen=True)
class Arrival:
    """What arrives at one variable in a step."""

    variable: VariableInfo
    parts: tuple[tuple[FunctionInfo, Contribution], ...]

    @property
    def functions(self) -> list[FunctionInfo]:
        """The functions that send, each once."""
        return list({f.id: f for f, _ in self.parts}.values())

    @property
    def before(self) -> Summary | None:
        """What the pass had gathered before the step."""
        return self.parts[0][1].before

    @property
    def after(self) -> Summary:
        """What it has gathered after the step."""
        return self.parts[-1][1].after

    @property
    def amounts(self) -> list[Summary]:
        """What is sent."""
        return [c.amount for _, c in self.parts]


def arrivals(calls: Iterable[Call]) -> list[Arrival]:
    """Gather the contributions of calls by variable."""
    found: dict[str, list[tuple[FunctionInfo, Contribution]]] = {}
    for call in calls:
        for c in call.contributions:
            found.setdefault(c.variable.id, []).append((call.function, c))
    return [Arrival(parts[0][1].variable, tuple(parts)) for parts in found.values()]


class Teller:
    """Tells the steps of one trace.

    Parameters
    ----------
    phrases : Phrases
    last : mapping of id to int
        After which call a variable gets nothing more.
    totals : mapping of id to str
        What a leaf's gradient ends as, where it held one before.
    trouble : mapping of int to Trouble
        The first trouble of each kind, by call.
    reasons : callable
        From calls, the sentences that say why they turned zeros into NaN.
    partial : bool
        Whether some values are not known, so that trouble may have begun earlier.
    """

    def __init__(
        self,
        phrases: Phrases,
        last: dict[str, int],
        totals: dict[str, str],
        trouble: dict[int, list[Trouble]],
        reasons: Callable[[Sequence[Call]], list[str]],
        *,
        partial: bool = False,
    ) -> None:
        self.phrases = phrases
        self.say = phrases.speaker.say
        self.last = last
        self.totals = totals
        self.trouble = trouble
        self.reasons = reasons
        self.partial = partial

    def step(self, step: Step, start: int) -> list[Runs]:
        """Tell a step whose first call is number ``start``."""
        head = self.say("generation", g=step.generation)
        return [head, *self._happenings(step.calls, start)]

    def call(self, call: Call, number: int, run: int = 1) -> list[Runs]:
        """Tell one function's backward, run for the first or a later time."""
        name = self.phrases.call(call.function)
        head = self.say("function", call=name, g=call.function.generation)
        told = [head, *self._happenings([call], number)]
        if run > 1:
            told.append(self.say("again", n=_ordinal(run, self.phrases.speaker.lang)))
        return told

    def _happenings(self, calls: Sequence[Call], start: int) -> list[Runs]:
        found = arrivals(calls)
        told = self._arrivals(calls, found)
        if len(found) <= MAX_TOLD:
            told += self._missing(calls)
            told += self._from_before(found, start + len(calls) - 1)
        kinds = [t.kind for k in range(start, start + len(calls)) for t in self.trouble.get(k, ())]
        known = "_known" if self.partial else ""
        keys = [kind + known if kind in {"nan", "inf"} else kind for kind in dict.fromkeys(kinds)]
        if "nan" in kinds:
            keys += self.reasons(calls)
        return [*told, *map(self.say, keys)]

    def _arrivals(self, calls: Sequence[Call], found: list[Arrival]) -> list[Runs]:
        if not found:
            names = dict.fromkeys(self.phrases.function(c.function) for c in calls)
            listed = self.phrases.speaker.listed([*names][:MAX_TOLD])
            return [self.say("sends_nothing", f=listed)]
        if len(found) > MAX_TOLD:
            return [self._summary(calls, found)]
        if len(calls) == 1 and len(found) > 1 and all(len(a.parts) == 1 for a in found):
            return [self._fan_out(calls[0], found)]
        told: list[Runs] = []
        for arrival in found:
            if told:
                told.append([(False, " ")])
            told.append(self.arrival(arrival))
        return told

    def _fan_out(self, call: Call, found: list[Arrival]) -> Runs:
        """Tell of one function that sends to several variables."""
        amounts = [
            self.say(
                "amount_to", amount=self.phrases.amount(c.amount), x=self.phrases.name(c.variable)
            )
            for c in call.contributions
        ]
        grads = [self.phrases.grad(a.variable, a.after) for a in found]
        listed = self.phrases.speaker.listed
        name = self.phrases.function(call.function)
        return self.say("sends_each", f=name, amounts=listed(amounts), grads=listed(grads))

    def _summary(self, calls: Sequence[Call], found: list[Arrival]) -> Runs:
        count = self.phrases.speaker.count
        shown = [self.phrases.grad(a.variable, a.after) for a in prominent(found)]
        grads, variables = self.phrases.speaker.listed(shown), count("variables", len(found))
        if len(calls) == 1:
            f = self.phrases.function(calls[0].function)
            return self.say("many_of_one", f=f, variables=variables, grads=grads)
        functions = count("functions", len(calls))
        return self.say("many", functions=functions, variables=variables, grads=grads)

    def arrival(self, a: Arrival) -> Runs:
        """Tell what arrives at one variable."""
        phrases, count = self.phrases, len(a.parts)
        gathered = [] if a.before is None else [a.before]
        terms = [*gathered, *a.amounts]
        shown = write_sum(terms, a.after)
        said = shown.terms if shown is not None else [*map(phrases.amount, terms)]
        x, grad = phrases.name(a.variable), phrases.grad(a.variable, a.after, shown)
        f = phrases.function(a.parts[0][0])
        before, each = said[: len(gathered)], said[len(gathered) :]
        amount = each[0]
        if count == 1:
            if not before:
                return self.say("sends", f=f, amount=amount, x=x, grad=grad)
            return self.say("sends_more", f=f, amount=amount, x=x, before=before[0], grad=grad)
        top = phrases.speaker.text("on_top", before=before[0]) if before else ""
        amounts = phrases.speaker.listed(each)
        if len(a.functions) == 1:
            if count > 2:
                return self.say("often", f=f, x=x, n=count, top=top, grad=grad)
            return self.say("twice", f=f, x=x, amounts=amounts, top=top, grad=grad)
        names = list(dict.fromkeys(phrases.function(g) for g in a.functions))
        alike = len(names) == 1 and len(a.functions) == count and _alike(a.amounts)
        if alike and count == 2:
            return self.say("both_same", f=f, fs=plural(f), x=x, amount=amount, top=top, grad=grad)
        if alike:
            return self.say(
                "all_same", f=f, fs=plural(f), n=count, x=x, amount=amount, top=top, grad=grad
            )
        if count == 2:
            called = names if len(names) == 2 else [phrases.call(g) for g in a.functions]
            listed = phrases.speaker.listed(called)
            return self.say("both", fs=listed, x=x, amounts=amounts, top=top, grad=grad)
        functions = phrases.speaker.count("functions", len(a.functions))
        return self.say("several", functions=functions, x=x, top=top, grad=grad)

    def _missing(self, calls: Sequence[Call]) -> list[Runs]:
        """Tell of outputs that no gradient reached."""
        missing = [
            y
            for c in calls
            for y, gy in zip(c.function.outputs, c.upstream, strict=True)
            if gy is None
        ]
        if not missing:
            return []
        return [self.say("zero_outputs", ys=self.phrases.names(missing))]

    def _from_before(self, found: list[Arrival], number: int) -> list[Runs]:
        """Tell of gradients that leaves held before the pass, when they are done."""
        told = []
        for x in (a.variable for a in found):
            total = self.totals.get(x.id)
            if x.before is not None and total is not None and self.last.get(x.id, -1) <= number:
                name, before = self.phrases.name(x), self.phrases.amount(x.before)
                told.append(self.say("from_before", x=name, before=before, total=total))
        return told


def prominent(found: Sequence[Arrival]) -> list[Arrival]:
    """Return the few that a summary names: leaves, named ones and meeting points first."""
    ranked = sorted(
        found, key=lambda a: (a.variable.kind != "leaf", unnamed(a.variable), -len(a.parts))
    )
    return ranked[:MAX_TOLD]


def unnamed(variable: VariableInfo) -> bool:
    """Whether a variable is called by its id."""
    return variable.name == variable.id


def _alike(amounts: Sequence[Summary]) -> bool:
    """Whether amounts read the same."""
    first = amounts[0]
    if all(written_out(s) for s in amounts):
        return all(s == first for s in amounts)
    return all(s.shape == first.shape and not written_out(s) for s in amounts)


def _ordinal(n: int, lang: str) -> str:
    if lang != "en":
        return fmt.number(n)
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{n}{'th' if 10 < n % 100 < 14 else ends.get(n % 10, 'th')}"
