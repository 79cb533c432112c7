"""Orders and sentences where gradients are large, not finite, missing or alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing.narration.story import Story
from nbgrad.tracing.summaries import summarise
from tests.tracing.graphs import variable
from tests.tracing.narration.test_orders import compared


def joined(value: Any) -> tuple[ng.Variable, ng.Variable]:
    """Return x and the sum of x⁴ + x⁴: the diamond, of arrays too."""
    x = variable(value, "x")
    a = ng.square(x)
    return x, ng.sum(ng.square(a) + ng.square(a))


def test_where_orders_differ_in_a_large_array_its_norm_tells() -> None:
    wrong, told = compared(ng.trace(joined(np.full((30, 30), 2.0))[1]))
    assert wrong == {"x": ("‖2880‖", "‖1920‖")}
    assert "x.grad is ‖2880‖ instead of ‖1920‖" in told[-1]


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200, [np.nan, np.inf], np.full(200, np.nan)])
def test_gradients_that_are_not_finite_are_the_same_in_both_orders(value: Any) -> None:
    with np.errstate(all="ignore"):
        wrong, told = compared(ng.trace(joined(value)[1]))
    assert wrong == {}
    assert "both give the same gradients" in told[-1]


def test_a_nan_beside_a_number_hides_no_difference() -> None:
    _, told = compared(ng.trace(joined([1.0, np.nan])[1]))
    assert "x.grad is [12, nan] instead of [8, nan]" in told[-1]


def test_orders_of_which_one_overflows_differ() -> None:
    with np.errstate(all="ignore"):
        wrong, _ = compared(ng.trace(joined(2.6e102)[1]))
    assert wrong["x"] == ("inf", "1.406e308")


def test_a_rule_that_fails_in_the_naive_replay_is_named() -> None:
    class Fails(ng.Function):
        def forward(self, x):
            return x * 1.0

        def backward(self, gy):
            raise ValueError("oh")

    with pytest.raises(ValueError, match="oh") as caught:
        ng.trace(Fails()(variable(2.0, "x")), order="naive")
    assert "in the naive replay of the backward of Fails(x () float64)" in caught.value.__notes__[0]
    assert ng.Config.enable_backprop is True


def test_a_function_that_sends_nothing_back_says_so() -> None:
    class Cut(ng.Function):
        def forward(self, x):
            return x * 1.0

        def backward(self, gy):
            return None

    x = variable(2.0, "x")
    trace = ng.trace(Cut()(ng.square(x)))
    assert "Cut → v2  1         –" in str(trace)
    assert (x.grad, trace.gradient("x")) == (None, None)
    assert "Cut sends nothing back" in "".join(Story(trace, "en").generation[1])


def test_several_large_amounts_at_one_variable_are_told_without_numbers() -> None:
    v = ng.Variable(np.full((30, 30), 2.0), "v")
    told = Story(ng.trace(ng.sum(ng.sin(v) + ng.sin(v))), "en").generation
    assert "Both Sins use v, so each sends a gradient of shape (30, 30)" in "".join(told[-1])
    told = Story(ng.trace(ng.sum(ng.concatenate([v, v, v]))), "en").generation
    assert "Concatenate uses v 3 times" in "".join(told[-1])


def test_a_large_gradient_with_a_nan_says_so() -> None:
    x = ng.Variable(np.array([1.0, np.nan] * 60), "x")
    told = Story(ng.trace(ng.sum(ng.square(x))), "en").generation
    assert "x.grad (with NaN in it)" in "".join(told[-1])


def test_a_summary_of_one_number_equals_and_hashes_as_it() -> None:
    assert summarise(np.array(2.0)) == 2
    assert hash(summarise(np.array(2.0))) == hash(2.0)
    missing = float("nan")
    assert summarise(np.array(missing)) == missing
    assert summarise(np.ones(100)) != 1.0
    assert hash(summarise(np.ones(100))) == hash(summarise(np.zeros(100)))


def test_the_naive_order_has_one_step_for_each_function() -> None:
    naive = ng.trace(joined(2.0)[1], order="naive")
    assert naive.by_function() == naive.steps
