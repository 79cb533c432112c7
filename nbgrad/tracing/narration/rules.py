"""A rule with its numbers put in: ``2 · x · gy`` becomes ``2 · 4 · 1``; for arrays, shapes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import Call, Contribution, Nodes, Summary, VariableInfo

_LETTER = re.compile(r"(?<![\w'])(gy|xi|[xy]|gy\d+|[xy]\d+)(?![A-Za-z0-9_])")
COUNT = re.compile(r"(?<![\w'])n(?![A-Za-z0-9_'])")
AVERAGES = frozenset(["Mean", "Var", "Std", "MeanSquaredError", "BinaryCrossEntropy"])
"""Operations whose rule divides by n, the number of elements behind each output."""

Worked = tuple[str, str, str]
"""Target, rule, rule with numbers (empty where they cannot be put in)."""


def worked(call: Call, variables: Nodes[VariableInfo]) -> list[Worked]:
    """Work out the rule of a call, one line for each contribution, in their order."""
    rules = parse(call.function.rule)
    lines = []
    for c in call.contributions:
        target, rule = pick(rules, c.input, len(call.function.inputs))
        numbers = put_in(rule, values_of(rule, call, c, variables))
        if numbers and call.function.name in AVERAGES:
            numbers = COUNT.sub(count_of(call, variables), numbers)
        lines.append((target, rule, numbers))
    return lines


def count_of(call: Call, variables: Nodes[VariableInfo]) -> str:
    """Return how many elements went into each element of the output."""
    x, y = variables[call.function.inputs[0]], variables[call.function.outputs[0]]
    return fmt.number(math.prod(x.shape) / max(1, math.prod(y.shape)))


def parse(rule: str) -> list[tuple[str, str]]:
    """Split ``gx0 = gy · x1; gx1 = gy · x0`` into targets and right-hand sides."""
    parts = (part.partition("=") for part in rule.split(";") if "=" in part)
    return [(left.strip(), right.strip()) for left, _, right in parts]


def pick(rules: list[tuple[str, str]], i: int, inputs: int) -> tuple[str, str]:
    """Return target and rule of input ``i``."""
    target = "gx" if inputs == 1 else f"gx{i}"
    by_name = dict(rules)
    if target in by_name:
        return target, by_name[target]
    if len(rules) == inputs:
        return rules[i]
    if len(rules) == 1:  # one rule for every input
        return target, rules[0][1]
    return target, ""


def values_of(
    rule: str, call: Call, c: Contribution, variables: Nodes[VariableInfo]
) -> dict[str, Summary]:
    """Return what the letters of a rule stand for."""
    f = call.function
    found: dict[str, Summary] = {}
    for letter in set(_LETTER.findall(rule)):
        kind, number = letter.rstrip("0123456789"), letter.lstrip("gxyi")
        ids = f.inputs if kind in {"x", "xi"} else f.outputs
        i = int(number) if number else c.input if kind in {"x", "xi"} else 0
        if i < len(ids):
            value = call.upstream[i] if kind == "gy" else variables[ids[i]].value
            if value is not None:
                found[letter] = value
    return found


def put_in(rule: str, values: Mapping[str, Summary]) -> str:
    """Put numbers, or the shapes of arrays, in the place of a rule's letters.

    Returns an empty string for a rule in prose ("gy's first part") and for one without
    letters.
    """
    letters = set(_LETTER.findall(rule))
    if not letters or not letters <= values.keys() or "'s" in rule:
        return ""

    def number(match: re.Match[str]) -> str:
        s = values[match[0]]
        return fmt.signed(s.value) if s.is_scalar and s.complete else fmt.shape(s.shape)

    return _LETTER.sub(number, rule)
