"""A compiled call's graph, made when it is asked for: the one that it would have uncompiled."""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

import numpy as np

from nbgrad.engine.arrays import to_raw
from nbgrad.engine.call import Call as FunctionCall
from nbgrad.engine.call import call_of, generation_of
from nbgrad.engine.nested import replaced
from nbgrad.engine.operation import Operation, OperationCall
from nbgrad.engine.scope_guard import ErrorState
from nbgrad.engine.sentinels import CONSTANT
from nbgrad.engine.variable import Variable

from .functions import UserFunction, WithParameters, leaf_of, with_values
from .program import Call, Value, compute, same_bits
from .record import Recorder


class Graph:
    """What a recorded run's graph can be made anew from.

    Attributes
    ----------
    calls : list of Call
        The forward half, in order.
    nodes : list of tuple
        For each function: operation, inputs, the values of its outputs, their numbers among the
        results, positions. An input is ("value", Value, constant) for a leaf made inside,
        ("input", place), ("node", place, output), or ("plain", constant or Value).
    results : dict
        The values of the results, by their numbers.
    """

    def __init__(self, recorder: Recorder, calls: list[Call], results: list[Any]) -> None:
        self.calls = calls
        self.inputs = [recorder.values[id(x)] for x in recorder.inputs]
        self.nodes: list[tuple[Any, ...]] = []
        self.results: dict[int, Value] = {}
        place = {id(x): i for i, x in enumerate(recorder.inputs)}
        numbers = {id(y): i for i, y in enumerate(results)}
        made: dict[int, tuple[Any, ...]] = {}
        for n, node in enumerate(recorder.nodes):
            inputs: list[tuple[Any, ...]] = []
            for x, operand in zip(node.inputs, node.operands, strict=True):
                if x is None:
                    inputs.append(("plain", operand))
                elif id(x) in made:
                    inputs.append(made[id(x)])
                elif id(x) in place and isinstance(recorder.inputs[place[id(x)]], Variable):
                    inputs.append(("input", place[id(x)]))
                else:
                    inputs.append(("value", recorder.values[id(x)], x._op is CONSTANT, id(x)))
            for k, y in enumerate(node.outputs):
                made[id(y)] = ("node", n, k)
            ends = [numbers.get(id(y)) for y in node.outputs]
            sources = [y._source for y in node.outputs]
            names = [y.name for y in node.outputs]
            self.nodes.append((node.op, inputs, node.outs, ends, sources, names))
            self.results |= {n: v for n, v in zip(ends, node.outs, strict=True) if n is not None}

    def generations(self, inputs: tuple[Any, ...], depth: list[int]) -> list[int]:
        """Return the generations of the results where not all inputs are leaves."""
        reached: list[int] = []
        given = [x.generation if isinstance(x, Variable) else 0 for x in inputs]
        found = list(depth)
        for _, specs, _, ends, _, _ in self.nodes:
            before = [
                given[s[1]] if s[0] == "input" else reached[s[1]] if s[0] == "node" else 0
                for s in specs
            ]
            reached.append(1 + max(before, default=0))
            for end in ends:
                if end is not None:
                    found[end] = reached[-1]
        return found


def restored(
    graph: Graph, call: Any, results: list[Variable | None], data: list[Any]
) -> list[tuple[Any, Any, Any, int]] | None:
    """Make the graph of a compiled call from the arrays that it was given.

    ``data`` is what its results held.

    Returns
    -------
    list of tuple, or None
        None if they are other numbers now, since an array was changed in place. Else for each result its ``_op``, ``_x0`` and ``_x1`` (see `nbgrad.engine.variable`), and its
        generation.
    """
    env = values_of(graph, call)
    if not all(same_bits(held(v, env), data[n]) for n, v in graph.results.items()):
        return None
    look = partial(held, env=env)
    handles = iter(call.handles)
    made: list[list[Variable]] = []
    leaves: dict[int, Variable] = {}
    ends: dict[int, tuple[Any, Any, Any, int]] = {}

    def variable(spec: tuple[Any, ...]) -> Any:
        kind = spec[0]
        if kind == "plain":
            return look(spec[1])
        if kind == "input":
            return call.given[spec[1]]
        if kind == "node":
            return made[spec[1]][spec[2]]
        if spec[3] not in leaves:
            leaves[spec[3]] = leaf_of(held(spec[1], env), constant=spec[2])
        return leaves[spec[3]]

    for op, specs, outs, numbers, sources, names in graph.nodes:
        inputs = tuple(variable(spec) for spec in specs)
        generation = 1 + max((x.generation for x in inputs if isinstance(x, Variable)), default=0)
        outputs = [
            _output(None if n is None else results[n], held(v, env), generation, source, name)
            for n, v, source, name in zip(numbers, outs, sources, names, strict=True)
        ]
        made.append(outputs)
        made_of = _creator(op, inputs, outputs, look, handles)
        for n, y in zip(numbers, outputs, strict=True):
            if n is None or results[n] is None:
                y._op, y._x0, y._x1 = made_of
            if n is not None:
                ends[n] = (*made_of, generation)
    return [ends[n] for n in range(len(results))]


def _output(
    result: Variable | None, data: Any, generation: int, source: Any, name: str | None
) -> Variable:
    """Return the user's result, or a Variable within the graph."""
    if result is not None:
        return result
    y: Variable = Variable.__new__(Variable)
    y._data, y._grad, y.name, y._source = data, None, name, source
    y._op = y._x0 = y._x1 = None
    y.generation = generation
    return y


def _creator(
    op: Any, inputs: tuple[Any, ...], outputs: list[Variable], look: Any, handles: Any
) -> tuple[Any, Any, Any]:
    """Return what outputs hold of their creator: ``_op``, ``_x0`` and ``_x1``."""
    if isinstance(op, WithParameters):
        op = with_values(op.op, replaced(op.parameters, look))
    if isinstance(op, Operation) and not op.several_outputs:
        return op, *op.slots(inputs)
    variables = tuple(x if isinstance(x, Variable) else leaf_of(x, constant=True) for x in inputs)
    if isinstance(op, UserFunction):
        function = next(handles).node
        made = FunctionCall(type(function), variables, generation_of(variables), op.takes_list)
        made.before = getattr(call_of(function), "before", {})
    else:
        function = copy.copy(op)
        made = OperationCall(op, variables)
    made.join(function, outputs)
    return made, variables if len(outputs) == 1 else None, function


def held(v: Any, env: dict[int, Any]) -> Any:
    """Return the array of a value; anything else as it is."""
    if not isinstance(v, Value):
        return v
    if v.call is not None and v.call.kind == "constant":
        return v.call.target
    return env[id(v)]


def values_of(graph: Graph, call: Any) -> dict[int, Any]:
    """Compute every value of the forward half again, from the call's own arrays."""
    env: dict[int, Any] = {}
    for value, x, array in zip(graph.inputs, call.given, call.arrays, strict=True):
        env[id(value)] = to_raw(np.asarray(array)) if isinstance(x, Variable) else array
    look = partial(held, env=env)
    handles = iter(call.handles)
    for step in graph.calls:
        if step.kind == "expect":
            continue
        if step.kind == "constant":
            results = [step.target]
        elif step.effects:
            handle = next(handles)
            results = [handle, *(to_raw(y._data) for y in handle.outputs)]
        else:
            with ErrorState(**(step.errors or {})):
                found = compute(
                    step.kind, step.target, replaced(step.args, look), replaced(step.kwargs, look)
                )
            results = list(found) if step.unpack else [found]
            if step.kind == "python":
                results = [to_raw(np.asarray(r)) for r in results]
        for value, result in zip(step.outs, results, strict=True):
            env[id(value)] = result
    return env
