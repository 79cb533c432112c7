"""How much memory an action leaves behind, told apart from what Python keeps to use again."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any, NamedTuple


class Growth(NamedTuple):
    """What many runs of an action leave: cycles that only the collector frees, and blocks."""

    cycles: int
    blocks: int


def growth(action: Callable[[], Any], times: int) -> Growth:
    """Run an action many times with the collector off.

    A collection before and one after empty Python's own lists of spare tuples and numbers,
    so what is counted is what somebody holds; what that collection itself found is told too.
    What Python makes once may come in any run: the least of two is what the action leaves.
    """
    for _ in range(times // 2):
        action()
    gc.collect()
    before = sys.getallocatedblocks()
    gc.disable()
    try:
        for _ in range(times):
            action()
    finally:
        gc.enable()
    found = gc.collect()
    return Growth(found, sys.getallocatedblocks() - before)
