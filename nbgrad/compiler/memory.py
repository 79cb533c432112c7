"""Which array of a program is written into which memory.

A result that nobody sees outside is written into an array that the program keeps
(NumPy's ``out=``). What the backward pass needs of the forward pass belongs to the call,
and is used again when the call's result is gone. Everything else is scratch memory, which
one call after the other uses; within a call it serves the next result as soon as its
last reader has read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nbgrad.engine.memory import ASK_FROM

from .elementwise_parts import Parts
from .program import Call, Value, is_fresh

LINE = 64
"""Bytes of a cache line."""

Layout = Any
"""Shape, strides and dtype: arrays of one layout may stand for each other."""


class Slots:
    """Arrays of known layout that a program keeps."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.layouts: list[Any] = []
        self.free: dict[Layout, list[int]] = {}

    def take(self, example: Any) -> int:
        """Return the number of a free array like this one."""
        waiting = self.free.get(layout(example))
        if waiting:
            return waiting.pop()
        self.layouts.append(stand_in(example))
        return len(self.layouts) - 1

    def give_back(self, number: int) -> None:
        """Let an array serve another result."""
        self.free.setdefault(layout(self.layouts[number]), []).append(number)

    def allocate(self) -> list[Any]:
        """Return new arrays for one call."""
        return [aligned(array) for array in self.layouts]


def stand_in(example: Any) -> Any:
    """Return an array that lies as another, for `numpy.empty_like`: it must not be read."""
    if example.nbytes < ASK_FROM:
        return np.empty_like(example)
    return as_strided(np.empty(1, example.dtype), example.shape, example.strides)


def aligned(like: Any) -> Any:
    """Return a new array that lies as another, from the beginning of a cache line on.

    NumPy's own begin anywhere; vector instructions then cross from line to line.
    """
    memory = np.empty(like.nbytes + LINE, np.uint8)
    address = memory.__array_interface__["data"][0]
    return np.ndarray(like.shape, like.dtype, memory, -address % LINE, like.strides)


def layout(array: Any) -> Layout:
    """Return what an array needs to have to stand for another."""
    return array.shape, array.strides, array.dtype


class Memory:
    """Where each value of a program is.

    Attributes
    ----------
    place : dict
        By the id of a value: (slots, number) for what is written into kept memory.
    dropped : dict
        By the number of a call in the latest plan: what is not read after it.
    """

    def __init__(self) -> None:
        self.kept = Slots("kept")
        self.scratch = Slots("scratch")
        self.place: dict[int, tuple[Slots, int]] = {}
        self.roots: dict[int, frozenset[int]] = {}
        self._in_use: set[int] = set()
        self._chain: dict[int, list[int]] = {}
        self.dropped: dict[int, list[Value]] = {}

    def roots_of(self, value: Value) -> frozenset[int]:
        """Return the ids of the values whose memory a value may share."""
        known = self.roots.get(id(value))
        if known is None:
            call = value.call
            if call is None or is_fresh(call) or not value.is_array:
                known = frozenset((id(value),))
            else:
                known = frozenset().union(*(self.roots_of(v) for v in call.operands()))
            self.roots[id(value)] = known
        return known

    def outlasts_changes(self, made: Value | Call, inputs: Iterable[Value]) -> bool:
        """Whether what was computed holds whatever is written into the inputs afterwards."""
        theirs = self.shared(inputs)
        operands = made.call.operands() if isinstance(made, Value) and made.call else ()
        operands = made.operands() if isinstance(made, Call) else operands
        return theirs.isdisjoint(self.shared(operands))

    def shared(self, values: Iterable[Value]) -> set[int]:
        """Return the roots of several values."""
        return {root for value in values for root in self.roots_of(value)}

    def plan(self, calls: list[Call], saved: Iterable[Value], given: Iterable[Value]) -> None:
        """Decide where the results of calls are written.

        Parameters
        ----------
        calls : list of Call
            In order; their operands' roots are known already.
        saved : iterable of Value
            What a later half reads: kept for the call.
        given : iterable of Value
            What the user gets, and what a user's code sees: new each time.
        """
        self.note_roots(calls)
        pinned, theirs = self.shared(saved), self.shared(given)
        for call in calls:
            if call.effects:
                theirs |= self.shared(call.operands())
        last = self.last_reads(calls)
        self.dropped = {}
        for i, call in enumerate(calls):
            if isinstance(call, Parts):
                self._plan_parts(call, i, pinned, last, theirs)
                continue
            for value in call.outs:
                if can_be_written(call, value) and id(value) not in theirs:
                    self._put(call, value, i, pinned, last)
            self._release(call, i, last)
        for call in calls:
            for value in call.outs:
                self._free(id(value))

    def _plan_parts(
        self, parts: Parts, i: int, pinned: set[int], last: dict[int, int], theirs: set[int]
    ) -> None:
        """Decide about the results of calls in parts.

        What is as large as the arrays is kept, or made anew and freed after its last reader.
        """
        for value in parts.outs:
            if id(value) in pinned:
                self.place[id(value)] = self.kept, self.kept.take(value.example)
            elif id(value) not in theirs and id(value) in last:
                self.dropped.setdefault(last[id(value)], []).append(value)
        inside = parts.last_reads()
        for n, call in enumerate(parts.calls):
            value = call.outs[0]
            if id(value) in inside:
                self._put_part(call, value, n, inside, parts.step)
            for v in call.operands():
                if inside.get(id(v)) == n:
                    self._free(id(v))
        self._release(parts, i, last)

    def _put_part(
        self, call: Call, value: Value, n: int, inside: dict[int, int], step: int
    ) -> None:
        for v in call.operands():
            ends = inside.get(id(v)) == n and id(v) in self._in_use
            if ends and v.example.dtype == value.example.dtype:
                self.place[id(value)] = self.place[id(v)]
                self._in_use.discard(id(v))
                self._in_use.add(id(value))
                return
        example = np.empty(step, value.example.dtype)
        self.place[id(value)] = self.scratch, self.scratch.take(example)
        self._in_use.add(id(value))

    def note_roots(self, calls: list[Call]) -> None:
        """Find out whose memory each result may share, in order."""
        for call in calls:
            for value in call.outs:
                self.roots_of(value)

    def last_reads(self, calls: list[Call]) -> dict[int, int]:
        """Return which call is the last to read each root."""
        last: dict[int, int] = {}
        for i, call in enumerate(calls):
            for value in call.operands():
                for root in self.roots_of(value):
                    last[root] = i
        return last

    def _put(
        self, call: Call, value: Value, i: int, pinned: set[int], last: dict[int, int]
    ) -> None:
        last.setdefault(id(value), i)
        before = self._overwritten(call, value, i, last)
        if id(value) in pinned:
            self.place[id(value)] = self.kept, self.kept.take(value.example)
            if before is not None:  # what it is written over is there from the beginning
                self._free(before)
                for earlier in self._chain[before]:
                    self.place[earlier] = self.place[id(value)]
            return
        if before is None:
            self.place[id(value)] = self.scratch, self.scratch.take(value.example)
            self._chain[id(value)] = [id(value)]
        else:
            self.place[id(value)] = self.place[before]
            self._chain[id(value)] = chain = self._chain[before]
            chain.append(id(value))
            self._in_use.discard(before)
        self._in_use.add(id(value))

    def _overwritten(self, call: Call, value: Value, i: int, last: dict[int, int]) -> int | None:
        """Return the id of an operand in scratch memory over which a result can be written."""
        if call.ufunc is np.matmul or call.kind == "reduce":
            return None
        for operand in call.operands():
            if (
                id(operand) in self._in_use
                and last.get(id(operand)) == i
                and layout(operand.example) == layout(value.example)
            ):
                return id(operand)
        return None

    def _release(self, call: Call, i: int, last: dict[int, int]) -> None:
        for value in [*call.operands(), *call.outs]:
            for root in self.roots_of(value):
                if last.get(root) == i:
                    self._free(root)

    def _free(self, root: int) -> None:
        if root in self._in_use:
            self._in_use.discard(root)
            self.scratch.give_back(self.place[root][1])


def can_be_written(call: Call, value: Value) -> bool:
    """Whether a call can write its result into a given array."""
    if not value.is_array or call.kwargs.keys() - {"axis", "keepdims"}:
        return False
    return call.kind == "reduce" or call.ufunc is not None
