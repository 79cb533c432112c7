"""Which elements of the gradients that arrive make each element of a gradient that is sent.

A backward rule is linear in the gradients that arrive. Run on one element of them at a time, it
gives the factors by which that element enters each element of what it sends.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, TypeAlias

import numpy as np

from nbgrad.engine.arrays import sum_to_shape, to_raw
from nbgrad.engine.scope_guard import ErrorState

from .model import Call, FunctionInfo, Nodes, Parts, Summary, VariableInfo

MAX_RUNS = 2000
"""How many elements are followed in one trace, each by one run of a rule."""
MAX_FACTORS = 20_000
"""How many factors are kept of one trace."""
MAX_ELEMENTS = 1024
"""Larger arrays are not followed."""
MAX_TERMS = 6
"""Of an element that is a longer sum, the first terms and the last are kept."""

Factors: TypeAlias = "list[list[list[float]]]"
"""For each element in C order its terms: which output, which element of it, the factor. An empty
term stands for those that are left out."""

_IN_WORDS = re.compile(
    r"[ᵀΣΠ⁺]|'s|gy\d|windows?\b|\b(summed|index|order|shape|slice|axes|back|softmax|einsum|mean|"
    r"shared|correlated|cofactors|middle|interpolated|margin|joined|block|diagonals|backwards)\b"
)
_READS_VALUES = re.compile(r"\b[xyqruvsm]\d?(?![A-Za-z])|middle|interpolated")
_AVERAGES = frozenset(["Mean", "MeanSquaredError", "BinaryCrossEntropy"])


def elements(parts: Parts) -> dict[str, dict[int, Factors]]:
    """Return the factors of each function whose rule does not say them itself, by its inputs.

    A rule that works element by element says them, and so does that of a product of two matrices.
    A function without factors (a user's own, one of large arrays) has an empty entry.
    """
    variables, budget = parts.variables, _Budget()
    found: dict[str, dict[int, Factors]] = {
        f.id: {} for f in parts.functions if not f.is_module and not _says_them_itself(f, variables)
    }
    for call in parts.calls:
        f = call.function
        rule = None if f.folded else parts.rules.get(f.id)
        if rule is not None and found.get(f.id) == {}:
            found[f.id] = _factors(rule, call, variables, budget)
    return found


class _Budget:
    """What a trace may still cost."""

    def __init__(self) -> None:
        self.runs, self.factors = MAX_RUNS, MAX_FACTORS


def _says_them_itself(f: FunctionInfo, variables: Nodes[VariableInfo]) -> bool:
    shapes, results = ([variables[v].shape for v in ids] for ids in (f.inputs, f.outputs))
    if f.name in {"MatMul", "Dot"}:
        return all(len(shape) == 2 for shape in shapes)
    if f.code or not f.rule or len(results) != 1 or _IN_WORDS.search(f.rule):
        return False
    if re.search(r"\bn\b", f.rule):
        return not results[0] and f.name in _AVERAGES and len(set(shapes)) == 1
    return (f.name == "Sum" and not results[0]) or _broadcast(shapes) == results[0]


def _broadcast(shapes: list[tuple[int, ...]]) -> tuple[int, ...] | None:
    axes = zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1)
    return tuple(next((n for n in axis if n != 1), 1) for axis in axes)[::-1]


def _factors(
    rule: Any, call: Call, variables: Nodes[VariableInfo], budget: _Budget
) -> dict[int, Factors]:
    """Follow every element of the gradients that arrive; nothing where that is not possible."""
    f = call.function
    ys, xs = ([variables[v] for v in ids] for ids in (f.outputs, f.inputs))
    sizes = [math.prod(y.shape) for y in ys]
    arrive = sum(sizes)
    if max(arrive, *(math.prod(x.shape) for x in xs)) > MAX_ELEMENTS or arrive > budget.runs:
        return {}
    values = tuple([_array(x) for x in xs])
    fixed = not _READS_VALUES.search(f.rule.replace("the shape of x", ""))
    if not fixed and not all(map(_is_known, xs)):
        return {}
    budget.runs -= arrive
    results = [_array(y) for y in ys]
    zeros = [np.zeros(y.shape, _kind(y)) for y in ys]
    several = rule.__self__.several_outputs
    found: dict[int, Factors] = {}
    try:
        with ErrorState(all="ignore"):
            if not fixed and not all(map(_is_known, ys)):  # an output that nobody kept
                made = rule.__self__.forward(*values)
                results = list(made) if several else [made]
            for c in call.contributions:
                shape = c.variable.shape
                columns = [
                    sum_to_shape(np.asarray(rule(c.input, gy, y, values)), shape).ravel()
                    for gy, y in _units(zeros, results, several)
                ]
                matrix = np.array(columns, np.float64).reshape(arrive, math.prod(shape)).T
                if not np.isfinite(matrix).all() or not _agrees(matrix, call, sizes, c.amount):
                    return {}
                found[c.input] = [_terms(row, sizes) for row in matrix]
    except Exception:  # noqa: BLE001 - a rule that cannot run alone is told in words
        return {}
    budget.factors -= sum(len(row) for rows in found.values() for row in rows)
    return found if budget.factors >= 0 else {}


def _kind(v: VariableInfo) -> str:
    return v.dtype if v.dtype.startswith("float") else "float64"


def _is_known(v: VariableInfo) -> bool:
    return v.value is not None and v.value.complete


def _array(v: VariableInfo) -> Any:
    """Return a value as a rule gets it; zeros where its elements are not known."""
    if v.value is None or not v.value.complete:
        return to_raw(np.zeros(v.shape, v.dtype))
    return to_raw(v.value.array())


def _units(zeros: list[Any], results: list[Any], several: bool) -> Iterator[tuple[Any, Any]]:
    """Yield a gradient that is 1 in one element, for each, with the outputs."""
    for k, zero in enumerate(zeros):
        for at in range(zero.size):
            unit = zero.copy()
            unit.flat[at] = 1
            gys = [to_raw(unit if k == i else other) for i, other in enumerate(zeros)]
            yield (tuple(gys), tuple(results)) if several else (gys[0], results[0])


def _agrees(matrix: Any, call: Call, sizes: list[int], amount: Summary) -> bool:
    """Whether the factors give what was sent, where all of it is known."""
    if not amount.complete or any(gy is not None and not gy.complete for gy in call.upstream):
        return True
    gys = [
        np.zeros(n) if gy is None else gy.array().ravel()
        for gy, n in zip(call.upstream, sizes, strict=True)
    ]
    made = np.where(matrix == 0, 0, matrix * np.concatenate(gys)).sum(1)
    return np.allclose(made, amount.array().ravel(), rtol=1e-3, atol=1e-6, equal_nan=True)


def _terms(row: Any, sizes: list[int]) -> list[list[float]]:
    """Return the terms of one element."""
    starts = np.cumsum([0, *sizes])
    terms = []
    for at in np.flatnonzero(row).tolist():
        k = int(np.searchsorted(starts, at, "right")) - 1
        terms.append([k, at - int(starts[k]), float(row[at])])
    return terms if len(terms) <= MAX_TERMS else [*terms[: MAX_TERMS - 1], [], terms[-1]]
