"""The commonest pass from a folded graph, run at once."""

from __future__ import annotations

from . import recording
from .commit import commit_first
from .diagnostics import positions
from .function import Folded
from .gradients import gradient_dtype
from .variable import Variable


def first_pass(root: Variable, call: Folded) -> bool:
    """Run a pass from one number to leaves that have no gradient yet; say whether it was one."""
    if root._grad is not None or call.calls_users or root._data.shape:
        return False
    if recording.running or positions.state.watchers:
        return False  # somebody wants to see each function
    found = call.gradients(root, gradient_dtype(root).type(1))
    return found is not None and commit_first(root, *found)
