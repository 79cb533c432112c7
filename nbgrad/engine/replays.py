"""Replays of a user's rule, for a second derivative.

While one runs, reading `.data` of the rule's inputs must not lose how its gradients depend on them:
`diagnostics/second_order.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from .errors import SecondOrderError
from .scope_guard import call_with

_traced: ContextVar[tuple[Any, ...]] = ContextVar("nbgrad_traced", default=())
running: set[object] = set()
"""The replays that run in the process; while it is empty, `.data` need not read the context
variable."""


def is_traced(x: Any) -> bool:
    """Whether a user's rule is being replayed on this variable, here."""
    return any(x is t for t in _traced.get())


def refuse_leak(x: Any, how: str) -> None:
    """Refuse to turn a replayed input into a plain number."""
    if running and is_traced(x):
        raise SecondOrderError(
            f"the rule turns an input into a plain number or array with {how}, "
            "which hides how its gradient depends on the input"
        )


def call_traced(variables: tuple[Any, ...], function: Callable[..., Any], *args: Any) -> Any:
    """Call a function inside which ``.data`` of these variables answers with the variable."""
    return call_with(_traced, _traced.get() + variables, running, function, *args)
