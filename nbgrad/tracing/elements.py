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

from .model import Call, Contribution, FunctionInfo, Nodes, Parts, Summary, VariableInfo

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

_CONDITION = re.compile(r" where [^;]+?, else ")
_NO_FORMULA = re.compile(r"[\w)] [a-z]{2}|[ᵀ⁺⁻[]")
"""Two words beside each other (``gy summed over the copies``, ``mean gy``), or a whole matrix."""
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
    if f.code or not f.rule or len(results) != 1 or not _is_formula(f.rule):
        return False
    if re.search(r"\bn\b", f.rule):
        return not results[0] and f.name in _AVERAGES and len(set(shapes)) == 1
    return (f.name == "Sum" and not results[0]) or _broadcast(shapes) == results[0]


def _is_formula(rule: str) -> bool:
    """Whether a rule is a formula of numbers: what it says of arrays holds for each element."""
    return not _NO_FORMULA.search(_CONDITION.sub(", ", rule))


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
    found: dict[int, Factors] = {}
    try:
        with ErrorState(all="ignore"):
            kept = [_kept(x) for x in xs]
            runs = range(2 if any(array is None for array in kept) else 1)
            ran = [_ran(rule, kept, xs, k) for k in runs]
            for c in call.contributions:
                matrix = _matrix(rule, c, ys, ran)
                if matrix is None or not _agrees(matrix, call, sizes, c.amount):
                    return {}
                found[c.input] = [_terms(row, sizes) for row in matrix]
    except Exception:  # noqa: BLE001 - a rule that cannot run alone is told in words
        return {}
    budget.runs -= arrive
    budget.factors -= sum(len(row) for rows in found.values() for row in rows)
    return found if budget.factors >= 0 else {}


def _kept(v: VariableInfo) -> Any | None:
    return v.value.array() if v.value is not None and v.value.complete else None


def _ran(rule: Any, kept: list[Any], xs: list[VariableInfo], draw: int) -> tuple[Any, Any]:
    """Return the inputs of a function and its results; random numbers for what was not kept."""
    rng = np.random.default_rng(draw)
    values = tuple(
        [
            to_raw(rng.random(x.shape).astype(x.dtype) if array is None else array)
            for x, array in zip(xs, kept, strict=True)
        ]
    )
    return values, rule.__self__.forward(*values)


def _matrix(rule: Any, c: Contribution, ys: list[VariableInfo], runs: list[Any]) -> Any | None:
    """Return in columns how each element that arrives enters each that is sent.

    It is known if it is the same in all runs.
    """
    shape, columns = c.variable.shape, []
    for gy in _units(ys, rule.__self__.several_outputs):
        column, *others = [
            sum_to_shape(np.asarray(rule(c.input, gy, y, values)), shape).ravel()
            for values, y in runs
        ]
        if not np.isfinite(column).all() or any((column != other).any() for other in others):
            return None
        columns.append(column)
    return np.array(columns, np.float64).reshape(len(columns), math.prod(shape)).T


def _units(ys: list[VariableInfo], several: bool) -> Iterator[Any]:
    """Yield a gradient that is 1 in one element, for each element."""
    zeros = [np.zeros(y.shape, y.dtype if y.dtype.startswith("float") else "float64") for y in ys]
    for k, zero in enumerate(zeros):
        for at in range(zero.size):
            unit = zero.copy()
            unit.flat[at] = 1
            gys = tuple([to_raw(unit if k == i else other) for i, other in enumerate(zeros)])
            yield gys if several else gys[0]


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
