"""A graph computed again for other values of its leaves, or after steps of gradient descent.

The leaves of a `WhatIf` are copies: the user's own hold their values until `keep` is called.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from nbgrad.engine.backward import backward
from nbgrad.engine.diagnostics.differences import difference
from nbgrad.engine.errors import DataTypeError, NoGraphError, OperationIndexError, ShapeError
from nbgrad.engine.scope_guard import ErrorState
from nbgrad.engine.variable import Variable
from nbgrad.tracing.names import namespace_names
from nbgrad.tracing.trace import Trace, trace

from .rerun import Rerun, fitted

MAX_STEPS = 1000
MAX_CHECKED = 20_000
STEP = 1e-6
"""How far a check moves an element, relative to it or to 1."""
WHOLE = (int, np.integer)
NUMBERS = (float, np.floating, *WHOLE)


class WhatIf:
    """A graph that is computed again with other values of its leaves.

    Parameters
    ----------
    y : Variable
        Kept alive only where the user has no name for it, such as the value of an expression;
        else when it is gone, there is nothing to compute again.
    names : mapping, optional
        Where to look for names of variables; see `nbgrad.trace`.
    first : Trace, optional
        A trace of ``y``: the others run as it did, from the same upstream gradient.
    """

    def __init__(
        self, y: Variable, names: Mapping[str, Any] | None = None, first: Trace | None = None
    ) -> None:
        self._root = weakref.ref(y)
        self._kept = None if id(y) in namespace_names(None) else y
        self._names = names
        self._first = first
        self._values: dict[str, Any] = {}

    def let_go(self) -> None:
        """Keep the graph alive no longer."""
        self._kept = None

    @property
    def changed(self) -> list[str]:
        """The names of the leaves that have another value than the user's own."""
        return list(self._values)

    def set(self, leaf: Any, value: Any, index: int | None = None) -> Trace:
        """Give a leaf another value, or one of its elements, and compute the graph again.

        Parameters
        ----------
        leaf : Variable or str
            A leaf of the graph, or the name or id of one.
        value : number or array
        index : int, optional
            The element that gets the value, counted in C order.

        Raises
        ------
        OperandError, ShapeError, DataTypeError
            For a leaf that the graph does not have, or a value that does not fit: nothing
            changes.
        """
        graph = self._graph()
        x = graph.leaf(leaf)
        name = graph.name(x)
        if index is None:
            made = fitted(value, x, name)
        else:
            made = np.array(self._values.get(name, x._data))
            index = _place(index, made, name)
            if np.ndim(value):
                raise ShapeError(f"One element of {name} is a number, not an array.")
            kind = Variable(np.array(made.flat[index]))
            made.flat[index] = fitted(value, kind, name)
        return self._computed(graph, {**self._values, name: made})

    def element(self, leaf: Any, index: Any) -> float | None:
        """Return one element of a leaf's copy; None for what is not finite.

        Raises
        ------
        OperandError, OperationIndexError
            For a leaf or an element that the graph does not have.
        """
        graph = self._graph()
        x = graph.leaf(leaf)
        data = self._values.get(graph.name(x), x._data)
        number = float(np.asarray(data).flat[_place(index, data, graph.name(x))])
        return number if np.isfinite(number) else None

    def reset(self) -> Trace:
        """Return to the user's own values."""
        return self._computed(self._graph(), {})

    def descend(self, rate: Any, steps: Any = 1) -> Trace:
        """Move the copies of all leaves against their gradients.

        Parameters
        ----------
        rate : float
            The learning rate.
        steps : int
        """
        if isinstance(rate, bool) or not isinstance(rate, NUMBERS) or not np.isfinite(rate):
            raise DataTypeError(f"The learning rate is a number, not {rate!r}.")
        if isinstance(steps, bool) or not isinstance(steps, WHOLE) or not 1 <= steps <= MAX_STEPS:
            raise ShapeError(f"The number of steps is from 1 to {MAX_STEPS}, not {steps!r}.")
        graph, values = self._graph(), dict(self._values)
        rate = float(rate)
        for _ in range(steps):
            y = graph.run(values)
            with ErrorState(all="ignore"):
                backward(y, gradient=self._upstream)
                for name, x in graph.made_leaves.items():
                    if x._grad is not None and x._data.dtype.kind == "f":
                        moved = np.asarray(x._data) - rate * np.asarray(x.grad)
                        values[name] = np.asarray(moved.astype(x._data.dtype))
        return self._computed(graph, values)

    def check(self, leaf: Any, index: int | None = None) -> float:
        """Return the derivative of the root's sum by a finite difference.

        The root is computed with the element a little larger and a little smaller, in double
        precision, by steps of several lengths where one does not fit; nothing that is shown
        changes.

        Parameters
        ----------
        leaf : Variable or str
            A leaf of the graph, or the name or id of one.
        index : int, optional
            The element, counted in C order; a number has only one.

        Raises
        ------
        OperandError, OperationIndexError, DataTypeError
            For a leaf or element that the graph does not have, or a leaf of whole numbers.
        ShapeError
            If the graph is too large to be computed interactively.
        """
        graph = self._graph()
        x = graph.leaf(leaf)
        name = graph.name(x)
        data = np.array(self._values.get(name, x._data))
        if data.dtype.kind != "f":
            raise DataTypeError(f"{name} has whole numbers: a small change of one is not possible.")
        at = _place(index or 0, data, name)
        if len(graph.slots) > MAX_CHECKED:
            raise ShapeError(
                f"A check computes the graph several times: this one has {len(graph.slots)} "
                f"variables, and the limit is {MAX_CHECKED}."
            )
        upstream = 1.0 if self._upstream is None else self._upstream

        def outputs(moved: Any) -> list[Any]:
            y = graph.run({**self._values, name: moved})._data
            return [np.asarray(y, np.float64) * upstream]

        place = tuple(map(int, np.unravel_index(at, data.shape)))
        return difference(outputs, [data.astype(np.float64)], 0, place, STEP).value

    def keep(self) -> list[str]:
        """Give the user's own leaves the values of the copies; return their names."""
        graph, names = self._graph(), self.changed
        for name, value in self._values.items():
            graph.leaf(name).data = np.array(value)
        self._values = {}
        return names

    def _graph(self) -> Rerun:
        y = self._root()
        if y is None:
            raise NoGraphError(
                "The variable that this shows is gone, so it cannot be computed again. Give it a name, as "
                "in y = f(x), and run its cell again."
            )
        return Rerun(y, self._names)

    def _computed(self, graph: Rerun, values: dict[str, Any]) -> Trace:
        """Compute the graph with such values, and hold them when all went well."""
        y = graph.run(values)
        with ErrorState(all="ignore"):
            found = trace(y, names={}, apply=False, gradient=self._upstream, **self._options)
        self._values = values
        return found

    @cached_property
    def _options(self) -> dict[str, Any]:
        """How the first pass ran."""
        if self._first is None:
            return {"naive": False}
        parts = self._first.parts
        return {
            "retain_grad": parts.retain_grad, "create_graph": parts.create_graph,
            "order": parts.order, "naive": parts.naive_calls is not None,
        }  # fmt: skip

    @cached_property
    def _upstream(self) -> Any:
        """The gradient from which the first pass started; None for ones."""
        seed = None if self._first is None else self._first.parts.seed
        if seed is None or (seed.min == seed.max == 1.0 and not seed.nan + seed.inf):
            return None
        if seed.values is None:
            raise NoGraphError(
                f"The pass began with an upstream gradient of shape {seed.shape}, of which a trace "
                "keeps no element, so it cannot run again."
            )
        return np.array(seed.values, seed.dtype).reshape(seed.shape)


def _place(index: Any, data: Any, name: str) -> int:
    """Return which element is meant, counted in C order."""
    if isinstance(index, bool) or not isinstance(index, WHOLE) or not 0 <= index < data.size:
        elements = "1 element" if data.size == 1 else f"{data.size} elements"
        raise OperationIndexError(f"{name} has {elements}: there is no number {index}.")
    return int(index)
