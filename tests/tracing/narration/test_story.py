"""The sentences: true, bounded, in both languages, for every graph."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics.positions import keep_positions
from nbgrad.tracing.fold import closed_in_drawing
from nbgrad.tracing.narration.story import Story
from tests.tracing.graphs import Cube, SumAndDifference, diamond, variable
from tests.tracing.narration.telling import plain, told


def test_the_diamond_generation_by_generation() -> None:
    story = told(diamond()[1])
    assert (story.title, story.subtitle) == ("backward of y", "4 functions in 3 generations")
    assert story.generation[2] == [
        "", "Generation 1.", " Both Squares use ", "a", ", so each sends 8 back and the two add up: ",
        "a.grad = 16", ".",
    ]  # fmt: skip
    assert plain(story.generation) == [
        "Start. All values are computed. Backward begins at y with y.grad = 1.",
        "Generation 2. Add sends back 1 to b and 1 to c: b.grad = 1 and c.grad = 1.",
        "Generation 1. Both Squares use a, so each sends 8 back and the two add up: a.grad = 16.",
        "Generation 0. Square sends 64 back to x: x.grad = 64.",
    ]
    assert plain(story.forward) == [
        "Start. Given: x = 2.",
        "Generation 0. Square makes a = 4 from x.",
        "Generation 1. Square makes b = 16 from a. Square makes c = 16 from a.",
        "Generation 2. Add makes y = 32 from b and c.",
    ]


def test_the_diamond_function_by_function() -> None:
    story = told(diamond()[1])
    assert plain(story.function)[2:4] == [
        "Square → b, generation 1. Square sends 8 back to a: a.grad = 8.",
        (
            "Square → c, generation 1. Square sends 8 back to a, where 8 had already arrived; "
            "they add up: a.grad = 16."
        ),
    ]
    assert len(story.function) == len(story.next_function) == 5
    assert len(story.generation) == len(story.next_generation) == 4


def test_korean() -> None:
    story = told(diamond()[1], "ko-KR")
    assert story.title == "y의 역전파"
    assert plain(story.generation)[2] == (
        "세대 1. 두 Square 함수가 모두 a를 쓰므로 각각 8을 돌려보내고, 이 둘이 더해져 "
        "a.grad = 16이 됩니다."
    )
    rule = "gx = gy where x > 0, else 0"
    y = ng.relu(ng.Variable(np.array([2.0, -1.0]), "x"))
    assert told(y, "ko").rules == {rule: "gx = x > 0인 곳은 gy, 나머지는 0"}
    assert told(y).rules == {}


def test_seeds() -> None:
    _, y = diamond()
    y.grad = np.array(3.0)
    assert "with the gradient that was set there: y.grad = 3" in plain(told(y).generation)[0]
    x = ng.Variable(np.ones((3, 4)), "x")
    assert "x.grad is all ones, shape (3, 4)" in plain(told(x).generation)[0]


def test_outputs_without_a_gradient() -> None:
    a, b = variable(2.0, "a"), variable(3.0, "b")
    s, d = SumAndDifference()(a, b)
    d.name = "d"
    said = plain(told(ng.square(s)).generation)[-1]
    assert "No gradient arrived at d; it counts as zero." in said


def test_the_first_nan_is_told_where_it_appears() -> None:
    x = variable([1.0, 0.0], "x")
    with np.errstate(all="ignore"):
        said = plain(told(ng.sum(ng.sqrt(x * 0.0) * 0.0)).generation)
    assert sum("first NaN" in s for s in said) == 1


def test_many_functions_in_a_generation_are_summed_up() -> None:
    x = variable(1.0, "x")
    parts = [ng.sin(variable(float(i), f"w{i}") * x) for i in range(20)]
    story = told(ng.sum(ng.stack(parts)))
    said = plain(story.generation)[-1]
    assert (
        "20 functions run and send gradients back to 21 variables, among them x.grad = 11.99"
        in said
    )
    assert "20 functions make" in " ".join(plain(story.forward))
    assert max(map(len, plain(story.generation))) < 400
    assert len(story.alt) < 1000


def random_graph(seed: int) -> ng.Variable:
    rng = np.random.default_rng(seed)
    shape = ((), (3,), (5, 20))[seed % 3]
    nodes = [ng.Variable(rng.normal(size=shape), f"x{i}") for i in range(3)]
    nodes.append(ng.Variable(rng.normal(size=shape), "긴 이름 " * 20))
    for _ in range(15):
        i, j = rng.integers(0, len(nodes), 2)
        op = rng.integers(6)
        if op < 4:
            nodes.append((ng.sin, ng.tanh, ng.square, Cube())[op](nodes[i]))
        elif op == 4:
            nodes.append(nodes[i] * nodes[j] + 0.5)
        else:
            nodes.extend(SumAndDifference()(nodes[i], nodes[j]))
    return ng.sum(nodes[-1] * nodes[-2])


@pytest.mark.parametrize(
    ("seed", "lang", "order"),
    list(itertools.product(range(9), ["en", "ko"], ["generation", "naive"])),
)
def test_any_graph_can_be_told(seed: int, lang: str, order: str) -> None:
    trace = ng.trace(random_graph(seed), order=order, apply=False)
    story = Story(trace, lang)
    assert len(story.generation) == len(trace.steps) + 1
    assert len(story.function) == len(trace.calls) + 1
    assert len(story.forward) == len({f.generation for f in trace.functions}) + 1
    everything = [
        story.forward, story.generation, story.function, story.next_generation, story.next_function
    ]  # fmt: skip
    for sentence in itertools.chain(*everything):
        text = "".join(sentence)
        assert text.strip()
        assert not re.search(r"\{|\}|\*\*|  |\.\.|None", text), text
        assert len(text) < 700
    for function, lines in story.worked.items():
        call = next(c for c in trace.calls if c.function.id == function)
        assert len(lines) == len(call.contributions)


def test_names_are_never_markup() -> None:
    x = variable(2.0, "**x** {y|을/를} {0}")
    for lang in ("en", "ko"):
        story = told(ng.square(x), lang)
        assert "**x** {y|을/를} {0}" in story.generation[-1]


def test_folded_functions_are_counted() -> None:
    x = ng.Variable(np.ones((2, 3)), name="x")
    w = ng.Variable(np.ones((3, 3)), name="w")
    keep_positions(True)
    try:
        h = x
        for _ in range(20):
            h = ng.tanh(h @ w)
        trace = ng.trace(ng.sum(h), names={})
    finally:
        keep_positions(False)
    folded = trace.folded(closed_in_drawing(trace.nested))
    assert Story(folded.parts).subtitle == "41 functions folded into 2, in 2 generations"
    assert Story(folded.parts, "ko").subtitle == "2세대, 함수 41개를 2개로 접음"
    assert Story(trace.parts).subtitle == "41 functions in 41 generations"


def test_the_gradient_of_an_expression_stands_in_parentheses() -> None:
    x = ng.Variable(np.ones((2, 3)), name="x")
    w = ng.Variable(np.ones((3, 1)), name="w")
    story = told(ng.sum(ng.tanh(x @ w)), names={})
    said = " ".join(plain([*story.generation, *story.next_generation]))
    assert "(x @ w).grad" in said
    assert "tanh(x @ w).grad" in said
    assert "x @ w.grad" not in said
