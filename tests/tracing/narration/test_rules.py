"""A rule in the reader's names, with its numbers put in."""

from __future__ import annotations

import numpy as np
import scipy.special

import nbgrad as ng
from nbgrad.engine.diagnostics.positions import keep_positions
from nbgrad.ops.scipy_special import RULES
from nbgrad.tracing.narration.remarks import remarks
from nbgrad.tracing.narration.story import Story
from nbgrad.views.stepper.static_story import story_html
from tests.tracing.graphs import Cube, diamond, variable
from tests.tracing.narration.test_story import told


def worked(y: ng.Variable, function: str) -> list[tuple[str, ...]]:
    """Return the lines of a function, without the brackets that stand around names."""
    lines = told(y).worked[function]
    return [tuple(text.replace("⟦", "").replace("⟧", "") for text in line) for line in lines]


def test_rules_with_numbers() -> None:
    y = diamond()[1]
    assert worked(y, "f1") == [("∂y/∂a", "∂y/∂b · 2 · a", "1 · 2 · 4")]
    assert worked(y, "f3") == [("∂y/∂b", "∂y/∂y", "1"), ("∂y/∂c", "∂y/∂y", "1")]
    x, z = variable(-3.0, "x"), variable(2.0, "z")
    y = x * z
    y.name = "y"
    assert worked(y, "f0") == [
        ("∂y/∂x", "∂y/∂y · z", "1 · 2"),
        ("∂y/∂z", "∂y/∂y · x", "1 · (-3)"),
    ]
    y = ng.tanh(x * 0.0)
    y.name = "y"
    assert worked(y, "f1") == [("∂y/∂x * 0.0", "∂y/∂y · (1 − y²)", "1 · (1 − 0²)")]
    assert worked(y, "f0") == [("∂y/∂x", "∂y/∂x * 0.0 · 0", "1 · 0")]
    y = (x * z) ** 2.0
    y.name = "y"
    assert worked(y, "f1") == [("∂y/∂x * z", "∂y/∂y · 2 · (x * z)", "1 · 2 · (-6)")]
    y = z**-2.0
    y.name = "y"
    assert worked(y, "f0") == [("∂y/∂z", "∂y/∂y · (-2) · z^(-3)", "1 · (-2) · 2^(-3)")]
    y = ng.mean_squared_error(z * 2.5, 1.0)
    y.name = "y"
    assert worked(y, "f1")[0][1:] == ("∂y/∂y · 2 / n · ((z * 2.5) − 1)", "1 · 2 / 1 · (5 − 1)")


def test_rules_with_arrays_and_only_for_inputs_with_a_gradient() -> None:
    x = ng.Variable(np.ones((40, 3)), "x")
    w = ng.Variable(np.ones((3, 2)), "w")
    y = ng.mean(x @ w * 3.0)
    y.name = "y"
    assert worked(y, "f2") == [("∂y/∂x @ w * 3.0", "∂y/∂y / n", "1 / 80")]
    assert worked(y, "f1") == [("∂y/∂x @ w", "∂y/∂x @ w * 3.0 · 3", "(40, 2) · 3")]
    assert worked(y, "f0") == [
        ("∂y/∂x", "∂y/∂x @ w · wᵀ", "(40, 2) · [[1, 1], [1, 1], [1, 1]]ᵀ"),
        ("∂y/∂w", "xᵀ · ∂y/∂x @ w", "(40, 3)ᵀ · (40, 2)"),
    ]


def test_an_operation_without_a_rule_in_words() -> None:
    y = Cube()(variable(2.0, "x"))
    y.name = "y"
    assert worked(y, "f0") == [("∂y/∂x", "", "")]


def test_any_number_of_inputs_have_one_rule() -> None:
    x, z, w = (ng.Variable(np.array([v, v]), n) for n, v in (("x", 1.0), ("z", 2.0), ("w", 3.0)))
    for make, part in (
        (ng.concatenate, "∂y/∂y's part for {}"),
        (ng.stack, "∂y/∂y's slice for {}"),
        (lambda xs: ng.einsum("i,i,i->i", *xs), "einsum of ∂y/∂y and the others, to {}'s letters"),
    ):
        y = make([x, z, w])
        y.name = "y"
        assert worked(y, "f0") == [(f"∂y/∂{n}", part.format(n), "") for n in "xzw"]


def test_the_gradient_stays_in_its_branch_of_a_rule() -> None:
    y = ng.leaky_relu(variable(-3.0, "x"), slope=0.1)
    y.name = "y"
    assert worked(y, "f0") == [
        ("∂y/∂x", "∂y/∂y where x > 0, else 0.1 · ∂y/∂y", "1 where (-3) > 0, else 0.1 · 1")
    ]


def test_a_rule_names_the_gradients_of_all_outputs() -> None:
    x = ng.Variable(np.arange(6.0), "x")
    a, b, c = ng.split(x, 3)
    for part, name in ((a, "a"), (b, "b"), (c, "c")):
        part.name = name
    y = ng.sum(a * 2 + b * c)
    y.name = "y"
    line = ("∂y/∂x", "∂y/∂a, ∂y/∂b, ∂y/∂c joined", "[2, 2], [4, 5], [2, 3] joined")
    assert worked(y, "f0") == [line]
    (korean,) = Story(ng.trace(y, apply=False), "ko").worked["f0"]
    assert korean[1].endswith("이어 붙인 ∂⟦y⟧/∂⟦a⟧, ∂⟦y⟧/∂⟦b⟧, ∂⟦y⟧/∂⟦c⟧")
    y = ng.sum(a * b)  # c takes no part: what arrives there counts as 0
    y.name = "y"
    assert worked(y, "f0")[0][2] == "[2, 3], [0, 1], 0 joined"
    parts = ng.split(x, 6)
    y = ng.sum(ng.stack(parts))
    (rule,) = {f.rule for f in ng.trace(y, apply=False).functions if f.name == "Split"}
    assert rule == "gx = gy0, gy1, …, gy5 joined"


def test_a_turn_of_a_loop_is_counted_in_the_readers_language() -> None:
    keep_positions(True)
    try:
        h = x = ng.Variable(np.array([1.0, -1.0]), "x")
        for _ in range(3):
            h = ng.relu(h * x)
        y = ng.sum(h)
        y.name = "y"
        del h
        trace = ng.trace(y, apply=False)
    finally:
        keep_positions(False)
    for language, said, other in (("en", "h (step 2)", "단계"), ("ko", "h (단계 2)", "step")):
        story = Story(trace, language)
        texts = [text for lines in story.worked.values() for line in lines for text in line]
        sentences = ["".join(parts) for parts in (*story.forward, *story.generation)]
        remarked = [one.text for one in remarks(trace.parts, language)]
        for shown in (texts, sentences, remarked, [story_html(trace, lang=language)]):
            assert any(said in text for text in shown), (language, shown)
            assert not any(f"({other} " in text for text in shown), (language, shown)


def test_a_rule_of_a_hypergeometric_function_is_whole() -> None:
    for rule in RULES.values():
        assert all(" = " in part for part in rule.text.split(";"))
    x = variable(0.5, "x")
    y = scipy.special.ellipk(x)
    y.name = "y"
    rule = "∂y/∂y · π/8 · ₂F₁(3/2, 3/2, 2, {})"
    assert worked(y, "f0") == [("∂y/∂x", rule.format("x"), "1 · π/8 · ₂F₁(3/2, 3/2, 2, 0.5)")]


def test_a_gradient_is_bracketed_where_more_stands_behind_it() -> None:
    w, y = np.eye(2)[:, :1], variable(np.eye(2)[:1], "x").T
    y.name = "y"
    assert worked(ng.sum(y * w), "f0")[0][1].endswith("/∂y)ᵀ")


def test_the_number_of_predictions_stands_in_the_rule_where_all_of_them_count() -> None:
    x = variable(np.ones((2, 3)), "x")
    for classes, more, n in (
        ([0, 2], {}, "2"),
        ([0, -100], {}, "n"),
        ([0, 2], {"ignore_index": 1}, "n"),
        ([0, 2], {"weight": [1.0, 2.0, 3.0]}, "n"),
    ):
        y = ng.softmax_cross_entropy(x, np.array(classes), **more)
        y.name = "y"
        assert worked(y, "f0")[0][2].startswith(f"1 / {n} · (softmax [[1, 1, 1], [1, 1, 1]]")
    y = ng.nll_loss(x, np.array([0, 2]))
    y.name = "y"
    assert worked(y, "f0")[0][2] == "−1 / 2 where the class is [0, 2], else 0"
