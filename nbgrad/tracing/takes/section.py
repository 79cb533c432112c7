"""One graph, many sets of numbers: the structure of a trace kept once, its numbers per take.

The structure is the trace's JSON in which each place that holds numbers has an index, its
slot; a take is then a sequence of numbers, one per slot. A recording that was not looked at
yet is taken apart without building its model, so that recording an iteration costs no more
than recording a trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np

from nbgrad.tracing.build import build
from nbgrad.tracing.json.checks import field, items, natural, wrong
from nbgrad.tracing.json.reader import Reader
from nbgrad.tracing.json.table import Json, Table
from nbgrad.tracing.json.writer import to_dict
from nbgrad.tracing.model import Nodes, Parts, Summary
from nbgrad.tracing.record import Recording
from nbgrad.tracing.summaries import Handle, Kept, compact, decode
from nbgrad.tracing.trace import Trace

Numbers: TypeAlias = tuple[Handle, ...]
"""The content of each slot; None where a leaf held no gradient before the pass."""

_float64 = np.float64


Place: TypeAlias = int | float | str
"""Where on the axis a take stands."""


@dataclass(frozen=True)
class Take:
    """The numbers of one pass, and the number of the section whose graph they belong to."""

    at: Place
    section: int
    numbers: Numbers

    @cached_property
    def kept_bytes(self) -> int:
        """How many bytes the copies of arrays take."""
        return sum(n.array.nbytes for n in self.numbers if type(n) is Kept)

    def decoded(self) -> Take:
        """Return the same take with each array summarised, once."""
        known: dict[int, Summary | None] = {}
        for n in self.numbers:
            if id(n) not in known:
                known[id(n)] = None if n is None else decode(n)
        return replace(self, numbers=tuple(known[id(n)] for n in self.numbers))

    def compact(self) -> Take:
        """Return the same take without copies of arrays."""
        return replace(self, numbers=tuple(map(compact, self.numbers))) if self.kept_bytes else self


class Section:
    """Takes of one graph.

    Attributes
    ----------
    structure : dict
        The JSON of a trace, with slots in the place of its summaries.
    size : int
        The number of slots.
    """

    def __init__(
        self,
        structure: Json,
        size: int,
        template: Recording | None = None,
        slots: Sequence[int] | None = None,
    ) -> None:
        self.structure = structure
        self.size = size
        self._template, self._slots = template, slots

    @classmethod
    def of(cls, trace: Trace) -> tuple[Section, Numbers]:
        """Begin a section with its first take."""
        recording = _plain(trace)
        if recording is None:
            structure, numbers = split(trace.parts)
            return cls(structure, len(numbers)), numbers
        slots, numbers = _roles(recording), _numbers(recording)
        structure, _ = split(build(recording), slots)
        return cls(structure, len(numbers), recording, slots), numbers

    def numbers_of(self, trace: Trace) -> Numbers | None:
        """Return the numbers of a trace of this graph; None for a trace of another one."""
        recording = _plain(trace)
        if recording is not None and self._template is not None:
            return _numbers(recording) if _same(self._template, recording) else None
        structure, numbers = split(trace.parts, self._slots)
        if _key(structure) != self.key:
            return None
        if structure.get("rank") != self.structure.get("rank"):  # then the axis says which
            self.structure.pop("rank", None)
        return numbers if self._slots is None else _unique(numbers, self._slots)

    @cached_property
    def optional(self) -> frozenset[int]:
        """The slots that may be empty: those of gradients that a leaf held before the pass."""
        held = {row["before"] for row in self.structure["variables"]}
        return frozenset(held.difference(slots_of(self.structure)))

    @cached_property
    def key(self) -> Json:
        """The structure without names and places in the source, which may change."""
        return _key(self.structure)

    def trace(self, numbers: Numbers) -> Trace:
        """Return a take as an ordinary trace, built when it is looked at."""
        return Trace(partial(join, self.structure, numbers))


def slots_of(structure: Json) -> list[int]:
    """Return the slots in the order in which a trace is written, without those of held gradients."""
    found = [row.get("value") for row in structure["variables"]]
    found.append(structure["seed"])
    for step in structure["steps"]:
        for call in step["calls"]:
            found += call["upstream"]
            for c in call["contributions"]:
                found += [c["amount"], c.get("before"), c["after"]]
    found += [slot for _, _, slot in structure.get("sums", [])]
    return [slot for slot in found if slot is not None]


def split(parts: Parts, slots: Sequence[int] | None = None) -> tuple[Json, Numbers]:
    """Take a trace apart into its structure and its numbers.

    Parameters
    ----------
    parts : Parts
    slots : sequence of int, optional
        The slot of each place, in the order in which a trace's JSON is written; by default
        they are counted.
    """
    bare = Nodes(replace(v, before=None) for v in parts.variables)
    table = _Slots(slots)
    structure = to_dict(replace(parts, variables=bare, naive_calls=None), table)
    for key in ("summaries", "trouble", "naive"):
        structure.pop(key, None)
    for row, v in zip(structure["variables"], parts.variables, strict=True):
        if v.kind == "leaf" and v.id != parts.root.id:
            row["before"] = table.next(v.before)
    return structure, tuple(table.found)


def join(structure: Json, numbers: Numbers) -> Parts:
    """Put a structure and numbers together again."""
    read: dict[int, Summary] = {}

    def at(index: Any, where: str) -> Summary:
        slot = natural(index, where, len(numbers))
        if slot not in read:
            handle = numbers[slot]
            if handle is None:
                wrong(where, "a slot that holds numbers", slot)
            read[slot] = decode(handle)
        return read[slot]

    empty = {slot for slot, handle in enumerate(numbers) if handle is None}

    def held(row: Any) -> Any:
        """Remove the earlier gradient of a leaf that held none in this take."""
        before = row.get("before") if isinstance(row, dict) else None
        return {**row, "before": None} if type(before) is int and before in empty else row

    rows = items(field(structure, "variables", "the trace"), "'variables'")
    parts = Reader({**structure, "variables": [held(row) for row in rows]}, at).parts()
    return replace(parts, loops={})  # a series keeps its functions: no loop of it folds


class _Slots(Table):
    """Numbers the places at which summaries stand, and notes the summaries."""

    def __init__(self, slots: Sequence[int] | None) -> None:
        super().__init__()
        self.found: list[Summary | None] = []
        self._slots = slots

    def add(self, summary: Summary | None) -> int | None:
        """Return the slot of a summary, or None for None."""
        return None if summary is None else self.next(summary)

    def next(self, summary: Summary | None) -> int:
        """Return the next slot."""
        place = len(self.found)
        self.found.append(summary)
        return place if self._slots is None else self._slots[place]


def _plain(trace: Trace) -> Recording | None:
    """Return the rows of a trace of nbgrad's own pass that was not looked at yet."""
    recording = trace.recording
    return None if recording is None or recording.engine is not None else recording


def _unique(numbers: Numbers, slots: Sequence[int]) -> Numbers:
    found: list[Handle] = [None] * (max(slots, default=-1) + 1)
    for slot, number in zip(slots, numbers, strict=True):
        found[slot] = number
    return tuple(found)


def _key(structure: Json) -> Json:
    def without(rows: list[Json], *names: str) -> list[Json]:
        return [{k: v for k, v in row.items() if k not in names} for row in rows]

    return {
        **structure,
        "rank": None,
        "variables": without(structure["variables"], "name", "source", "none_reason"),
        "functions": without(structure["functions"], "source", "sequence"),
    }


# -- recordings, taken apart without building the model -----------------------------------------


def _numbers(recording: Recording) -> Numbers:
    """Return the content of each slot; what follows from other slots has none of its own."""
    variables = recording.variables
    found = [row.value for row in variables if row.value is not None]
    found.append(recording.seed)
    reached = {recording.root}
    for _, _, sent in recording.calls:
        for _, x, amount, after in sent:
            found.append(amount)
            if x in reached:
                found.append(after)
            reached.add(x)
    found += [row.before for i, row in enumerate(variables) if _may_hold(row, i, recording)]
    return tuple(found)


def _roles(recording: Recording) -> list[int]:
    """Return the slot of each place of the JSON, in the order of `_numbers`."""
    variables, places = recording.variables, []
    slot = 0
    for row in variables:
        if row.value is not None:
            places.append(slot)
            slot += 1
    places.append(slot)
    gathered, slot = {recording.root: slot}, slot + 1
    for called, ran, sent in recording.calls:
        outputs = recording.functions[called][2]
        flags = ran or [True] * len(outputs)
        places += [gathered[y] for y, r in zip(outputs, flags, strict=True) if r and y in gathered]
        for _, x, _, _ in sent:
            places.append(slot)
            if x in gathered:
                places += [gathered[x], slot + 1]
                slot += 1
            else:
                places.append(slot)
            gathered[x], slot = slot, slot + 1
    for i, row in enumerate(variables):
        if _may_hold(row, i, recording):
            places.append(slot)
            slot += 1
    return places


def _may_hold(row: Any, i: int, recording: Recording) -> bool:
    return row.kind == "leaf" and i != recording.root


def _same(a: Recording, b: Recording) -> bool:
    """Whether two recordings are of one graph, and their passes ran alike."""
    flags = ("root", "order", "retain_grad", "create_graph", "applied")
    if any(getattr(a, flag) != getattr(b, flag) for flag in flags):
        return False
    if len(a.variables) != len(b.variables) or a.functions != b.functions:
        return False
    if len(a.calls) != len(b.calls):
        return False
    return all(
        v.kind == w.kind
        and v.generation == w.generation
        and v.creator == w.creator
        and v.backward == w.backward
        and v.spec == w.spec
        and _form(v.value) == _form(w.value)
        for v, w in zip(a.variables, b.variables, strict=True)
    ) and all(
        c[0] == d[0] and c[1] == d[1] and [p[:2] for p in c[2]] == [p[:2] for p in d[2]]
        for c, d in zip(a.calls, b.calls, strict=True)
    )


def _form(handle: Handle | None) -> Any:
    """Return shape and dtype of a captured array."""
    if type(handle) is _float64 or handle is None:
        return handle is None
    if type(handle) is Kept:
        return handle.array.shape, handle.array.dtype
    return handle[0], np.dtype(handle[1])
