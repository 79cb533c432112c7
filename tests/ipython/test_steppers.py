"""Steppers that a cell has shown are closed when it runs again."""

from __future__ import annotations

from nbgrad.ipython.steppers import Steppers


class Closed:
    """Stands for a widget, and counts how often it was closed."""

    def __init__(self) -> None:
        self.times = 0

    def close(self) -> None:
        self.times += 1


def test_only_the_cell_that_runs_again_closes_what_it_has_shown() -> None:
    steppers, first, second, other = Steppers(), Closed(), Closed(), Closed()
    steppers.start("a")
    steppers.add(first)
    steppers.add(second)
    steppers.start("b")
    steppers.add(other)
    assert (first.times, second.times, other.times) == (0, 0, 0)
    steppers.start("a")
    assert (first.times, second.times, other.times) == (1, 1, 0)
    steppers.start("a")
    steppers.start("b")
    assert (first.times, second.times, other.times) == (1, 1, 1)
