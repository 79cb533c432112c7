"""The narrator: one sentence for each moment of a trace, for every view.

Text, page, widget and screen reader all show these. They are plain strings; escaping is
the views' work.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import cast

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import FunctionInfo, Nodes, Parts
from nbgrad.tracing.sums import plus, written_out
from nbgrad.tracing.trouble import Trouble, find_trouble, first_of_kinds, reasons_of_nan

from .contributions import Teller, unnamed
from .language import Runs, Segments, Speaker, flat, segments
from .phrases import Phrases
from .queue import Queue, last_arrivals
from .rules import Worked, translated, worked
from .titles import title

MAX_TOLD = 3
"""How many functions or leaves are told one by one."""
MAX_ALT = 900
"""Longest text alternative of the picture, in characters."""


class Story:
    """A trace in sentences, each told when it is first asked for.

    A sentence is a list of texts: even places plain, odd places bold.

    Parameters
    ----------
    trace : Trace or Parts
    lang : {"en", "ko"}
    most : int, optional
        How many steps are told; by default all.

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(2.0), name="x")
    >>> y = ng.square(x)
    >>> y.name = "y"
    >>> "".join(Story(ng.trace(y)).generation[1])
    'Generation 0. Square sends 4 back to x: x.grad = 4.'
    """

    def __init__(self, trace: Parts, lang: str = "en", most: int | None = None) -> None:
        self.trace = trace
        self.speaker = speaker = Speaker(lang)
        self._most = most
        self._phrases = Phrases(trace.variables, speaker)
        self._calls = trace.calls

    @cached_property
    def _last(self) -> dict[str, int]:
        return last_arrivals(self.trace.root.id, self._calls)

    @cached_property
    def _queue(self) -> Queue:
        return Queue(self._phrases, self._last)

    @cached_property
    def _teller(self) -> Teller:
        trace = self.trace
        is_partial = any(v.value_state for v in trace.variables)
        troubles = _first_troubles(trace)
        reasons = partial(reasons_of_nan, functions=trace.functions, framework=trace.framework)
        return Teller(
            self._phrases, self._last, _totals(trace), troubles, reasons, partial=is_partial
        )

    @property
    def title(self) -> str:
        """Whose backward pass it is, and in which order."""
        return self.speaker.text(f"title_{self.trace.order}", y=self._phrases.name(self.trace.root))

    @property
    def subtitle(self) -> str:
        """How many functions it has, and generations."""
        functions, generations = self._counted()
        return self.speaker.text("subtitle", functions=functions, generations=generations)

    def _counted(self) -> tuple[str, str]:
        functions, count = self.trace.functions, self.speaker.count
        generations = len({f.generation for f in functions})
        counted = count("functions", sum(f.folded or 1 for f in functions))
        if any(f.folded for f in functions):
            counted = self.speaker.text("folded", functions=counted, n=len(functions))
        return counted, count("generations", generations)

    @cached_property
    def worked(self) -> dict[str, list[Worked]]:
        """From a function's id to (target, rule, rule with numbers), for each contribution.

        In the reader's own names: ``∂y/∂a``, ``∂y/∂b · 2 · a``, ``1 · 2 · 4``.
        """
        found: dict[str, list[Worked]] = {}
        for call in self._calls:
            if call.function.id not in found:
                variables, root = self.trace.variables, self.trace.root
                found[call.function.id] = worked(call, variables, root, self.speaker.lang)
        return found

    @cached_property
    def rules(self) -> dict[str, str]:
        """The general rules whose words are others in this language, by the rule in English."""
        rules = {f.rule for f in self.trace.functions if f.rule}
        told = {rule: translated(rule, self.speaker.lang) for rule in sorted(rules)}
        return {rule: text for rule, text in told.items() if text != rule}

    @cached_property
    def titles(self) -> dict[str, str]:
        """The names, symbols and parts of paths that are others in this language, by the trace's own."""
        names = {n for f in self.trace.functions for n in (f.name, f.symbol, *f.module.split("."))}
        told = {name: title(name, self.speaker.lang) for name in sorted(names)}
        return {name: text for name, text in told.items() if text != name}

    # -- forward --

    @cached_property
    def forward(self) -> list[Segments]:
        """By generations computed: 0 (the leaves are given) … all."""
        groups = generations(self.trace.functions)
        return [segments(self._leaves()), *(self._computed(g, fs) for g, fs in groups)]

    def _leaves(self) -> Runs:
        given = [v for v in self.trace.variables if v.kind == "leaf"]
        if not given:
            return self.speaker.say("leaves_none")
        most = 2 * MAX_TOLD
        values = map(self._phrases.value, sorted(given, key=unnamed)[:most])
        return self.speaker.say("leaves", values=self.speaker.listed(values, len(given) - most))

    def _computed(self, generation: int, functions: Sequence[FunctionInfo]) -> Segments:
        told = [self.speaker.say("generation", g=generation)]
        if len(functions) > MAX_TOLD:
            made = [y for f in functions for y in f.outputs]
            count = self.speaker.count("functions", len(functions))
            values = self._phrases.names(made)
            return segments(*told, self.speaker.say("makes_many", functions=count, values=values))
        for k, f in enumerate(functions):
            told.append([(False, " " if k else "")])
            told.append(self._makes(f))
        return segments(*told)

    def _makes(self, f: FunctionInfo) -> Runs:
        variables = self.trace.variables
        made = self.speaker.listed(
            [self._phrases.value(variables[y]) for y in f.outputs[:MAX_TOLD]]
        )
        name = self._phrases.function(f)
        inputs = list(dict.fromkeys(f.inputs))
        if not inputs:
            return self.speaker.say("makes_alone", f=name, y=made)
        return self.speaker.say("makes", f=name, y=made, x=self._phrases.names(inputs))

    # -- backward --

    def _seed(self) -> Segments:
        trace = self.trace
        grad = self._phrases.grad(trace.root, trace.seed)
        s = trace.seed
        name = self._phrases.name(trace.root)
        ones = s.min == s.max == 1.0 and not s.nan + s.inf
        if ones and not written_out(s):
            return segments(self.speaker.say("seed_ones", y=name, shape=fmt.shape(s.shape)))
        return segments(self.speaker.say("seed" if ones else "seed_preset", y=name, grad=grad))

    @cached_property
    def generation(self) -> list[Segments]:
        """By step: 0 is the seed."""
        if self.trace.order != "generation":
            return self.function
        told, at = [self._seed()], 0
        for step in self.trace.steps[: self._most]:
            told.append(segments(*self._teller.step(step, at)))
            at += len(step.calls)
        return told

    @cached_property
    def function(self) -> list[Segments]:
        """By call: 0 is the seed."""
        told = [self._seed()]
        runs: dict[str, int] = {}
        for k, call in enumerate(self._calls[: self._most]):
            run = runs[call.function.id] = runs.get(call.function.id, 0) + 1
            told.append(segments(*self._teller.call(call, k, run)))
        return told

    @cached_property
    def next_generation(self) -> list[Segments]:
        """What is next after each step, and why."""
        if self.trace.order != "generation":
            return self.next_function
        told = [
            segments(self._queue.next_generation(step.waiting, step.waiting_more))
            for step in self.trace.steps
        ]
        return [self._first(), *told]

    @cached_property
    def next_function(self) -> list[Segments]:
        """What is next after each call, and why."""
        told = [self._first()]
        for k, call in enumerate(self._calls):
            if self.trace.truncated and k == len(self._calls) - 1:
                told.append(segments(self.speaker.say("cut_off")))
            elif self.trace.order == "naive":
                told.append(segments(self._queue.next_naive(call.waiting, k + 1)))
            elif self.trace.order == "sequence":
                more = call.waiting_more
                told.append(segments(self._queue.next_newest(call.waiting, more, k + 1)))
            else:
                told.append(segments(self._queue.next_function(call.waiting, call.waiting_more)))
        return told

    def _first(self) -> Segments:
        """Say what is next after the seed: the function that made the root."""
        if not self._calls:
            return segments(self.speaker.say("done"))
        f = self._calls[0].function
        grad = fmt.grad_name(self._phrases.name(self.trace.root))
        ready = self.speaker.say("complete", grads=grad)
        return segments(
            self.speaker.say("only", call=self._phrases.call(f), g=f.generation, ready=ready)
        )

    # -- instead of the picture --

    @cached_property
    def alt(self) -> str:
        """What stands instead of the picture."""
        functions, counted = self._counted()
        parts: list[str] = []
        for g, fs in generations(self.trace.functions):
            listed = [flat(self._makes(f)).rstrip(".") for f in fs[:MAX_TOLD]]
            if len(fs) > MAX_TOLD:
                listed.append(self.speaker.text("more", n=len(fs) - MAX_TOLD))
            parts.append(self.speaker.text("alt_generation", g=g, parts="; ".join(listed)))
            if sum(map(len, parts)) > MAX_ALT:
                break
        text = self.speaker.text(
            "alt",
            y=self._phrases.name(self.trace.root),
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
    for t in first_of_kinds(t for t in find_trouble(trace) if t.call is not None):
        found.setdefault(cast(int, t.call), []).append(t)
    return found
