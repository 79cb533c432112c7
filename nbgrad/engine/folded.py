"""A call that stands for a whole graph, and a fast pass for the commonest case."""

from __future__ import annotations

from typing import Any

from .call import Call
from .variable import Variable


class Folded(Call):
    """A call that stands for a whole graph, as a compiled function's does.

    A plain first-order pass asks it for all gradients at once. Any other pass unfolds it: its
    results then have the creators that they would have had uncompiled.
    """

    __slots__ = ()

    def unfold(self) -> bool:
        """Give the results the graph that this call stands for, or return False.

        It cannot where what the graph is made from was changed in place since the call.
        """
        raise NotImplementedError

    def gradients(self, y: Variable, gy: Any | None) -> tuple[Any, Any] | None:
        """Return inputs and their gradients; None where the graph is needed after all.

        ``gy`` is None for the default upstream gradient of a number. The gradients fit their inputs, and have memory of their own.
        """
        raise NotImplementedError

    def first_pass(self, root: Variable) -> bool:
        """Run the pass of a scalar root if no leaf has a gradient yet; return whether it ran."""
        raise NotImplementedError
