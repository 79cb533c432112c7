"""Which names a piece of code reads, and which it only writes to."""

from __future__ import annotations

import ast
import dis
import inspect
import textwrap
from functools import lru_cache
from types import CodeType
from typing import NamedTuple

OPEN = frozenset(
    ("getattr", "setattr", "vars", "globals", "locals", "eval", "exec", "__dict__", "delattr")
)
"""Names with which code reads what it does not name."""
_WRITING = frozenset(
    ("append", "appendleft", "extend", "insert", "add", "update", "write", "put", "record", "log")
)
"""Methods that, called for their effect alone, tell the code nothing."""

TEXT_METHODS = frozenset(("__repr__", "__str__", "__format__"))
EQUALITY_METHODS = frozenset(("__eq__", "__ne__"))
"""Special methods, often of a dataclass and then of all its fields, that little code calls."""
_MAKING_TEXT = frozenset(("repr", "str", "ascii", "format", "format_map"))
_COMPARING = frozenset(
    ("index", "count", "remove", "eq", "ne", "contains", "indexOf", "countOf", "equal", "not_equal")
)

_READING = (
    "LOAD_ATTR",
    "LOAD_METHOD",
    "LOAD_SUPER",
    "LOAD_DEREF",
    "LOAD_CLASSDEREF",
    "IMPORT_",
    "DELETE_ATTR",
)


class Names(NamedTuple):
    """The names of a function's code and of the code within it.

    Attributes
    ----------
    scope : tuple of str
        Global names.
    mentioned : frozenset of str
        These, attributes, texts that could be names, and the special methods behind ``==`` and
        f-strings.
    stored : frozenset of str
        Attributes that it sets.
    unread : frozenset of str
        Names and attributes that are only written to: ``calls.append(1)``, ``self.n += 1``.
    open : bool
        Whether it may read more than it names.
    """

    scope: tuple[str, ...]
    mentioned: frozenset[str]
    stored: frozenset[str]
    unread: frozenset[str]
    open: bool


@lru_cache(maxsize=4096)
def names_in(code: CodeType) -> Names:
    """Return the names of a function's code."""
    scope: dict[str, None] = {}
    mentioned: set[str] = set()
    stored: set[str] = set()
    waiting = [code]
    while waiting:
        part = waiting.pop()
        mentioned.update(part.co_freevars, _implied(part))
        for instruction in dis.get_instructions(part):
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                scope[instruction.argval] = None
                mentioned.add(instruction.argval)
            elif instruction.opname.startswith(_READING) and isinstance(instruction.argval, str):
                mentioned.add(instruction.argval)
            elif instruction.opname == "STORE_ATTR":
                stored.add(instruction.argval)
        for constant in part.co_consts:
            if isinstance(constant, CodeType):
                waiting.append(constant)
            elif isinstance(constant, str) and constant.isidentifier():
                mentioned.add(constant)
    unread = frozenset(mentioned & _only_written(code))
    return Names(
        tuple(scope), frozenset(mentioned), frozenset(stored), unread, bool(mentioned & OPEN)
    )


def _implied(code: CodeType) -> set[str]:
    """Return the special methods for text and equality that code may call."""
    implied: set[str] = set()
    texts = [c for c in code.co_consts if isinstance(c, str)]
    names = {*code.co_names, *texts}
    if not names.isdisjoint(_MAKING_TEXT) or any("%" in text for text in texts):
        implied |= TEXT_METHODS
    if not names.isdisjoint(_COMPARING):
        implied |= EQUALITY_METHODS
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith(("FORMAT_", "CONVERT_VALUE")):
            implied |= TEXT_METHODS
        elif instruction.opname == "CONTAINS_OP" or instruction.argval in ("==", "!="):
            implied |= EQUALITY_METHODS
    return implied


def _only_written(code: CodeType) -> set[str]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, SyntaxError, TypeError, ValueError):  # no source, or a part of a line
        return set()
    reader = _Reader()
    reader.visit(tree)
    return reader.written - reader.read


class _Reader(ast.NodeVisitor):
    """Tells names that are read from those that are written to."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.written: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        (self.read if isinstance(node.ctx, ast.Load) else self.written).add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        (self.read if isinstance(node.ctx, ast.Load) else self.written).add(node.attr)
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        target = node.target
        self.visit(node.value)
        if isinstance(target, ast.Subscript):
            self.visit(target.slice)
            self._write(target.value)
        else:
            self.visit(target)

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value
        method = call.func if isinstance(call, ast.Call) else None
        if not isinstance(call, ast.Call) or not isinstance(method, ast.Attribute):
            self.generic_visit(node)
        elif method.attr in _WRITING:
            self._write(method.value)
            for part in (*call.args, *call.keywords):
                self.visit(part)
        else:
            self.generic_visit(node)

    def _write(self, node: ast.expr) -> None:
        if isinstance(node, ast.Name):
            self.written.add(node.id)
        elif isinstance(node, ast.Attribute):
            self.written.add(node.attr)
            self.visit(node.value)
        else:
            self.visit(node)
