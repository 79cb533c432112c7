"""A trace in columns, as nbgrad 0.1 wrote graphs of more than 2000 functions.

What follows from the rest is left out: ids (places in the columns), shapes and dtypes
(those of the values), what was gathered before, which gradients were freed, the steps, and
the queue. The library only reads such files; the tests write them.
"""

from __future__ import annotations

from typing import Any

from nbgrad.tracing.json.table import Json, Table, source_json
from nbgrad.tracing.model import Call, Parts, VariableInfo
from nbgrad.tracing.trace import Trace


def columns(trace: Trace) -> Json:
    """Write a trace in columns."""
    data, table = trace.to_dict(), Table()
    data["summaries"] = table.rows
    del data["steps"]
    truncated = data.pop("naive", {}).get("truncated")
    data.update(pack(trace.parts, table))
    if truncated:
        data["naive"]["truncated"] = True
    return data


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
    if parts.naive_calls is not None:
        data["naive"] = {"calls": _calls(parts.naive_calls, parts, place, table)}
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


def _spec(v: VariableInfo) -> list[Any] | None:
    return [list(v.shape), v.dtype] if v.value is None else None
