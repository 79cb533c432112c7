"""What is seen of random programs: JSON there and back, text and HTML alike, nothing overlaps."""

from __future__ import annotations

import html
import json
import math
import re
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import example, given

import nbgrad as ng
from nbgrad.tracing import Trace
from nbgrad.tracing.format import grad_name, short_name
from nbgrad.tracing.narration.phrases import MAX_NAME
from nbgrad.tracing.text import table
from nbgrad.views.graph.svg import Picture, with_cards
from nbgrad.views.repr.html import variable_html
from nbgrad.views.stepper.scene import drawing_of
from tests.robustness.random_programs import Program, cases, nbgrad_run, programs
from tests.tracing.columns import columns
from tests.views.page_checks import Page


def traced(program):
    ran = nbgrad_run(program)
    ran.root.name = "y"
    options = {"retain_grad": bool(program.seed & 1), "apply": bool(program.seed & 2)}
    return ran, ng.trace(ran.root, **options)


# ---------------------------------------------------------------- JSON


@cases(15, 1_000)
@given(programs())
def test_json_there_and_back(program):
    _, trace = traced(program)
    for shown in (trace, ng.trace(nbgrad_run(program).root, order="naive")):
        for write in (Trace.to_dict, columns):
            text = json.dumps(write(shown), allow_nan=False)
            again = Trace.from_dict(json.loads(text))
            assert again == shown
            assert again.naive == shown.naive
            assert json.dumps(write(again)) == text
            assert str(again) == str(shown)


# ---------------------------------------------------------------- text and HTML


def number(text):
    """Read a scalar, the elements of a vector, or the norm of an array, as one number."""
    if text.startswith("["):
        return math.hypot(*(float(t) for t in text.strip("[]").split(",") if t.strip()))
    found = re.search(r"‖(.*?)‖", text)
    return float((found[1] if found else text).replace("–", "0"))


COLUMN = 26


def told_by_text(trace):
    """By generation and variable, what was added up and what it gave, from the table of text."""
    lines = table(trace, columns=10_000).split("\n")
    head = lines[2]
    function, gradient = head.index("function"), head.index("gradient")
    steps = []
    for line in lines[4:]:
        if not line:
            break
        if line[:function].strip():
            steps.append((int(line[:function]), {}))
        name, _, rest = line[gradient:].partition(".grad ")
        total, _, terms = rest.partition(" = ")
        known = steps[-1][1].setdefault(name, ([], None))[0]
        new = re.split(r" \+ ", terms) if terms else [total]
        steps[-1][1][name] = (known + (new[1:] if known else new), total)
    return steps


def of_grad(name):
    """A name as it stands before ``.grad``."""
    return grad_name(name).removesuffix(".grad")


def told_by_html(trace):
    """Read the same from the HTML story."""
    as_in_table = {of_grad(v.name): of_grad(short_name(v.name, MAX_NAME)) for v in trace.variables}
    rows = re.findall(
        r"<tr><th scope='row'>\d+</th><td[^>]*>(.*?)</td><td class='sums'[^>]*>(.*?)</td></tr>",
        trace._repr_html_(),
    )
    steps = []
    for told, sums in rows[1:]:
        gathered = {}
        for line in sums.split("<br>"):
            name, _, rest = html.unescape(re.sub(r"</?b>", "", line)).partition(".grad = ")
            name = as_in_table[name]
            *terms, total = rest.split(" = ")
            gathered[name] = (terms[0].split(" + ") if terms else [total], total)
        generation = re.match(r"<b>Generation (\d+)\.</b>", told)
        steps.append((int(generation[1]), gathered))
    return steps


@cases(15, 1_000)
@given(programs())
def test_text_and_html_tell_the_same_steps(program):
    _, trace = traced(program)
    text, page = told_by_text(trace), told_by_html(trace)
    shapes = {of_grad(short_name(v.name, MAX_NAME)): v.shape for v in trace.variables}
    assert [g for g, _ in text] == [g for g, _ in page] == [s.generation for s in trace.steps]
    for (_, by_text), (_, by_html) in zip(text, page, strict=True):
        assert list(by_text) == list(by_html)
        for name, (terms, total) in by_text.items():
            others, other = by_html[name]
            assert number(other) == pytest.approx(number(total), rel=6e-3)
            if not shapes[name]:
                assert len(terms) == len(others)
                assert list(map(number, others)) == pytest.approx(
                    list(map(number, terms)), rel=6e-3
                )
    title, subtitle = str(trace).split("\n")[0].split(": ")
    page_text = html.unescape(re.sub(r"<[^>]+>", "", trace._repr_html_()))
    assert title in page_text
    assert subtitle.split(" in ")[0] in page_text


@cases(15, 1_000)
@given(programs())
def test_text_and_html_tell_the_same_numbers(program):
    ran, _ = traced(program)
    for v in (*ran.leaves, ran.pool[-1], ran.root):
        page = Page(variable_html(v))
        tables = [e for e in page.elements if e.tag in {"td", "span"}]
        cells = [
            e.text for e in tables if "data-tint" in e.attributes or "data-sign" in e.attributes
        ]
        in_text = [float(t) for t in re.findall(r"-?[\d.]+(?:e[+-]?\d+)?", repr(v))]
        shown = [float(t) for t in cells]
        assert shown[: v.size] == pytest.approx(in_text, rel=0.06, abs=1e-12)
        grads = [] if v.grad is None else np.ravel(v.grad).tolist()
        assert shown[v.size :] == pytest.approx(grads, rel=0.06, abs=1e-12)
        assert (v.grad is None) == ("ng-why" in variable_html(v).split("</style>")[-1])


@cases(15, 1_000)
@given(programs())
def test_a_graphs_text_and_drawing_tell_the_same(program):
    ran, _ = traced(program)
    graph = ng.graph(ran.root)
    lines = str(graph).split("\n")
    made = [line for line in lines[2:] if line]
    tips = [
        html.unescape(t).split("\n")
        for t in re.findall(r"(?s)<g><title>(.*?)</title>", graph.to_svg())
    ]
    drawn, _ = with_cards(graph.nodes, graph.edges, graph.root)
    functions = [t for t in tips if any(line.startswith("function of generation") for line in t)]
    variables = [t for t in tips if t not in functions]
    assert len(functions) == len(made) == len(graph.functions)
    shown = [n for n in drawn if n.kind == "variable"]
    assert len(variables) == len(shown)
    for line, tip in zip(made, functions, strict=True):
        assert f"function of generation {int(line.split()[0])}" in tip
    for node, tip in zip(shown, variables, strict=True):
        if node.role == "intermediate":
            told = f"{node.name} = {node.value}" if not node.shape else node.name
            if len(told) > COLUMN:  # the table cuts it
                assert any(told[:COLUMN] in line for line in made)
            else:
                assert any(
                    re.search(rf"(^|[ ,(]){re.escape(told)}([,)]| |$)", line) for line in made
                )
            assert tip[0] == node.name


# ---------------------------------------------------------------- drawings


def inside(box, x, y, margin=0.5):
    return (
        box.x + margin < x < box.x + box.width - margin
        and box.y + margin < y < box.y + box.height - margin
    )


def stroke(points):
    """Yield points along an edge as it is drawn: level through columns, curved between them."""
    for (x, y), (u, v) in pairwise(points):
        for k in range(17):
            t = k / 16
            across = (x + u) / 2
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            yield a * x + (b + c) * across + d * u, (a + b) * y + (c + d) * v


CORNER = Program(
    seed=0,
    dtype="float64",
    leaves=(((), False), ((), False)),
    steps=(
        ("neg", 0, 0, 0),
        ("mul", 1, 0, 0),
        ("neg", 0, 0, 0),
        ("split", 0, 0, 0),
        ("div", 0, 0, 0),
        ("neg", 3, 0, 0),
    ),
)
"""An edge to a narrow card passes the corner of a wider one beside it."""


def check_drawing(drawn):
    """Assert that no card lies on another, none outside, and no edge runs through one."""
    for (_, a), (_, b) in combinations(drawn.boxes.items(), 2):
        apart = (
            a.x + a.width <= b.x
            or b.x + b.width <= a.x
            or a.y + a.height <= b.y
            or b.y + b.height <= a.y
        )
        assert apart
    for box in drawn.boxes.values():
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= drawn.width
        assert box.y + box.height <= drawn.height
    for left, right in pairwise(drawn.bands):
        assert left.x + left.width <= right.x
    for link, route in zip(drawn.links, drawn.routes, strict=True):
        others = [box for key, box in drawn.boxes.items() if key not in {link.source, link.target}]
        for x, y in stroke(route):
            assert not any(inside(box, x, y) for box in others)


@cases(12, 500)
@given(programs())
@example(CORNER)
def test_a_drawing_never_overlaps(program):
    ran, trace = traced(program)
    graph = ng.graph(ran.root)
    for part in (graph, graph.nearest(8), ng.graph(trace)):
        for compact in (False, True):
            for quick in (False, True):
                placed = Picture(part.nodes, part.edges, part.root, compact=compact, quick=quick)
                check_drawing(placed.drawing)
    check_drawing(drawing_of(trace.parts))
