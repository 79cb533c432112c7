"""The end of a pass: gradients become visible, all of them or none."""

from __future__ import annotations

from collections import deque
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import GradientShapeError, describe
from .gradients import has_buffer, owns
from .states import FREED, Retained, State, reading_and_setting
from .variable import Variable

if TYPE_CHECKING:
    from .backward import Pass


def commit(state: Pass, root: Variable) -> None:
    """Add the pass's gradients to the leaves, and retain or free the others.

    Everything that can fail is computed first. Passes in other threads wait meanwhile, so
    that a leaf which they share gets the gradients of all.
    """
    with reading_and_setting:
        assign(updates_of(state, root))
        if not state.retain:
            # Nobody sees this but who asks why there is no gradient: it reads None as before.
            deque(map(_set_grad, state.done, repeat(FREED)), maxlen=0)


def updates_of(state: Pass, root: Variable) -> list[tuple[Variable, Any]]:
    """Return which gradient each variable is to have."""
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
        updates += [(y, FREED) for y in state.done if y._grad is not None and y._grad is not FREED]
    return updates


def existing(x: Variable) -> Any:
    """Return a variable's gradient as it is kept, or None."""
    g = x._grad
    if isinstance(g, Retained):
        return g.grad
    return None if isinstance(g, State) else g


def private(g: Any, x: Variable, state: Pass) -> Any:
    """Return a gradient whose memory nobody else has."""
    if owns(g, x, state.owned):
        return g
    if isinstance(g, Variable):
        return g * np.ones((), g.dtype)
    return g.copy() if has_buffer(g) else g


_set_grad = Variable.__dict__["_grad"].__set__


def assign(updates: list[tuple[Variable, Any]]) -> None:
    """Set every gradient, or none.

    One call that runs no Python code: no signal handler (Ctrl-C) and no other thread comes
    between two assignments.
    """
    variables = [x for x, _ in updates]
    after = [g for _, g in updates]
    before = [x._grad for x in variables]
    try:
        deque(map(_set_grad, variables, after), maxlen=0)
    except BaseException:
        deque(map(_set_grad, variables, before), maxlen=0)
        raise
