"""Reading a trace back: everything is checked, nothing is run.

The data may come from anywhere. Types, references and sizes are checked before anything
is built from them, and what is built takes no more memory than the data did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from nbgrad.engine.diagnostics.escaping import MAX_NAME
from nbgrad.engine.errors import TraceFormatError
from nbgrad.tracing.model import (
    Call,
    Contribution,
    FunctionInfo,
    Nodes,
    Parts,
    Step,
    Summary,
    VariableInfo,
    Waiting,
)

from . import checks
from .checks import MalformedError, field, items, maybe, natural, reading, wrong
from .fields import Summaries, check_runs, clean_text, code_text, header, read_source
from .writer import KINDS, SCHEMA, VERSION


def from_dict(data: Any) -> Parts:
    """Build a trace from its JSON.

    Raises
    ------
    TraceFormatError
        Saying what is wrong, if it is not a trace, or one of a newer nbgrad.
    """
    with reading("a trace"):
        check_version(data)
        if field(data, "packed", "the trace", False) is True:
            from nbgrad.tracing.build import build

            from .columns import Columns

            return build(Columns(data).recording())
        return Reader(data).parts()


def check_version(data: Any) -> None:
    """Refuse what is not a trace, or one of a newer nbgrad."""
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        found = data.get("schema") if isinstance(data, dict) else data
        wrong("'schema'", repr(SCHEMA), found)
    version = natural(field(data, "version", "the trace"), "'version'")
    if version < 1:
        wrong("'version'", "a whole number from 1", version)
    if version > VERSION:
        raise TraceFormatError(
            f"This trace has version {version}, and this nbgrad reads up to version {VERSION}. "
            "Upgrade nbgrad: pip install -U nbgrad"
        )


class Reader:
    """Reads the rows of one trace."""

    def __init__(self, data: Any, summary: Callable[[Any, str], Summary] | None = None) -> None:
        self.data = data
        self._summary = Summaries(data).at if summary is None else summary
        rows = items(field(data, "variables", "the trace"), "'variables'")
        self.variables = Nodes(self._variable(v, f"variables[{i}]") for i, v in enumerate(rows))
        self.known = {v.id: v for v in self.variables}
        rows = items(field(data, "functions", "the trace"), "'functions'")
        self.functions = Nodes(self._function(f, f"functions[{i}]") for i, f in enumerate(rows))
        self.callable = {f.id: f for f in self.functions}
        self._check_graph()

    def _check_graph(self) -> None:
        """Refuse a graph that no forward pass can have made: the views rely on its columns."""
        if len({*self.known, *self.callable}) != len(self.variables) + len(self.functions):
            raise MalformedError("two nodes have one id.")
        for i, v in enumerate(self.variables):
            if v.creator is not None and v.creator not in self.callable:
                wrong(f"variables[{i}].creator", "the id of a function", v.creator)
        for i, f in enumerate(self.functions):
            where = f"functions[{i}]"
            made = [self.known[y] for y in f.outputs]
            used = (self.known[x].generation for x in f.inputs)
            generation = checks.generation_between(used, [y.generation for y in made], where)
            if f.generation != generation:
                wrong(f"{where}.generation", str(generation), f.generation)
            if any(y.creator != f.id for y in made):
                wrong(f"{where}.outputs", f"variables whose creator is {f.id}", list(f.outputs))
        outputs = [y for f in self.functions for y in f.outputs]
        if len(set(outputs)) < len(outputs):
            raise MalformedError("a variable is made twice.")
        if len(outputs) != sum(v.creator is not None for v in self.variables):
            raise MalformedError("a variable is not an output of its creator.")

    def parts(self) -> Parts:
        """Return everything the trace says."""
        data = self.data
        naive = field(data, "naive", "the trace", None)
        head = header(data)
        rows = items(field(data, "steps", "the trace"), "'steps'")
        steps = tuple(self._step(s, f"steps[{k}]") for k, s in enumerate(rows))
        _check_calls(head["order"], (call for step in steps for call in step.calls))
        replayed = None if naive is None else self._calls(naive, "naive")
        _check_calls("naive", replayed or ())
        return Parts(
            **head,
            root=self._one(field(data, "root", "the trace"), self.known, "'root'"),
            variables=self.variables,
            functions=self.functions,
            seed=self._summary(field(data, "seed", "the trace"), "'seed'"),
            steps=steps,
            naive_calls=replayed,
            loops=self._loops(),
            **self._engine(),
            naive_truncated=naive is not None
            and checks.boolean(field(naive, "truncated", "naive", False), "naive.truncated"),
        )

    def _loops(self) -> dict[str, tuple[int, int]]:
        """Return the loop and the turn of each function that ran in one."""
        most = len(self.functions)
        found = {}
        for i, (f, row) in enumerate(zip(self.functions, self.data["functions"], strict=True)):
            where = f"functions[{i}].turn"
            turn = field(row, "turn", where, None)
            if turn is None:
                continue
            if len(items(turn, where, 2)) != 2:
                wrong(where, "a loop and a turn", turn)
            found[f.id] = natural(turn[0], where, most), natural(turn[1], where, most)
        return found

    def _engine(self) -> dict[str, Any]:
        """Return what a pass of another engine says besides."""
        data = self.data
        modules = field(data, "modules", "the trace", {})
        if not isinstance(modules, dict) or len(modules) > checks.MAX_NODES:
            wrong("'modules'", "an object of texts", modules)
        sums = items(field(data, "sums", "the trace", []), "'sums'")
        rank = field(data, "rank", "the trace", None)
        if rank is not None and len(items(rank, "'rank'", 2)) != 2:
            wrong("'rank'", "a rank and how many there are", rank)
        return {
            "framework": clean_text(field(data, "framework", "the trace", "nbgrad"), "'framework'"),
            "modules": {
                clean_text(path, "'modules'"): clean_text(kind, f"modules[{path!r}]")
                for path, kind in modules.items()
            },
            "rank": None if rank is None else tuple(natural(n, "'rank'") for n in rank),
            "sums": dict(self._sum(row, f"sums[{i}]") for i, row in enumerate(sums)),
        }

    def _sum(self, row: Any, where: str) -> tuple[tuple[str, str], Summary]:
        if len(items(row, where, 3)) != 3:
            wrong(where, "a variable, a module call and a summary", row)
        variable = self._one(row[0], self.known, where)
        return (variable.id, clean_text(row[1], where)), self._summary(row[2], where)

    def _one(self, key: Any, table: dict[str, Any], where: str) -> Any:
        if not isinstance(key, str) or key not in table:
            wrong(where, "the id of a node in this trace", key)
        return table[key]

    def _variable(self, data: Any, where: str) -> VariableInfo:
        key = checks.identifier(field(data, "id", where), f"{where}.id")
        return VariableInfo(
            key,
            clean_text(field(data, "name", where, key), f"{where}.name", MAX_NAME),
            checks.choice(field(data, "kind", where), KINDS, f"{where}.kind"),
            natural(field(data, "generation", where), f"{where}.generation"),
            checks.dims(field(data, "shape", where), f"{where}.shape"),
            checks.dtype(field(data, "dtype", where), f"{where}.dtype"),
            maybe(field(data, "value", where, None), f"{where}.value", self._summary),
            maybe(field(data, "before", where, None), f"{where}.before", self._summary),
            maybe(field(data, "creator", where, None), f"{where}.creator", checks.identifier),
            maybe(field(data, "source", where, None), f"{where}.source", read_source),
            checks.boolean(field(data, "backward", where, False), f"{where}.backward"),
            *(
                clean_text(field(data, key, where, ""), f"{where}.{key}")
                for key in ("device", "value_state", "none_reason")
            ),
        )

    def _function(self, data: Any, where: str) -> FunctionInfo:
        def ids(key: str) -> tuple[str, ...]:
            rows = items(field(data, key, where), f"{where}.{key}")
            return tuple(self._one(x, self.known, f"{where}.{key}").id for x in rows)

        name = clean_text(field(data, "name", where), f"{where}.name")
        return FunctionInfo(
            checks.identifier(field(data, "id", where), f"{where}.id"),
            name,
            clean_text(field(data, "symbol", where, name), f"{where}.symbol"),
            clean_text(field(data, "label", where, name), f"{where}.label"),
            natural(field(data, "generation", where), f"{where}.generation"),
            ids("inputs"),
            ids("outputs"),
            clean_text(field(data, "rule", where, ""), f"{where}.rule"),
            maybe(field(data, "code", where, None), f"{where}.code", code_text),
            checks.boolean(field(data, "backward", where, False), f"{where}.backward"),
            maybe(field(data, "source", where, None), f"{where}.source", read_source),
            clean_text(field(data, "module", where, ""), f"{where}.module"),
            maybe(field(data, "sequence", where, None), f"{where}.sequence", natural),
            checks.boolean(field(data, "reshapes", where, False), f"{where}.reshapes"),
            natural(field(data, "folded", where, 0), f"{where}.folded"),
        )

    def _step(self, data: Any, where: str) -> Step:
        freed = items(field(data, "freed", where, []), f"{where}.freed")
        return Step(
            natural(field(data, "generation", where), f"{where}.generation"),
            self._calls(data, where),
            tuple(self._one(v, self.known, f"{where}.freed") for v in freed),
        )

    def _calls(self, data: Any, where: str) -> tuple[Call, ...]:
        rows = items(field(data, "calls", where), f"{where}.calls")
        return tuple(self._call(c, f"{where}.calls[{k}]") for k, c in enumerate(rows))

    def _call(self, data: Any, where: str) -> Call:
        function = self._one(field(data, "function", where), self.callable, f"{where}.function")
        upstream = items(field(data, "upstream", where), f"{where}.upstream")
        if len(upstream) != len(function.outputs):
            wrong(f"{where}.upstream", f"a list of {len(function.outputs)}", upstream)
        parts = items(field(data, "contributions", where), f"{where}.contributions")
        waiting = items(field(data, "waiting", where, []), f"{where}.waiting")
        return Call(
            function,
            tuple(maybe(gy, f"{where}.upstream", self._summary) for gy in upstream),
            tuple(
                self._contribution(c, f"{where}.contributions[{k}]", function)
                for k, c in enumerate(parts)
            ),
            tuple(self._waiting(w, f"{where}.waiting") for w in waiting),
            natural(field(data, "waiting_more", where, 0), f"{where}.waiting_more"),
        )

    def _contribution(self, data: Any, where: str, function: FunctionInfo) -> Contribution:
        at = natural(field(data, "input", where), f"{where}.input", len(function.inputs))
        variable = self._one(field(data, "variable", where), self.known, f"{where}.variable")
        if variable.id != function.inputs[at]:
            wrong(f"{where}.variable", f"{function.inputs[at]}, input {at}", variable.id)
        return Contribution(
            at,
            variable,
            self._summary(field(data, "amount", where), f"{where}.amount"),
            maybe(field(data, "before", where, None), f"{where}.before", self._summary),
            self._summary(field(data, "after", where), f"{where}.after"),
        )

    def _waiting(self, data: Any, where: str) -> Waiting:
        function = self._one(field(data, "function", where), self.callable, where)
        return Waiting(function, natural(field(data, "generation", where), where))


def _check_calls(order: str, calls: Iterable[Call]) -> None:
    check_runs(order, ((call.function.id, len(call.upstream)) for call in calls))
