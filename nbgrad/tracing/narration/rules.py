"""A rule with names and numbers: ``2 · x · gy`` of ``b = a²`` is ``∂y/∂b · 2 · a`` and ``1 · 2 · 4``.

Letters of a rule become names of variables, gradients become derivatives of the root. A name
stands in white brackets (``⟦x @ W⟧``), since it may hold any characters; a view drops them.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache, partial

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import Call, Contribution, Nodes, Summary, VariableInfo

from .rule_words import korean
from .titles import variable_name

NAME_BRACKET, CLOSE = "⟦", "⟧"
MAX_NAME = 24
"""Longest name in a formula."""
MAX_WRITTEN_ELEMENTS = 16
"""Arrays of up to this many elements are written out in a formula."""
MAX_WRITTEN_ROWS = 6
"""Arrays of more rows are written by their shape."""
AVERAGES = frozenset([
    "Mean", "Var", "Std", "MeanSquaredError", "L1Loss", "HuberLoss", "KLDivergence",
    "BinaryCrossEntropy",
])  # fmt: skip
"""Operations whose rule divides by n, the number of elements behind each output."""

OF_CLASSES = frozenset(["SoftmaxCrossEntropy", "NegativeLogLikelihood"])
"""Operations whose rule divides by n, the number of predictions that count."""

_LETTER = re.compile(r"(?<![\w'])(gy|gx|xi|[xy]|gy\d+|gx\d+|[xy]\d+)(?![A-Za-z0-9_])")
_COUNT = re.compile(r"(?<![\w'])n(?![A-Za-z0-9_'])")
_EXPONENT = re.compile(r"\^\(\(?(-?\d+(?:\.\d+)?)\)? − 1\)")
_FIRST_POWER = re.compile(r"\^1(?![\d.])")

Worked = tuple[str, str, str]
"""Target, rule (empty where none is known), rule with numbers (empty where they do not fit, as in a
rule in prose, "gy's part for xi")."""


def worked(
    call: Call, variables: Nodes[VariableInfo], root: VariableInfo, lang: str = "en"
) -> list[Worked]:
    """Work out the rule of a call, one line for each contribution, in their order."""
    lines = []
    for c in call.contributions:
        rule, in_prose = _rule(call.function.rule, c.input, len(call.function.inputs), lang)
        letters = _Letters(call, c, variables, lang)
        named = _LETTER.sub(partial(_named, letters, root), rule)
        target = derivative(root, c.variable, lang)
        numbers = "" if in_prose else _numbers(rule, letters)
        lines.append((target, simplified(named), simplified(numbers)))
    return lines


@lru_cache(maxsize=1024)
def _rule(rules: str, i: int, inputs: int, lang: str) -> tuple[str, bool]:
    """Return the rule of input ``i`` in a language, and whether it is in prose."""
    rule = gradient_first(pick(parse(rules), i, inputs))
    return korean(rule) if lang == "ko" else rule, "'s" in rule


def parse(rule: str) -> list[tuple[str, str]]:
    """Split ``gx0 = gy · x1; gx1 = gy · x0`` into targets and right-hand sides."""
    parts = (part.partition("=") for part in rule.split(";") if "=" in part)
    return [(left.strip(), right.strip()) for left, _, right in parts]


def translated(rules: str, lang: str) -> str:
    """Return the rule of every input, with its words in a language."""
    if lang != "ko":
        return rules
    return "; ".join(f"{target} = {korean(right)}" for target, right in parse(rules))


def pick(rules: list[tuple[str, str]], i: int, inputs: int) -> str:
    """Return the rule of input ``i``; empty if there is none."""
    target = "gx" if inputs == 1 else f"gx{i}"
    by_name = dict(rules)
    if target in by_name:
        return by_name[target]
    if len(rules) == inputs:
        return rules[i][1]
    return rules[0][1] if len(rules) == 1 else ""  # one rule for every input


def gradient_first(rule: str) -> str:
    """Let a product begin with the gradient that arrives: ``2 · x · gy`` is ``gy · 2 · x``."""
    factors = rule.split(" · ")
    if " where " in rule or "gy" not in factors[1:] or any(set(f) & set("+−()ᵀ") for f in factors):
        return rule
    factors.remove("gy")
    return " · ".join(["gy", *factors])


def simplified(formula: str) -> str:
    """Simplify a constant exponent: ``2 · a^(2 − 1)`` is ``2 · a``."""
    shorter = _EXPONENT.sub(lambda m: f"^{fmt.signed(float(m[1]) - 1)}", formula)
    return _FIRST_POWER.sub("", shorter)


class _Letters:
    """What the letters of one contribution's rule stand for."""

    def __init__(
        self, call: Call, c: Contribution, variables: Nodes[VariableInfo], lang: str
    ) -> None:
        self.call, self.input, self.lang = call, c.input, lang
        self.inputs, self.outputs = call.function.inputs, call.function.outputs
        self.variables = variables

    def find(self, letter: str) -> tuple[str, int, VariableInfo] | None:
        """Return the letter without its number, that number, and the variable."""
        kind, digits = letter.rstrip("0123456789"), letter.lstrip("gxyi")
        ends = self.outputs if kind in ("y", "gy") else self.inputs
        at = int(digits) if digits else self.input if ends is self.inputs else 0
        return (kind, at, self.variables[ends[at]]) if at < len(ends) else None

    def number(self, letter: str) -> str:
        """Write its value; empty where that is not known."""
        found = self.find(letter)
        if found is None or found[0] == "gx":
            return ""
        if found[0] == "gy":
            upstream = self.call.upstream[found[1]]
            return "0" if upstream is None else _written(upstream)
        return "" if found[2].value is None else _written(found[2].value)

    def count(self) -> str:
        """Return how many elements went into each element of the output, or how many predictions."""
        f, x = self.call.function, self.variables[self.inputs[0]]
        if f.name in AVERAGES:
            y = self.variables[self.outputs[0]]
            return fmt.number(math.prod(x.shape) / max(1, math.prod(y.shape)))
        t = self.variables[self.inputs[-1]].value if f.name in OF_CLASSES else None
        left_out = t is None or t.min is None or t.min < 0 or "weight" in f.label
        if left_out or "ignore_index" in f.label:
            return "n"
        return fmt.number(math.prod(x.shape[:-1]))


def _named(letters: _Letters, root: VariableInfo, match: re.Match[str]) -> str:
    """Return what stands for a letter in names."""
    found = letters.find(match[1])
    if found is None:
        return match[1]
    kind, _, variable = found
    if kind.startswith("g"):
        name = derivative(root, variable, letters.lang)
        return f"({name})" if match.string[match.end() :].startswith(("ᵀ", "[")) else name
    alone = match[0] == match.string
    return isolated(variable, letters.lang) if alone else _factor(variable, letters.lang)


def _factor(variable: VariableInfo, lang: str) -> str:
    """Write a variable as a factor; a constant as its number."""
    value = variable.value
    if variable.kind == "constant" and value is not None and value.is_scalar and value.complete:
        return fmt.signed(value.value)
    name = isolated(variable, lang)
    return f"({name})" if fmt.is_expression(variable.name) else name


def derivative(root: VariableInfo, variable: VariableInfo, lang: str) -> str:
    """Write a derivative of the root: ``∂y/∂a``."""
    return f"∂{isolated(root, lang)}/∂{isolated(variable, lang)}"


def isolated(variable: VariableInfo, lang: str) -> str:
    """Put a variable's name in white brackets."""
    plain = (
        fmt.clean(variable_name(variable.name, lang), MAX_NAME)
        .replace(NAME_BRACKET, "[")
        .replace(CLOSE, "]")
    )
    return f"{NAME_BRACKET}{plain}{CLOSE}"


def _numbers(rule: str, letters: _Letters) -> str:
    """Put numbers in the place of a rule's letters: small arrays whole, shapes of large ones.

    Returns an empty string for a rule without letters.
    """
    known = {letter: letters.number(letter) for letter in set(_LETTER.findall(rule))}
    if not known or not all(known.values()):
        return ""
    numbers = _LETTER.sub(lambda match: known[match[1]], rule)
    return _COUNT.sub(lambda _: letters.count(), numbers)


def _written(s: Summary) -> str:
    if s.is_scalar and s.complete:
        return fmt.signed(s.value)
    flat = len(s.shape) == 1 or (len(s.shape) == 2 and s.shape[0] <= MAX_WRITTEN_ROWS)
    if s.values is not None and len(s.values) <= MAX_WRITTEN_ELEMENTS and flat:
        return _nested(s.values, s.shape)
    return fmt.shape(s.shape)


_nested = lru_cache(maxsize=32768)(fmt.nested)  # of ten thousand nodes, told in two languages
