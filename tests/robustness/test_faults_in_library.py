"""A fault at every call of every function of the library: forward, backward, recorder, views.

Whatever fails, and wherever: every gradient, the grad mode and the graph are as before, the
next call gives what it would have given, and nothing is left behind.
"""

from __future__ import annotations

import gc
import re
import sys
import warnings
import weakref

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine import grad_mode as config
from nbgrad.engine.diagnostics import positions as source
from nbgrad.views.repr.html import function_html, variable_html
from nbgrad.views.stepper.page import page_html
from tests.engine.faults import snapshot, unchanged
from tests.engine.hooks import hooked
from tests.engine.tiny import same
from tests.robustness.call_faults import KINDS, calls_of, fail_at_call
from tests.robustness.random_programs import FUZZ, nbgrad_run, random_program
from tests.tracing.graphs import whole_story

pytestmark = pytest.mark.fuzz
GRAPHS, SIZE = (4, 8) if FUZZ else (2, 5)


def state():
    """What is neither a gradient nor a graph, and must be put back too."""
    return (
        config.process.enable_backprop,
        config.override.get(),
        (
            set(source.state.enabled),
            set(source.state.marking),
            set(source.state.watchers),
            source.state.watch,
        ),
        warnings.filters[:],
        np.geterr(),
    )


def everything(ran):
    return list({id(v): v for v in (*ran.leaves, *ran.pool, ran.root)}.values())


def grads(ran):
    return [None if x.grad is None else np.array(x.grad) for x in ran.leaves]


def report(capsys, what, tried, survived):
    with capsys.disabled():
        print(f"\n  {what}: {tried} faults tried, {survived} survived", end="", file=sys.stderr)


def fails_at(number, error, action):
    """Run an action with a fault; return where it was and what came back (None: it raised)."""
    got = None
    with fail_at_call(number, error) as reached:
        try:
            got = action()
        except BaseException as caught:  # noqa: BLE001 - KeyboardInterrupt is one of the faults
            assert "injected" in f"{caught}{caught.__cause__}{caught.__context__}"
    return reached, got


# ---------------------------------------------------------------- passes

WAYS = {
    "backward()": lambda y: y.backward(),
    "backward(retain_grad=True)": lambda y: y.backward(retain_grad=True),
    "trace()": lambda y: ng.trace(y, naive=False),
    "trace(naive=True)": lambda y: ng.trace(y, naive=True),
    "trace(order='naive')": lambda y: ng.trace(y, order="naive"),
    "trace(apply=False)": lambda y: ng.trace(y, apply=False),
}


def try_pass(way, seed, error, step):
    """Return how many faults were tried at the calls of one pass, and which did harm."""
    program = random_program(seed, SIZE)
    plain = nbgrad_run(program)
    plain.root.backward()
    number, tried, harm = seed % step, 0, []
    while True:
        ran = nbgrad_run(program)
        ran.leaves[0].grad = np.full(ran.leaves[0].shape, 3.0, ran.leaves[0].dtype)
        before, outside = snapshot(everything(ran)), state()
        reached, _ = fails_at(number, error, lambda y=ran.root: way(y))
        if not reached:
            return tried, harm
        tried += 1
        if not unchanged(before, snapshot(everything(ran))) or state() != outside:
            harm.append((number, *reached))
        ran.leaves[0].cleargrad()
        ran.root.backward()
        if not same(grads(ran), grads(plain)):
            harm.append((number, *reached, "the next call"))
        number += step


@pytest.mark.parametrize("name", WAYS)
def test_a_fault_at_every_call_of_a_pass(name, capsys):
    """In the short profile at every fourth call of a trace."""
    total, harm = 0, []
    WAYS[name](nbgrad_run(random_program(0, SIZE)).root)  # looks once for the user's modules
    step = 4 if "trace" in name and not FUZZ else 1
    for seed in range(GRAPHS):
        for error in KINDS[seed % 2 :: 2] if FUZZ else [KINDS[seed]]:
            tried, harmed = try_pass(WAYS[name], seed, error, step)
            total, harm = total + tried, harm + harmed
    report(capsys, f"every call of {name}", total, total - len(harm))
    assert total > 150
    assert harm == []


def test_a_fault_at_every_call_of_a_forward(capsys):
    total, harm = 0, []
    for seed in range(GRAPHS):
        # Leaving a user's own `with no_grad()` is a call too, which nothing can shield.
        program = random_program(seed, SIZE, without=("no_grad",))
        right = nbgrad_run(program)
        right.root.backward()
        number, reached = 0, ["begin"]
        while reached:
            outside = state()
            error = KINDS[(seed + number) % len(KINDS)]
            reached, _ = fails_at(number, error, lambda p=program: nbgrad_run(p))
            again = nbgrad_run(program)
            again.root.backward()
            if state() != outside or not same(grads(again), grads(right)):
                harm.append((number, *reached))
            number += 1
        total += number - 1
    report(capsys, "every call of a forward", total, total - len(harm))
    assert total > 200
    assert harm == []


@pytest.mark.parametrize("name", ["backward()", "trace()", "trace(naive=True)"])
def test_what_failed_keeps_nothing_alive(name):
    """Not even the graph, with the collector off."""
    with hooked("trace", None):  # of a function that is traced Python keeps the locals itself
        assert kept_alive_by_faults(name) == []


def kept_alive_by_faults(name):
    program = random_program(1, 8)
    total = len(calls_of(lambda: WAYS[name](nbgrad_run(program).root)))
    kept = []
    gc.collect()
    gc.disable()
    try:
        for number in range(0, total, 2 if FUZZ else 7):
            ran = nbgrad_run(program)
            refs = [weakref.ref(v) for v in everything(ran)]
            reached, _ = fails_at(number, MemoryError, lambda r=ran: WAYS[name](r.root))
            del ran
            if any(ref() is not None for ref in refs):
                kept.append((number, *reached))
    finally:
        gc.enable()
    return kept


# ---------------------------------------------------------------- views


def views(y, trace, folder):
    """What is shown of a root and its trace; each view returns what can be compared."""
    data = trace.to_dict()

    def stepper():
        widget = ng.Stepper(trace)
        try:
            widget.step = 1
            bundle = widget._repr_mimebundle_()[0]
            story = re.sub(r"data-model='\d+'", "", bundle["text/html"])
            return widget._scene, widget._packed, story, bundle["text/plain"]
        finally:
            widget.close()

    def saved(name):
        trace.save(folder / name)
        return (folder / name).read_bytes()

    return {
        "text": lambda: (repr(y), repr(y.creator), str(trace), str(ng.graph(y))),
        "html": lambda: (variable_html(y), function_html(y.creator)),
        "graph": lambda: ng.graph(y)._repr_mimebundle_(),
        "dot": lambda: ng.graph(y).to_dot().source,
        "narrator": lambda: whole_story(trace, "en"),
        "korean": lambda: whole_story(trace, "ko"),
        "story": trace._repr_html_,
        "json": trace.to_dict,
        "from json": lambda: ng.Trace.from_dict(data),
        "saved json": lambda: saved("t.json"),
        "page": lambda: page_html(trace),
        "saved page": lambda: saved("t.html"),
        "saved svg": lambda: saved("t.svg"),
        "stepper": stepper,
    }


def places(calls, seen):
    """Choose where to fail: each function's first call; in the long profile its last one too."""
    chosen = {}
    for number, name in enumerate(calls):
        # A close() that fails before it began closes nothing.
        if name != "widget.py:close" and name not in seen:
            chosen.setdefault((name, "first"), number)
            if FUZZ:
                chosen[name, "last"] = number
    seen |= set(calls)
    return sorted(set(chosen.values()))


def registry():
    from ipywidgets.widgets import widget

    return set(widget._instances)


@pytest.fixture
def no_collector():
    """A widget that the collector finds is closed by a call of the library's, which would count."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_a_fault_in_every_function_of_the_views(tmp_path, capsys):
    """In the short profile each function once, in the first view that calls it."""
    total, harm, seen = 0, [], set()
    for seed in range(2 if FUZZ else 1):
        seen.clear()
        ran = nbgrad_run(random_program(seed, 3))
        ran.root.name = "y"
        trace = ng.trace(ran.root)
        for name, view in views(ran.root, trace, tmp_path).items():
            view()  # what it imports changes where names are looked for
            right = view()
            for at in places(calls_of(view), seen):
                open_ = registry()
                before, outside = snapshot(everything(ran)), state()
                files = sorted(p.name for p in tmp_path.iterdir())
                reached, got = fails_at(at, KINDS[(at + seed) % len(KINDS)], view)
                total += 1
                fine = (
                    reached
                    and (got is None or got == right)
                    and unchanged(before, snapshot(everything(ran)))
                    and state() == outside
                    and registry() == open_
                    and sorted(p.name for p in tmp_path.iterdir()) == files
                    and (view() == right if FUZZ or total % 3 == 0 else True)
                )
                if not fine:
                    harm.append((name, at, *reached))
    report(capsys, "every function of the views", total, total - len(harm))
    assert total > 150
    assert harm == []


def test_a_fault_while_a_trace_is_worked_out_leaves_it_whole():
    """A trace builds its model when somebody first looks: failing then, it does so next time."""
    y = nbgrad_run(random_program(2, 6)).root
    right = ng.trace(y, apply=False)
    total = len(calls_of(lambda: ng.trace(y, apply=False).parts)) - len(
        calls_of(lambda: ng.trace(y, apply=False))
    )
    assert total > 100
    for number in range(0, total, 1 if FUZZ else 5):
        trace = ng.trace(y, apply=False)
        fails_at(number, MemoryError, lambda t=trace: t.parts)
        assert trace == right
