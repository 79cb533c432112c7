"""A user's rule under ``create_graph``: right, or refused.

A rule may read ``.data`` of its inputs, or arrays that its forward kept. Either
hides how the gradient depends on the inputs, and the second derivative would be
wrong without a word. So the rule is replayed on a copy of the function: there,
``.data`` of an input answers with the recorded Variable itself, an input or output
array that the forward kept is replaced by its Variable, and any other floating
array or number kept by the forward is refused.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from .dispatch import tracing
from .errors import SecondOrderError
from .function import Function
from .variable import Variable


def replay(op: Function, outputs: list[Any], gys: list[Any]) -> Any:
    """Run a user's backward on Variables, recorded.

    Raises
    ------
    SecondOrderError
        Naming the class, if the rule cannot be differentiated.
    """
    inputs = op.inputs or ()
    known = [(x.data, x) for x in inputs] + [(y.data, y) for y in outputs if y is not None]
    node = copy.copy(op)
    for name, value in (op.set_in_forward or {}).items():
        setattr(node, name, _as_recorded(op, name, value, known))
    traced = tuple(inputs) + tuple(y for y in outputs if y is not None) + tuple(gys)
    try:
        with tracing(traced):
            return node.backward(*gys)
    except SecondOrderError as error:
        raise _refusal(op, str(error)) from error
    except (TypeError, AttributeError, ValueError) as error:
        raise _refusal(op, f"on Variables the rule fails: {error}") from error


def _as_recorded(op: Function, name: str, value: Any, known: list[tuple[Any, Variable]]) -> Any:
    for array, variable in known:
        if value is array:
            return variable
    if _is_safe(value):
        return value
    raise _refusal(
        op,
        f"its forward keeps self.{name}, a plain value that hides how the gradient depends "
        "on the inputs",
    )


def _is_safe(value: Any) -> bool:
    """Whether a kept value cannot vary smoothly with the inputs."""
    if value is None or isinstance(value, (bool, int, str, bytes, slice, np.dtype, type)):
        return True
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "biu"
    if isinstance(value, (tuple, list, set, frozenset)):
        return all(_is_safe(v) for v in value)
    if isinstance(value, dict):
        return all(_is_safe(v) for v in value.values())
    return False


def _refusal(op: Function, why: str) -> SecondOrderError:
    return SecondOrderError(
        f"No second derivative through {op.label}: {why}. Write {op.label}.backward with "
        "Variables: x, = self.inputs and operations on x and gy."
    )
