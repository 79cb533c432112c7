"""Ctrl-C between any two instructions of a ``with`` leaves nothing behind."""

import contextlib
import gc
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine import grad_mode
from nbgrad.engine.diagnostics import positions as source
from nbgrad.engine.observer import watching
from nbgrad.engine.scope_guard import ErrorState, guard
from tests.engine.faults import interrupt_at

FILES = (str(Path(ng.__file__).parent), __file__)


def state():
    """What a ``with`` of nbgrad's changes."""
    return (
        grad_mode.process.enable_backprop,
        grad_mode.override.get(),
        watching.get(),
        len(source.state.enabled),
        len(source.state.watchers),
        len(source.state.marking),
        np.geterr(),
        np.geterrcall(),
    )


def use_with(make):
    with make():
        ng.square(2.0)


def use_nested(make):
    with make(), ng.enable_grad():
        ng.square(2.0)
    mode = make()
    with mode:
        with mode:
            pass
        ng.square(2.0)


def use_raising(make):
    with contextlib.suppress(ZeroDivisionError), make():
        raise ZeroDivisionError


def use_stack(make):
    with contextlib.ExitStack() as stack:
        stack.enter_context(make())
        stack.enter_context(make())


def use_decorator(make):
    make()(lambda: None)()
    for _ in make()(generator)():
        ng.square(2.0)


def generator():
    yield 1
    yield 2


def use_generator(make):
    def inside():
        with make():
            yield 1
            yield 2

    for _ in inside():
        pass


MODES = {
    "no_grad": ng.no_grad,
    "enable_grad": ng.enable_grad,
    "using_config": lambda: ng.using_config("enable_backprop", False),
    "detect_anomaly": ng.detect_anomaly,
}
ANY = {**MODES, "ErrorState": lambda: ErrorState(all="call", call=print)}
CASES = [
    *[(use_with, mode) for mode in ANY],
    (use_nested, "no_grad"),
    (use_nested, "detect_anomaly"),
    (use_generator, "no_grad"),
    (use_raising, "no_grad"),
    (use_raising, "detect_anomaly"),
    (use_decorator, "no_grad"),
]
HANDLES = {use_raising, use_decorator}
if sys.version_info < (3, 11):
    HANDLES.add(use_generator)
"""These handle exceptions: Python itself is not safe from one between the steps of a handler."""


# An exception inside what runs when an object is freed is shown, not raised.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::nbgrad.GradModeWarning")
@pytest.mark.parametrize(("use", "mode"), CASES)
def test_ctrl_c_anywhere(use, mode):
    use(ANY[mode])
    before, number, places = state(), 0, set()
    while True:
        try:
            with interrupt_at(number, FILES, anywhere=use not in HANDLES) as reached:
                use(ANY[mode])
        except KeyboardInterrupt:
            assert state()[:3] == before[:3], reached  # while the traceback lives, too
        assert state() == before, reached
        if not reached:
            break
        places.update(reached)
        number += 1
    print(number, "interrupts at", len(places), "lines")
    assert number >= (5 if use in HANDLES else 40)
    assert sys.exc_info() == (None, None, None)


def test_entered_by_hand():
    for mode in MODES.values():
        before = state()
        m = mode()
        m.__enter__()
        assert hasattr(m, "__exit__")  # looking at it leaves nothing
        assert state() != before
        m.__exit__(None, None, None)
        assert state() == before
        leave = m.__exit__
        m.__enter__()
        leave(None, None, None)
        assert state() == before
        use_stack(mode)
        assert state() == before


@pytest.mark.parametrize("own", ["numpy._core.umath", "another module"])
def test_how_numpy_handles_errors_is_restored(own, monkeypatch):
    # Where NumPy's own state cannot be reached, its public functions restore it.
    monkeypatch.setitem(sys.modules, own, None)
    with np.errstate(over="raise"):
        before = np.geterr(), np.geterrcall()
        with ErrorState(all="ignore"), ErrorState(over="call", call=print):
            assert np.geterr()["over"] == "call"
        assert (np.geterr(), np.geterrcall()) == before


def test_a_guard_runs_its_steps_once_and_hides_no_exception():
    import functools

    ran = []
    leave = guard(functools.partial(ran.append, 1), functools.partial(ran.append, 2))
    assert not leave(ValueError, ValueError(), None)
    leave(None, None, None)
    assert ran == [1, 2]
    del leave
    assert ran == [1, 2]
    guard(functools.partial(ran.append, 3))
    assert ran == [1, 2, 3]


def test_nothing_is_left_for_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        m = ng.no_grad()
        with m:
            x = ng.Variable(np.ones(2))
        found = weakref.ref(m), weakref.ref(x)
        del m, x
        assert [r() for r in found] == [None, None]
    finally:
        gc.enable()
