"""Watching a pass: the Observer that notes what flowed where, and nothing more.

It is called once per function while the pass runs, so it does as little as it can: a
scalar is kept as it is, an array is captured (see `summaries`). What is already known
(the upstream gradient, what was gathered before, the queue) is worked out afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nbgrad.engine.variable import Variable

from .summaries import Budget, Handle, capture
from .survey import FunctionRow, Node, Survey, VariableRow

_float64 = np.float64


@dataclass(slots=True)
class CallRow:
    """One function's backward: counts of functions and variables, and captured arrays."""

    function: int
    upstream: tuple[Handle | None, ...]
    parts: list[tuple[int, int, Handle, Handle | None, Handle]]


@dataclass
class Recording:
    """A pass as rows of plain data, from which the model is built when somebody looks."""

    variables: list[VariableRow]
    functions: list[FunctionRow]
    root: int
    seed: Handle
    calls: list[CallRow]
    order: str
    retain_grad: bool
    create_graph: bool
    applied: bool
    truncated: bool = False
    naive: Recording | None = None


class Recorder:
    """Observes a pass.

    Attributes
    ----------
    seed : Handle
        The root's upstream gradient.
    events : list
        Per function: the node, which of its outputs had a gradient (None: its only one),
        and (input, variable, amount, is first, after) per contribution.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self.seed: Handle = None
        self._budget = Budget() if budget is None else budget
        self.events: list[tuple[Node, list[bool] | None, list[Any]]] = []
        self._last: dict[Variable, Handle] = {}

    def begin(self, root: Variable, seed: Any) -> None:
        """Take note of the root and its upstream gradient."""
        self.seed = self._last[root] = capture(raw(seed), self._budget)

    def called(self, node: Node, gys: list[Any], arrivals: list[Any], queue: list[Any]) -> None:
        """Take note of one function's contributions."""
        parts = []
        for i, x, amount, before, after in arrivals:
            if type(amount) is not _float64 or type(after) is not _float64:
                amount, after = self._capture(node, gys, x, amount, before, after)
            parts.append((i, x, amount, before is None, after))
        ran = None if len(gys) == 1 else [gy is not None for gy in gys]
        self.events.append((node, ran, parts))

    def _capture(
        self, node: Node, gys: list[Any], x: Variable, amount: Any, before: Any, after: Any
    ) -> tuple[Handle, Handle]:
        """Capture arrays; one that was seen before (a gradient handed on) only once."""
        taken = None
        if amount is gys[0] and isinstance(node, Variable):
            taken = self._last.get(node)
        if taken is None:
            taken = capture(raw(amount), self._budget)
        total = taken if before is None else capture(raw(after), self._budget)
        self._last[x] = total
        return taken, total

    def finish(self, graph: Survey) -> list[CallRow]:
        """Turn what was noted into rows, and let go of every live object."""
        last: dict[int, Handle] = {graph.root: self.seed}
        index, functions = graph.index, graph.functions
        calls = []
        for node, ran, parts in self.events:
            k = graph.nodes[node]
            outputs = functions[k].outputs
            if ran is None:
                upstream: tuple[Handle | None, ...] = (last[outputs[0]],)
            else:
                upstream = tuple(last[o] if ran[j] else None for j, o in enumerate(outputs))
            rows = []
            for i, x, amount, first, after in parts:
                at = index[x]
                rows.append((i, at, amount, None if first else last[at], after))
                last[at] = after
            calls.append(CallRow(k, upstream, rows))
        self.events.clear()
        self._last.clear()
        return calls


def raw(g: Any) -> Any:
    """Return the array of a gradient, which is a Variable under create_graph."""
    return g._data if isinstance(g, Variable) else g
