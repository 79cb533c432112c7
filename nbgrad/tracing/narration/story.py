"""The narrator: one sentence for each moment of a trace, for every view.

Text, page, widget and screen reader all show these. They are plain strings; escaping is
the views' work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import FunctionInfo, Nodes, Parts
from nbgrad.tracing.sums import plus, written_out
from nbgrad.tracing.trouble import Trouble, find_trouble

from .contributions import Teller, unnamed
from .language import Runs, Segments, Speaker, flat, segments
from .names import in_names
from .phrases import Phrases
from .queue import Queue, last_arrivals
from .rules import Worked, worked

__all__ = ["Segments", "Story", "head_and_steps", "narrate"]

MAX_TOLD = 3
"""How many functions or leaves are told one by one."""
MAX_ALT = 900
"""Longest text alternative of the picture, in characters."""


@dataclass(frozen=True)
class Story:
    """A trace in sentences.

    A sentence is a list of texts: even places plain, odd places bold.

    Attributes
    ----------
    title, subtitle, alt : str
    forward : list of sentences
        By generations computed: 0 (the leaves are given) … all.
    generation, function : list of sentences
        By step, and by call: 0 is the seed.
    next_generation, next_function : list of sentences
        What is next after it, and why.
    worked : dict
        From a function's id to ``(target, rule, rule with numbers)``, one for each of its
        contributions.
    named : dict
        The same in the reader's own names: ``∂y/∂a``, ``∂y/∂b · 2 · a``, ``1 · 2 · 4``.
    """

    title: str
    subtitle: str
    alt: str
    forward: list[Segments]
    generation: list[Segments]
    function: list[Segments]
    next_generation: list[Segments]
    next_function: list[Segments]
    worked: dict[str, list[Worked]]
    named: dict[str, list[Worked]]


def narrate(trace: Parts, lang: str = "en", *, by_function: bool = True) -> Story:
    """Tell a trace.

    Parameters
    ----------
    trace : Trace or Parts
    lang : {"en", "ko"}
    by_function : bool
        False leaves out the sentences of each single call, of which a large graph has many.

    Returns
    -------
    Story

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(2.0), name="x")
    >>> y = ng.square(x)
    >>> y.name = "y"
    >>> "".join(narrate(ng.trace(y)).generation[1])
    'Generation 0. Square sends 4 back to x: x.grad = 4.'
    """
    return _Narrator(trace, Speaker(lang)).story(by_function=by_function)


def head_and_steps(trace: Parts, lang: str, most: int) -> tuple[str, str, str, list[Segments]]:
    """Return title, subtitle, text instead of the picture, and the sentences of the first steps.

    What a static page shows, without the sentences that it has no room for.
    """
    narrator = _Narrator(trace, Speaker(lang))
    single = trace.order != "generation"
    steps = narrator.by_function(most) if single else narrator.by_generation(most)
    return (*narrator.head(), steps)


TITLES = {"generation": "title", "naive": "title_naive", "sequence": "title_sequence"}


class _Narrator:
    def __init__(self, trace: Parts, speaker: Speaker) -> None:
        self.trace = trace
        self.speaker = speaker
        self.phrases = Phrases(trace.variables, speaker)
        self.calls = trace.calls
        self.last = last_arrivals(trace.root.id, self.calls)
        self.queue = Queue(self.phrases, self.last)
        partial = any(v.value_state for v in trace.variables)
        troubles = _first_troubles(trace)
        self.teller = Teller(self.phrases, self.last, _totals(trace), troubles, partial=partial)

    def story(self, *, by_function: bool) -> Story:
        trace = self.trace
        shown: dict[str, list[Worked]] = {}
        named: dict[str, list[Worked]] = {}
        for call in self.calls:
            if call.function.id not in shown:
                shown[call.function.id] = worked(call, trace.variables)
                if by_function:
                    named[call.function.id] = in_names(call, trace.variables, trace.root)
        in_steps = trace.order == "generation"
        single = by_function or not in_steps
        told = self.by_function() if single else []
        told_next = self.next_function() if single else []
        return Story(
            *self.head(),
            self.forward(),
            self.by_generation() if in_steps else told,
            told,
            self.next_generation() if in_steps else told_next,
            told_next,
            shown,
            named,
        )

    def head(self) -> tuple[str, str, str]:
        """Return title, subtitle and the text instead of the picture."""
        trace, say, count = self.trace, self.speaker.text, self.speaker.count
        functions = count("functions", len(trace.functions))
        generations = count("generations", len({f.generation for f in trace.functions}))
        return (
            say(TITLES[trace.order], y=self.phrases.name(trace.root)),
            say("subtitle", functions=functions, generations=generations),
            self.alt(functions, generations),
        )

    # -- forward --

    def forward(self) -> list[Segments]:
        groups = generations(self.trace.functions)
        return [segments(self.leaves()), *(self.computed(g, fs) for g, fs in groups)]

    def leaves(self) -> Runs:
        given = [v for v in self.trace.variables if v.kind == "leaf"]
        if not given:
            return self.speaker.say("leaves_none")
        given = sorted(given, key=unnamed)
        values: list[str | Runs] = [self.phrases.value(v) for v in given[: 2 * MAX_TOLD]]
        if len(given) > 2 * MAX_TOLD:
            values.append(self.speaker.say("more", n=len(given) - 2 * MAX_TOLD))
        return self.speaker.say("leaves", values=self.speaker.listed(values))

    def computed(self, generation: int, functions: Sequence[FunctionInfo]) -> Segments:
        told = [self.speaker.say("generation", g=generation)]
        if len(functions) > MAX_TOLD:
            made = [y for f in functions for y in f.outputs]
            told.append(
                self.speaker.say(
                    "makes_many",
                    functions=self.speaker.count("functions", len(functions)),
                    values=self.speaker.listed(self.phrases.names(made)),
                )
            )
            return segments(*told)
        for k, f in enumerate(functions):
            told.append([(False, " " if k else "")])
            told.append(self.makes(f))
        return segments(*told)

    def makes(self, f: FunctionInfo) -> Runs:
        variables = self.trace.variables
        made = self.speaker.listed([self.phrases.value(variables[y]) for y in f.outputs[:MAX_TOLD]])
        name = self.phrases.function(f)
        inputs = list(dict.fromkeys(f.inputs))
        if not inputs:
            return self.speaker.say("makes_alone", f=name, y=made)
        used = self.speaker.listed(self.phrases.names(inputs))
        return self.speaker.say("makes", f=name, y=made, x=used)

    # -- backward --

    def seed(self) -> Segments:
        trace = self.trace
        grad = self.phrases.grad(trace.root, trace.seed)
        s = trace.seed
        name = self.phrases.name(trace.root)
        ones = s.min == s.max == 1.0 and not s.nan + s.inf
        if ones and not written_out(s):
            return segments(self.speaker.say("seed_ones", y=name, shape=fmt.shape(s.shape)))
        return segments(self.speaker.say("seed" if ones else "seed_preset", y=name, grad=grad))

    def by_generation(self, most: int | None = None) -> list[Segments]:
        told, at = [self.seed()], 0
        for step in self.trace.steps[:most]:
            told.append(segments(*self.teller.step(step, at)))
            at += len(step.calls)
        return told

    def by_function(self, most: int | None = None) -> list[Segments]:
        told = [self.seed()]
        runs: dict[str, int] = {}
        for k, call in enumerate(self.calls[:most]):
            run = runs[call.function.id] = runs.get(call.function.id, 0) + 1
            told.append(segments(*self.teller.call(call, k, run)))
        return told

    def next_generation(self) -> list[Segments]:
        told = [
            segments(self.queue.next_generation(step.waiting, step.waiting_more))
            for step in self.trace.steps
        ]
        return [self._first(), *told]

    def next_function(self) -> list[Segments]:
        told = [self._first()]
        for k, call in enumerate(self.calls):
            if self.trace.truncated and k == len(self.calls) - 1:
                told.append(segments(self.speaker.say("cut_off")))
            elif self.trace.order == "naive":
                told.append(segments(self.queue.next_naive(call.waiting, k + 1)))
            elif self.trace.order == "sequence":
                more = call.waiting_more
                told.append(segments(self.queue.next_newest(call.waiting, more, k + 1)))
            else:
                told.append(segments(self.queue.next_function(call.waiting, call.waiting_more)))
        return told

    def _first(self) -> Segments:
        """Say what is next after the seed: the function that made the root."""
        if not self.calls:
            return segments(self.speaker.say("done"))
        f = self.calls[0].function
        grad = f"{self.phrases.name(self.trace.root)}.grad"
        ready = self.speaker.say("complete", grads=grad)
        return segments(
            self.speaker.say("only", call=self.phrases.call(f), g=f.generation, ready=ready)
        )

    # -- instead of the picture --

    def alt(self, functions: str, counted: str) -> str:
        parts: list[str] = []
        for g, fs in generations(self.trace.functions):
            listed = [flat(self.makes(f)).rstrip(".") for f in fs[:MAX_TOLD]]
            if len(fs) > MAX_TOLD:
                listed.append(self.speaker.text("more", n=len(fs) - MAX_TOLD))
            parts.append(self.speaker.text("alt_generation", g=g, parts="; ".join(listed)))
            if sum(map(len, parts)) > MAX_ALT:
                break
        text = self.speaker.text(
            "alt",
            y=self.phrases.name(self.trace.root),
            variables=self.speaker.count("variables", len(self.trace.variables)),
            functions=functions,
            generations=counted,
            parts=" ".join(parts),
        )
        return fmt.clean(text.strip(), MAX_ALT)


def generations(functions: Nodes[FunctionInfo]) -> list[tuple[int, list[FunctionInfo]]]:
    """Return the functions of each generation, rising."""
    groups: dict[int, list[FunctionInfo]] = {}
    for f in functions:
        groups.setdefault(f.generation, []).append(f)
    return sorted(groups.items())


def _totals(trace: Parts) -> dict[str, str]:
    """Return the final gradients of leaves that held one before the pass."""
    totals: dict[str, str] = {}
    if trace.applied:
        for v in trace.variables:
            gathered = trace.gradient(v.id) if v.before is not None else None
            total = plus(v.before, gathered) if gathered is not None else None
            if total is not None:
                totals[v.id] = str(total) if written_out(total) else fmt.shape(total.shape)
    return totals


def _first_troubles(trace: Parts) -> dict[int, list[Trouble]]:
    """Return the first trouble of each kind in the backward pass, by call."""
    found: dict[int, list[Trouble]] = {}
    seen: set[str] = set()
    for t in find_trouble(trace.variables, trace.functions, trace.seed, trace.steps):
        if t.call is not None and t.kind not in seen:
            seen.add(t.kind)
            found.setdefault(t.call, []).append(t)
    return found
