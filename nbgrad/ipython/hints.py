"""What nbgrad knows about errors that Python and NumPy raise on the user's line.

``x.grad + 1`` is Python's complaint about None, and ``x.data -= 0.1 * x.grad`` is NumPy's
about integers: neither can know what a Variable is. The line is read again, and a note says
what the Variable has to do with it. A note is added only for what is so at that moment.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import traceback
from collections.abc import Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.messages import why_no_grad
from nbgrad.engine.diagnostics.naming import at, name_at_birth
from nbgrad.engine.dispatch import methods
from nbgrad.engine.errors import add_note, listed
from nbgrad.engine.numpy_arguments import ADVICE
from nbgrad.engine.sentinels import CONSTANT
from nbgrad.engine.variable import Variable

from .failing_call import led_to

_GRAD = re.compile(r"([A-Za-z_][\w.]*(?:\[[^\[\]]*\])?)\.grad\b")
_GRAD_DATA = re.compile(_GRAD.pattern.removesuffix(r"\b") + r"\.data\b")
_UPDATE = re.compile(r"([A-Za-z_][\w.]*(?:\[[^\[\]]*\])?)\.data(?:\[[^\[\]]*\])?\s*[-+*/]=")
_ASKED = re.compile(
    r"([A-Za-z_][\w.]*(?:\[[^\[\]]*\])?)\.(?:backward|cleargrad|creator|grad|unchain)"
)
_KEYWORD = re.compile(
    r"(ArrayMethods\.|Variable\.|)(\w+)\(\) got an unexpected keyword argument '(\w+)'"
)
MAX_NODES = 2000
"""How many nodes are searched for an older variable of a name."""


def add_hints(error: BaseException, tb: TracebackType, namespace: Mapping[str, Any]) -> None:
    """Add a note about each Variable on the failing line that the error is about.

    Where an operation failed, another one offers a drawing of what led there.
    """
    frame, line = list(traceback.walk_tb(tb))[-1]
    text = linecache.getline(frame.f_code.co_filename, line)
    known = getattr(error, "__notes__", [])
    hints = [*_hints(error, text, frame, namespace)]
    if isinstance(error, Exception) and led_to(tb) is not None:
        hints.append("%graph draws what led to this call.")
    for hint in hints:
        if hint not in known:
            add_note(error, hint)


def _hints(
    error: BaseException, text: str, frame: FrameType, namespace: Mapping[str, Any]
) -> Iterator[str]:
    if not isinstance(error, (TypeError, AttributeError)):
        return
    message, holder = str(error), getattr(error, "obj", None)
    if isinstance(holder, (Variable, int, float, np.number, np.ndarray)):
        yield from _attribute_hints(holder, getattr(error, "name", None) or "", text, frame)
    elif "memoryview" in message:  # which the .data of an array is
        yield from _grad_data_hints(text, frame)
    elif "NoneType" in message:
        for name, x in _variables(_GRAD, text, frame):
            if x.grad is None:
                yield no_grad_hint(name, x, namespace)
    elif "Cannot cast ufunc" in message:
        for name, x in _variables(_UPDATE, text, frame):
            if x._data is not None and x.dtype.kind in "iu":
                dtype = "float64" if x.grad is None else str(x.grad.dtype)
                yield (
                    f"{name} holds integers ({x.dtype}), and its gradient is {dtype}. Make "
                    f"it of floating numbers: {name} = Variable({name}.data.astype(float))"
                )
    elif found := _KEYWORD.search(message):
        owner, name, keyword = found.groups()
        called = f"x.{name}" if owner else f"ng.{name}"
        if owner or called in text:
            function = getattr(Variable if owner else methods, name)
            takes = [p for p in inspect.signature(function).parameters if p != "self"]
            advice = ADVICE.get(keyword, f"Leave {keyword} out.")
            yield f"{called} takes {listed(takes) or 'no arguments'}. {advice}"


def _grad_data_hints(text: str, frame: FrameType) -> Iterator[str]:
    """Say that a gradient is an array, where the book has a Variable."""
    for name, x in _variables(_GRAD_DATA, text, frame):
        if isinstance(x.grad, np.ndarray):
            yield f"{name}.grad is the array itself: write {name}.grad, without .data"


_IN_NBGRAD = {
    "cpu": "x.data",
    "grad_fn": "x.creator",
    "is_leaf": "x.creator is None",
    "numpy": "x.data",
    "permute": "x.transpose(...)",
    "requires_grad_": "Variable(x.data, requires_grad=...)",
    "retain_grad": "y.backward(retain_grad=True)",
    "unsqueeze": "np.expand_dims(x, axis)",
    "value": "x.data",
    "view": "x.reshape(...)",
    "zero_grad": "x.cleargrad()",
}
"""What other libraries call what a Variable has under another name."""


def _attribute_hints(holder: Any, name: str, text: str, frame: FrameType) -> Iterator[str]:
    """Say what a Variable calls the attribute, or why a number or an array has none of this name."""
    if isinstance(holder, Variable):
        recorded = name in vars(methods) and not name.startswith("_")
        if here := f"ng.{name}(x)" if recorded else _IN_NBGRAD.get(name):
            yield f"In nbgrad: {here}"
        return
    if name not in ("backward", "cleargrad", "creator", "grad", "unchain_backward"):
        return
    asked = (n for n in _ASKED.findall(text) if _named(n, frame) is holder)
    x = next(asked, None)
    kind = "array" if isinstance(holder, np.ndarray) else type(holder).__name__
    what = f"{x or 'This'} is a plain {kind}, not a Variable"
    if name.endswith("grad"):
        given = f"{x or '…'}" if kind == "array" else f"np.array({x or '…'})"
        yield f"{what}, and has no gradient. Make it one before it is used: Variable({given})"
    else:
        yield (
            f"{what}: math.sin(x), float(x), x.item() and x.data leave the graph. Compute with "
            "Variables up to here: ng.sin(x) or np.sin(x)."
        )


def no_grad_hint(name: str, x: Variable, namespace: Mapping[str, Any]) -> str:
    """Say why ``x.grad`` is None, and what to do."""
    reason, advice = why_no_grad(x)
    if x._op is None:
        user, old = _user_of_an_old_one(name, x, namespace)
        if old is not None:
            return (
                f"{name}.grad is None: {user} was computed from an older {name}{at(old)}, and "
                f"this {name} is another one{at(x)}. Run the cell that computes {user} again."
            )
        advice += f". Call backward() on a result that is computed from {name}"
    elif x._op is CONSTANT:
        advice += ". Make it without requires_grad=False"
    elif x.generation and any(_was(name, leaf) for leaf in _leaves(x)):
        return (
            f"{name}.grad is None: {name} is the result of {x._op.label}{at(x)}, no leaf any "
            f"more. Update a parameter in its data: {name}.data -= 0.1 * {name}.grad"
        )
    made = "" if x.source is None else f" {name} was made {x.source}."
    return f"{name}.grad is None ({reason}): {advice}.{made}"


def _user_of_an_old_one(
    name: str, x: Variable, namespace: Mapping[str, Any]
) -> tuple[str, Variable | None]:
    """Return a result that was computed from an older variable of x's name, and that one."""
    for result, y in list(namespace.items()):
        if isinstance(y, Variable) and y is not x and not result.startswith("_"):
            for leaf in _leaves(y):
                if leaf is not x and leaf.grad is not None and _was(name, leaf):
                    return result, leaf
    return "", None


def _was(name: str, x: Variable) -> bool:
    return name_at_birth(x) in (name, f"old {name}")


def _leaves(y: Variable) -> Iterator[Variable]:
    """Yield the leaves behind a variable, the nearest first."""
    waiting, seen = [y], {id(y)}
    for x in waiting:
        inputs = x._inputs
        if not inputs and x._op is None:
            yield x
        for i in inputs:
            if isinstance(i, Variable) and id(i) not in seen and len(waiting) < MAX_NODES:
                seen.add(id(i))
                waiting.append(i)


def _variables(
    pattern: re.Pattern[str], text: str, frame: FrameType
) -> Iterator[tuple[str, Variable]]:
    """Yield what a pattern finds on a line and what it stands for, where that is a Variable."""
    for expression in dict.fromkeys(pattern.findall(text)):
        value = _named(expression, frame)
        if isinstance(value, Variable):
            yield expression, value


def _named(expression: str, frame: FrameType) -> Any:
    return _value(ast.parse(expression, mode="eval").body, frame)


def _value(node: ast.expr, frame: FrameType) -> Any:
    """Return what a name, an attribute or an item is, and run no code of the user for it."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        return getattr(_value(node.value, frame), "__dict__", {}).get(node.attr)
    if isinstance(node, ast.Subscript):
        holder, key = _value(node.value, frame), node.slice
        try:
            index = ast.literal_eval(key)
        except ValueError:
            index = _value(key, frame)
        if type(holder) is dict and index.__hash__ is not None:
            return holder.get(index)
        if (
            type(holder) in (list, tuple)
            and type(index) is int
            and -len(holder) <= index < len(holder)
        ):
            return holder[index]
    return None
