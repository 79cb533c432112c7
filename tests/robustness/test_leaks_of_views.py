"""Traces, views and steppers, many of each with the collector off: nothing stays, no cycle is made."""

from __future__ import annotations

import gc
import itertools
import weakref

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing import Trace
from nbgrad.views.repr.html import function_html, variable_html
from nbgrad.views.stepper.page import page_html
from tests.engine.faults import Faults
from tests.engine.tiny import random_graph
from tests.robustness.memory_growth import growth
from tests.robustness.random_programs import FUZZ, nbgrad_run, random_program
from tests.tracing.graphs import whole_story

pytestmark = pytest.mark.fuzz
TIMES = 400 if FUZZ else 35
CONSTANT = 250
"""What is not a leak: an object here and there that Python makes once."""
PROGRAM = random_program(1, 1)


def root():
    return nbgrad_run(PROGRAM).root


def failing_trace():
    faults = Faults(ZeroDivisionError, 2)
    try:
        ng.trace(random_graph(1, 6, wrap=faults.wrap).root)
    except ZeroDivisionError:
        return
    raise AssertionError("nothing was injected")


def broken_file():
    data = ng.trace(root()).to_dict()
    data["steps"][0]["calls"][0]["function"] = "f999"
    try:
        Trace.from_dict(data)
    except ng.NbgradError:
        return
    raise AssertionError("it was read")


def refused_stepper():
    try:
        ng.Stepper(np.ones(3))
    except TypeError:
        return
    raise AssertionError("it was made")


WORK = {
    "trace": lambda: ng.trace(root()),
    "trace, looked at": lambda: ng.trace(root()).steps,
    "trace, naive": lambda: ng.trace(root(), order="naive").steps,
    "trace, naive beside": lambda: ng.trace(root(), naive=True).naive.steps,
    "trace, create_graph": lambda: ng.trace(root(), create_graph=True, apply=False).steps,
    "trace, failing": failing_trace,
    "text": lambda: str(ng.trace(root())),
    "narrator": lambda: whole_story(ng.trace(root()), "en"),
    "json": lambda: Trace.from_dict(ng.trace(root()).to_dict()).steps,
    "json, broken": broken_file,
    "repr": lambda: (repr(root()), repr(root().creator)),
    "html": lambda: variable_html(root()),
    "html of a function": lambda: function_html(root().creator),
    "graph": lambda: ng.graph(root())._repr_mimebundle_(),
    "graph of a trace": lambda: str(ng.graph(ng.trace(root()))),
    "dot": lambda: ng.graph(root()).to_dot().source,
    "story": lambda: ng.trace(root())._repr_html_(),
    "page": lambda: page_html(ng.trace(root())),
    "stepper, refused": refused_stepper,
}
SLOW = {"story", "page", "graph", "dot"}


@pytest.mark.parametrize("name", WORK)
def test_nothing_stays(name):
    times = TIMES // 5 if name in SLOW else TIMES
    least = min(growth(WORK[name], times) for _ in range(2))
    # anywidget makes a class for each of its widgets, which is a cycle, also of a refused one
    assert least.cycles < times * (60 if "stepper" in name else 0) + 1
    assert least.blocks < times + CONSTANT


def test_steppers_go_when_they_are_closed():
    """With the collector off; what is left for it is anywidget's own class for each widget."""
    trace = ng.trace(root())
    refs = []

    def work():
        widget = ng.Stepper(trace)
        widget.observe(lambda change: None, "step")
        widget.step = 1
        widget.granularity = "function"
        widget._repr_mimebundle_()
        refs.append(weakref.ref(widget))
        refs.append(weakref.ref(widget._plans))
        widget.close()

    times = 400 if FUZZ else 10
    gc.collect()
    gc.disable()
    try:
        for _ in range(times):
            work()
        assert len(refs) == 2 * times
        assert sum(ref() is not None for ref in refs) == 0
    finally:
        gc.enable()
    refs.clear()
    least = min(growth(lambda: (work(), refs.clear()), times).blocks for _ in range(2))
    assert least < times + CONSTANT


def test_an_open_stepper_a_trace_and_a_graph_hold_no_variable():
    gc.collect()
    gc.disable()
    try:
        ran = nbgrad_run(random_program(2, 6))
        y = ran.root
        trace = ng.trace(y)
        held = [trace, trace.steps, ng.graph(y), ng.Stepper(y), ng.Stepper(trace)]
        held += [variable_html(y), trace._repr_html_(), trace.naive]
        refs = [weakref.ref(v) for v in {id(v): v for v in (*ran.pool, y)}.values()]
        del ran, y
        assert [ref() for ref in refs if ref() is not None] == []
        for stepper in held[3:5]:
            stepper.close()
    finally:
        gc.enable()


def test_what_is_counted_would_show_a_leak():
    """One object more per run, or one cycle per run, is seen."""
    kept = []
    # What Python lets go of meanwhile is counted too.
    assert max(growth(lambda: kept.append(np.zeros(3)), 100).blocks for _ in range(2)) >= 100

    def cycle():
        a = []
        a.append(a)

    assert growth(cycle, 100).cycles >= 100
    numbers = itertools.count()
    assert min(growth(lambda: next(numbers), 100).blocks for _ in range(2)) < 10
