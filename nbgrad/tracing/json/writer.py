"""A trace as JSON-ready data; SCHEMA.md is its contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from nbgrad.tracing.model import Call, FunctionInfo, Parts, Step, VariableInfo, Waiting
from nbgrad.tracing.trouble import find_trouble

from .table import Json, Table, source_json

SCHEMA = "nbgrad-trace"
VERSION = 2
KINDS = ("leaf", "intermediate", "constant", "unused")


def to_dict(parts: Parts, table: Table | None = None) -> Json:
    """Write a trace; its summaries go into the table."""
    table = Table() if table is None else table
    loops = {} if parts.folded else parts.loops
    data: Json = {
        "schema": SCHEMA,
        "version": VERSION,
        "root": parts.root.id,
        "order": parts.order,
        "retain_grad": parts.retain_grad,
        "create_graph": parts.create_graph,
        "applied": parts.applied,
        "summaries": table.rows,
        "variables": [variable_json(v, table) for v in parts.variables],
        "functions": [function_json(f, loops.get(f.id)) for f in parts.functions],
        "seed": table.add(parts.seed),
        "steps": [step_json(s, table) for s in parts.steps],
    }
    if parts.framework != "nbgrad":
        data["framework"] = parts.framework
    if parts.rank is not None:
        data["rank"] = list(parts.rank)
    if parts.modules:
        data["modules"] = dict(parts.modules)
    if parts.sums:
        data["sums"] = [[x, path, table.add(s)] for (x, path), s in parts.sums.items()]
    if parts.naive_calls is not None:
        data["naive"] = {"calls": [call_json(c, table) for c in parts.naive_calls]}
    if parts.truncated:
        data["truncated"] = True
    if parts.naive_truncated:
        data["naive"]["truncated"] = True
    trouble = find_trouble(parts)
    if trouble:
        data["trouble"] = [asdict(t) for t in trouble]
    return data


def variable_json(v: VariableInfo, table: Table) -> Json:
    """Write a variable."""
    data: Json = {
        "id": v.id,
        "name": v.name,
        "kind": v.kind,
        "generation": v.generation,
        "shape": list(v.shape),
        "dtype": v.dtype,
        "value": table.add(v.value),
        "before": table.add(v.before),
        "creator": v.creator,
        "source": source_json(v.source),
    }
    _add_said(data, v, "backward", "device", "value_state", "none_reason")
    return data


def _add_said(data: Json, of: object, *keys: str) -> None:
    """Add the attributes that say something."""
    data.update((key, value) for key in keys if (value := getattr(of, key)) not in {"", 0, None})


def function_json(f: FunctionInfo, turn: tuple[int, int] | None = None) -> Json:
    """Write a function, with the loop and the turn that it ran in."""
    data: Json = {
        "id": f.id,
        "name": f.name,
        "symbol": f.symbol,
        "label": f.label,
        "generation": f.generation,
        "inputs": list(f.inputs),
        "outputs": list(f.outputs),
        "rule": f.rule,
        "code": f.code,
        "backward": f.backward,
        "source": source_json(f.source),
    }
    _add_said(data, f, "module", "reshapes", "folded")
    if f.sequence is not None:
        data["sequence"] = f.sequence
    if turn is not None:
        data["turn"] = list(turn)
    return data


def step_json(step: Step, table: Table) -> Json:
    """Write a step."""
    data: Json = {
        "generation": step.generation,
        "calls": [call_json(c, table) for c in step.calls],
        "freed": [v.id for v in step.freed],
        "waiting": waiting_json(step.waiting),
    }
    _add_said(data, step, "waiting_more")
    return data


def call_json(call: Call, table: Table) -> Json:
    """Write one function's backward."""
    data: Json = {
        "function": call.function.id,
        "upstream": [table.add(gy) for gy in call.upstream],
        "contributions": [
            {
                "input": c.input,
                "variable": c.variable.id,
                "amount": table.add(c.amount),
                "before": table.add(c.before),
                "after": table.add(c.after),
            }
            for c in call.contributions
        ],
        "waiting": waiting_json(call.waiting),
    }
    _add_said(data, call, "waiting_more")
    return data


def waiting_json(waiting: Iterable[Waiting]) -> Sequence[Json]:
    """Write the queue."""
    return [{"function": w.function.id, "generation": w.generation} for w in waiting]
