"""What the diagnostics do where users' rules run and where numbers leave a graph.

`second_order` and `graph_cut` are rarely needed: they are imported when they are.
"""

from __future__ import annotations

from typing import Any

from nbgrad.engine.call import Call
from nbgrad.engine.function import Function
from nbgrad.engine.observer import Supervisor
from nbgrad.engine.sentinels import State

from .redefinition import warn, what_happened


class Diagnostics(Supervisor):
    """The supervisor that `engine/__init__.py` appoints."""

    def before_rule(self, call: Call) -> None:
        """Warn about a class that is not what it was."""
        if what := what_happened(call):
            warn(call, what)

    def recorded_rule(
        self, call: Call, function: Function, outputs: list[Any], gys: list[Any]
    ) -> Any:
        """Run a rule on Variables, or refuse it."""
        from .second_order import replay

        return replay(call, function, outputs, gys)

    def note(self, call: Call) -> str:
        """Say what became of a call's class since."""
        what = what_happened(call)
        return f"; {call.label} has been {what} since" if what else ""

    def number_taken(self, x: Any, method: str) -> None:
        """Warn, or raise, where the number leaves a graph without saying so."""
        if not isinstance(x._op, State):
            from .graph_cut import note_number

            note_number(x, method)

    def array_taken(self, x: Any, dtype: Any) -> bool:
        """Whether the array would be cut off from a graph that is recorded here and now."""
        if isinstance(x._op, State):
            return False
        from .graph_cut import cuts_graph, rounds

        return cuts_graph(x) and not rounds(x, dtype)

    def called_at(self, frame: Any) -> str:
        """Return the name of what a frame's current instruction calls, such as ``"a.dot"``."""
        from .call_site import site_of

        return site_of(frame).callee

    def asked_by(self, asked: str, code: str) -> tuple[str, str]:
        """Name the function of `math` that asks, and nbgrad's of the same meaning."""
        from .graph_cut import asker, elementwise

        asked = asker(asked)
        return asked, elementwise(asked, code)
