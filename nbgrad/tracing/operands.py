"""What operands are called on the line that made a result: the mask of ``v[x > 0]``.

A mask, an index or a plain array has no name of its own where it was made on the way. Where
positions are kept, the user's line tells how it is written there.
"""

from __future__ import annotations

import ast
import linecache
import re
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from nbgrad.engine.diagnostics import positions

from .names import namespace
from .rows import OpRow

MAX_LENGTH = 20
"""A longer operand is not written out."""

_SIGNS: dict[str, type[ast.operator]] = {
    "+": ast.Add, "−": ast.Sub, "×": ast.Mult, "÷": ast.Div, "@": ast.MatMult, "xⁿ": ast.Pow,
}  # fmt: skip
_PART = re.compile(r"array\([^)]*\)|[^\s,]+")
"""A part of an index in an operation's label."""
_ESCAPE = re.compile(r"\\([\\'\"abfnrtvxuUN0-7\n])|\\")
_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.Constant)


class Written(NamedTuple):
    """An operand as it is written; `loose`, if it needs parentheses beside an operator."""

    text: str
    loose: bool


def index_on_line(position: Any, op: OpRow) -> str | None:
    """Return the index of an operation as the user wrote it; None where nothing says more.

    A number stands as such, since it tells one turn of a loop from another.
    """
    texts = _parts(op)
    picks = [node.slice for node in _nodes(position) if isinstance(node, ast.Subscript)]
    if len(picks) != 1 or not any(map(_may_have_a_name, texts)):
        return None  # not written as an index, such as np.compress; or nothing that has a name
    nodes = picks[0].elts if isinstance(picks[0], ast.Tuple) else picks
    if len(nodes) != len(texts):  # a tuple that has a name
        return _short(ast.unparse(picks[0]))
    return ", ".join(
        text
        if isinstance(node, ast.Slice) or not _may_have_a_name(text)
        else _short(ast.unparse(node))
        for text, node in zip(texts, nodes, strict=True)
    )


def with_named_index(op: OpRow, index: Any, names: Any) -> OpRow:
    """Return an operation whose masks and arrays are called by the only array that holds the same.

    One that has no name is left out: ``v[…]``.
    """
    parts, texts = list(index) if isinstance(index, tuple) else [index], _parts(op)
    if not op.label.startswith("getitem[") or len(parts) != len(texts):
        return op
    found = [
        (_named(part, names) or "…") if text.startswith("array(") else text
        for part, text in zip(parts, texts, strict=True)
    ]
    return replace(op, label=f"getitem[{', '.join(found)}]")


def _parts(op: OpRow) -> list[str]:
    """Return the parts of an index as the operation's label has them."""
    return _PART.findall(op.label[len("getitem[") : -1])


def _may_have_a_name(part: str) -> bool:
    """Whether a part is an array or a slice; a number stands as such."""
    return part.startswith("array(") or ":" in part


def _short(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else "…"


def _named(part: Any, names: Any) -> str | None:
    """Return the name of the only array or list of the user's that holds these places."""
    found = [
        name
        for name, value in namespace(names).items()
        if _holds(value, part) and not str(name).startswith("_")
    ]
    return found[0] if len(found) == 1 else None


def _holds(value: Any, part: Any) -> bool:
    if type(value) is list and len(value) == len(part):
        value = np.array(value) if all(type(x) in (bool, int) for x in value) else None
    return type(value) is np.ndarray and value.dtype == part.dtype and np.array_equal(value, part)


def operands_on_line(position: Any, op: OpRow, count: int) -> list[Written]:
    """Return the operands of a function, where the line tells so many; else an empty list."""
    name, sign = op.label.partition("(")[0], _SIGNS.get(op.symbol, ast.BitAnd)
    calls = [call for node in _nodes(position) if (call := _operands(node, name, sign, count))]
    found = calls[0][:count] if len(calls) == 1 else []
    if len(found) < count or any(isinstance(x, ast.Starred) for x in found):
        return []
    return [Written(ast.unparse(x), not isinstance(x, _ATOMS)) for x in found]


def _operands(node: ast.AST, name: str, sign: type[ast.operator], count: int) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, sign):
        return [node.left, node.right]
    if isinstance(node, ast.AugAssign) and isinstance(node.op, sign):
        return [node.target, node.value]
    if not isinstance(node, ast.Call) or _called(node.func) != name:
        return []
    given = [x for x in node.args if not _is_text(x)]
    if len(given) == 1 and isinstance(given[0], (ast.List, ast.Tuple)):
        return given[0].elts
    if isinstance(node.func, ast.Attribute) and len(given) == count - 1:  # a method
        return [node.func.value, *given]
    return given


def _called(function: ast.expr) -> str:
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))


def _is_text(x: ast.expr) -> bool:
    return isinstance(x, ast.Constant) and isinstance(x.value, str)


def _nodes(position: Any) -> list[ast.AST]:
    return _written(*position) if type(position) is tuple else []


@lru_cache(maxsize=1024)
def _written(code: CodeType, offset: int) -> list[ast.AST]:
    """Return the expression of an instruction; where only the line is known, all that are in it."""
    if not hasattr(code, "co_positions"):  # Python 3.10
        source = positions.resolve((code, offset))
        parsed = _parsed(source.text if source else "")
        return [*ast.walk(parsed)] if parsed else []
    place = next(islice(code.co_positions(), offset // 2, None), None)
    if place is None or None in place:
        return []
    line, end_line, column, end_column = place
    lines = [linecache.getline(code.co_filename, n).encode() for n in range(line, end_line + 1)]
    lines[-1] = lines[-1][:end_column]
    lines[0] = lines[0][column:]
    text = b"".join(lines).decode(errors="replace")
    module = _parsed(f"({text})") or _parsed(text)
    node = module.body[0] if module and module.body else None
    return [node.value if isinstance(node, ast.Expr) else node] if node is not None else []


def _parsed(text: str) -> ast.Module | None:
    # Python has warned of an escape such as "\d" when it compiled the line: doubled, it is the same.
    text = _ESCAPE.sub(lambda match: match[0] if match[1] else r"\\", text)
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None
