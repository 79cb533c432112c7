"""Why a Variable has no creator or no gradient, and the lock around gradients."""

from __future__ import annotations

import os
from _thread import RLock  # the class that threading.RLock is; importing threading is slow
from typing import Any


class State:
    """Why a Variable without a creator has none, or why a gradient is not there."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


NO_GRAD = State("made under no_grad")
CONSTANT = State("a constant: requires_grad=False")
FREED = State("freed after backward")
GRAPH_FREED = State("freed by backward(free_graph=True)")


reading_and_setting = RLock()
"""Held while a gradient is read and set anew, so that threads do not lose one another's."""
if hasattr(os, "register_at_fork"):
    # A process that is forked while another thread holds it would wait forever.
    os.register_at_fork(after_in_child=reading_and_setting._at_fork_reinit)  # type: ignore[attr-defined]


class Retained:
    """A gradient that a pass left on an intermediate; it does not seed the next pass."""

    __slots__ = ("grad",)

    def __init__(self, grad: Any) -> None:
        self.grad = grad
