"""Plain numbers in a graph that should depend on Variables alone (see second_order.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from nbgrad.engine.function import kept_before
from nbgrad.engine.sentinels import State
from nbgrad.engine.variable import Variable, array_of

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
    """Return what gradients depend on besides recorded Variables, if it can hide a dependence.

    Whole numbers cannot, unless an input is an integer array itself.
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
                for value in kept_before(x._op).values():
                    yield value, x
                waiting.extend(x._graph_inputs())


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
    before, after = kept_before(a._op), kept_before(b._op)
    inputs, others = a._graph_inputs(), b._graph_inputs()
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
