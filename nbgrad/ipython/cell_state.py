"""What a cell switched on ends with it: a grad mode or a check that some ``with`` left behind.

A generator that was not run to its end, ``no_grad().__enter__()``, an interrupt: whatever it
was, the next cell starts as this one did. What ``%no_grad`` and ``Config`` set is not such
thing: it holds for the process.
"""

from __future__ import annotations

from typing import Any

from nbgrad.engine.diagnostics.numpy_warnings import error_handling, restore
from nbgrad.engine.grad_mode import Override, override
from nbgrad.engine.observer import watching


class CellState:
    """The state in which each running cell began."""

    def __init__(self) -> None:
        self._running: list[tuple[Any, Override | None, Any, Any]] = []

    def start(self, info: Any = None) -> None:
        """Note the state in which a cell begins (event ``pre_run_cell``)."""
        self._running.append((info, override.get(), watching.get(), error_handling()))

    def stop(self, result: Any = None) -> None:
        """Go back to it (event ``post_run_cell``)."""
        info = getattr(result, "info", None)
        if not any(begun is info for begun, *_ in self._running):
            return
        while self._running:
            begun, mode, watch, handling = self._running.pop()
            if begun is info:
                override.set(mode)
                restore(handling)
                if watching.get() is not watch:
                    from nbgrad.engine.diagnostics.anomaly import leave_to

                    leave_to(watch)
                return
