"""Recording a pass: the Observer that notes every contribution.

It is called once per function while the pass runs, so it does as little as possible: a scalar is
kept as it is, an array is captured (see `summaries`). What follows from that (the upstream
gradient, the gradient before, the queue) is worked out afterwards.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from nbgrad.engine.variable import Variable

from .graph_walk import Survey
from .rows import FunctionRow, VariableRow
from .summaries import Handle, capture

_float64 = np.float64


CallRow: TypeAlias = tuple[int, list[bool] | None, list[tuple[int, int, Handle, Handle]]]
"""One function's backward: which function; which of its outputs had a gradient (None: its
only one); input, variable, amount and gradient gathered then, of each contribution.
"""


@dataclass
class Recording:
    """A pass as rows of plain data, from which the model is built when it is first read.

    While ``texts`` is not None, names are only what the user gave; see `complete_names`.
    """

    variables: list[VariableRow]
    functions: list[FunctionRow]
    root: int
    seed: Handle
    calls: list[CallRow]
    order: str = "generation"
    retain_grad: bool = False
    create_graph: bool = False
    applied: bool = False
    truncated: bool = False
    naive: Recording | None = None
    engine: Engine | None = None
    texts: Collection[int] | None = None


@dataclass
class Engine:
    """What a recording of another engine's pass says besides; lists go by function or variable.

    Attributes
    ----------
    framework : str
    module, sequence, reshapes : list
        Of each function.
    device, value_state, none_reason : list
        Of each variable.
    modules : dict
        The class of the module of each module call.
    sums : dict
        For a variable and a module call, the sum of what the call sent there.
    depth : int or None
        How deep modules are shown.
    rank : (int, int) or None
        Which rank of how many.
    """

    framework: str
    module: list[str]
    sequence: list[int | None]
    reshapes: list[bool]
    device: list[str]
    value_state: list[str]
    none_reason: list[str]
    modules: dict[str, str]
    sums: dict[tuple[int, str], Handle]
    depth: int | None = None
    rank: tuple[int, int] | None = None


class Recorder:
    """Observes a pass over a graph that was surveyed.

    Attributes
    ----------
    graph : Survey
    seed : Handle
        The root's upstream gradient.
    calls : list of CallRow
    """

    def __init__(self, graph: Survey) -> None:
        self.seed: Handle = None
        self.calls: list[CallRow] = []
        self.graph = graph
        self._index = graph.index
        self._made_by = graph.made_by
        self._budget = graph.budget
        self._last: dict[int, Handle] = {}

    def recording(self, order: str) -> Recording:
        """Return the rows of the graph and of what was recorded."""
        graph = self.graph
        return Recording(
            graph.variables, graph.functions, graph.root, self.seed, self.calls, order,
            texts=graph.texts,
        )  # fmt: skip

    def begin(self, root: Variable, seed: Any) -> None:
        """Take note of the root and its upstream gradient."""
        self.seed = self._last[id(root)] = capture(raw(seed), self._budget)

    def called(self, node: Variable, gys: Any, arrivals: list[Any]) -> None:
        """Take note of one function's contributions."""
        index = self._index
        parts = []
        for i, x, amount, before, after in arrivals:
            if type(amount) is not _float64 or type(after) is not _float64:
                amount, after = self._capture(node, gys, x, amount, before, after)
            parts.append((i, index[id(x)], amount, after))
        ran = None if len(gys) == 1 else [gy is not None for gy in gys]
        self.calls.append((self._made_by[id(node)], ran, parts))

    def _capture(
        self, node: Variable, gys: Any, x: Variable, amount: Any, before: Any, after: Any
    ) -> tuple[Handle, Handle]:
        """Capture arrays; one that was seen before (a gradient handed on) only once."""
        taken = None
        if amount is gys[0] and node._x0 is not None:
            taken = self._last.get(id(node))
        if taken is None:
            taken = capture(raw(amount), self._budget)
        total = taken if before is None else capture(raw(after), self._budget)
        self._last[id(x)] = total
        return taken, total


def raw(g: Any) -> Any:
    """Return the array of a gradient, which is a Variable under create_graph."""
    return g._data if isinstance(g, Variable) else g
