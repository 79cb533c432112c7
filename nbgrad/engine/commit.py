"""The end of a pass: gradients become visible, all of them or none."""

from __future__ import annotations

from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import GradientShapeError, describe
from .gradients import as_gradient, gradient_dtype
from .sentinels import FREED, Retained, State, reading_and_setting
from .variable import Variable

if TYPE_CHECKING:
    from .backward import Pass


def commit(state: Pass, preset: Variable | None) -> None:
    """Add the pass's gradients to the leaves, and retain or free the others.

    ``preset`` is the root when its own ``grad`` was the upstream gradient: it stays as it is.
    All that is computed is computed first, without the lock: NumPy may take its time. Where a
    pass in another thread has changed a leaf meanwhile, it is computed again, so that a leaf
    which they share gets the gradients of all.
    """
    while True:
        variables, before, after = updates_of(state, preset)
        with reading_and_setting:
            if not all(map(is_, map(_get_grad, variables), before)):
                continue
            # One call that runs no Python code: no signal handler (Ctrl-C) and no other thread
            # comes between two assignments. They return None, so `any` goes through them all.
            try:
                any(map(_set_grad, variables, after))
            except BaseException:
                any(map(_set_grad, variables, before))
                raise
            if not state.retain:
                # These read as None before and after: Ctrl-C may come in between.
                for y in state.done:
                    y._grad = FREED
            return


def updates_of(state: Pass, preset: Variable | None) -> Any:
    """Return Variables, what the gradient of each is now, and what it is to be."""
    variables: list[Variable] = []
    before: list[Any] = []
    after: list[Any] = []
    for x, g in state.table.items():
        kept = x._grad
        old = None if kept is None else gradient_in(kept)
        if old is None:
            new = private(g, x, state)
        elif x is preset:
            if old.dtype == gradient_dtype(x):
                continue
            new = as_gradient(old, x)
        elif old.shape != x._data.shape:
            raise GradientShapeError(
                f"{describe(x)} holds a grad of shape {old.shape}, to which nothing can be "
                "added: set x.grad to an array of the variable's shape, or call cleargrad()."
            )
        else:
            new = as_gradient(old + g, x)
        variables.append(x)
        before.append(kept)
        after.append(new)
    if state.retain:
        for y, g in state.retained:
            kept = y._grad
            if y is preset and kept is not None and not isinstance(kept, (State, Retained)):
                continue
            variables.append(y)
            before.append(kept)
            after.append(Retained(private(g, y, state)))
    else:
        for y in state.done:
            kept = y._grad
            if kept is not None and kept is not FREED:
                variables.append(y)
                before.append(kept)
                after.append(FREED)
    return variables, before, after


def gradient_in(kept: Any) -> Any:
    """Return the gradient that a variable holds, or None."""
    if isinstance(kept, Retained):
        return kept.grad
    return None if isinstance(kept, State) else kept


def private(g: Any, x: Variable, state: Pass) -> Any:
    """Return a gradient in memory of its own."""
    if g.dtype is not x._data.dtype:
        g = as_gradient(g, x)  # float16 is added up in a wider dtype
    if isinstance(g, np.generic) or x in state.owned:
        return g
    if isinstance(g, Variable):
        return g * np.ones((), g.dtype)
    return g.copy()


_get_grad = attrgetter("_grad")
_set_grad = Variable.__dict__["_grad"].__set__
