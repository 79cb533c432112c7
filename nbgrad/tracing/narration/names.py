"""A rule in the reader's own names: ``2 · x · gy`` of ``b = a²`` is ``∂y/∂b · 2 · a``.

Letters of a rule become names of variables, gradients become derivatives of the root. A name
stands in white brackets (``⟦x @ W⟧``), since it may hold any characters; a view drops them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import Call, Contribution, Nodes, Summary, VariableInfo

from .rules import AVERAGES, COUNT, Worked, count_of, parse, pick, values_of

NAME_BRACKET, CLOSE = "⟦", "⟧"
MAX_NAME = 24
"""Longest name in a formula."""
MAX_WRITTEN_ELEMENTS = 16
"""Arrays of up to this many elements are written out in a formula."""
MAX_WRITTEN_ROWS = 6
"""Arrays of more rows are written by their shape."""

_LETTER = re.compile(r"(?<![\w'])(gy|gx|xi|[xy]|gy\d+|gx\d+|[xy]\d+)(?![A-Za-z0-9_])")
_DIFFERENCE = re.compile(r"\((-?\d+(?:\.\d+)?) − 1\)")
_FIRST_POWER = re.compile(r"\^1(?![\d.])")
_COMPOSED = re.compile(r" [-+*/@] |^-")


def in_names(call: Call, variables: Nodes[VariableInfo], root: VariableInfo) -> list[Worked]:
    """Write the rule of a call in names, one line for each contribution, in their order.

    Returns
    -------
    list of (target, rule, rule with numbers)
        The rule is empty where none is known; the numbers where they cannot be put in.
    """
    rules = parse(call.function.rule)
    lines = []
    for c in call.contributions:
        _, rule = pick(rules, c.input, len(call.function.inputs))
        rule = gradient_first(rule)
        values = values_of(rule, call, c, variables)
        numbers = _numbers(rule, values)
        if numbers and call.function.name in AVERAGES:
            numbers = COUNT.sub(count_of(call, variables), numbers)
        named = _LETTER.sub(_Names(call, c, variables, root), rule)
        target = derivative(root, c.variable)
        lines.append((target, simplified(named), simplified(numbers)))
    return lines


def derivative(root: VariableInfo, variable: VariableInfo) -> str:
    """Write a derivative of the root: ``∂y/∂a``."""
    return f"∂{isolated(root.name)}/∂{isolated(variable.name)}"


def isolated(name: str) -> str:
    """Put a name in white brackets."""
    plain = fmt.clean(name, MAX_NAME).replace(NAME_BRACKET, "[").replace(CLOSE, "]")
    return f"{NAME_BRACKET}{plain}{CLOSE}"


def gradient_first(rule: str) -> str:
    """Let a product begin with the gradient that arrives: ``2 · x · gy`` is ``gy · 2 · x``."""
    factors = rule.split(" · ")
    if "gy" not in factors[1:] or any(set(f) & set("+−()ᵀ") for f in factors):
        return rule
    factors.remove("gy")
    return " · ".join(["gy", *factors])


def simplified(formula: str) -> str:
    """Simplify a constant exponent: ``2 · a^(2 − 1)`` is ``2 · a``."""
    shorter = _DIFFERENCE.sub(lambda m: fmt.number(float(m[1]) - 1), formula)
    return _FIRST_POWER.sub("", shorter)


class _Names:
    """What the letters of one contribution's rule are called."""

    def __init__(
        self, call: Call, c: Contribution, variables: Nodes[VariableInfo], root: VariableInfo
    ) -> None:
        self.inputs = [variables[i] for i in call.function.inputs]
        self.outputs = [variables[i] for i in call.function.outputs]
        self.input, self.root = c.input, root

    def __call__(self, match: re.Match[str]) -> str:
        letter = match[1]
        kind, digits = letter.rstrip("0123456789"), letter.lstrip("gxyi")
        ends = self.outputs if kind in ("y", "gy") else self.inputs
        at = int(digits) if digits else self.input if ends is self.inputs else 0
        if at >= len(ends):
            return letter
        if kind.startswith("g"):
            return derivative(self.root, ends[at])
        alone = match[0] == match.string
        return isolated(ends[at].name) if alone else _factor(ends[at])


def _factor(variable: VariableInfo) -> str:
    """Write a variable as a factor; a constant as its number."""
    value = variable.value
    if variable.kind == "constant" and value is not None and value.is_scalar and value.complete:
        return fmt.signed(value.value)
    name = isolated(variable.name)
    return f"({name})" if _COMPOSED.search(variable.name) else name


def _numbers(rule: str, values: Mapping[str, Summary]) -> str:
    """Put numbers in the place of a rule's letters: small arrays whole, shapes of large ones."""
    letters = set(_LETTER.findall(rule))
    if not letters or not letters <= values.keys() or "'s" in rule:
        return ""

    def number(match: re.Match[str]) -> str:
        s = values[match[1]]
        if s.is_scalar and s.complete:
            return fmt.signed(s.value)
        flat = len(s.shape) == 1 or (len(s.shape) == 2 and s.shape[0] <= MAX_WRITTEN_ROWS)
        if s.values is not None and len(s.values) <= MAX_WRITTEN_ELEMENTS and flat:
            return fmt.nested(s.values, s.shape)
        return fmt.shape(s.shape)

    return _LETTER.sub(number, rule)
