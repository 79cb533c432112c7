"""Why the next function is next."""

from __future__ import annotations

from tests.tracing.graphs import diamond
from tests.tracing.narration.telling import plain, told


def test_why_the_next_is_next() -> None:
    story = told(diamond()[1])
    assert plain(story.next_generation) == [
        "Add → y, generation 2: the only one waiting, and y.grad is complete.",
        (
            "Square → b and Square → c, generation 1: nothing else is waiting, and b.grad and c.grad "
            "are complete."
        ),
        "Square → a, generation 0: the only one waiting, and a.grad is complete.",
        "Nothing is waiting: the backward pass is done.",
    ]
    assert plain(story.next_function)[1:3] == [
        (
            "Square → b, generation 1: all 2 waiting are of this generation, and it was queued first; "
            "b.grad is complete."
        ),
        "Square → c, generation 1: the largest generation of the 2 waiting, so c.grad is complete.",
    ]


def test_the_naive_order_says_what_is_not_complete() -> None:
    story = told(diamond()[1], order="naive")
    assert story.title == "backward of y in the naive order"
    assert "although a.grad is not complete" in plain(story.next_function)[2]
    assert plain(story.function)[-1].endswith("x.grad = 96. It runs again, for the 2nd time.")
