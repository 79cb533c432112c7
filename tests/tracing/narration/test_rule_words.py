"""Every rule of the table reads in Korean, with the letters of the English one, and is worked out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import nbgrad as ng
from nbgrad import ops
from nbgrad.ops.row import TABLE
from nbgrad.ops.scipy_special import RULES
from nbgrad.tracing.narration.rule_words import korean
from nbgrad.tracing.narration.rules import _LETTER, parse
from nbgrad.tracing.narration.story import Story
from tests.ops.cases import cases

NAMES = {
    "alpha", "cos", "cosh", "ddof", "delta", "diag", "eps", "erf", "exp", "index", "lower", "ln", "max", "mean", "min",
    "nan", "sign", "sin", "sinh", "slope", "softmax", "trunc", "var", "einsum", "log", "clip", "Ai", "Bi", "dtype", "mask", "threshold",
    "solve", "triangular", "banded", "sylvester", "polygamma", "standardize",
}  # fmt: skip
"""Words of formulas: functions and parameters."""


def read_in_korean(texts: Iterable[str]) -> int:
    """Check that no English is left in rules and no letter lost; return how many are in words."""
    checked = 0
    for text in texts:
        for _, rule in parse(text):
            read = korean(rule)
            words = {w for w in re.findall(r"[A-Za-z]{3,}", read) if not w.startswith("gy")}
            assert words <= NAMES, read
            if read != rule:
                checked += 1
                names = [Counter(_LETTER.findall(r)) for r in (rule, read)]
                assert set(names[0]) <= set(names[1]) | {"x0", "x1", "gy"}, read
    return checked


def test_no_english_is_left_and_no_letter_lost() -> None:
    folders = Path(ops.__file__).parents[1]
    written = [
        rule
        for path in (folders / "compat").rglob("*.py")
        for rule in re.findall(r'formula = "(.+)"', path.read_text(encoding="utf-8"))
    ]
    assert len(written) > 5
    rows = [row.rule for row in TABLE.values()]
    assert read_in_korean([*rows, *written, *(rule.text for rule in RULES.values())]) > 65


IN_WORDS = {
    "ceil", "concatenate", "copysign", "eigh", "einsum", "floor", "floor_divide", "heaviside", "interp",
    "lstsq", "qr", "rint", "round", "sign", "slogdet", "solve", "sort", "split", "stack", "svd",
    "tensordot", "trunc",
}  # fmt: skip
"""Operations with a rule that has no place for numbers, or is 0."""


def test_each_operation_is_worked_out_with_numbers_in_both_languages() -> None:
    all_of_them = reversed([p.values[0] for p in cases()])
    one_of_each = {case.row.name: case for case in all_of_them if case.row.operation is not None}
    worked_out = 0
    for name, case in one_of_each.items():
        ys = case(*case.variables())
        y = ys if isinstance(ys, ng.Variable) else ys[0]
        trace = ng.trace(y if y.size == 1 else (y * 1.7).sum())
        for language in ("en", "ko"):
            for lines in Story(trace, language).worked.values():
                for target, rule, numbers in lines:
                    assert target.startswith("∂"), name
                    assert rule, (name, language)
                    assert numbers or name in IN_WORDS, (name, language, rule)
                    worked_out += 1
    print(worked_out, "contributions of", len(one_of_each), "operations")
    assert worked_out > 4 * len(one_of_each)


def test_names_and_numbers_are_put_in() -> None:
    x = ng.Variable(np.array([1.0, -2.0]), name="x")
    y = ng.relu(x)
    trace = ng.trace(y, names={"y": y})
    (english,) = next(iter(Story(trace, "en").worked.values()))
    (read,) = next(iter(Story(trace, "ko").worked.values()))
    assert english[1] == "∂⟦y⟧/∂⟦y⟧ where ⟦x⟧ > 0, else 0"
    assert read[1] == "⟦x⟧ > 0인 곳은 ∂⟦y⟧/∂⟦y⟧, 나머지는 0"
    assert read[2] == "[1, -2] > 0인 곳은 [1, 1], 나머지는 0"
    assert english[2] == "[1, 1] where [1, -2] > 0, else 0"
