"""Observers of a pass, and the supervisor.

The engine calls them and does not know what they do. They are defined in higher layers: the
recorder of a trace, `diagnostics.anomaly`, `diagnostics.supervisor`.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Protocol


class Observer(Protocol):
    """What a recorder sees of a pass. It must not change or keep the arrays."""

    def begin(self, root: Any, seed: Any) -> None:
        """Take note of the root and its upstream gradient."""

    def called(self, node: Any, gys: Any, arrivals: list[Any]) -> None:
        """Take note of one function.

        Parameters
        ----------
        node : Variable
            Its output, or of several the one whose gradient came first.
        gys : sequence
            The gradient of each output, None where there was none.
        arrivals : list of (i, x, amount, before, after)
            Which input, the Variable, what was added, and its gradient before and after.
        """


class Watcher(Protocol):
    """Observes every pass of a context."""

    def watch(self, inner: Observer | None) -> Observer:
        """Return an observer of one pass that tells an inner one what it is told."""


watching: ContextVar[Watcher | None] = ContextVar("nbgrad_watching", default=None)
"""The watcher in force here; set by `detect_anomaly`."""


class Supervisor:
    """Hooks around users' rules and numbers that leave a graph; here they do nothing."""

    def before_rule(self, call: Any) -> None:
        """Look at a call whose rule is about to run."""

    def recorded_rule(self, call: Any, function: Any, outputs: list[Any], gys: list[Any]) -> Any:
        """Run a rule on Variables, recorded; return what it returns."""
        return function.backward(*gys)

    def note(self, call: Any) -> str:
        """Return what an error's note is to say of a call."""
        return ""

    def number_taken(self, x: Any, method: str) -> None:
        """Look at a variable whose ``__float__``, ``__int__`` or ``__index__`` was called."""

    def array_taken(self, x: Any, dtype: Any) -> bool:
        """Whether a variable must not give its array in a dtype, since a graph would be cut."""
        return False

    def called_at(self, frame: Any) -> str:
        """Return the name of what a frame's current instruction calls, such as ``"a.dot"``."""
        return ""

    def asked_by(self, asked: str, code: str) -> tuple[str, str]:
        """Return, for an error, which function asks for one number, and what to write instead."""
        return asked, ""


class _Appointed:
    """The supervisor in force: a class holds it, since names of a module are not set from outside."""

    supervisor = Supervisor()


appointed = _Appointed()


def appoint(supervisor: Supervisor) -> None:
    """Set the supervisor."""
    appointed.supervisor = supervisor
