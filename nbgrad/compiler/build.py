"""From a recorded run to a compiled program: its two halves, their memory, their text."""

from __future__ import annotations

from collections.abc import Callable
from keyword import iskeyword
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import refuse_warnings, refuses_warnings
from nbgrad.engine.variable import Variable

from .backpass import BackPass
from .elementwise_parts import Parts, in_parts
from .emit import (
    BUILTINS,
    Writer,
    compiled,
    function,
    needed,
    simplified,
    tuple_of,
    unpacking,
    without_repetitions,
)
from .memory import Memory
from .program import Call, Value, calls_python
from .record import Recorder
from .unit_gradient import from_one


class Program:
    """What runs for one signature.

    Attributes
    ----------
    text : str
        The generated source.
    forward : callable
        ``forward(scratch, kept, *arrays)`` returns the outputs, what is saved, and the called
        objects of users' Functions.
    backward : list of callable
        For each output ``backward(scratch, saved, gy, *arrays)``, which returns the gradients.
    calls : list of Call
        All that was written.
    from_one : list of callable or None
        The same for an upstream gradient of one, where that is faster.
    expected : list of (gradient, list of gradient)
        For each output an upstream gradient and what its backward returns for it.
    wanted : list of list of int
        For each output the inputs whose gradients its backward returns.
    wider : list of bool
        For each output whether a pass holds a gradient in a wider dtype than its backward returns.
    """

    text: str
    inputs: int
    forward: Callable[..., Any]
    backward: list[Any]
    from_one: list[Any]
    wanted: list[list[int]]
    wider: list[bool]
    calls: list[Call]
    expected: list[Any]
    new_scratch: Callable[[], list[Any]]
    new_kept: Callable[[], list[Any]]


def build(recorder: Recorder, outputs: list[Any], names: list[str], title: str) -> Program:
    """Compile a recorded run.

    Parameters
    ----------
    recorder : Recorder
    outputs : list of Variable or Value
        What the function returned, each once.
    names : list of str
        What the inputs are called.
    title : str
        What the function is called.
    """
    inputs = [recorder.values[id(x)] for x in recorder.inputs]
    results = [recorder.values[id(y)] if isinstance(y, Variable) else y for y in outputs]
    end = len(recorder.calls)
    passes = _passes(recorder, outputs)
    forward, memory = recorder.calls[:end], Memory()
    simplified(recorder.calls)
    known = without_repetitions(forward, results)
    memory.note_roots(forward)
    seen = [*inputs, *results]
    lasting = {key: v for key, v in known.items() if memory.outlasts_changes(v, seen)}
    halves, wanted, begin = [], [], end
    for back, finish in passes:
        given = [i for i, x in enumerate(recorder.inputs) if back.gradient(x) is not None]
        gradients = [back.gradient(recorder.inputs[i]) for i in given]
        part = recorder.calls[begin:finish]
        without_repetitions(part, gradients, lasting)
        halves.append((back, part, gradients))
        wanted.append(given)
        begin = finish
    return _Builder(inputs, results, forward, memory, names, title).program(halves, wanted)


def _passes(recorder: Recorder, outputs: list[Any]) -> list[tuple[BackPass, int]]:
    passes: list[tuple[BackPass, int]] = []
    if recorder.grad:
        recorder.strict = True
        for y in outputs:
            if isinstance(y, Variable):
                back = BackPass(recorder, y)
                passes.append((back, len(recorder.calls)))
    return passes


class _Builder:
    """The parts of a program while it is put together."""

    def __init__(
        self,
        inputs: list[Value],
        results: list[Value],
        forward: list[Call],
        memory: Memory,
        names: list[str],
        title: str,
    ) -> None:
        self.inputs = inputs
        self.results = results
        self.forward = forward
        self.memory = memory
        self.writer = Writer(memory)
        self.title = title
        for value, name in zip(inputs, names, strict=True):
            value.name = name
            self.writer.reserved.add(name)
        self.order = {id(v): i for i, v in enumerate(inputs)}

    def program(self, halves: list[Any], wanted: list[list[int]]) -> Program:
        made = Program()
        backs = []
        self.memory.note_roots(self.forward)
        units = []
        for back, calls, gradients in halves:
            unit = from_one(calls, back.seed, gradients)
            self.own_gradients(calls, gradients)
            calls = in_parts(needed(calls, gradients), gradients)
            backs.append((back, calls, gradients))
            if unit is not None:
                self.own_gradients(*unit)
                unit = in_parts(needed(*unit), unit[1]), unit[1]
            units.append(unit)
        saved = self.saved([part for _, part, _ in backs] + [u[0] for u in units if u is not None])
        ends = [*self.results, *saved]
        calls = in_parts(needed(self.forward, ends), ends)
        self.memory.plan(calls, saved, self.results)
        texts = [self.forward_text(calls, saved)]
        names = ["backward"] if len(backs) == 1 else [f"backward{i}" for i in range(len(backs))]
        for (back, part, gradients), unit, name in zip(backs, units, names, strict=True):
            self.memory.plan(part, [], gradients)
            texts.append(self.backward_text(name, back, part, gradients, saved))
            if unit is not None:
                self.memory.plan(*unit[:1], [], unit[1])
                texts.append(self.backward_text(f"{name}_from_one", back, *unit, saved))
        head = [*self.writer.legend, *self.writer.imports()]
        made.text = "\n\n".join(["".join(f"{line}\n" for line in head), *texts] if head else texts)
        scope = compiled(made.text, self.writer.names, self.title)
        if refused := not any(call.effects for call in self.forward):
            refuse_warnings(scope, module=False)  # then the function itself runs, and says where
        made.forward = scope["forward"]
        made.backward = [scope[name] for name in names]
        made.from_one = [scope.get(f"{name}_from_one") for name in names]
        made.wanted = wanted
        made.wider = [back.is_wider for back, _, _ in backs]
        made.calls = calls + [c for _, part, _ in backs for c in part]
        made.calls += [c for u in units if u is not None for c in u[0]]
        if refused and any(map(calls_python, made.calls)):
            made.forward = refuses_warnings(made.forward)
            made.backward = [refuses_warnings(f) for f in made.backward]
            made.from_one = [f and refuses_warnings(f) for f in made.from_one]
        made.expected = [
            (back.seed.example, [g.example for g in gradients]) for back, _, gradients in backs
        ]
        made.new_scratch = self.memory.scratch.allocate
        made.new_kept = self.memory.kept.allocate
        return made

    def own_gradients(self, calls: list[Call], gradients: list[Any]) -> None:
        """Let each gradient have memory of its own: copy what is shared."""
        here = {id(v) for call in calls if call.kind != "constant" for v in call.outs}
        seen: set[int] = set()
        self.memory.note_roots(calls)
        for i, gradient in enumerate(gradients):
            if not isinstance(gradient, Value):
                calls.append(Call("constant", gradient, ()))
                gradient = gradients[i] = calls[-1].result(gradient)
            if not gradient.is_array:
                continue
            roots = self.memory.roots_of(gradient)
            if id(gradient) not in here or roots != {id(gradient)} or roots & seen:
                call = Call("method", "copy", (gradient,), {"order": "K"})
                gradients[i] = call.result(np.copy(gradient.example, order="K"))
                calls.append(call)
            seen |= roots

    def saved(self, halves: list[list[Call]]) -> list[Value]:
        """Return what the backward halves read of the forward half."""
        made = {id(v) for call in self.forward if call.kind != "constant" for v in call.outs}
        read = (v for calls in halves for call in calls for v in call.operands())
        return list({id(v): v for v in read if id(v) in made}.values())

    def forward_text(self, calls: list[Call], saved: list[Value]) -> str:
        lines = self.writer.lines(calls, "v")
        body = [*self.numbers(calls, [*self.results, *saved]), *self.slots(calls), *lines]
        results = tuple_of([self.writer.word(v) for v in self.results])
        kept = tuple_of([v.name for v in saved])
        arguments = ["scratch", "kept", *(v.name for v in self.inputs)]
        handles = tuple_of([c.outs[0].name for c in calls if c.effects])
        return function("forward", arguments, body, f"{results}, {kept}, {handles}")

    def backward_text(
        self, name: str, back: BackPass, calls: list[Call], gradients: list[Value], saved: Any
    ) -> str:
        lines = self.writer.lines(calls, "g")
        body = [
            *self.numbers(calls, gradients),
            *unpacking([v.name for v in saved], "saved"),
            *self.slots(calls),
            *lines,
        ]
        arguments = ["scratch", "saved", back.seed.name, *(v.name for v in self.inputs)]
        result = tuple_of([self.writer.word(v) for v in gradients])
        return function(name, arguments, body, result)

    def numbers(self, calls: list[Call], others: list[Value]) -> list[str]:
        """Write how 0-d arrays become numbers."""
        read = {id(v) for call in calls for v in call.operands()} | {id(v) for v in others}
        return [f"{v.name} = {v.name}[()]" for v in self.inputs if id(v) in read and not v.is_array]

    def slots(self, calls: list[Call]) -> list[str]:
        """Write how the memory that calls write into is taken."""
        lines = []
        written = [v for c in calls for v in c.outs]
        written += [v for p in calls if isinstance(p, Parts) for c in p.calls for v in c.outs]
        used = {self.memory.place[id(v)] for v in written if id(v) in self.memory.place}
        for slots in (self.memory.kept, self.memory.scratch):
            numbers = sorted(n for s, n in used if s is slots)
            lines += [f"{slots.name}{n} = {slots.name}[{n}]" for n in numbers]
        return lines


def fitting_names(wanted: list[str | None]) -> list[str]:
    """Return names for the inputs: valid, and each once."""
    taken = {"scratch", "kept", "saved", "gy", "forward", "backward", "part", "length", "start"}
    taken |= BUILTINS
    found = []
    for i, name in enumerate(wanted):
        stem = name or f"x{i}"
        if not stem.isidentifier() or iskeyword(stem) or _generated(stem):
            stem = f"x_{i}" if not stem.isidentifier() else f"{stem}_"
        name, n = stem, 2
        while name in taken:
            name, n = f"{stem}_{n}", n + 1
        taken.add(name)
        found.append(name)
    return found


def _generated(name: str) -> bool:
    """Whether generated code may use a name itself."""
    stem = name.rstrip("0123456789")
    return stem in ("v", "g", "c", "f", "kept", "scratch", "backward") or name.startswith("__")
