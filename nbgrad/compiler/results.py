"""After the recorded run: whether it can be compiled, and what a compiled call returns."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from nbgrad.engine.memory import ASK_FROM, keep_freed_memory
from nbgrad.engine.memory import state as memory
from nbgrad.engine.nested import replaced
from nbgrad.engine.scope_guard import ErrorState
from nbgrad.engine.sentinels import NO_GRAD, State
from nbgrad.engine.variable import Variable

from .build import Program, build, fitting_names
from .elementwise_parts import Parts
from .guards import Guards
from .program import same_bits
from .record import Recorder
from .traced import TracedArray, plain
from .unfold import Graph


class Answer:
    """The form of what a function returns.

    Attributes
    ----------
    tree : object
        What was returned, with `Place` where a result or an input stands.
    results : list of Variable or Value
        The results of the program, each once.
    """

    def __init__(self, recorder: Recorder, returned: Any) -> None:
        self.results: list[Any] = []
        self.recorder = recorder
        self.inputs = {id(x): i for i, x in enumerate(recorder.inputs)}
        self.places: dict[int, Place] = {}
        self.tree = replaced(returned, self.form)
        self.variable = [isinstance(y, Variable) for y in self.results]
        self.names = [y.name if isinstance(y, Variable) else None for y in self.results]

    def form(self, x: Any) -> Any:
        """Return a result's form."""
        if isinstance(x, Variable):
            return self.of_variable(x)
        if type(x) is TracedArray:
            for i, v in enumerate(self.recorder.inputs):
                if self.recorder.values[id(v)] is x._traced_value:
                    return Place(i, True)
            return self.new(x._traced_value)
        if x is None or type(x) in (bool, int, float, str):
            return x
        self.recorder.refuse(f"it returns {_kind(x)}, which is not a Variable")
        return x

    def of_variable(self, x: Variable) -> Any:
        """Return the form of a Variable among the results."""
        if id(x) in self.inputs:
            return Place(self.inputs[id(x)], True)
        if id(x) in self.recorder.node_of:
            return self.new(x)
        if id(x) in self.recorder.inside:
            self.recorder.refuse("it returns a Variable that no operation made")
            return x
        self.recorder.value(x)  # an outer Variable
        self.inputs = {id(v): i for i, v in enumerate(self.recorder.inputs)}
        return Place(self.inputs[id(x)], True)

    def new(self, x: Any) -> Place:
        """Return the place of a result of the program."""
        place = self.places.get(id(x))
        if place is None:
            place = self.places[id(x)] = Place(len(self.results), False)
            self.results.append(x)
        return place


class Place:
    """Where a returned object is to be found: among the inputs, or the results."""

    __slots__ = ("is_input", "number")

    def __init__(self, number: int, is_input: bool) -> None:
        self.number = number
        self.is_input = is_input


def filled(tree: Any, inputs: Any, results: list[Any]) -> Any:
    """Return what a function returns."""

    def at(end: Any) -> Any:
        if type(end) is not Place:
            return end
        return inputs[end.number] if end.is_input else results[end.number]

    return replaced(tree, at)


def refuse_what_differs(recorder: Recorder, guards: Guards) -> None:
    """Refuse a run whose result may differ from call to call, whatever the arguments are."""
    if guards.impure:
        recorder.refuse(f"it uses {guards.impure}, which answers differently each time")
    if drawn := guards.drew():
        recorder.refuse(
            f"it draws random numbers ({drawn}): draw them outside, and give them as an argument"
        )
    if not guards.hold():
        recorder.refuse("it changes what it reads outside of its arguments")
    direct = {id(c) for call in recorder.calls for c in _constants(call)}
    for array in guards.large.values():
        if id(array) not in direct:
            recorder.refuse(
                f"it computes in plain NumPy with {guards.names.get(id(array), 'an outer array')} of "
                f"shape {array.shape}, which may change: give it as an argument"
            )


def _constants(call: Any) -> list[Any]:
    found: list[Any] = []
    replaced(
        (call.args, call.kwargs, call.target if call.kind == "constant" else None), found.append
    )
    return found


def _kind(x: Any) -> str:
    return f"an array of shape {x.shape}" if isinstance(x, np.ndarray) else type(x).__name__


def names_of(
    function: Any, args: Any, kwargs: Any, recorder: Recorder, guards: Guards
) -> list[str]:
    """Return what the inputs are called: by the parameters, or by their names outside."""
    names: dict[int, str] = {}
    try:
        bound = inspect.signature(function).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        bound = dict(enumerate(args))  # type: ignore[arg-type]

    def walk(x: Any, name: str) -> None:
        if isinstance(x, (Variable, np.ndarray)):
            own = x.name if isinstance(x, Variable) else None
            names.setdefault(id(x), own or name)
        elif isinstance(x, (list, tuple)):
            stem = name[:-1] if len(name) > 1 and name[-1] == "s" else name
            for i, item in enumerate(x):
                walk(item, f"{stem}{i}")
        elif isinstance(x, dict):
            for k, item in x.items():
                walk(item, str(k) if not isinstance(k, int) else f"{name}{k}")

    for name, x in bound.items():
        walk(x, str(name))
    names = {**guards.names, **names}
    return fitting_names([names.get(id(x)) or getattr(x, "name", None) for x in recorder.inputs])


def clean(recorder: Recorder) -> None:
    """Put arrays in the place of traced ones, wherever the graph holds one."""
    for y in recorder.inside.values():
        y._x0, y._x1 = replaced(y._x0, plain), replaced(y._x1, plain)
        op = y._op
        if op is None or isinstance(op, State):
            continue
        for name, value in list(getattr(op, "__dict__", {}).items()):
            if type(value) in (TracedArray, tuple):
                found = replaced(value, plain)
                if type(value) is TracedArray or any(
                    a is not b for a, b in zip(found, value, strict=True)
                ):
                    op.__dict__[name] = found
    if not recorder.grad:
        for y in recorder.inside.values():
            if y._op is not None and not isinstance(y._op, State):
                y._op, y.generation = NO_GRAD, 0
                y._x0 = y._x1 = None


def is_single(answer: Answer) -> bool:
    """Whether the one result is all that is returned."""
    tree = answer.tree
    return isinstance(tree, Place) and not tree.is_input and answer.variable == [True]


def runs_as_recorded(program: Program, recorder: Recorder, answer: Answer) -> bool:
    """Whether a program gives the bits of the recorded run; not asked where users' code runs."""
    if any(call.effects for call in recorder.calls):
        return True
    arrays = [x._data if isinstance(x, Variable) else x for x in recorder.inputs]
    scratch, kept = program.new_scratch(), program.new_kept()
    with ErrorState(all="ignore"):
        results, saved, _ = program.forward(scratch, kept, *arrays)
        known = [recorder.values[id(y)] if isinstance(y, Variable) else y for y in answer.results]
        pairs = [(a, v.example) for a, v in zip(results, known, strict=True)]
        for halves in (program.backward, program.from_one):
            for backward, (seed, gradients) in zip(halves, program.expected, strict=True):
                if backward is not None:
                    pairs += zip(backward(scratch, saved, seed, *arrays), gradients, strict=True)
    return all(same_bits(a, b) for a, b in pairs)


def compiled_program(
    recorder: Recorder, answer: Answer, names: list[str], title: str
) -> tuple[Program, Graph]:
    """Build what runs from now on, and what its graph is made from when somebody asks."""
    forward = list(recorder.calls)
    graph = Graph(recorder, forward, [y for y in answer.results if isinstance(y, Variable)])
    program = build(recorder, answer.results, names, title)
    if not runs_as_recorded(program, recorder, answer):
        recorder.refuse("its generated code gave other numbers than it did: please report this")
    large = [
        v
        for call in program.calls
        for v in call.outs
        if getattr(v.example, "nbytes", 0) >= ASK_FROM
    ]
    if large and not memory.asked:
        keep_freed_memory()
    parts = [inner for call in program.calls if isinstance(call, Parts) for inner in call.calls]
    for call in (*recorder.calls, *program.calls, *parts):
        for value in call.outs:
            value.example = None
    program.expected = program.calls = []
    for value in graph.inputs:
        value.example = None
    return program, graph
