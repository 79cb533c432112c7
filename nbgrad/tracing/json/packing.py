"""A trace in columns: a fifth of the room that rows take.

What follows from the rest is left out: ids (places in the columns), shapes and dtypes
(those of the values), what was gathered before, which gradients were freed, the steps, and
the queue, which is played through again when the columns are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrad.tracing.model import Call, VariableInfo

from .table import Json, Table, source_json

if TYPE_CHECKING:
    from nbgrad.tracing.trace import Parts


def pack(parts: Parts, table: Table) -> Json:
    """Return the part of a trace's JSON that rows would fill, in columns."""
    variables, functions = parts.variables, parts.functions
    place = {v.id: i for i, v in enumerate(variables)}
    ops: dict[tuple[Any, ...], int] = {}
    sources: dict[Any, int] = {}

    def source(node: Any) -> int | None:
        if node.source is None:
            return None
        return sources.setdefault(node.source, len(sources))

    op_column = [
        ops.setdefault((f.name, f.symbol, f.label, f.rule, f.code), len(ops)) for f in functions
    ]
    data: Json = {
        "packed": True,
        "seed": table.add(parts.seed),
        "ops": [list(op) for op in ops],
        "variables": {
            "count": len(variables),
            "name": {str(i): v.name for i, v in enumerate(variables) if v.name != f"v{i}"},
            "kind": "".join(v.kind[0] for v in variables),
            "generation": [v.generation for v in variables],
            "value": [table.add(v.value) for v in variables],
            "before": _sparse([table.add(v.before) for v in variables]),
            "spec": _sparse([_spec(v) for v in variables]),
            "source": _sparse([source(v) for v in variables]),
            "backward": [i for i, v in enumerate(variables) if v.backward],
        },
        "functions": {
            "op": op_column,
            "inputs": [[place[x] for x in f.inputs] for f in functions],
            "outputs": [[place[y] for y in f.outputs] for f in functions],
        },
        "calls": _calls((c for s in parts.steps for c in s.calls), parts, place, table),
    }
    if parts.naive is not None:
        data["naive"] = {"calls": _calls(parts.naive, parts, place, table)}
    data["sources"] = [source_json(s) for s in sources]
    return data


def _sparse(column: list[Any]) -> dict[str, Any]:
    return {str(i): value for i, value in enumerate(column) if value is not None}


def _calls(calls: Any, parts: Parts, place: dict[str, int], table: Table) -> list[Any]:
    number = {f.id: k for k, f in enumerate(parts.functions)}
    return [_call(call, number, place, table) for call in calls]


def _call(call: Call, number: dict[str, int], place: dict[str, int], table: Table) -> list[Any]:
    """Write ``[function, ran, input, variable, amount, after, input, …]``.

    ``ran`` lists which outputs had a gradient; null when all had one.
    """
    ran = [gy is not None for gy in call.upstream]
    row: list[Any] = [number[call.function.id], None if all(ran) else ran]
    for c in call.contributions:
        row += [c.input, place[c.variable.id], table.add(c.amount), table.add(c.after)]
    return row


def unpack_kind(letter: str) -> str:
    """Return the kind that a letter stands for."""
    return {"l": "leaf", "i": "intermediate", "c": "constant", "u": "unused"}[letter]


def _spec(v: VariableInfo) -> list[Any] | None:
    return [list(v.shape), v.dtype] if v.value is None else None


def countable(parts: Parts) -> bool:
    """Whether ids count the nodes, which the columns rely on."""
    return all(v.id == f"v{i}" for i, v in enumerate(parts.variables)) and all(
        f.id == f"f{k}" for k, f in enumerate(parts.functions)
    )
