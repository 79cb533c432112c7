"""The care for users' rules: a class that changed is named, a second derivative is checked."""

from __future__ import annotations

from typing import Any

from nbgrad.engine.call import Call
from nbgrad.engine.function import Function
from nbgrad.engine.observer import Supervisor

from .redefinition import warn, what_happened


class RuleSupervisor(Supervisor):
    """Looks after users' rules; `engine/__init__.py` appoints it."""

    def before_rule(self, call: Call, outputs: list[Any]) -> None:
        """Warn about a class that is not what it was."""
        warn(call, outputs)

    def recorded_rule(
        self, call: Call, function: Function, outputs: list[Any], gys: list[Any]
    ) -> Any:
        """Run a rule on Variables, or refuse it."""
        from .second_order import replay  # rarely needed, and a third of a millisecond to import

        return replay(call, function, outputs, gys)

    def note(self, call: Call) -> str:
        """Say what became of a call's class since."""
        what = what_happened(call)
        return f"; {call.label} has been {what} since" if what else ""
