"""Python's own hooks of calls, set for a while."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, Literal


@contextlib.contextmanager
def hooked(kind: Literal["trace", "profile"], hook: Callable[..., Any]) -> Iterator[None]:
    """Set what `sys.settrace` or `sys.setprofile` sets; give back what was there."""
    put = getattr(sys, f"set{kind}")
    before = getattr(sys, f"get{kind}")()
    put(hook)
    try:
        yield
    finally:
        put(before)
