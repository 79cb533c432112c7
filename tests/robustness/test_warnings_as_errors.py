"""Warnings turned into errors: a pass fails as a whole, and nothing of our own warns."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nbgrad as ng
from nbgrad.views.repr.html import function_html, variable_html
from nbgrad.views.stepper.page import page_html
from tests.engine.faults import snapshot, unchanged
from tests.robustness.random_programs import cases
from tests.tracing.graphs import whole_story

EXTREME = [0.0, -0.0, 1.0, 5e-324, 1e-200, -1e200, 1.7e308, np.inf, -np.inf, np.nan]
ARRAYS = st.sampled_from([np.float64, np.float64, np.float32]).flatmap(
    lambda dtype: hnp.arrays(
        dtype,
        hnp.array_shapes(min_dims=0, max_dims=2, max_side=9),
        elements=st.sampled_from(EXTREME).map(lambda v: float(np.float32(np.clip(v, -3e38, 3e38))))
        if dtype == np.float32
        else st.sampled_from(EXTREME),
    )
)
OPERATIONS = st.lists(
    st.sampled_from(
        [
            np.exp,
            np.log,
            np.sqrt,
            np.tanh,
            ng.softmax,
            ng.square,
            ng.reciprocal,
            lambda x: x * x,
            lambda x: x / x,
            lambda x: x - x.sum(),
            lambda x: x**3.0,
        ]
    ),
    max_size=4,
)


def computed(data, operations):
    x = y = ng.Variable(data, "x")
    for f in operations:
        y = f(y) if y.ndim or f is not ng.softmax else y
    y = y.sum()
    y.name = "y"
    return x, y


def everything(y):
    seen, waiting = {}, [y]
    while waiting:
        v = waiting.pop()
        if isinstance(v, ng.Variable) and id(v) not in seen:
            seen[id(v)] = v
            waiting += [] if v.creator is None else v.creator.inputs
    return list(seen.values())


@cases(60, 3_000)
@given(ARRAYS, OPERATIONS)
def test_a_pass_that_warns_fails_as_a_whole(data, operations):
    with np.errstate(all="ignore"):
        x, y = computed(data, operations)
        twin, of_twin = computed(data, operations)
        of_twin.backward()
    for run in (y.backward, lambda: ng.trace(y, naive=True)):
        before = snapshot(everything(y))
        with warnings.catch_warnings(), np.errstate(all="warn"):
            warnings.simplefilter("error")
            try:
                run()
            except RuntimeWarning:
                assert unchanged(before, snapshot(everything(y)))
                assert ng.Config.enable_backprop
        x.cleargrad()
    with np.errstate(all="ignore"):
        y.backward()
    assert x.grad.tobytes() == twin.grad.tobytes()


@cases(40, 2_000)
@given(ARRAYS, OPERATIONS)
@example(np.array([1.0, -1e200]), [ng.square])
@example(np.append(np.full(80, -1e200), 5e-324), [])
def test_recorder_and_views_warn_of_nothing(data, operations):
    """Whatever the numbers are: NaN, infinities, the largest and the smallest."""
    with np.errstate(all="ignore"):
        x, y = computed(data, operations)
        y.backward(retain_grad=True)
    shown = [
        lambda: (variable_html(x), variable_html(y), repr(x)),
        lambda: y.creator and function_html(y.creator),
        lambda: ng.graph(y)._repr_mimebundle_(),
        lambda: whole_story(trace, "en"),
        lambda: (str(trace), trace.to_dict(), trace._repr_html_(), page_html(trace)),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with np.errstate(all="ignore"):  # the rules themselves may warn, as NumPy does
            trace = ng.trace(y)
        with np.errstate(all="raise"):  # also where a user asked for errors with np.seterr
            for show in shown:
                show()


@pytest.mark.parametrize("action", ["error", "always"])
def test_the_warning_is_numpys_own(action):
    x = ng.Variable(np.array([1e200, 1.0]), "x")
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter(action)
        try:
            (x * x).sum().backward()
        except RuntimeWarning as error:
            seen.append(error)
    assert len(seen) == 1
    assert "overflow" in str(seen[0])
