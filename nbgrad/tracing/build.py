"""From rows to the model: ids, summaries, steps, and the queue played through again."""

from __future__ import annotations

import linecache
import textwrap
from bisect import insort
from collections.abc import Callable
from functools import cached_property
from types import CodeType
from typing import Any

from nbgrad.engine.diagnostics import positions as source

from . import format as fmt
from .loops import loops_of
from .model import (
    QUEUE_SHOWN,
    Call,
    Contribution,
    FunctionInfo,
    Nodes,
    Parts,
    Source,
    Step,
    Summary,
    VariableInfo,
    Waiting,
    single_steps,
    steps_by_generation,
)
from .record import CallRow, Recording
from .rows import OpRow
from .summaries import Handle, Kept, decode
from .unnamed import complete_names

MAX_LABEL = 80
MAX_CODE = 4000
MAX_TEXT = 200
ALL_OUTPUTS = "gy0, gy1, …"
"""In a rule of the table: the gradients of however many outputs there are."""
MAX_OUTPUTS = 4
"""The gradients of more outputs are not all named."""


class Builder:
    """Builds the model of a recording; equal arrays share one Summary."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._decoded: dict[Any, Summary] = {}
        self._sources: dict[Any, Source | None] = {}
        self._ops: dict[int, tuple[str, str, str, str, str | None]] = {}
        self.seed = self.summary(recording.seed)

    @cached_property
    def _names(self) -> list[str]:
        rows, functions = self.recording.variables, self.recording.functions
        return complete_names(rows, functions, self.recording.root, self.recording.texts)

    @cached_property
    def variables(self) -> Nodes[VariableInfo]:
        """All variables."""
        return Nodes(map(self.variable, range(len(self.recording.variables))))

    @cached_property
    def functions(self) -> Nodes[FunctionInfo]:
        """All functions."""
        return Nodes(map(self.function, range(len(self.recording.functions))))

    def summary(self, handle: Handle) -> Summary:
        """Return the Summary of a captured array."""
        if isinstance(handle, Summary):
            return handle
        key: Any
        # 0.0 and -0.0 are equal, and NaN is not equal to itself: texts tell them apart.
        if type(handle) is Kept:
            key = id(handle)
        elif type(handle) is tuple:
            key = handle if len(handle) == 3 else id(handle)
        else:
            key = handle if handle == handle and handle else str(float(handle))
        found = self._decoded.get(key)
        if found is None:
            found = self._decoded[key] = decode(handle)
        return found

    def maybe(self, handle: Handle | None) -> Summary | None:
        """Return the Summary of a captured array, or None for None."""
        return None if handle is None else self.summary(handle)

    def source(self, position: Any) -> Source | None:
        """Return the user's line of a kept position."""
        if position is None or isinstance(position, Source):
            return position
        if position not in self._sources:
            self._sources[position] = _clean_source(source.resolve(position))
        return self._sources[position]

    def variable(self, i: int) -> VariableInfo:
        """Return a variable."""
        row = self.recording.variables[i]
        value = self.maybe(row.value)
        dims, dtype = row.spec or ((), "float64")
        if value is not None:
            dims, dtype = value.shape, value.dtype
        creator = f"f{row.creator}" if row.creator >= 0 else None
        engine = self.recording.engine
        extras = engine and (engine.device[i], engine.value_state[i], engine.none_reason[i])
        return VariableInfo(
            f"v{i}", self._names[i], row.kind, row.generation, dims, dtype, value,
            self.maybe(row.before), creator, self.source(row.position),
            row.backward, *(extras or ()),
        )  # fmt: skip

    def function(self, k: int) -> FunctionInfo:
        """Return a function."""
        op, inputs, outputs = self.recording.functions[k]
        texts = self._ops.get(id(op)) or self._ops.setdefault(id(op), _op_texts(op))
        name, symbol, label, rule, code = texts
        made = self.recording.variables[outputs[0]]
        engine = self.recording.engine
        extras = engine and (engine.module[k], engine.sequence[k], engine.reshapes[k])
        return FunctionInfo(
            f"f{k}", name, symbol, label, made.generation - 1,
            tuple([f"v{i}" for i in inputs]), tuple([f"v{i}" for i in outputs]),
            _for_outputs(rule, len(outputs)), code, made.backward, self.source(made.position), *(extras or ()),
        )  # fmt: skip

    def calls(self, recording: Recording) -> list[Call]:
        """Return the calls of a pass: what was gathered before, and the queue after each."""
        queue = _QUEUES[recording.order](recording)
        gathered: dict[int, Summary] = {recording.root: self.summary(recording.seed)}
        nodes = list(self.variables), list(self.functions)
        return [self._call(row, gathered, *queue(row[2]), *nodes) for row in recording.calls]

    def _call(
        self,
        row: CallRow,
        gathered: dict[int, Summary],
        waiting: list[int],
        more: int,
        variables: list[VariableInfo],
        functions: list[FunctionInfo],
    ) -> Call:
        called, reached, sent = row
        outputs = self.recording.functions[called][2]
        ran = reached or [True] * len(outputs)
        upstream = [gathered.get(y) if r else None for y, r in zip(outputs, ran, strict=True)]
        parts = []
        for i, x, amount, after in sent:
            before, total = gathered.get(x), self.summary(after)
            parts.append(Contribution(i, variables[x], self.summary(amount), before, total))
            gathered[x] = total
        queue = [Waiting(functions[k], functions[k].generation) for k in waiting]
        return Call(functions[called], tuple(upstream), tuple(parts), tuple(queue), more)

    def steps(self) -> tuple[Step, ...]:
        """Return the steps: one per generation, or one per call of the naive order."""
        calls = self.calls(self.recording)
        if self.recording.order != "generation":
            return single_steps(calls)
        return steps_by_generation(calls, self.variables, self.recording.retain_grad)

    def parts(self) -> Parts:
        """Return everything the recording says."""
        recording = self.recording
        naive = recording.naive
        return Parts(
            root=self.variables[recording.root],
            order=recording.order,
            retain_grad=recording.retain_grad,
            create_graph=recording.create_graph,
            applied=recording.applied,
            truncated=recording.truncated,
            variables=self.variables,
            functions=self.functions,
            seed=self.seed,
            steps=self.steps(),
            naive_calls=None if naive is None else tuple(self.calls(naive)),
            naive_truncated=naive is not None and naive.truncated,
            **self._engine(),
        )

    def _engine(self) -> dict[str, Any]:
        engine = self.recording.engine
        if engine is None:
            turns = loops_of(self.recording) if self.recording.order == "generation" else {}
            rules = {
                f"f{k}": op.gxi
                for k, (op, _, _) in enumerate(self.recording.functions)
                if op.gxi is not None
            }
            return {"loops": {f"f{k}": turn for k, turn in turns.items()}, "rules": rules}
        sums = {(f"v{x}", path): self.summary(h) for (x, path), h in engine.sums.items()}
        return {
            "framework": engine.framework,
            "modules": engine.modules,
            "sums": sums,
            "depth": engine.depth,
            "rank": engine.rank,
        }


def build(recording: Recording) -> Parts:
    """Build everything a recording says."""
    return Builder(recording).parts()


Sent = list[tuple[int, int, Handle, Handle]]
Queue = Callable[[Sent], tuple[list[int], int]]


def _heap_queue(recording: Recording) -> Queue:
    """Play the engine's queue: the largest generation first, then first come, first served."""
    waiting: list[tuple[int, int, int]] = []  # the next one stands last
    queued: set[int] = set()
    variables = recording.variables

    def after(parts: Sent) -> tuple[list[int], int]:
        if waiting:
            waiting.pop()
        for _, x, _, _ in parts:
            k = variables[x].creator
            if k >= 0 and k not in queued:
                queued.add(k)
                insort(waiting, (variables[x].generation, -len(queued), k))
        shown = [k for _, _, k in waiting[: -QUEUE_SHOWN - 1 : -1]]
        return shown, len(waiting) - len(shown)

    return after


def _stack_queue(recording: Recording) -> Queue:
    """Play the naive stack: the last one pushed first."""
    stack: list[int] = []
    variables = recording.variables

    def after(parts: Sent) -> tuple[list[int], int]:
        if stack:
            stack.pop()
        stack.extend(k for _, x, _, _ in parts if (k := variables[x].creator) >= 0)
        shown = stack[: -QUEUE_SHOWN - 1 : -1]
        return shown, len(stack) - len(shown)

    return after


def _sequence_queue(recording: Recording) -> Queue:
    """Play an engine that runs the newest function first, of those whose gradient is complete."""
    engine = recording.engine
    sequence = engine.sequence if engine is not None else []
    waiting: set[int] = set()
    variables = recording.variables
    ran = iter([k for k, _, _ in recording.calls])

    def after(parts: Sent) -> tuple[list[int], int]:
        waiting.discard(next(ran))
        waiting.update(k for _, x, _, _ in parts if (k := variables[x].creator) >= 0)
        newest = sorted(waiting, key=lambda k: (sequence[k] is None, -(sequence[k] or 0)))
        return newest[:QUEUE_SHOWN], max(0, len(newest) - QUEUE_SHOWN)

    return after


_QUEUES = {"generation": _heap_queue, "naive": _stack_queue, "sequence": _sequence_queue}


def _op_texts(op: OpRow) -> tuple[str, str, str, str, str | None]:
    name = fmt.clean(op.name, MAX_LABEL)
    return (
        name,
        fmt.clean(op.symbol, MAX_LABEL) or name,
        fmt.clean(op.label, MAX_LABEL) or name,
        fmt.clean(op.rule, MAX_TEXT),
        _code_text(op.code),
    )


def _for_outputs(rule: str, count: int) -> str:
    """Return a rule that names the gradients of the outputs that a function has."""
    if ALL_OUTPUTS not in rule:
        return rule
    gys = [f"gy{k}" for k in range(count)]
    shown = gys if count <= MAX_OUTPUTS else [*gys[:2], "…", gys[-1]]
    return rule.replace(ALL_OUTPUTS, ", ".join(shown))


def _code_text(code: CodeType | str | None) -> str | None:
    """Return the source lines of a user's rule, when they can be read."""
    if code is None or isinstance(code, str):
        return code
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    numbers = [n for _, _, n in code.co_lines() if n is not None]
    last = max(numbers, default=code.co_firstlineno)
    text = textwrap.dedent("".join(lines[: last - code.co_firstlineno + 1])).rstrip()
    cleaned = "\n".join(fmt.clean(line, MAX_TEXT) for line in text.splitlines())
    return cleaned[:MAX_CODE] or None


def _clean_source(where: Source | None) -> Source | None:
    if where is None:
        return None
    file = None if where.file is None else fmt.clean(where.file, MAX_TEXT)
    return Source(where.line, where.cell, file, fmt.clean(where.text, MAX_TEXT))
