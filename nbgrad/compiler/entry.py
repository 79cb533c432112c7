"""The fast path into a compiled call: signature and guards as one generated expression.

It tells whether a call is like the last one. Where it is not, or where a number outside has been
replaced by an equal one, `signature` and `Guards.hold` decide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine.grad_mode import override, process
from nbgrad.engine.sentinels import CONSTANT, FREED, NO_GRAD, reading_and_setting
from nbgrad.engine.variable import Variable

from .guards import ABSENT, Guards, unchanged
from .signature import Same, of_array

_REFUSED = "(AttributeError, IndexError, KeyError, TypeError, ValueError)"

_STATES = {None: "None", CONSTANT: "CONSTANT", NO_GRAD: "NO_GRAD"}
"""How a leaf was made, as the entry writes it."""


class Entry:
    """Writes the function that enters a compiled call."""

    def __init__(self, facts: tuple[str, ...]) -> None:
        self.facts = facts
        self.names: dict[str, Any] = {
            "mode": override.get, "process": process, "CONSTANT": CONSTANT, "NO_GRAD": NO_GRAD,
            "ABSENT": ABSENT, "unchanged": unchanged,
        }  # fmt: skip
        self.taking: list[str] = []
        self.conditions: list[str] = []
        self.leaves: list[str] = []
        self.arrays: list[str] = []
        self.layouts: list[Any] = []
        self.known_of: dict[str, Any] = {}
        self.count = 0

    def new(self, value: Any) -> str:
        """Name an object that the function refers to."""
        if value is None:
            return "None"
        self.count += 1
        name = f"k{self.count}"
        self.names[name] = value
        return name

    def variable(self, x: Variable, name: str) -> None:
        """Write what has to hold of a Variable."""
        self.array(f"{name}._data", x._data)
        self.known_of[name] = (Variable, *of_array(x._data), x._op is CONSTANT)
        self.conditions += [f"{name}.{f} == {self.new(getattr(x, f))}" for f in self.facts]
        state = _STATES.get(x._op)
        if state is not None:
            self.conditions.append(f"{name}._op is {state}")  # a leaf, hence of generation 0
        else:
            self.conditions.append(f"{name}._op is not CONSTANT")
            self.conditions.append(f"not {name}.generation")
        self.leaves.append(name)

    def array(self, name: str, array: Any) -> None:
        """Note where an array is read, and what it has to be like."""
        self.arrays.append(name)
        self.layouts.append(of_array(array))

    def argument(self, x: Any, name: str) -> None:
        """Write how an argument of the right type is taken apart, and what has to hold of it."""
        kind = type(x)
        if isinstance(x, Variable):
            self.variable(x, name)
        elif kind is np.ndarray:
            self.array(name, x)
            self.known_of[name] = (kind, *of_array(x))
            self.leaves.append(name)
        elif isinstance(x, (list, tuple)):
            self.taking.append(f"if len({name}) != {len(x)}: return NotImplemented")
            for i, item in enumerate(x):
                self.part(item, f"{name}_{i}", f"{name}[{i}]")
        elif kind is dict:
            self.taking.append(f"if list({name}) != {self.new(list(x))}: return NotImplemented")
            for i, (key, item) in enumerate(x.items()):
                self.part(item, f"{name}_{i}", f"{name}[{self.new(key)}]")
        elif x is None or kind in (bool, int, str, bytes):
            self.conditions.append(f"{name} == {self.new(x)}")
        elif kind in (float, complex) or isinstance(x, np.generic):
            self.conditions.append(f"repr({name}) == {repr(x)!r}")
        else:
            self.conditions.append(f"{name} is {self.new(Same(x).value)}")

    def part(self, x: Any, name: str, source: str) -> None:
        """Write how a part of an argument is taken."""
        self.taking.append(f"{name} = {source}")
        self.taking.append(f"if type({name}) is not {self.new(type(x))}: return NotImplemented")
        self.argument(x, name)

    def guards(self, guards: Guards) -> None:
        """Write what has to hold outside of the arguments."""
        for check in guards.checks:
            self.conditions += check.written(self.new)
        for array, content in guards.arrays:
            self.conditions.append(f"unchanged({self.new(array)}, {self.new(content)})")

    def function(self, kinds: list[type], outer: list[Variable], grad: bool) -> Callable[..., Any]:
        """Return the function: of variant and arguments, what its run returns or NotImplemented."""
        given = list(self.leaves)
        for i, x in enumerate(outer):
            self.names[f"o{i}"] = x
            self.variable(x, f"o{i}")
        names = self.leaves
        different = [
            f"{a} is not {b}"
            for n, a in enumerate(names)
            for b in names[n + 1 :]
            if a in given and self.known_of[a] == self.known_of[b]
        ]
        if len(different) > 20:
            different = [f"len({{{', '.join(f'id({n})' for n in names)}}}) == {len(names)}"]
        first = f"(m.shown if (m := mode()) is not None else process.enable_backprop) is {grad}"
        alike = [
            f"d{i}.shape == {self.new(shape)} and d{i}.strides == {self.new(strides)} and d{i}.dtype is {self.new(dtype)}"
            for i, (shape, dtype, strides) in enumerate(self.layouts)
        ]
        conditions = "\n            and ".join([first, *alike, *self.conditions, *different])
        arguments = ", ".join(f"a{i}" for i in range(len(kinds)))
        types = " and ".join(f"type(a{i}) is {self.new(kind)}" for i, kind in enumerate(kinds))
        lines = [
            f"{arguments or '()'}{',' * (len(kinds) == 1)} = args",
            f"if not ({types or True}): return NotImplemented",
            *self.taking,
            *(f"d{i} = {array}" for i, array in enumerate(self.arrays)),
            f"if not (\n            {conditions}\n        ): return NotImplemented",
        ]
        body = "\n        ".join(lines)
        arrays = ", ".join(f"d{i}" for i in range(len(self.arrays)))
        inputs = f"({', '.join(names)}{',' * (len(names) == 1)})"
        text = (
            f"def enter(variant, args):\n    try:\n        {body}\n    except {_REFUSED}: return NotImplemented\n"
            f"    return variant.run({inputs}, [{arrays}], True)\n"
        )
        return _function(text, self.names)


def entry_of(
    args: tuple[Any, ...],
    outer: list[Variable],
    guards: Guards,
    grad: bool,
    pinned: list[tuple[int, Any]],
) -> Any:
    """Return the fast path for calls like this one."""
    entry = Entry(guards.facts)
    for i, x in enumerate(args):
        entry.argument(x, f"a{i}")
    for i, x in pinned:
        entry.conditions.append(f"{entry.leaves[i]} is {entry.new(x)}")
    entry.guards(guards)
    return entry.function([*map(type, args)], outer, grad)


def leaves_check(inputs: list[Any]) -> Callable[[Any, Any], bool]:
    """Return what tells whether the inputs of a call are leaves with the arrays that they had."""
    numbers = [i for i, x in enumerate(inputs) if isinstance(x, Variable)]
    conditions = [f"x{i}._data is array{i} and not x{i}.generation" for i in numbers]
    lines = [
        f"{''.join(f'{name}{i}, ' for i in range(len(inputs)))} = {source}\n"
        for name, source in (("x", "inputs"), ("array", "arrays"))
        if inputs
    ]
    text = f"def are_still(inputs, arrays):\n    {'    '.join(lines)}    return {' and '.join(conditions) or True}\n"
    return _function(text, {})


def first_commit(wanted: list[int]) -> Callable[[Variable, Any, Any], bool]:
    """Return what sets the gradients of leaves if none has one yet, and says whether it did.

    Python lets no signal handler (Ctrl-C) and no other thread come between the assignments, for
    there is neither a call nor a loop.
    """
    conditions = [f"x{i}._grad is None" for i in wanted]
    lines = [
        *(f"x{i} = inputs[{i}]" for i in wanted),
        f"({''.join(f'g{i}, ' for i in wanted)}) = gradients",
        "with reading_and_setting:",
        f"    if not ({' and '.join(conditions) or True}): return False",
        *(f"    x{i}._grad = g{i}" for i in wanted),
        "    root._grad = FREED",
        "return True",
    ]
    newline = "\n    "
    text = f"def commit(root, inputs, gradients):\n    {newline.join(lines)}\n"
    return _function(text, {"reading_and_setting": reading_and_setting, "FREED": FREED})


def _function(text: str, names: dict[str, Any]) -> Callable[..., Any]:
    """Return the function that a text defines."""
    exec(compile(text, "<compiled entry>", "exec"), names)  # noqa: S102 - our own text
    function: Callable[..., Any] = names[text[4 : text.index("(")]]
    return function
