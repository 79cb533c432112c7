"""What if, live: the page asks, the graph is computed again, and the numbers move.

Everything happens on copies of the leaves (`WhatIf`); the user's own change on demand.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nbgrad.engine.errors import NbgradError
from nbgrad.engine.scope_guard import CollectorPaused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbgrad.tracing import Trace
    from nbgrad.tracing.takes.what_if import WhatIf

MAX_KEPT = 1_000_000
"""A graph of this many numbers is kept alive by its stepper where nobody else does."""


class Live:
    """The part of a stepper that computes its graph again."""

    _what_if: WhatIf | None
    _trace: Trace | None
    _renumber: Any
    _show: Any
    hold_sync: Any
    playing: Any
    _numbers: Any
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
        self._renumber(self._copies().set(leaf, value, index))

    def descend(self, rate: float, steps: int = 1) -> None:
        """Show the graph after steps of gradient descent, on copies of its leaves."""
        self._renumber(self._copies().descend(rate, steps))

    def reset(self) -> None:
        """Show the graph with the user's own values again."""
        self._renumber(self._copies().reset())

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
            If there is no such leaf or element, or the graph is too large to be computed several times.
        """
        return self._copies().check(leaf, index)

    def keep(self) -> list[str]:
        """Give the user's own leaves the values that are shown; return their names."""
        return self._copies().keep()

    def _is_live(self, data: Mapping[str, Any]) -> bool:
        """Return whether a graph can be computed again; a large one is not kept alive for it."""
        if self._what_if is None or self._trace is None:
            return False
        variables = data["trace"]["variables"] if "trace" in data else ()
        if sum(math.prod(v["shape"]) for v in variables) > MAX_KEPT:
            self._what_if.let_go()
        return True

    def _copies(self) -> WhatIf:
        if self._what_if is None:
            raise NbgradError(
                "This stepper shows what was recorded: it has no graph to compute again. "
                "Stepper(y) of a Variable has one."
            )
        return self._what_if

    def _tell(self) -> None:
        """Send the whole scene after numbers alone: nothing that is seen changes."""
        if self._numbers:
            with self.hold_sync():
                playing = self.playing
                self._show(self._trace, what_if=self._what_if)
                self.playing = playing

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        """Handle a message of the page; as a callback it would make a reference cycle."""
        super()._handle_custom_msg(content, buffers)  # type: ignore[misc]
        if isinstance(content, dict):
            with CollectorPaused():  # a full collection takes longer than an answer
                self._asked(content.get("ask"), content)

    def _asked(self, asked: Any, content: dict[str, Any]) -> None:
        """Answer the page: ``{"ask": "what_if", "leaf": "v0", "value": 3, "lang": "en"}``.

        It may ask for what the methods of these names do, for an ``"element"`` of a leaf, and to
        ``"tell"`` the whole scene.
        """
        leaf, index = content.get("leaf"), content.get("index")
        answer: dict[str, Any] = {"asked": asked}
        try:
            found = None
            if asked == "what_if":
                found = self._copies().set(leaf, content.get("value"), index)
            elif asked == "descend":
                found = self._copies().descend(content.get("rate"), content.get("steps", 1))
            elif asked == "reset":
                found = self._copies().reset()
            elif asked == "check":
                slope = self.check(leaf, index)
                answer["number"] = slope if np.isfinite(slope) else str(slope)
            elif asked == "element":
                answer["number"] = self._copies().element(leaf, index)
            elif asked == "keep":
                answer |= {"kept": self.keep(), "changed": []}
            else:
                if asked == "tell":
                    self._tell()
                return
            if found is not None:
                self._renumber(found, content.get("lang"))
                answer["changed"] = self._copies().changed
        except Exception as error:  # noqa: BLE001 - the page shows it beside the field
            answer = {"asked": asked, "error": str(error)}
        self.send(answer)
