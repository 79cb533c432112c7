"""What a variable is called."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import nbgrad as ng
from tests.tracing.graphs import variable


def named(_y: ng.Variable, **options) -> list[str]:
    """Return the names of a graph; the name of a local with an underscore is nobody's."""
    return [v.name for v in ng.trace(_y, apply=False, **options).variables]


def test_its_own_name_goes_first() -> None:
    x = variable(2.0, "x")
    assert named(ng.square(x), names={"other": x}) == ["x", "v1"]


def test_then_the_mappings_the_first_of_two() -> None:
    x = variable(2.0)
    y = ng.square(x)
    assert named(y, names={"_": y, "first": y, "second": y, "x": x, "n": 3}) == ["x", "first"]


def test_only_the_very_same_object_counts() -> None:
    x = variable(2.0)
    assert named(ng.square(x), names={"x": variable(2.0)}) == ["v0", "v1"]


def test_the_users_namespaces_by_default() -> None:
    x = variable(2.0)
    assert named(ng.square(x)) == ["x", "v1"]
    assert named(ng.square(x), names={}) == ["v0", "v1"]


class _Net:
    def __init__(self) -> None:
        self.w, self.layers = variable(2.0), [{"b": variable(3.0)}]

    def names(self) -> list[str]:
        return named(self.w * self.layers[0]["b"])


def test_attributes_and_items_lead_to_a_variable() -> None:
    assert _Net().names()[:2] == ["self.w", "self.layers[0]['b']"]
    net, params = _Net(), (variable(1.0), variable(2.0))
    losses = {"first": net.w * params[1]}
    assert named(losses["first"]) == ["net.w", "params[1]", "losses['first']"]
    assert named(losses["first"], names={"p": params}) == ["v0", "p[1]", "v2"]
    assert "net.w" in net.w._repr_html_()


def test_two_of_one_name_are_told_apart() -> None:
    y = variable(1.0, "x") * variable(2.0, "x") + variable(3.0, "x (2)")
    assert named(y)[:3] == ["x", "x (2)", "x (2) (2)"]


def test_an_id_that_somebody_took() -> None:
    x = variable(1.0, "v1")
    assert named(ng.square(x)) == ["v1", "v1 (2)"]


def test_numbers_go_by_their_text() -> None:
    x = variable(2.0, "x")
    found = named(x * 3.0 + 3.0 - np.float64(0.1) + 2)
    assert sorted(n for n in found if n[0] not in "vx") == ["0.1", "2", "3.0", "3.0"]
    assert "0.3333" in named(x * (1 / 3))


def test_names_are_deterministic() -> None:
    def build() -> list[str]:
        x = variable(2.0, "x")
        return named(ng.sin(x) * ng.cos(x) + 1.0)

    assert build() == build()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x1b[31m", "a\\x1b[31m"),
        ("line\nbreak", "line\\nbreak"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud800", "\\ud800"),
        ("<script>", "<script>"),
        ("가중치", "가중치"),
        ("x" * 500, "x" * 119 + "…"),
    ],
)
def test_what_a_name_must_not_do(name: str, shown: str) -> None:
    trace = ng.trace(ng.square(variable(2.0, name)))
    assert trace.variables[0].name == shown
    assert all(c == "\n" or c.isprintable() for c in str(trace))


def test_a_name_that_is_no_text() -> None:
    x = variable(2.0)
    x.name = 5
    assert named(ng.square(x)) == ["5", "v1"]


def test_names_keep_nothing_alive() -> None:
    gc.disable()
    try:
        x = variable(2.0)
        trace = ng.trace(ng.square(x), names={"x": x})
        ref = weakref.ref(x)
        del x
        assert ref() is None
        assert trace.variables[0].name == "x"
    finally:
        gc.enable()


def test_long_names_stay_distinct_when_they_are_saved() -> None:
    x, y = variable(2.0, "x" * 500), variable(3.0, "x" * 500)
    trace = ng.trace(x * y)
    assert len(set(trace.variables.names())) == 3
    assert ng.Trace.from_dict(trace.to_dict()) == trace


def test_ten_thousand_variables_of_one_name() -> None:
    x = variable(0.5, "h")
    y = x
    for _ in range(10_000):
        y = y + x
        y.name = "h"
    names = list(ng.trace(y).variables.names())
    assert len(set(names)) == len(names)
    assert names[-1] == "h (10001)"


def test_a_whole_number_of_more_than_64_bits() -> None:
    trace = ng.trace(variable(2.0, "x") + 10**30)
    assert trace.variables[-1].value == 1e30
    assert ng.Trace.from_dict(trace.to_dict()) == trace
