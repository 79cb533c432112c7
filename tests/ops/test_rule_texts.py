"""Rules as text are true: with their numbers put in they give the gradient that was sent."""

from __future__ import annotations

import inspect
import math
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops.base import _PARAMETER
from nbgrad.ops.row import TABLE
from nbgrad.tracing.narration.rules import parse
from nbgrad.tracing.narration.story import Story
from tests.ops.cases import CASES, Case, many

_FUNCTIONS = r"sin|cos|sinh|cosh|sign|ln|mean|var"
_NUMPY = "clip sin cos sinh cosh sign sqrt floor trunc where isnan isfinite absolute"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_ARRAY = r"\[[-\d.,e \[\]]+\]"


def transposed(x: Any) -> Any:
    return np.swapaxes(x, -1, -2) if np.ndim(x) > 1 else x


def names(axis: Any) -> dict[str, Any]:
    """Return what the words of formulas mean."""
    over = {"axis": axis, "keepdims": True}
    return {
        "a": np.array,
        "e": math.e,
        "π": math.pi,
        "ln": np.log,
        "σ": lambda x: 1 / (1 + np.exp(-x)),
        "Φ": lambda x: (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2,
        "φ": lambda x: np.exp(-x * x / 2) / math.sqrt(2 * math.pi),
        "Σ": lambda x: np.sum(x, **over),
        "mean": lambda x: np.mean(x, **over),
        "var": lambda x: np.var(x, **over),
        "inv": np.linalg.inv,
        "t": transposed,
        **{name: getattr(np, name) for name in _NUMPY.split(" ")},
    }


def python(formula: str) -> str:
    """Write a formula of a rule as Python does."""
    choice = re.fullmatch(r"(.+) where (.+), else (.+)", formula)
    if choice:
        passed, condition, otherwise = map(python, choice.groups())
        return f"where({checked(condition)}, {passed}, {otherwise})"
    text = re.sub(_ARRAY, r"a(\g<0>)", formula)
    text = text.replace("−", "-").replace("²", "**2").replace("^", "**")
    text = re.sub(r"Σ (.+?)(?=\)*$)", r"Σ(\1)", text)
    text = re.sub(r"(\d/)?√(π)", r"(\1sqrt(\2))", text).replace("√", "sqrt")
    text = re.sub(r"\|(.+?)\|", r"absolute(\1)", re.sub(r"⌊(.+?)⌋", r"floor(\1)", text))
    text = re.sub(rf"\b({_FUNCTIONS}) (a?\([^()]*\)|[\d.e]+|g?[xy]\d?\b)", r"\1(\2)", text)
    text = re.sub(r"(a\([^()]*\)|g?[xy]\d?)ᵀ", r"t(\1)", text)
    return text.replace("·", "@" if "ᵀ" in formula else "*")


def checked(condition: str) -> str:
    """Write a condition of a rule as Python does."""
    parts = condition.replace(" = ", " == ").replace("≤", "<=")
    parts = re.sub(r"(.+) <= (.+) <= (.+)", r"(\1 <= \2) & (\2 <= \3)", parts)
    parts = re.sub(r"(.+) or (.+) is nan", r"(\1) | isnan(\2)", parts)
    parts = re.sub(r"(.+) is finite", r"isfinite(\1)", parts)
    return re.sub(r"(.+) and (.+) have the same sign", r"sign(\1) == sign(\2)", parts)


def fitted(x: Any, shape: tuple[int, ...]) -> Any:
    """Undo or do broadcasting."""
    x = np.asarray(x)
    x = x.sum(axis=tuple(range(max(0, x.ndim - len(shape)))))
    axes = tuple(i for i, n in enumerate(x.shape) if n > 1 and shape[i - x.ndim] == 1)
    return np.broadcast_to(x.sum(axis=axes, keepdims=True), shape)


LETTERS = set(re.split(" ", "gy gy0 n x x0 x1 y alpha ddof delta eps max min p slope"))


def is_formula(rule: str) -> bool:
    """Whether a rule has no phrases: "gy flipped back"."""
    try:
        written = [compile(python(part), "rule", "eval") for _, part in parse(rule)]
    except SyntaxError:
        return False
    return {name for code in written for name in code.co_names} <= LETTERS | set(names(None))


def is_small(case: Case) -> bool:
    """Whether all of its numbers are written out, and its axes are where NumPy has them."""
    flat = case.row.name not in {"matmul", "dot", "outer", "transpose"}
    shapes = [x.shape for x in case.leaves]
    return case.sample.kwargs.get("axis") is None and all(
        len(shape) <= 2 and math.prod(shape) <= 12 and (flat or len(shape) == 2) for shape in shapes
    )


FORMULAS = [
    p
    for p in CASES
    if p.values[0].row.operation is not None
    if is_formula(p.values[0].row.rule) and is_small(p.values[0])
]


@pytest.mark.parametrize("case", FORMULAS)
def test_the_numbers_of_a_rule_give_its_gradient(case: Case) -> None:
    leaves = [np.asarray(np.round(x, 3)) for x in case.leaves]
    y = many(case(*map(ng.Variable, leaves)))[0]
    function = y.creator
    weights = np.round(np.random.default_rng(5).uniform(0.5, 1.5, y.shape), 1)
    trace = ng.trace((y * weights).sum())
    english, korean = (Story(trace, lang).worked for lang in ("en", "ko"))
    axis = getattr(function, "axis", None)
    axis = -1 if case.row.name in {"softmax", "log_softmax", "standardize"} else axis
    found = 0
    for call in trace.parts.calls:
        if (
            call.function.name != type(function).__name__
            or call.function.generation != y.generation - 1
        ):
            continue
        lines = zip(
            call.contributions, english[call.function.id], korean[call.function.id], strict=True
        )
        for c, (_, rule, numbers), (_, _, read) in lines:
            assert Counter(_NUMBER.findall(numbers)) == Counter(_NUMBER.findall(read))
            value = eval(python(numbers or rule), names(axis))
            amount = c.amount.array()
            close = np.allclose(fitted(value, amount.shape), amount, rtol=2e-3, atol=2e-3)
            assert close, (rule, numbers, python(numbers), value, amount)
            found += 1
    assert found


def test_a_parameter_in_a_rule_stands_as_its_value() -> None:
    for row in TABLE.values():
        if row.operation is not None:
            parameters = set(inspect.signature(row.operation.__init__).parameters)
            written = parameters & set(re.findall(r"[a-z_]+", row.rule))
            words = {name for name in written if not _PARAMETER.fullmatch(name)}
            assert words <= {"axes", "condition", "index", "shape"}, row.name


def test_most_rules_are_formulas() -> None:
    assert len({p.values[0].row.name for p in FORMULAS}) > 85


def test_parameters_change_a_rule() -> None:
    x, t = ng.Variable(np.array([0.2, 0.7])), np.array([1.0, 0.0])
    w, c = np.array(2.0), np.array([0, 1])
    scores = ng.Variable(np.ones((2, 3)))
    rules = {
        ng.clip(x, None, 0.5): "gx = gy where x ≤ 0.5, else 0",
        ng.clip(x, None, None): "gx = gy",
        ng.clip(x, x, 0.5): "gx0 = gy where x0 ≤ x1, else 0; gx1 = gy where x0 > x1, else 0",
        ng.clip(x, x, None): "gx0 = gy where x0 ≥ x1, else 0; gx1 = gy where x0 < x1, else 0",
        ng.astype(x, int): "gx = 0",
        ng.norm(x, 0): "gx = 0",
        ng.norm(x, 3): "gx = gy · sign x · (|x| / y)^(3 − 1)",
        ng.var(x, ddof=1): "gx = gy · 2 · (x − mean x) / (n − 1)",
        ng.tensordot(x, x, axes=1): TABLE["tensordot"].rule,
        ng.avg_pool2d(
            np.ones((1, 1, 3, 2)) * x[0], [3, 2]
        ): "gx = gy / 6, added up where the windows stand",
        ng.mean_squared_error(
            x, t, reduction="sum"
        ): "gx0 = gy · 2 · (x0 − x1); gx1 = gy · 2 · (x1 − x0)",
        ng.softmax_cross_entropy(
            scores, c, reduction="none"
        ): "gx0 = gy · (softmax x0 − x1 as probabilities); gx1 = −gy · ln softmax x0",
    }
    for y, rule in rules.items():
        assert y._op.formula == rule
    smoothed = ng.softmax_cross_entropy(scores, c, label_smoothing=0.5)
    assert smoothed._op.formula.endswith("gx1 = −gy / n · (1 − 0.5) · ln softmax x0")
    assert (
        " / classes) · weight;"
        in ng.softmax_cross_entropy(scores, c, weight=[1.0, 2.0, 3.0])._op.formula
    )
    for logits in (False, True):
        y = ng.binary_cross_entropy(x, t_leaf := ng.Variable(t), logits, pos_weight=w)
        y.backward()
        values = {**names(None), "gy": 1.0, "n": 2, "pos_weight": w, "x0": x.data, "x1": t}
        for leaf, (_, rule) in zip((x, t_leaf), parse(y._op.formula), strict=True):
            np.testing.assert_allclose(eval(python(rule), values), leaf.grad)
        x.cleargrad()
