"""The part of the stepper that opens and closes modules."""

from __future__ import annotations

from typing import Any

from nbgrad.tracing import Trace
from nbgrad.tracing.module_calls import turned
from nbgrad.tracing.takes import Series

from .plans import Plans, Shown
from .scene import scene


class Folding:
    """The part of a widget that opens and closes module calls; the widget has the traits."""

    _trace: Trace | None
    _series: Series | None
    _message: str
    granularity: Any
    order: Any
    step: Any
    selected: Any
    toggle: Any
    closed: Any
    _refused: type[Exception]
    lang: Any

    @property
    def _shown(self) -> Shown:
        raise NotImplementedError

    @property
    def _plans(self) -> Plans:
        return self._shown.plans

    def _put(self, data: dict[str, Any], step: int, selected: str | None, take: int = 0) -> None:
        raise NotImplementedError

    def _check_closed(self, proposal: Any) -> list[str]:
        asked = list(proposal["value"])
        unknown = [path for path in asked if path not in self._plans.modules]
        if unknown:
            raise self._refused(
                f"closed holds module calls of the trace, such as 'layers.0'; {unknown[0]!r} is "
                "not among them."
            )
        return sorted(dict.fromkeys(asked))

    def _turn(self, change: Any) -> None:
        """Open or close the module call that was clicked."""
        path, self.toggle = change["new"], ""
        if path in self._plans.modules and self._trace is not None:
            self.closed = sorted(turned(self._trace.whole.nested, self.closed, path))

    def _open_and_close(self, change: Any) -> None:
        """Fold the whole trace anew, and keep the step at the same number of functions."""
        if self._trace is None or self._series is not None or change["new"] == self._shown.closed:
            return
        ran = self._plans.progress(self.granularity, self.order, self.step)
        selected = self._plans.lasting(self.selected)
        data = scene(self._trace, self.lang, change["new"])
        self._message = data.get("error", {}).get("en", "")
        plans = Plans(data)
        step = plans.reached(self.granularity, self.order, ran)
        self._put(data, step, plans.found(selected))
