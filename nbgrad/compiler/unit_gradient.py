"""The backward half for an upstream gradient of one, the commonest: products by it are left out."""

from __future__ import annotations

from typing import Any

from nbgrad.engine.nested import replaced

from .program import Call, Value

MIN_FACTOR_SIZE = 4096
"""A product of fewer elements is not worth a second backward half."""


def from_one(
    calls: list[Call], seed: Value, gradients: list[Any]
) -> tuple[list[Call], list[Any]] | None:
    """Return a backward half without products by the seed; None if that is not worth it.

    1.0 · x has the bits of x.
    """
    if seed.is_array:
        return None
    written = {id(v) for call in calls for v in call.changed()}
    same: dict[int, Value] = {}
    for call in calls:
        factor = _factor(call, seed)
        if factor is not None and id(call.outs[0]) not in written:
            same[id(call.outs[0])] = factor
    if not any(v.example.size >= MIN_FACTOR_SIZE for v in same.values()):
        return None

    copies: dict[int, Value] = {}

    def own(v: Any) -> Any:
        while isinstance(v, Value) and id(v) in same:
            v = same[id(v)]
        return copies.get(id(v), v) if isinstance(v, Value) else v

    made = []
    for call in calls:
        if call.outs and id(call.outs[0]) in same:
            continue
        copy = call.copied(replaced(call.args, own), replaced(call.kwargs, own))
        copies.update(zip(map(id, call.outs), copy.outs, strict=True))
        made.append(copy)
    return made, [own(g) for g in gradients]


def _factor(call: Call, seed: Value) -> Value | None:
    """Return what a call multiplies by the seed, if its result is that."""
    if call.kind != "operator" or call.target != "mul":
        return None
    a, b = call.args
    other = b if a is seed else a if b is seed else None
    if not isinstance(other, Value) or not other.is_array:
        return None
    result = call.outs[0].example
    alike = (other.example.shape, other.example.dtype) == (result.shape, result.dtype)
    return other if alike and other.example.strides == result.strides else None
