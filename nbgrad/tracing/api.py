"""`trace`: run a backward pass and write down what happened."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from nbgrad.engine.backward import backward
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from .graph_walk import Survey, survey
from .naive import ORDERS, replay_naive
from .record import Recorder, Recording
from .trace import Trace

AUTO_FUNCTIONS, AUTO_ELEMENTS = 200, 100_000
"""Up to this size a pass in the right order is replayed in the naive one too."""
MOST_CALLS, MOST_CALLS_BESIDE = 1000, 200
"""A naive replay may take so many calls and two per function; unasked, fewer."""


def trace(
    y: Variable,
    *,
    retain_grad: bool = False,
    create_graph: bool = False,
    order: str = "generation",
    names: Mapping[str, Any] | None = None,
    apply: bool = True,
    naive: bool | None = None,
) -> Trace:
    """Run ``y.backward()`` and return what happened, step by step, as plain data.

    The gradients are those of ``y.backward()``, bit for bit, and are in the leaves
    afterwards; a second call adds once more, as two passes do.

    Parameters
    ----------
    y : Variable
    retain_grad, create_graph : bool
        See `Variable.backward`.
    order : {"generation", "naive"}
        ``"naive"`` replays the last-in-first-out order without generations, which gives
        wrong gradients where branches join again. It is never applied.
    names : mapping, optional
        Where to look for names of variables, such as ``locals()``; in a notebook the
        user's namespace by default. A variable's own name goes first.
    apply : bool
        False leaves every ``.grad`` untouched.
    naive : bool, optional
        Whether to replay the naive order beside the right one (`Trace.naive`). By default
        in small graphs of built-in operations.

    Returns
    -------
    Trace

    Raises
    ------
    NoGraphError
        As ``y.backward()``: made under `no_grad`, or without data.
    ValueError
        For an unknown order.

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(2.0), name="x")
    >>> a = ng.square(x)
    >>> y = ng.square(a) + ng.square(a)
    >>> t = ng.trace(y, names={"a": a})
    >>> t.gradient("a").value, t.gradient("x").value
    (16.0, 64.0)
    >>> ng.trace(y, order="naive").gradient("x").value
    96.0
    """
    if not isinstance(y, Variable):
        raise OperandError(f"trace() follows backward() of a Variable, not of {type(y).__name__}.")
    if order not in ORDERS:
        raise ValueError(f"order must be {' or '.join(map(repr, ORDERS))}, not {order!r}.")
    graph = survey(y, names)
    if order == "naive":
        return Trace(_naive(y, graph, MOST_CALLS))
    limit = MOST_CALLS if naive else MOST_CALLS_BESIDE
    if naive is None:
        naive = _is_small(graph)
    beside = _naive(y, graph, limit) if naive else None
    recorder = Recorder(graph)
    recording = _recording(graph, recorder, order)
    recording.retain_grad, recording.create_graph = retain_grad, create_graph
    recording.applied, recording.naive = apply, beside
    # All is made before the pass: once gradients are in the leaves, nothing may fail.
    recorded = Trace(recording)
    backward(
        y,
        retain_grad=retain_grad,
        create_graph=create_graph,
        observer=recorder,
        apply=apply,
    )
    recording.seed = recorder.seed
    return recorded


def _recording(graph: Survey, recorder: Recorder, order: str) -> Recording:
    return Recording(
        graph.variables, graph.functions, graph.root, recorder.seed, recorder.calls, order,
        retain_grad=False, create_graph=False, applied=False,
    )  # fmt: skip


def _naive(y: Variable, graph: Survey, spare: int) -> Recording:
    """Replay the naive order, with so many calls to spare before it is cut off."""
    recorder = Recorder(graph)
    limit = spare + 2 * len(graph.functions)
    truncated = replay_naive(y, _seed(y), recorder, limit)
    recording = _recording(graph, recorder, "naive")
    recording.truncated = truncated
    return recording


class _SeedKnown(Exception):  # noqa: N818 - no error
    """Ends a pass as soon as its seed is known."""


class _SeedOnly:
    """An observer that wants the seed alone."""

    seed: Any = None

    def begin(self, root: Variable, seed: Any) -> None:
        self.seed = seed
        raise _SeedKnown

    def called(self, node: Any, gys: list[Any], arrivals: list[Any], queue: list[Any]) -> None:
        raise AssertionError("the pass ended before its first function")


def _seed(y: Variable) -> Any:
    """Return the upstream gradient that ``y.backward()`` starts with, or raise as it does."""
    observer = _SeedOnly()
    with suppress(_SeedKnown):
        backward(y, observer=observer, apply=False)
    return observer.seed


def _is_small(graph: Survey) -> bool:
    """Whether a second, naive replay costs nothing that anybody would notice.

    A user's own rule runs once only: it may print or count.
    """
    if len(graph.functions) > AUTO_FUNCTIONS:
        return False
    if any(op.code is not None for op, _, _ in graph.functions):
        return False
    return sum(np.size(x._data) for x, _ in graph.live()) <= AUTO_ELEMENTS
