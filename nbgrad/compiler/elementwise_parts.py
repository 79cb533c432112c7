"""Elementwise calls on large arrays, a part of the arrays at a time.

Each call on its own would read and write arrays that are larger than the processor's cache.
Part by part, what one call has written is still there for the next, and what no call outside
reads is never as large as the arrays. Each element is computed by the same calls: the bits are the same.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from .program import Call, Value

MIN_PARTS_SIZE = 2**17
"""Smaller arrays are computed whole: they fit into the cache."""
PART_SIZE = 3 * 2**13
"""How many elements are computed at a time: 192 kB of float64."""


class Parts(Call):
    """Elementwise calls on arrays of one shape, which stand in a program as one call.

    Attributes
    ----------
    calls : list of Call
    outs : list of Value
        What is read outside; everything else is only there in parts.
    shape : tuple of int
    step : int
        How many elements are computed at a time.
    """

    __slots__ = ("calls", "shape", "step")

    def __init__(self, calls: list[Call], outs: list[Value]) -> None:
        made = {id(c.outs[0]) for c in calls}
        read = {id(v): v for c in calls for v in c.operands() if id(v) not in made}
        super().__init__("parts", None, tuple(read.values()))
        self.calls = calls
        self.outs = outs
        self.shape = calls[0].outs[0].example.shape
        self.step = step_of(self.size)

    @property
    def size(self) -> int:
        """How many elements each array has."""
        return int(np.prod(self.shape))

    @property
    def is_even(self) -> bool:
        """Whether all parts are of one size."""
        return not self.size % self.step

    def arrays(self) -> list[Value]:
        """Return the arrays that it reads."""
        return [v for v in self.args if v.is_array]

    def last_reads(self) -> dict[int, int]:
        """Return which of its calls is the last to read each value that is only there in parts."""
        outside = {id(v) for v in (*self.outs, *self.args)}
        return {
            id(v): i
            for i, call in enumerate(self.calls)
            for v in call.operands()
            if id(v) not in outside
        }


def step_of(size: int) -> int:
    """Return how many elements are computed at a time: about as many in each part, if that can be."""
    parts = max(1, round(size / PART_SIZE))
    for n in (parts, parts + 1, parts - 1):
        if n and not size % (8 * n):  # eight numbers are a cache line
            return size // n
    return PART_SIZE


def in_parts(calls: list[Call], wanted: Iterable[Value]) -> list[Call]:
    """Return calls with neighbours on large arrays of one shape put together."""
    if not any(v.is_array and v.example.size >= MIN_PARTS_SIZE for c in calls for v in c.outs):
        return calls
    readers: dict[int, list[int]] = {}
    for i, call in enumerate(calls):
        for v in call.operands():
            readers.setdefault(id(v), []).append(i)
    ends = {id(v) for v in wanted}
    done: list[Call] = []
    run: list[int] = []
    made: set[int] = set()

    def finish() -> None:
        group = [calls[i] for i in run]
        if len(group) > 1:
            inside = set(run)
            outs = [c.outs[0] for c in group]
            seen = [v for v in outs if id(v) in ends or not inside.issuperset(readers[id(v)])]
            group = [Parts(group, seen)]
        done.extend(group)
        run.clear()
        made.clear()

    for i, call in enumerate(calls):
        if not is_elementwise(call):
            if run and is_on_numbers(call) and made.isdisjoint(map(id, call.operands())):
                done.append(call)  # it does not need the run, so it goes before it
                continue
            finish()
            done.append(call)
            continue
        if run and calls[run[0]].outs[0].example.shape != call.outs[0].example.shape:
            finish()
        run.append(i)
        made.add(id(call.outs[0]))
    finish()
    return done


def is_elementwise(call: Call) -> bool:
    """Whether a call computes each element of a large array from those at its place."""
    if call.ufunc is None or call.ufunc is np.matmul or call.kwargs or call.errors:
        return False
    if len(call.outs) != 1 or len(call.args) != call.ufunc.nin:
        return False
    result = call.outs[0].example
    if (
        not isinstance(result, np.ndarray)
        or result.size < MIN_PARTS_SIZE
        or not result.flags.c_contiguous
    ):
        return False
    return all(fits(x.example if isinstance(x, Value) else x, result.shape) for x in call.args)


def fits(x: Any, shape: tuple[int, ...]) -> bool:
    """Whether an operand can be taken in parts: a number, or an array that lies as the result."""
    if not isinstance(x, np.ndarray):
        return isinstance(x, (int, float, np.generic))
    return x.shape == shape and x.flags.c_contiguous


def is_on_numbers(call: Call) -> bool:
    """Whether a call computes a number from numbers."""
    return call.kind == "constant" or (
        call.kind in ("operator", "ufunc")
        and not call.errors
        and not any(map(operator.attrgetter("is_array"), (*call.outs, *call.operands())))
    )
