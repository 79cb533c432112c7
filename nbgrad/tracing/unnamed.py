"""Names for variables that have no name of their own.

Some names no longer exist when a trace is made, such as ``h`` of the third turn of a loop, or
``z`` of a function that has returned. Where positions are kept, the line that made a variable
tells that name. A variable that never had one is called by its expression, such as ``x @ W + b``.
The root keeps its id, since whoever traces it knows it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from inspect import CO_OPTIMIZED
from typing import Any

from nbgrad.engine.diagnostics.naming import assigned_name

from .names import AUTOMATIC, distinct, free
from .operands import index_on_line, operands_on_line
from .rows import FunctionRow, OpRow, VariableRow

MAX_LENGTH = 28
"""In a longer expression the long operands are cut: ``tanh(…) - t``."""
MAX_OPERAND = 8
"""The length of an operand that is never cut."""
CUT = "…"

_INFIX = {"+": ("+", 1), "−": ("-", 1), "×": ("*", 2), "÷": ("/", 2), "@": ("@", 2), "xⁿ": ("**", 4)}  # fmt: skip
"""For the symbol of an operation on two operands: how it is written, how strongly it binds."""
_OPERATORS = frozenset(["add", "sub", "mul", "div"])
"""Operations on two operands, of which PyTorch may have kept one."""
_UNARY, _ATOM = 3, 5
_CALL = re.compile(r"(\w+)\((.*)\)")
_WHOLE = re.compile(r"-?\d+\.0")
_OPTIONS = re.compile(r"\(.*\)")
_ITEM = re.compile(r"getitem(\[.*\])")


def complete_names(
    rows: Sequence[VariableRow],
    functions: Sequence[FunctionRow],
    root: int,
    texts: Collection[int] | None,
) -> list[str]:
    """Return the names of all variables, where the rows have those that the user gave.

    All that it needs was noted with the graph, so it waits until somebody reads a trace.

    Parameters
    ----------
    rows, functions
        Of the graph.
    root : int
    texts : collection of int, or None
        The constants that are called by their text; None if the rows have all names.
    """
    given = [row.name for row in rows]
    if texts is None:
        return given
    names = _Names(rows, distinct(given, texts), {i for i, name in enumerate(given) if not name})
    names.nameless.discard(root)
    if names.nameless:
        names.of_lines()
        for op, inputs, outputs in functions:
            names.express(op, inputs, outputs)
    return names.found


def name_by_module(
    rows: Sequence[VariableRow],
    functions: Sequence[FunctionRow],
    modules: Sequence[str],
    nameless: set[int],
    *,
    in_model: bool,
) -> list[str]:
    """Name what was made in a module call by the call and the operation, the rest by expression.

    One line stands for all functions of such a call, so it tells no name. What has no name then is
    called by its operation, where modules are known: a model's own functions are in no call of
    its parts.
    """
    names = _Names(rows, [row.name for row in rows], nameless)
    constants = (i for i, row in enumerate(rows) if row.kind == "constant")
    names.written = {i: CUT for i in constants if AUTOMATIC.fullmatch(rows[i].name)}
    for (op, inputs, outputs), module in zip(functions, modules, strict=True):
        if not module:
            names.express(op, inputs, outputs)
        for y in outputs if module else ():
            names.give(y, f"{module}.{op.name}")
    for op, _, outputs in functions if in_model else ():
        for y in outputs:
            names.give(y, op.name)
    return names.found


class _Names:
    """The names of one graph while they are found."""

    def __init__(self, rows: Sequence[VariableRow], found: list[str], nameless: set[int]) -> None:
        self.rows, self.found, self.nameless = rows, found, nameless
        self.taken = set(found)
        self.strength: dict[int, int] = {}
        self.made_by: dict[int, tuple[OpRow, Sequence[int]]] = {}
        self.again: dict[str, int] = {}
        self.written: dict[int, str] = {}

    def of_lines(self) -> None:
        """Name variables by the line that made them; in a loop with the number of the turn."""
        places: dict[Any, list[int]] = defaultdict(list)
        for i, row in enumerate(self.rows):
            if type(row.position) is tuple:
                places[row.position].append(i)
        looped: set[str] = set()
        once: list[tuple[int, str]] = []
        for (code, offset), found in places.items():
            stale = [i for i in found if self.found[i].startswith("old ")]
            self.nameless.update(stale)
            name = assigned_name(code, offset) if self.nameless.intersection(found) else None
            if name is not None and len(found) > 1:
                looped.add(name)
                found.sort(key=lambda i: self.rows[i].generation)
                for turn, i in enumerate(found, start=1):
                    self.give(i, f"{name} (step {turn})")
            elif name is not None and (stale or code.co_flags & CO_OPTIMIZED):
                once.append((found[0], name))
            self.nameless.difference_update(stale)
        for i, name in once:
            if name in looped:
                self.nameless.add(i)
                self.give(i, f"{name} (step 0)")
            else:
                self.give(i, name)

    def give(self, i: int, name: str) -> None:
        """Name a variable, if it has no name; a name that is taken gets a number."""
        if i not in self.nameless:
            return
        self.found[i] = free(name, self.taken, self.again)
        self.taken.add(self.found[i])
        self.nameless.discard(i)

    def express(self, op: OpRow, inputs: Sequence[int], outputs: Sequence[int]) -> None:
        """Name what a function made by its expression, if it made it of things with names.

        One of several outputs is called by its place: ``eigh(A)[1]``.
        """
        output = outputs[0]
        self.write_constants(op, inputs, output)
        if self.nameless.isdisjoint(outputs) or not self.nameless.isdisjoint(inputs):
            return
        op = self.with_index(op, output)
        whole = self.whole_numbers(inputs) if self.rows[output].backward else {}
        text, strength = self.expression(op, inputs, whole)
        if len(text) > MAX_LENGTH:
            text = self.cut(op, inputs)
        if text and len(outputs) > 1:
            for k, y in enumerate(outputs):
                self.give(y, f"{text}[{k}]")
        elif text:
            self.strength[output] = strength
            self.made_by[output] = op, inputs
            self.give(output, text)

    def write_constants(self, op: OpRow, inputs: Sequence[int], output: int) -> None:
        """Take arrays that were made on the way from the line, for the expression: ``v * (w > 0)``.

        They are called by their ids still: a card shows no name for them.
        """
        nameless = (k for k, i in enumerate(inputs) if i in self.nameless)
        stale = [k for k in nameless if self.rows[inputs[k]].kind == "constant"]
        found = operands_on_line(self.rows[output].position, op, len(inputs)) if stale else []
        for k in stale if found else ():
            text, loose = found[k]
            if len(text) <= MAX_LENGTH:
                self.strength[inputs[k]] = 0 if loose else _ATOM
                self.written[inputs[k]] = text
                self.nameless.discard(inputs[k])

    def with_index(self, op: OpRow, output: int) -> OpRow:
        """Return an operation whose masks and arrays of places are called as the user calls them."""
        if not _ITEM.fullmatch(op.label):
            return op
        text = index_on_line(self.rows[output].position, op)
        return op if text is None else replace(op, label=f"getitem[{text}]")

    def whole_numbers(self, inputs: Sequence[int]) -> dict[int, str]:
        """Write the floats of a rule as the user would: ``x**2``, not ``x**2.0``."""
        names = {i: self.found[i] for i in inputs if self.rows[i].kind == "constant"}
        return {i: name[:-2] for i, name in names.items() if _WHOLE.fullmatch(name)}

    def cut(self, op: OpRow, inputs: Sequence[int]) -> str:
        """Write an operation with its long operands cut, if that tells it from all others."""
        operands = {i: self.outermost(i) for i in self.long(inputs)}
        without = replace(op, label=_OPTIONS.sub(f"({CUT})", op.label))
        nothing = dict.fromkeys(operands, CUT)
        for shorter, instead in ((op, operands), (op, nothing), (without, {}), (without, nothing)):
            text = self.expression(shorter, inputs, instead)[0]
            if len(text) <= MAX_LENGTH:
                return "" if text in self.taken else text
        return ""

    def outermost(self, i: int) -> str:
        """Write the operation that made a variable, with its long operands left out."""
        if i not in self.made_by:
            return CUT
        op, inputs = self.made_by[i]
        return self.expression(op, inputs, dict.fromkeys(self.long(inputs), CUT))[0]

    def long(self, inputs: Sequence[int]) -> list[int]:
        """Return the operands whose names are long."""
        return [i for i in inputs if len(self.written.get(i, self.found[i])) > MAX_OPERAND]

    def expression(
        self, op: OpRow, inputs: Sequence[int], instead: Mapping[int, str]
    ) -> tuple[str, int]:
        """Write an operation as code, and say how strongly it binds.

        ``instead`` has what is written for an operand in place of its name.
        """
        instead = {**self.written, **instead}
        given = [instead.get(i, self.found[i]) for i in inputs]
        infix = _INFIX.get(op.symbol)
        if infix and (len(inputs) == 2 or (len(inputs) == 1 and op.label in _OPERATORS)):
            sign, strength = infix
            left, *known = (self.bracketed(i, strength + k, instead) for k, i in enumerate(inputs))
            right = known[0] if known else CUT
            return f"{left}{sign}{right}" if sign == "**" else f"{left} {sign} {right}", strength
        if op.label == "neg" and len(inputs) == 1:
            return f"-{self.bracketed(inputs[0], _UNARY, instead)}", _UNARY
        if op.label == "t" or (op.name == "Transpose" and op.label == "transpose"):
            return f"{self.bracketed(inputs[0], _ATOM, instead)}.T", _ATOM
        if item := _ITEM.fullmatch(op.label):
            return f"{self.bracketed(inputs[0], _ATOM, instead)}{item[1]}", _ATOM
        call = _CALL.fullmatch(op.label)
        name, options = (call[1], [call[2]]) if call else (op.label, [])
        return f"{name}({', '.join([*given, *options])})", _ATOM

    def bracketed(self, i: int, strength: int, instead: Mapping[int, str]) -> str:
        """Write an operand, in parentheses when it binds less strongly."""
        name = instead.get(i, self.found[i])
        if name == CUT:
            return name
        return f"({name})" if self.strength.get(i, _ATOM) < strength else name
