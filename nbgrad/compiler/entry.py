"""The fast path into a compiled call: signature and guards as one generated expression.

It tells whether a call is like the last one. Where it is not, or where a number outside has been
replaced by an equal one, `signature` and `Guards.hold` decide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine.grad_mode import override, process
from nbgrad.engine.sentinels import CONSTANT, NO_GRAD
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
        self.known_of: dict[str, Any] = {}
        self.count = 0

    def new(self, value: Any) -> str:
        """Name an object that the function refers to."""
        self.count += 1
        name = f"k{self.count}"
        self.names[name] = value
        return name

    def variable(self, x: Variable, name: str) -> None:
        """Write what has to hold of a Variable."""
        array = f"{name}_data"
        self.taking.append(f"{array} = {name}._data")
        self.like(x._data, array)
        self.known_of[name] = (Variable, *of_array(x._data), x._op is CONSTANT)
        self.conditions += [f"{name}.{f} == {self.new(getattr(x, f))}" for f in self.facts]
        state = _STATES.get(x._op)
        if state is not None:
            self.conditions.append(f"{name}._op is {state}")  # a leaf, hence of generation 0
        else:
            self.conditions.append(f"{name}._op is not CONSTANT")
            self.conditions.append(f"not {name}.generation")
        self.leaves.append(name)
        self.arrays.append(array)

    def like(self, array: Any, name: str) -> None:
        """Write what has to hold of an array."""
        shape, dtype, strides = of_array(array)
        self.conditions.append(f"{name}.shape == {shape!r}")
        self.conditions.append(f"{name}.dtype is {self.new(dtype)}")
        self.conditions.append(f"{name}.strides == {strides!r}")

    def argument(self, x: Any, name: str) -> None:
        """Write how an argument is taken apart, and what has to hold of it."""
        kind = type(x)
        known = self.new(kind)
        self.taking.append(f"if type({name}) is not {known}: return NotImplemented")
        if isinstance(x, Variable):
            self.variable(x, name)
        elif kind is np.ndarray:
            self.like(x, name)
            self.known_of[name] = (kind, *of_array(x))
            self.leaves.append(name)
            self.arrays.append(name)
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
        self.argument(x, name)

    def guards(self, guards: Guards) -> None:
        """Write what has to hold outside of the arguments."""
        for check in guards.checks:
            self.conditions += check.written(self.new)
        for array, content in guards.arrays:
            self.conditions.append(f"unchanged({self.new(array)}, {self.new(content)})")

    def function(self, number: int, outer: list[Variable], grad: bool) -> Callable[..., Any]:
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
        conditions = "\n            and ".join([first, *self.conditions, *different])
        arguments = ", ".join(f"a{i}" for i in range(number))
        lines = [
            f"if len(args) != {number}: return NotImplemented",
            *([f"{arguments}{',' * (number == 1)} = args"] if number else []),
            *self.taking,
            f"if not (\n            {conditions}\n        ): return NotImplemented",
        ]
        body = "\n        ".join(lines)
        inputs = f"({', '.join(names)}{',' * (len(names) == 1)})"
        text = (
            f"def enter(variant, args):\n    try:\n        {body}\n    except {_REFUSED}: return NotImplemented\n"
            f"    return variant.run({inputs}, [{', '.join(self.arrays)}], True)\n"
        )
        exec(compile(text, "<compiled entry>", "exec"), self.names)  # noqa: S102 - our own text
        entered: Callable[..., Any] = self.names["enter"]
        return entered


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
    return entry.function(len(args), outer, grad)
