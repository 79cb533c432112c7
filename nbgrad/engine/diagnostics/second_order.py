"""A user's rule under ``create_graph``: right, or refused.

A rule may read ``.data``, or numbers that its forward kept: on the function, in a
global, in a closure, anywhere. That hides how the gradient depends on the inputs, and
the second derivative would be wrong without a word. Two steps keep it right.

The rule is replayed on Variables. There, ``.data`` of an input, output or gradient
answers with the recorded Variable itself, and an input's or output's array that the
function holds is replaced by its Variable.

Then the graph that the rule made is searched for plain numbers. If there are any,
forward and rule run once more, with everything that goes into them moved a little: a
number that moves too hides a dependence, and the rule is refused.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np

from nbgrad.engine.errors import SecondOrderError
from nbgrad.engine.function import Function, kept, like_before
from nbgrad.engine.numpy_protocols import call_traced
from nbgrad.engine.sentinels import CONSTANT
from nbgrad.engine.variable import Variable, array_of

from .hidden import moved, plain_values, same_plain_values


def replay(op: Function, outputs: Sequence[Variable | None], gys: Sequence[Variable]) -> Any:
    """Run a user's backward on Variables, recorded.

    Raises
    ------
    SecondOrderError
        Naming the class, if the rule cannot be differentiated.
    """
    inputs = op.inputs or ()
    alive = [y for y in outputs if y is not None]
    known = [(array_of(x), x) for x in (*inputs, *alive)]
    node = copy.copy(op)
    for name, value in kept(op).items():
        node.__dict__[name] = _as_recorded(value, known)
    gxs = _run_rule(node, (*inputs, *alive, *gys), gys)
    plain = plain_values(gxs, (*inputs, *alive, *gys), integers=_any_integers(inputs))
    if any(_shares(value, array) for value in plain for array, _ in known):
        raise _refusal(op, "it computes with the array of an input or output itself")
    if plain:
        _check_that_none_moves(op, outputs, gys, gxs)
    return gxs


def _run_rule(node: Function, recorded: tuple[Variable, ...], gys: Sequence[Variable]) -> Any:
    """Run a rule where ``.data`` of these Variables answers with the Variable."""
    try:
        return call_traced(recorded, node.backward, *gys)
    except SecondOrderError as error:
        raise _refusal(node, str(error)) from error
    except (TypeError, AttributeError, ValueError, LookupError) as error:
        raise _refusal(node, f"on Variables the rule fails: {error}") from error


def _as_recorded(value: Any, known: list[tuple[Any, Variable]]) -> Any:
    """Put Variables in the place of their arrays, also in containers."""
    for array, variable in known:
        if value is array:
            return variable
    if type(value) in (list, tuple):
        return type(value)(_as_recorded(v, known) for v in value)
    if type(value) is dict:
        return {k: _as_recorded(v, known) for k, v in value.items()}
    return value


def _check_that_none_moves(
    op: Function, outputs: Sequence[Variable | None], gys: Sequence[Variable], gxs: Any
) -> None:
    """Refuse a rule with a plain number that depends on what goes into it.

    What the rule keeps outside itself (in a global, say) is kept anew by a last run of
    the forward on the inputs as they are.
    """
    inputs = op.inputs or ()
    twins = {id(x): x if x._op is CONSTANT else moved(x, i) for i, x in enumerate(inputs)}
    node = like_before(op)
    try:
        with np.errstate(all="ignore"):
            arrays = node._run_forward([array_of(twins[id(x)]) for x in inputs])
            ys = [Variable(array) for array in arrays]
            node.inputs = tuple(twins[id(x)] for x in inputs)
            node.outputs = [weakref.ref(y) for y in ys]
            for y, twin in zip(outputs, ys, strict=True):
                twins[id(y)] = twin
            for i, gy in enumerate(gys):
                twins.setdefault(id(gy), moved(gy, len(inputs) + i))
            moved_gys = [twins[id(gy)] for gy in gys]
            again = _run_rule(node, (*node.inputs, *ys, *moved_gys), moved_gys)
    except Exception as error:
        raise _refusal(
            op,
            f"it uses plain numbers, and near its inputs it fails, so that it cannot be "
            f"checked whether they depend on the inputs ({error})",
        ) from error
    finally:
        like_before(op)._run_forward([array_of(x) for x in inputs])
    if not same_plain_values(gxs, again, twins):
        raise _refusal(
            op,
            "it computes with plain numbers that depend on the inputs (kept by its forward, or "
            "taken out of a Variable)",
        )


def _any_integers(inputs: Sequence[Variable]) -> bool:
    return any(x._op is not CONSTANT and x.dtype.kind in "iu" for x in inputs)


def _shares(value: Any, array: Any) -> bool:
    return isinstance(value, np.ndarray) and np.may_share_memory(value, array)


def _refusal(op: Function, why: str) -> SecondOrderError:
    return SecondOrderError(
        f"No second derivative through {op.label}: {why}. Write {op.label}.backward with "
        "Variables: x, = self.inputs and operations on x and gy."
    )
