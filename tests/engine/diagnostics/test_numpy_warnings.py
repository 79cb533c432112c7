"""What NumPy's own Python code warns of, in sessions in which nbgrad stands in."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics.numpy_warnings import WarningsAtUsersLine

HUGE = ng.Variable(np.array([1e308, 1e308]))
Shown = list[tuple[str, int]]
LIBRARY: dict[str, Any] = {"np": np}
exec(
    compile(
        "def mean(x): return np.mean(x.data)", str(Path(ng.__file__).with_name("new.py")), "exec"
    ),
    LIBRARY,
)
mean_in_library = LIBRARY["mean"]
"""A function of nbgrad's that does without `names_users_line`."""


def line() -> int:
    """Return the line that calls."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[WarningsAtUsersLine, Shown]]:
    """A stand-in that has started, and where the warnings were that it showed."""
    places: Shown = []

    def show(message, category, filename, lineno, file=None, line=None):  # type: ignore[no-untyped-def]
        places.append((filename, lineno))

    stand_in = WarningsAtUsersLine()
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        monkeypatch.setattr(warnings, "showwarning", show)
        stand_in.start()
        yield stand_in, places
        stand_in.stop()
        assert warnings.showwarning is show


def test_the_users_line_once_until_a_new_cell_runs(
    shown: tuple[WarningsAtUsersLine, Shown],
) -> None:
    stand_in, places = shown
    for cell in range(2):
        for _ in range(2):
            mean_in_library(HUGE)
        assert places == [(__file__, line() - 1)] * (cell + 1)
        stand_in.forget()


def test_every_time_where_the_user_wants_that(shown: tuple[WarningsAtUsersLine, Shown]) -> None:
    _, places = shown
    warnings.simplefilter("always")
    for _ in range(3):
        mean_in_library(HUGE)
    assert places == [(__file__, line() - 1)] * 3


def test_what_does_not_come_by_way_of_nbgrad_is_left(
    shown: tuple[WarningsAtUsersLine, Shown],
) -> None:
    _, places = shown
    np.mean(HUGE.data)
    warnings.warn("mine", RuntimeWarning, stacklevel=1)
    warnings.warn("mine too", UserWarning, stacklevel=1)
    last = line() - 1
    assert places[0][0].startswith(str(np.__path__[0]))
    assert places[1:] == [(__file__, last - 1), (__file__, last)]


def test_another_stand_in_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = WarningsAtUsersLine()
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    stand_in.start()
    other = warnings.showwarning = lambda *args, **kwargs: None  # type: ignore[assignment]
    stand_in.stop()
    assert warnings.showwarning is other
