"""The diamond's stepper in JupyterLab and Notebook 7: clicks, keys, slider, kernel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.host import Notebook, shoot, wait_drawn
from tests.browser.notebooks import DIAMOND, IMPORTS, STEPPER
from tests.browser.stepper import StepperView

SUM = re.compile(r"8\s*\+\s*8")


@pytest.fixture(scope="module")
def book(opener: Callable[..., Notebook], host: str) -> Notebook:
    return opener(host, [IMPORTS, DIAMOND, STEPPER, STEPPER.replace("w", "other")])


@pytest.fixture
def stepper(book: Notebook) -> StepperView:
    """The first of the two steppers, at its start."""
    view = StepperView(book.page)
    view.reset()
    book.wait_for("w.step", 0)
    return view


def test_at_the_start_only_the_root_has_its_seed(stepper: StepperView) -> None:
    stepper.expect_grads(y=1, c=None, b=None, a=None, x=None)
    stepper.expect_active(functions_of=None)


def test_next_walks_the_generations_2_1_0(book: Notebook, stepper: StepperView) -> None:
    stepper.click("Next")
    stepper.expect_grads(b=1, c=1, a=None, x=None)
    stepper.expect_active("y", "b", "c", functions_of=2)
    book.wait_for("w.step", 1)

    stepper.click("Next")
    stepper.expect_grads(a=16, x=None)
    stepper.expect_active("b", "c", "a", functions_of=1)
    expect(stepper.root).to_contain_text(SUM)
    book.wait_for("w.step", 2)

    stepper.click("Next")
    stepper.expect_grads(x=64)
    stepper.expect_active("a", "x", functions_of=0)
    book.wait_for("w.step", 3)

    stepper.click("Next")
    stepper.expect_position(3)
    assert book.value("w.step") == 3


def test_previous_takes_a_gradient_back(book: Notebook, stepper: StepperView) -> None:
    stepper.click("Last")
    stepper.expect_grads(x=64)
    stepper.click("Previous")
    stepper.expect_grads(x=None, a=16)
    book.wait_for("w.step", 2)
    stepper.click("Previous")
    stepper.expect_grads(a=None)
    stepper.click("Previous")
    stepper.expect_position(0)
    book.wait_for("w.step", 0)


def test_before_the_start_the_forward_pass_is_told(book: Notebook, stepper: StepperView) -> None:
    stepper.click("First")
    stepper.expect_grads(y=None, x=None)
    book.wait_for("w.step", 0)
    stepper.click("Last")
    stepper.expect_position(0)
    stepper.expect_grads(y=1)


def test_last_and_first(book: Notebook, stepper: StepperView) -> None:
    stepper.click("Last")
    book.wait_for("w.step", 3)
    stepper.expect_grads(x=64)
    stepper.click("First")
    book.wait_for("w.step", 0)
    stepper.expect_grads(y=1, x=None)


@pytest.fixture
def slowly(book: Notebook, stepper: StepperView) -> Iterator[None]:
    """Play so slowly that a busy machine sees it."""
    book.execute("w.speed = 0.05")
    yield
    book.execute("w.speed = 1.0")


def test_play_runs_to_the_end_and_stops(book: Notebook, stepper: StepperView) -> None:
    stepper.click("Play")
    stepper.expect_grads(x=64)
    expect(stepper.button("Play")).to_be_visible()
    book.wait_for("w.step", 3)
    book.wait_for("w.playing", False)


@pytest.mark.usefixtures("slowly")
def test_pause_stops_where_it_is(book: Notebook, stepper: StepperView) -> None:
    stepper.click("Play")
    expect(stepper.button("Pause")).to_be_visible()
    book.wait_for("w.playing", True)
    stepper.click("Pause")
    book.wait_for("w.playing", False)
    book.execute("w.speed = 4.0")
    stepper.button("Play").evaluate("(button) => { button.click(); button.click(); }")
    expect(stepper.button("Play")).to_be_visible()
    here = stepper.position()
    stepper.page.wait_for_timeout(2000)
    assert stepper.position() == here
    expect(stepper.button("Play")).to_be_visible()


def test_the_slider_can_be_dragged(book: Notebook, stepper: StepperView) -> None:
    stepper.drag_to(2)
    book.wait_for("w.step", 2)
    stepper.expect_grads(a=16, x=None)
    stepper.drag_to(3)
    book.wait_for("w.step", 3)
    stepper.expect_grads(x=64)


@pytest.mark.parametrize("where", ["slider", "button", "root"])
def test_arrow_keys_home_and_end(book: Notebook, stepper: StepperView, where: str) -> None:
    places = {"slider": stepper.slider, "button": stepper.button("Next"), "root": stepper.root}
    places[where].focus()
    press = stepper.page.keyboard.press
    press("ArrowRight")
    stepper.expect_position(1)
    press("ArrowRight")
    stepper.expect_position(2)
    stepper.expect_grads(a=16)
    press("ArrowLeft")
    stepper.expect_position(1)
    press("End")
    stepper.expect_position(3)
    stepper.expect_grads(x=64)
    press("Home")
    stepper.expect_position(0)
    book.wait_for("w.step", 0)


@pytest.mark.usefixtures("slowly")
def test_space_plays_and_pauses(book: Notebook, stepper: StepperView) -> None:
    stepper.slider.focus()
    stepper.page.keyboard.press("Space")
    book.wait_for("w.playing", True)
    stepper.page.keyboard.press("Space")
    book.wait_for("w.playing", False)


def test_the_host_does_not_steal_keys(open_notebook: Callable[..., Notebook]) -> None:
    """`d d` deletes a cell, `x` cuts it: wherever the focus is, these keys are the widget's."""
    book = open_notebook([IMPORTS, DIAMOND, STEPPER])
    stepper = StepperView(book.page)
    places = (stepper.slider, stepper.button("Next"), stepper.variable("x"), stepper.root)
    for place in places:
        place.focus()
        for key in ("d", "d", "a", "b", "x", "m"):
            book.page.keyboard.press(key)
        assert stepper.root.count() == 1, f"a key pressed on {place} took the cell away"
        assert len(book.outputs()) == 3
    stepper.slider.focus()
    book.page.keyboard.press("ArrowRight")
    book.wait_for("w.step", 1)


def test_the_page_follows_the_kernel(book: Notebook, stepper: StepperView) -> None:
    book.execute("w.step = 2")
    stepper.expect_position(2)
    stepper.expect_grads(a=16, x=None)
    stepper.expect_active("a", functions_of=1)
    book.execute("w.step = 0")
    stepper.expect_grads(a=None)


def test_a_step_that_is_not_there_is_an_error(book: Notebook, stepper: StepperView) -> None:
    with pytest.raises(AssertionError, match="TraitError"):
        book.execute("w.step = 99")
    assert book.value("w.step") == 0
    stepper.expect_position(0)


def test_by_function_there_are_four_steps(book: Notebook, stepper: StepperView) -> None:
    book.execute("w.granularity = 'function'")
    expect(stepper.slider).to_have_attribute("max", "4")
    stepper.click("Last")
    book.wait_for("w.step", 4)
    stepper.expect_grads(x=64)
    stepper.click("First")
    book.wait_for("w.step", 0)
    stepper.click("Next")
    stepper.click("Next")
    book.wait_for("w.step", 2)
    stepper.expect_grads(a=8)
    stepper.click("First")
    book.wait_for("w.step", 0)
    book.execute("w.granularity = 'generation'")
    expect(stepper.slider).to_have_attribute("max", "3")
    stepper.click("Last")
    book.wait_for("w.step", 3)


def test_a_click_selects_a_node(book: Notebook, stepper: StepperView) -> None:
    card = stepper.variable("a")
    card.click()
    book.wait_for("w.selected", card.get_attribute("data-node-id"))


def test_nodes_say_what_they_are(stepper: StepperView) -> None:
    generations = {"x": 0, "a": 1, "b": 2, "c": 2, "y": 3}
    for name, generation in generations.items():
        card = stepper.variable(name)
        expect(card).to_have_attribute("data-generation", str(generation))
    expect(stepper.functions()).to_have_count(4)
    ids = stepper.root.locator("[data-kind]").evaluate_all(
        "(all) => all.map(n => n.dataset.nodeId)"
    )
    assert len(set(ids)) == 9


def test_the_narrator_speaks_of_each_step(stepper: StepperView) -> None:
    wait_drawn(stepper.page)
    said = [stepper.live.inner_text()]
    for _ in range(3):
        stepper.click("Next")
        expect(stepper.live).not_to_have_text(said[-1])
        said.append(stepper.live.inner_text())
    assert len(set(said)) == 4
    assert "16" in said[2]
    assert "64" in said[3]


def test_two_steppers_go_their_own_way(book: Notebook, stepper: StepperView) -> None:
    other = StepperView(book.page, index=1)
    other.reset()
    stepper.click("Last")
    book.wait_for("w.step", 3)
    other.click("Next")
    book.wait_for("other.step", 1)
    assert book.value("w.step") == 3
    other.expect_grads(a=None)
    stepper.expect_grads(x=64)


def test_the_output_has_a_story_for_those_without_the_widget(book: Notebook) -> None:
    (shown,) = [o for o in book.outputs()[2] if o["output_type"] != "stream"]
    kinds = set(shown["data"])
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= kinds
    assert "64" in "".join(shown["data"]["text/html"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures(book: Notebook, stepper: StepperView, theme: str) -> None:
    book.theme(theme)
    book.execute("w.selected = None")
    for step in (0, 2, 3):
        book.execute(f"w.step = {step}")
        stepper.expect_position(step)
        shoot(stepper.root, f"stepper_{book.host}_{theme}_{step}")
    book.theme("light")
