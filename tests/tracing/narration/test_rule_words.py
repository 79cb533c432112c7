"""Every rule of the table reads in Korean, with the letters of the English one."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

import nbgrad as ng
from nbgrad.ops.row import TABLE
from nbgrad.ops.scipy_special import RULES
from nbgrad.tracing.narration.language import Speaker
from nbgrad.tracing.narration.rule_words import korean
from nbgrad.tracing.narration.rules import _LETTER, parse
from nbgrad.tracing.narration.story import Story

NAMES = {
    "alpha", "cos", "cosh", "ddof", "eps", "erf", "exp", "index", "lower", "ln", "max", "mean", "min",
    "nan", "sign", "sin", "sinh", "slope", "softmax", "trunc", "var", "einsum", "log", "clip", "Ai", "Bi",
}  # fmt: skip
"""Words of formulas: functions and parameters."""


def test_no_english_is_left_and_no_letter_lost() -> None:
    checked = 0
    for text in [*(row.rule for row in TABLE.values()), *(rule.text for rule in RULES.values())]:
        for _, rule in parse(text):
            read = korean(rule)
            words = {w for w in re.findall(r"[A-Za-z]{3,}", read) if not w.startswith("gy")}
            assert words <= NAMES, read
            if read != rule:
                checked += 1
                names = [Counter(_LETTER.findall(r.replace("gys", "gy"))) for r in (rule, read)]
                assert set(names[0]) <= set(names[1]) | {"x0", "x1", "gy"}, read
    print(checked, "rules in words")
    assert checked > 60


def test_names_and_numbers_are_put_in() -> None:
    x = ng.Variable(np.array([1.0, -2.0]), name="x")
    y = ng.relu(x)
    trace = ng.trace(y, names={"y": y})
    (english,) = next(iter(Story(trace, Speaker("en")).worked.values()))
    (read,) = next(iter(Story(trace, Speaker("ko")).worked.values()))
    assert english[1] == "∂⟦y⟧/∂⟦y⟧ where ⟦x⟧ > 0, else 0"
    assert read[1] == "⟦x⟧ > 0인 곳은 ∂⟦y⟧/∂⟦y⟧, 나머지는 0"
    assert read[2] == "[1, -2] > 0인 곳은 [1, 1], 나머지는 0"
    assert english[2] == "[1, 1] where [1, -2] > 0, else 0"
