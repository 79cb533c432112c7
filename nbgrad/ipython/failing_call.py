"""What led to a call that failed: its inputs, which the traceback still holds.

Nothing is kept for it: a shell keeps its last error, and the error its frames.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

from nbgrad.engine.diagnostics.naming import is_ours
from nbgrad.engine.variable import Variable
from nbgrad.tracing.engines import bridge_of

_HOLDERS = {"fail": ("inputs",), "__call__": ("inputs",), "__torch_function__": ("args", "kwargs")}
"""The functions of nbgrad's that call an operation, and where they hold its inputs."""


def led_to(tb: TracebackType | None) -> Any:
    """Return the newest input, with a graph behind it, of the operation that failed; or None."""
    frames = [frame for frame, _ in traceback.walk_tb(tb)]
    for frame in reversed(frames):
        holders = _HOLDERS.get(frame.f_code.co_name, ())
        if holders and is_ours(frame):
            found = [x for x in _inputs(frame, holders) if _age(x) > 0]
            if found:
                return max(found, key=_age)
    return None


def led_to_last_error() -> Any:
    """Return what led to the call that failed last in this shell; or None."""
    error = getattr(sys, "last_value", None)
    return led_to(getattr(error, "__traceback__", None))


def _inputs(frame: FrameType, holders: tuple[str, ...]) -> Iterator[Any]:
    waiting = [frame.f_locals.get(name) for name in holders]
    for value in waiting:
        if isinstance(value, (list, tuple)):
            waiting.extend(value)
        elif type(value) is dict:
            waiting.extend(value.values())
        else:
            yield value


def _age(x: Any) -> int:
    """Return how late a value was made in its forward pass; 0 where nothing led to it."""
    if isinstance(x, Variable):
        return x.generation
    bridge = bridge_of(x)
    return 0 if bridge is None else int(bridge.age(x))
