"""The end of a pass: gradients become visible, all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import GradientShapeError, describe
from .gradients import has_buffer, owns
from .variable import FREED, Retained, State, Variable

if TYPE_CHECKING:
    from .backward import Pass


def commit(state: Pass, root: Variable) -> None:
    """Add the pass's gradients to the leaves, and retain or free the others.

    Everything that can fail is computed first; the assignments are undone if one is
    interrupted.
    """
    updates: list[tuple[Variable, Any]] = []
    for x, g in state.table.items():
        if x is root:
            if existing(x) is None:
                updates.append((x, private(g, x, state)))
            continue
        old = existing(x)
        if old is None:
            updates.append((x, private(g, x, state)))
        elif old.shape != x._data.shape:
            raise GradientShapeError(
                f"{describe(x)} holds a grad of shape {old.shape}, to which nothing can be "
                "added: set x.grad to an array of the variable's shape, or call cleargrad()."
            )
        else:
            updates.append((x, old + g))
    if state.retain:
        for y, g in state.retained:
            if y is root and existing(root) is not None and not isinstance(root._grad, Retained):
                continue
            updates.append((y, Retained(private(g, y, state))))
    else:
        updates.extend((y, FREED) for y in state.done if y._grad is not FREED)
    assign(updates)


def existing(x: Variable) -> Any:
    """Return a variable's gradient as an array, a Variable or None."""
    return None if isinstance(x._grad, State) else x.grad


def private(g: Any, x: Variable, state: Pass) -> Any:
    """Return a gradient whose memory nobody else has."""
    if owns(g, x, state.owned):
        return g
    if isinstance(g, Variable):
        return g * np.ones((), g.dtype)
    return g.copy() if has_buffer(g) else g


def assign(updates: list[tuple[Variable, Any]]) -> None:
    """Set every gradient, or none."""
    before = [x._grad for x, _ in updates]
    try:
        for x, g in updates:
            x._grad = g
    except BaseException:
        for (x, _), old in zip(updates, before, strict=True):
            x._grad = old
        raise
