"""How a stepper opens and closes modules: what its traits ``toggle`` and ``closed`` do."""

from __future__ import annotations

from typing import Any

from nbgrad.tracing.module_calls import turned

from .plans import Plans
from .scene import scene


def check_closed(stepper: Any, proposal: Any) -> list[str]:
    """Refuse what is not a module call of the trace."""
    asked = list(proposal["value"])
    unknown = [path for path in asked if path not in stepper._plans.modules]
    if unknown:
        raise stepper._refused(
            f"closed holds module calls of the trace, such as 'layers.0'; {unknown[0]!r} is "
            "not among them."
        )
    return sorted(dict.fromkeys(asked))


def turn(stepper: Any, change: Any) -> None:
    """Open or close the module call that was clicked."""
    path, stepper.toggle = change["new"], ""
    if path in stepper._plans.modules and stepper._trace is not None:
        stepper.closed = sorted(turned(stepper._trace.whole.nested, stepper.closed, path))


def open_and_close(stepper: Any, change: Any) -> None:
    """Fold the whole trace anew, and keep the step at the same number of functions."""
    if stepper._trace is None or stepper._series is not None:
        return
    if change["new"] == stepper._shown.closed:
        return
    ran = stepper._plans.progress(stepper.granularity, stepper.order, stepper.step)
    selected = stepper._plans.lasting(stepper.selected)
    data = scene(stepper._trace, stepper.lang, change["new"])
    stepper._message = data.get("error", {}).get("en", "")
    plans = Plans(data)
    step = plans.reached(stepper.granularity, stepper.order, ran)
    stepper._put(data, step, plans.found(selected))
