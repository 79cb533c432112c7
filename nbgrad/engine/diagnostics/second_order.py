"""A user's rule under ``create_graph``: right, or refused.

A rule may read ``.data``, or numbers that its forward kept: on the function, in a
global, in a closure, anywhere. That hides how the gradient depends on the inputs, and the second
derivative would be silently wrong. Two steps keep it right.

The rule is replayed on Variables. There, ``.data`` of an input, output or gradient
answers with the recorded Variable itself, and an input's or output's array that the
function holds is replaced by its Variable.

Then the graph that the rule made is searched for plain numbers. If there are any,
forward and rule run once more, with everything that goes into them moved a little: a
number that moves too hides a dependence, and the rule is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from nbgrad.engine.call import Call, generation_of, kept, like_before
from nbgrad.engine.errors import SecondOrderError
from nbgrad.engine.function import Function, compute
from nbgrad.engine.nested import replaced
from nbgrad.engine.replays import call_traced
from nbgrad.engine.scope_guard import ErrorState
from nbgrad.engine.sentinels import CONSTANT, State
from nbgrad.engine.variable import Variable, array_of


def replay(
    call: Call, function: Function, outputs: Sequence[Variable | None], gys: Sequence[Variable]
) -> Any:
    """Run a user's backward on Variables, recorded.

    Raises
    ------
    SecondOrderError
        Naming the class, if the rule cannot be differentiated.
    """
    inputs = call.inputs
    alive = [y for y in outputs if y is not None]
    known = [(array_of(x), x) for x in (*inputs, *alive) if x._data is not None]
    variable_of = {id(array): x for array, x in reversed(known)}
    node = copy.copy(function)
    for name, value in kept(function).items():
        node.__dict__[name] = replaced(value, lambda v: variable_of.get(id(v), v))
    gxs = _run_rule(call, node, (*inputs, *alive, *gys), gys)
    integers = any(x._op is not CONSTANT and x.dtype.kind in "iu" for x in inputs)
    plain = plain_values(gxs, (*inputs, *alive, *gys), integers=integers)
    if any(_shares(value, array) for value in plain for array, _ in known):
        raise _refusal(call, "it computes with the array of an input or output itself")
    if plain:
        _check_that_none_moves(call, function, outputs, gys, gxs)
    return gxs


def _run_rule(
    call: Call, node: Function, recorded: tuple[Variable, ...], gys: Sequence[Variable]
) -> Any:
    """Run a rule where ``.data`` of these Variables answers with the Variable."""
    try:
        return call_traced(recorded, node.backward, *gys)
    except SecondOrderError as error:
        raise _refusal(call, str(error)) from error
    except (TypeError, AttributeError, ValueError, LookupError) as error:
        raise _refusal(call, f"on Variables the rule fails: {error}") from error


def _check_that_none_moves(
    call: Call,
    function: Function,
    outputs: Sequence[Variable | None],
    gys: Sequence[Variable],
    gxs: Any,
) -> None:
    """Refuse a rule with a plain number that depends on what goes into it.

    What the rule keeps outside itself (in a global, say) is kept anew by a last run of
    the forward on the inputs as they are.
    """
    inputs = call.inputs
    twins = {id(x): x if x._op is CONSTANT else moved(x, i) for i, x in enumerate(inputs)}
    node = like_before(function, call.before)
    try:
        with ErrorState(all="ignore"):
            arrays = compute(node, [array_of(twins[id(x)]) for x in inputs], call.takes_list)
            ys = [Variable(np.asarray(array)) for array in arrays]
            moved_inputs = tuple(twins[id(x)] for x in inputs)
            second = Call(call.cls, moved_inputs, generation_of(moved_inputs), call.takes_list)
            second.join(node, ys)
            for y, twin in zip(outputs, ys, strict=True):
                twins[id(y)] = twin
            for i, gy in enumerate(gys):
                twins.setdefault(id(gy), moved(gy, len(inputs) + i))
            moved_gys = [twins[id(gy)] for gy in gys]
            again = _run_rule(call, node, (*second.inputs, *ys, *moved_gys), moved_gys)
    except Exception as error:
        raise _refusal(
            call,
            f"it uses plain numbers, and near its inputs it fails, so that it cannot be "
            f"checked whether they depend on the inputs ({error})",
        ) from error
    finally:
        compute(like_before(function, call.before), [array_of(x) for x in inputs], call.takes_list)
    if not same_plain_values(gxs, again, twins):
        raise _refusal(
            call,
            "it computes with plain numbers that depend on the inputs (kept by its forward, or "
            "taken out of a Variable)",
        )


def _shares(value: Any, array: Any) -> bool:
    return isinstance(value, np.ndarray) and np.may_share_memory(value, array)


def _refusal(call: Call, why: str) -> SecondOrderError:
    return SecondOrderError(
        f"No second derivative through {call.label}: {why}. Write {call.label}.backward with "
        "Variables: x, = self.inputs and operations on x and gy."
    )


# -- plain numbers in a graph that should depend on Variables alone -----------------------

_STEP = 2.0**-10
_GOLDEN, _PLASTIC = 0.6180339887498949, 0.7548776662466927


def moved(x: Variable, index: int) -> Variable:
    """Return a leaf with every element moved a little, each by a different fraction.

    Different, so that ratios and differences move too; towards zero, so that it stays in
    the domain of a logarithm or arcsine; far enough to be seen in float16.
    """
    data = np.array(array_of(x))
    if data.dtype.kind != "f":
        by = 1 + np.arange(data.size).reshape(data.shape) % 3
        return Variable(np.asarray(data + by.astype(data.dtype)))
    spread = (np.arange(data.size) * _GOLDEN + index * _PLASTIC) % 1.0
    step = (_STEP * (1 + spread)).reshape(data.shape)
    return Variable(np.where(data == 0, step, data * (1 - step)).astype(data.dtype))


def plain_values(gxs: Any, recorded: Iterable[Any], *, integers: bool) -> list[Any]:
    """Return the plain values in gradients that can hide a dependence on the inputs.

    Integers cannot, unless an input is an integer array itself.
    """
    ids = {id(x) for x in recorded}
    return [v for v, _ in _walk(gxs, ids) if _can_hide(v, integers=integers)]


def _walk(gxs: Any, recorded: set[int]) -> Iterator[tuple[Any, Variable | None]]:
    """Go back from gradients to recorded Variables: yield what else is met on the way."""
    waiting = list(gxs) if isinstance(gxs, (tuple, list)) else [gxs]
    seen: set[int] = set()
    while waiting:
        x = waiting.pop()
        if not isinstance(x, Variable):
            yield x, None
        elif id(x) not in recorded and id(x) not in seen:
            seen.add(id(x))
            if x._op is None or isinstance(x._op, State):
                yield x._data, x
            else:
                for value in _parameters(x._op).values():
                    yield value, x
                waiting.extend(x._inputs)


def _parameters(op: Any) -> dict[str, Any]:
    """Return what an operation or call computes with besides its inputs."""
    return op.before if isinstance(op, Call) else kept(op)


def _can_hide(value: Any, *, integers: bool) -> bool:
    if value is None or isinstance(value, (bool, str, bytes, slice, np.dtype, type)):
        return False
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind not in ("b" if integers else "biu")
    if isinstance(value, (tuple, list, set, frozenset)):
        return any(_can_hide(v, integers=integers) for v in value)
    if isinstance(value, dict):
        return any(_can_hide(v, integers=integers) for v in value.values())
    return integers or not isinstance(value, int)


def same_plain_values(gxs: Any, others: Any, twins: dict[int, Any]) -> bool:
    """Whether two runs of a rule made the same graph, with the same plain numbers in it.

    ``twins`` says which recorded Variable of the second run stands for which of the first.
    """
    waiting = [(gxs, others)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        a, b = waiting.pop()
        if isinstance(a, Variable) and isinstance(b, Variable):
            if id(a) in twins:
                if twins[id(a)] is not b:
                    return False
            elif a is not b and (id(a), id(b)) not in seen:
                seen.add((id(a), id(b)))
                pairs = _compare_nodes(a, b)
                if pairs is None:
                    return False
                waiting.extend(pairs)
        elif type(a) is type(b) and isinstance(a, (tuple, list)) and len(a) == len(b):
            waiting.extend(zip(a, b, strict=True))
        elif not _same(a, b):
            return False
    return True


def _compare_nodes(a: Variable, b: Variable) -> list[tuple[Any, Any]] | None:
    """Return the pairs that are still to be compared; None if two nodes differ."""
    if type(a._op) is not type(b._op):
        return None
    if a._op is None or isinstance(a._op, State):
        return [(a._data, b._data)]
    before, after = _parameters(a._op), _parameters(b._op)
    inputs, others = a._inputs, b._inputs
    if before.keys() != after.keys() or len(inputs) != len(others):
        return None
    return [*((before[name], after[name]) for name in before), *zip(inputs, others, strict=True)]


def _same(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, (np.ndarray, np.generic)):
        return bool(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes())
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(a[k], b[k]) for k in a)
    return bool(a == b) or bool(a != a and b != b)  # NaN is NaN
