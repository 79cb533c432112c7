"""Recording every backward() into a history, without changes to the user's code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from nbgrad.engine.observer import Observer, watching
from nbgrad.tracing.engines import loaded_bridges
from nbgrad.tracing.graph_walk import survey
from nbgrad.tracing.record import Recorder
from nbgrad.tracing.trace import Trace

from .history import History


@contextmanager
def recorded(history: History) -> Iterator[None]:
    """Record every ``backward()`` that runs inside into a history, PyTorch's too."""
    watcher = _Watcher(history)
    token = watching.set(watcher)
    try:
        with ExitStack() as others:
            for bridge in loaded_bridges():
                others.enter_context(bridge.Recorded(history))
            yield
    finally:
        watching.reset(token)
        watcher.finish()


class _Watcher:
    """Gives each pass an observer, and adds its recording to the history at the end."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.running: _Watched | None = None

    def watch(self, inner: Observer | None) -> Observer:
        """Observe a pass, unless a trace records it already."""
        self.finish()
        if inner is not None:
            return inner
        self.running = _Watched(self.history)
        return self.running

    def finish(self) -> None:
        """Keep the pass that ran, if it ran to its end."""
        watched, self.running = self.running, None
        if watched is not None and watched.is_complete():
            self.history.add_pass(watched.trace())


class _Watched:
    """The observer of one pass."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.recorder: Recorder | None = None

    def begin(self, root: Any, seed: Any) -> None:
        """Write the graph down when the pass begins."""
        if self.history.is_due():
            self.recorder = Recorder(survey(root, self.history.names))
            self.recorder.begin(root, seed)

    def called(self, node: Any, gys: Any, arrivals: list[Any]) -> None:
        """Take note of one function."""
        if self.recorder is not None:
            self.recorder.called(node, gys, arrivals)

    def is_complete(self) -> bool:
        """Whether every function ran that a gradient was sent to."""
        if self.recorder is None:
            return True
        graph, ran = self.recorder.graph, {call[0] for call in self.recorder.calls}
        rows = graph.variables
        sent = {rows[x].creator for _, _, parts in self.recorder.calls for _, x, _, _ in parts}
        sent.add(rows[graph.root].creator)
        return {k for k in sent if k >= 0} <= ran

    def trace(self) -> Trace | None:
        """Return the trace of the pass; None where this iteration is not kept."""
        if self.recorder is None:
            return None
        recording = self.recorder.recording("generation")
        recording.applied = True
        self.recorder.graph.forget()
        return Trace(recording)
