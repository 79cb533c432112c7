"""What if, live: the page asks, the graph is computed again, and the numbers move.

Everything happens on copies of the leaves (`WhatIf`); the user's own change on demand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nbgrad.engine.errors import NbgradError

if TYPE_CHECKING:
    from nbgrad.tracing import Trace
    from nbgrad.tracing.takes.what_if import WhatIf


class Live:
    """The part of a stepper that computes its graph again."""

    _what_if: WhatIf | None
    _show: Any
    send: Any

    def what_if(self, leaf: Any, value: Any, index: int | None = None) -> None:
        """Show the same graph with another value of a leaf, at the same step.

        Parameters
        ----------
        leaf : Variable or str
            A leaf, or the name or id of one.
        value : number or array
        index : int, optional
            The element of an array that gets the value.

        Raises
        ------
        NbgradError
            If there is no such leaf, or the value does not fit: nothing changes.
        """
        self._computed(self._copies().set(leaf, value, index))

    def descend(self, rate: float, steps: int = 1) -> None:
        """Show the graph after steps of gradient descent, on copies of its leaves."""
        self._computed(self._copies().descend(rate, steps))

    def reset(self) -> None:
        """Show the graph with the user's own values again."""
        self._computed(self._copies().reset())

    def check(self, leaf: Any, index: int | None = None) -> float:
        """Return the derivative of one element of a leaf by finite difference.

        Parameters
        ----------
        leaf : Variable or str
            A leaf, or the name or id of one.
        index : int, optional
            The element of an array, counted in C order.

        Raises
        ------
        NbgradError
            If there is no such leaf or element, or the graph is too large to be computed twice.
        """
        return self._copies().check(leaf, index)

    def keep(self) -> list[str]:
        """Give the user's own leaves the values that are shown; return their names."""
        return self._copies().keep()

    def _copies(self) -> WhatIf:
        if self._what_if is None:
            raise NbgradError(
                "This stepper shows a trace: it has no graph to compute again. Stepper(y) of a "
                "Variable has one."
            )
        return self._what_if

    def _computed(self, shown: Trace) -> None:
        self._show(shown, None, 0, self._what_if)

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        """Handle a message of the page; as a callback it would make a reference cycle."""
        super()._handle_custom_msg(content, buffers)  # type: ignore[misc]
        self._asked(content)

    def _asked(self, content: Any) -> None:
        """Answer the page: ``{"ask": "what_if" | "element" | "check" | "descend" | "reset" | "keep"}``."""
        asked = content.get("ask") if isinstance(content, dict) else None
        try:
            if asked == "what_if":
                self.what_if(content.get("leaf"), content.get("value"), content.get("index"))
            elif asked == "descend":
                self.descend(content.get("rate"), content.get("steps", 1))
            elif asked == "check":
                slope = self.check(content.get("leaf"), content.get("index"))
                self.send({"asked": asked, "number": slope if np.isfinite(slope) else str(slope)})
                return
            elif asked == "element":
                number = self._copies().element(content.get("leaf"), content.get("index"))
                self.send({"asked": asked, "number": number})
                return
            elif asked == "keep":
                self.send({"asked": asked, "kept": self.keep(), "changed": []})
                return
            elif asked == "reset":
                self.reset()
            else:
                return
        except Exception as error:  # noqa: BLE001 - the page shows it beside the field
            self.send({"asked": asked, "error": str(error)})
            return
        self.send({"asked": asked, "changed": self._copies().changed})
