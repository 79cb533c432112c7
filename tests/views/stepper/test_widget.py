"""The widget's Python side: traits, their checks, what is shown without a widget."""

from __future__ import annotations

import gc
import json
import threading
import weakref

import ipywidgets
import numpy as np
import pytest
import traitlets as t
from ipywidgets import Widget
from ipywidgets.embed import dependency_state

import nbgrad as ng


@pytest.fixture
def stepper(scenes):
    widget = ng.Stepper(scenes.diamond())
    yield widget
    widget.close()


def test_a_variable_runs_its_backward_pass(scenes):
    y = scenes.diamond()
    widget = ng.Stepper(y)
    assert widget.trace.gradient("x").value == 64.0
    assert (widget.step, widget.steps, widget.granularity) == (0, 3, "generation")


def test_options_go_to_the_trace(scenes):
    x = ng.Variable(np.array(2.0), name="x")
    widget = ng.Stepper(ng.square(x), apply=False)
    assert x.grad is None
    assert not widget.trace.applied


def test_a_trace_is_shown_as_it_is(scenes):
    trace = ng.trace(scenes.diamond())
    assert ng.Stepper(trace).trace is trace
    with pytest.raises(TypeError, match="takes no retain_grad"):
        ng.Stepper(trace, retain_grad=True)


@pytest.mark.parametrize("step", [-1, 4, 99])
def test_a_step_outside_is_an_error_that_says_the_range(stepper, step):
    with pytest.raises(t.TraitError, match=rf"from 0 to 3 .*not {step}"):
        stepper.step = step
    assert stepper.step == 0


def test_other_values_that_cannot_be(stepper):
    for name, value, words in [
        ("selected", "v99", "id of a node"),
        ("speed", 0, "above 0"),
        ("rewind", 5, "from 0 to 4"),
        ("rewind", -1, "from 0 to 4"),
        ("granularity", "word", "word"),
        ("order", "random", "random"),
    ]:
        with pytest.raises(t.TraitError, match=words):
            setattr(stepper, name, value)


def test_selecting(stepper):
    stepper.selected = "v1"
    assert stepper.selected == "v1"
    stepper.selected = None
    assert stepper.selected is None


def test_changing_the_granularity_keeps_the_place(stepper):
    stepper.step = 2
    stepper.granularity = "function"
    assert (stepper.step, stepper.steps) == (3, 4)
    stepper.granularity = "generation"
    assert stepper.step == 2
    stepper.granularity = "function"
    stepper.step = 4
    stepper.granularity = "generation"
    assert stepper.step == 3


def test_the_naive_order_has_its_own_steps(stepper):
    stepper.step = 3
    stepper.order = "naive"
    assert stepper.steps == 5
    assert stepper.step == 4
    stepper.step = 5
    stepper.order = "generation"
    assert stepper.step == 3


def test_no_naive_order(scenes):
    widget = ng.Stepper(scenes.diamond(), naive=False)
    with pytest.raises(t.TraitError, match="no naive order"):
        widget.order = "naive"


def test_forward_and_backward_exclude_each_other(stepper):
    stepper.rewind = 2
    assert (stepper.step, stepper.rewind) == (0, 2)
    stepper.step = 1
    assert (stepper.step, stepper.rewind) == (1, 0)
    stepper.rewind = 1
    assert (stepper.step, stepper.rewind) == (0, 1)


def test_the_page_may_change_several_at_once(stepper):
    stepper.set_state({"granularity": "function", "step": 4})
    assert (stepper.granularity, stepper.step) == ("function", 4)
    stepper.set_state({"order": "naive", "step": 5})
    assert stepper.step == 5
    stepper.set_state({"order": "generation", "granularity": "generation", "step": 1})
    assert (stepper.order, stepper.step) == ("generation", 1)


def test_no_message_of_the_page_leaves_a_place_that_is_not_there(stepper):
    """A value that a message leaves as it was is not checked by traitlets, and may not fit any more."""
    for message in ({"granularity": "generation"}, {"granularity": "generation", "step": 4}):
        stepper.granularity = "function"
        stepper.step = stepper.steps
        assert stepper.step == 4
        stepper.set_state(message)
        assert (stepper.step, stepper.steps) == (3, 3)
    for message, place in (
        ({"rewind": 1}, (0, 1)),
        ({"step": 2}, (2, 0)),
        ({"rewind": 2, "step": 1}, (1, 0)),
        ({"rewind": 2, "step": 0}, (0, 2)),
    ):
        stepper.set_state(message)
        assert (stepper.step, stepper.rewind) == place, message
    for message in (
        {"step": 99},
        {"step": -1},
        {"rewind": 99},
        {"granularity": "x"},
        {"step": "1"},
    ):
        with pytest.raises(t.TraitError):
            stepper.set_state(message)
        assert (stepper.step, stepper.rewind, stepper.granularity) == (0, 2, "generation"), message


def test_the_page_cannot_set_module_and_scene(stepper, monkeypatch):
    sent = []
    monkeypatch.setattr(stepper, "send_state", lambda key=None: sent.append(key))
    private = [name for name in stepper.keys if name[0] == "_" and name != "_view_count"]
    assert {"_esm", "_scene", "_packed"} <= set(private)
    before = {name: getattr(stepper, name) for name in private}
    for name in private:
        stepper.set_state({name: b"x" if name == "_packed" else "export default 1"})
    assert {name: getattr(stepper, name) for name in private} == before
    assert sent == [{name} for name in private]  # the page gets the kernel's own again


def test_it_can_be_observed_and_linked(scenes):
    one, two = ng.Stepper(scenes.diamond()), ng.Stepper(scenes.diamond())
    seen = []
    one.observe(lambda change: seen.append(change["new"]), "step")
    link = t.link((one, "step"), (two, "step"))
    one.step = 2
    assert (two.step, seen) == (2, [2])
    link.unlink()


def test_a_click_from_another_thread(stepper):
    """Lab may run a callback in a thread of its own, with no context variables."""
    failed = []

    def click(step):
        try:
            stepper.set_state({"step": step})
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=click, args=(k % 4,)) for k in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert 0 <= stepper.step <= 3


def test_what_is_shown_where_no_widget_lives(stepper):
    data, _ = stepper._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == stepper.model_id
    assert data["text/plain"] == str(stepper.trace)
    assert "<svg" in data["text/html"]
    assert "8 + 8 = <b>16</b>" in data["text/html"]
    assert "<script" not in data["text/html"]
    assert len(data["text/html"]) < 100_000


def test_no_graph_gives_a_message_in_the_widgets_place():
    with ng.no_grad():
        y = ng.square(ng.Variable(np.array(2.0)))
    widget = ng.Stepper(y)
    assert widget.trace is None
    error = json.loads(widget._scene)["error"]
    assert "no_grad" in error["en"]
    assert "no_grad" in widget._repr_mimebundle_()[0]["text/html"]
    assert "no_grad" in repr(widget)
    with pytest.raises(t.TraitError):
        widget.step = 1


def test_a_graph_that_is_too_large_gives_a_message(scenes, monkeypatch):
    monkeypatch.setattr("nbgrad.views.stepper.scene.MAX_NODES", 5)
    widget = ng.Stepper(scenes.diamond())
    assert "9 nodes" in json.loads(widget._scene)["error"]["en"]
    assert "9 nodes" in widget._repr_mimebundle_()[0]["text/html"]


def test_what_is_no_variable_is_a_type_error():
    with pytest.raises(TypeError, match="not ndarray"):
        ng.Stepper(np.ones(3))


LOOKS = {
    "shown": lambda stepper: stepper._repr_mimebundle_(),
    "named": lambda stepper: stepper.model_id,
    "nested": lambda stepper: ipywidgets.VBox([stepper]).close(),
    "moved": lambda stepper: setattr(stepper, "step", 1),
    "embedded": lambda stepper: dependency_state([stepper]),
    "embedded with all": lambda stepper: Widget.get_manager_state(),
}


@pytest.mark.parametrize("look", LOOKS)
def test_the_page_gets_a_stepper_when_somebody_looks(scenes, look):
    registry = _instances()
    for left in list(registry.values()):
        left.close()  # of other tests
    widget = ng.Stepper(scenes.diamond())
    assert widget._unopened  # the page has got nothing yet
    assert widget._seen is None  # and nothing was worked out for it
    LOOKS[look](widget)
    assert widget.comm.comm_id == widget.model_id
    assert not widget._unopened
    assert widget in registry.values()
    assert json.loads(widget.get_state()["_scene"])["trace"]["root"]
    assert widget.layout in registry.values()
    widget.close()
    assert widget not in registry.values()
    assert widget.layout not in registry.values()


def test_a_stepper_closed_unseen_shows_nothing_more(scenes):
    widget = ng.Stepper(scenes.diamond())
    widget.close()
    assert widget not in _instances().values()
    assert widget._repr_mimebundle_() is None
    assert repr(widget) == "This stepper was closed."
    assert widget.comm is None


def test_a_scene_that_fails_is_worked_out_at_the_next_look(scenes, monkeypatch):
    widget = ng.Stepper(scenes.diamond())
    with monkeypatch.context() as patched:
        patched.setattr("nbgrad.views.stepper.widget.scene", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            widget._repr_mimebundle_()
    assert "16" in widget._repr_mimebundle_()[0]["text/html"]


def test_a_language_chosen_before_it_is_shown_leaves_the_other_there(scenes):
    widget = ng.Stepper(scenes.diamond())
    widget.lang = "ko"
    assert set(json.loads(widget._scene)["story"]) == {"en", "ko"}


def test_closing_frees_it(scenes):
    widget = ng.Stepper(scenes.diamond())
    gone, trace = weakref.ref(widget), weakref.ref(widget.trace)
    widget.close()
    assert widget.trace is None
    del widget
    gc.collect()
    assert gone() is None
    assert trace() is None


def test_two_hundred_steppers_leave_nothing(scenes):
    registry = _instances()
    before = set(registry)
    gone = []
    for k in range(200):
        widget = ng.Stepper(scenes.diamond(), predict=k % 2 == 0)
        widget.observe(lambda change: None, "step")
        widget.step = 2
        widget._repr_mimebundle_()
        gone += [weakref.ref(widget), weakref.ref(widget.trace), weakref.ref(widget.trace.naive)]
        widget.close()
    del widget
    gc.collect()
    assert set(registry) == before
    assert [ref() for ref in gone if ref() is not None] == []


def _instances():
    """Return the registry of live widgets, which ipywidgets keeps in a place of its own."""
    from ipywidgets.widgets import widget

    return widget._instances


def test_a_large_graph_is_sent_packed():
    x = ng.Variable(np.array(0.5), name="x")
    y = x
    for _ in range(1000):
        y = ng.sin(y)
    widget = ng.Stepper(y)
    assert widget._scene == ""
    assert 0 < len(widget._packed) < 400_000
