"""The stepper as a person meets it: by its names and roles, in a notebook or on a saved page."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

ROOT = '[role="group"][data-lm-suppress-shortcuts="true"]'
BUTTONS = ("First", "Previous", "Next", "Last")


class StepperView:
    """One stepper on a page."""

    def __init__(self, page: Page, index: int = 0) -> None:
        self.page = page
        roots = page.locator(f"{ROOT}[aria-label*=backward i]")
        self.root = roots.nth(index)
        self.slider = self.root.get_by_role("slider", name="Step")
        self.live = self.root.locator("[aria-live]").first
        expect(self.root).to_be_visible()
        expect(self.slider).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def click(self, name: str) -> None:
        """Click a transport button. One that can't go further may be disabled."""
        button = self.button(name)
        if button.is_enabled() and button.get_attribute("aria-disabled") != "true":
            button.click()

    def variable(self, name: str) -> Locator:
        """Return the card of the variable of this name."""
        cards = self.root.locator('[data-kind="variable"]')
        return cards.filter(has=self.page.get_by_text(name, exact=True))

    def functions(self) -> Locator:
        return self.root.locator('[data-kind="function"]')

    def expect_grads(self, **wanted: float | None) -> None:
        """Wait until these variables show these gradients; None is 'not yet computed'."""
        for name, value in wanted.items():
            card = expect(self.variable(name))
            if value is None:
                card.not_to_have_attribute("data-grad", re.compile(""))
            else:
                card.to_have_attribute("data-grad", re.compile(rf"^{value:g}(\.0*)?$"))

    def expect_active(self, *names: str, functions_of: int | None) -> None:
        """Wait until these variables, and the functions of one generation, are the active ones."""
        for name in names:
            expect(self.variable(name)).to_have_attribute("data-active", "true")
        active = self.root.locator('[data-kind="function"][data-active="true"]')
        if functions_of is None:
            expect(active).to_have_count(0)
            return
        own = f'[data-kind="function"][data-generation="{functions_of}"]'
        expect(active).to_have_count(self.root.locator(own).count())
        for node in active.all():
            expect(node).to_have_attribute("data-generation", str(functions_of))

    def position(self) -> int:
        """Return where the slider stands: a step, or less than 0 in the forward pass's story."""
        return int(self.slider.input_value())

    def expect_position(self, step: int) -> None:
        expect(self.slider).to_have_value(str(step))

    def reset(self) -> None:
        """Go to step 0, as a person would."""
        if self.button("Pause").count():
            self.button("Pause").click()
        position = self.position()
        if position:
            self.click("First" if position > 0 else "Last")
        self.expect_position(0)

    def drag_to(self, step: int) -> None:
        """Drag the slider's thumb with the mouse."""
        box = self.slider.bounding_box()
        assert box is not None
        low, high = (float(self.slider.get_attribute(end)) for end in ("min", "max"))
        thumb = 16.0  # the thumb's middle stays inside the track by half its width
        track = box["width"] - thumb

        def at(position: float) -> float:
            return box["x"] + thumb / 2 + track * (position - low) / (high - low)

        middle = box["y"] + box["height"] / 2
        self.page.mouse.move(at(self.position()), middle)
        self.page.mouse.down()
        self.page.mouse.move(at(step), middle, steps=12)
        self.page.mouse.up()


def expect_accessible(page: Page, scope: str | None = None) -> None:
    """Fail with all that axe has against one part of the page (None: all of it)."""
    results = Axe().run(page, context=scope, options={"resultTypes": ["violations"]})
    found = [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
    assert not found, "\n".join(found)
