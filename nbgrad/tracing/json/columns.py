"""Reading a trace in columns, as nbgrad 0.1 wrote graphs of more than 2000 functions.

The columns are turned back into the rows that a recorder makes; from there on everything
is as for a fresh recording: ids, steps and queues are built the same way.
"""

from __future__ import annotations

from typing import Any

from nbgrad.engine.diagnostics.escaping import MAX_NAME
from nbgrad.tracing.model import Source
from nbgrad.tracing.record import CallRow, Recording
from nbgrad.tracing.rows import FunctionRow, OpRow, VariableRow

from . import checks
from .checks import MalformedError, field, items, maybe, natural, wrong
from .fields import Summaries, check_runs, clean_text, code_text, header, read_source

KINDS = {"l": "leaf", "i": "intermediate", "c": "constant", "u": "unused"}


class Columns:
    """Reads the columns of one trace."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self._summary = Summaries(data).at
        rows = items(field(data, "sources", "the trace"), "'sources'")
        self.sources = [read_source(s, f"sources[{i}]") for i, s in enumerate(rows)]
        self.ops = [
            _op(row, f"ops[{i}]")
            for i, row in enumerate(items(field(data, "ops", "the trace"), "'ops'"))
        ]
        self.variables = self._variables(field(data, "variables", "the trace"))
        self.functions = self._functions(field(data, "functions", "the trace"))

    def recording(self) -> Recording:
        """Return the rows of the trace."""
        data, head = self.data, header(self.data)
        root = _place(field(data, "root", "the trace"), len(self.variables))
        seed = self._summary(field(data, "seed", "the trace"), "'seed'")
        naive = None
        if field(data, "naive", "the trace", None) is not None:
            calls = self._calls(field(data["naive"], "calls", "naive"), "naive")
            cut = checks.boolean(field(data["naive"], "truncated", "naive", False), "'truncated'")
            naive = Recording(
                self.variables, self.functions, root, seed, calls, "naive", truncated=cut
            )
        calls = self._calls(field(data, "calls", "the trace"), head["order"])
        return Recording(self.variables, self.functions, root, seed, calls, naive=naive, **head)

    def _source(self, sparse: Any, i: int) -> Source | None:
        index = maybe(sparse.get(str(i)), "a source", natural, len(self.sources))
        return None if index is None else self.sources[index]

    def _variables(self, data: Any) -> list[VariableRow]:
        count = natural(field(data, "count", "variables"), "variables.count", checks.MAX_NODES)
        kinds = checks.text(field(data, "kind", "variables"), "variables.kind", checks.MAX_NODES)
        if len(kinds) != count or set(kinds) - KINDS.keys():
            wrong("variables.kind", f"{count} letters of l, i, c, u", kinds)
        generations = column(data, "generation", "variables", count)
        values = column(data, "value", "variables", count)
        names, before, specs, sources = (
            table(data, key) for key in ("name", "before", "spec", "source")
        )
        backward = items(field(data, "backward", "", []), "backward")
        marked = {natural(i, "backward", count) for i in backward}
        rows = []
        for i in range(count):
            where = f"variables.name[{i}]"
            row = VariableRow(
                clean_text(names.get(str(i), f"v{i}"), where, MAX_NAME),
                KINDS[kinds[i]],
                natural(generations[i], "variables.generation"),
                maybe(values[i], "variables.value", self._summary),
                maybe(before.get(str(i)), "variables.before", self._summary),
                -1,
                self._source(sources, i),
                maybe(specs.get(str(i)), "variables.spec", _spec),
                i in marked,
            )
            rows.append(row)
        return rows

    def _functions(self, data: Any) -> list[FunctionRow]:
        ops = items(field(data, "op", "functions"), "functions.op")
        count = len(ops)
        inputs = column(data, "inputs", "functions", count)
        outputs = column(data, "outputs", "functions", count)
        rows: list[FunctionRow] = []
        for k in range(count):
            made = self._places(outputs[k], "functions.outputs")
            used = self._places(inputs[k], "functions.inputs")
            before, after = ([self.variables[i].generation for i in at] for at in (used, made))
            checks.generation_between(before, after, f"functions[{k}]")
            op = self.ops[natural(ops[k], "functions.op", len(self.ops))]
            for y in made:
                if self.variables[y].creator >= 0:
                    raise MalformedError("a variable is made twice.")
                self.variables[y].creator = k
            rows.append((op, used, made))
        return rows

    def _places(self, data: Any, where: str) -> tuple[int, ...]:
        return tuple(natural(x, where, len(self.variables)) for x in items(data, where))

    def _calls(self, data: Any, order: str) -> list[CallRow]:
        calls = [self._call(row, f"calls[{i}]") for i, row in enumerate(items(data, "'calls'"))]
        check_runs(order, ((k, len(self.functions[k][2])) for k, _, _ in calls))
        return calls

    def _call(self, data: Any, where: str) -> CallRow:
        row = items(data, where)
        if len(row) < 2 or len(row) % 4 != 2:
            wrong(where, "a function, its outputs and groups of four", row)
        k = natural(row[0], where, len(self.functions))
        _, inputs, outputs = self.functions[k]
        ran = None if row[1] is None else [checks.boolean(r, where) for r in items(row[1], where)]
        if ran is not None and len(ran) != len(outputs):
            wrong(where, f"{len(outputs)} outputs", row[1])
        parts = []
        for at in range(2, len(row), 4):
            i = natural(row[at], where, len(inputs))
            x = natural(row[at + 1], where, len(self.variables))
            if x != inputs[i]:
                wrong(where, f"{inputs[i]}, input {i}", x)
            amount, after = (self._summary(s, where) for s in row[at + 2 : at + 4])
            parts.append((i, x, amount, after))
        return k, ran, parts


def column(data: Any, key: str, where: str, count: int) -> list[Any]:
    """Return a column of a given length."""
    found = items(field(data, key, where), f"{where}.{key}")
    if len(found) != count:
        wrong(f"{where}.{key}", f"a list of {count}", found)
    return found


def table(data: Any, key: str) -> dict[str, Any]:
    """Return a column in which most entries are empty."""
    found = field(data, key, key, {})
    if not isinstance(found, dict):
        wrong(key, "an object", found)
    return found


def _spec(data: Any, where: str) -> tuple[tuple[int, ...], str]:
    pair = items(data, where, 2)
    if len(pair) != 2:
        wrong(where, "a shape and a dtype", pair)
    return checks.dims(pair[0], where), checks.dtype(pair[1], where)


def _op(data: Any, where: str) -> OpRow:
    row = items(data, where, 5)
    if len(row) != 5:
        wrong(where, "name, symbol, label, rule and code", row)
    name, symbol, label, rule = (clean_text(part, where) for part in row[:4])
    return OpRow(name, symbol, label, rule, maybe(row[4], where, code_text))


def _place(data: Any, count: int) -> int:
    key = checks.identifier(data, "'root'")
    if not (key[:1] == "v" and key[1:].isdigit() and int(key[1:]) < count):
        raise MalformedError(f"its root {key!r} is not one of its variables.")
    return int(key[1:])
