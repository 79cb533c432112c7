"""A graph computed again, by its own functions, with other values of its leaves.

Every function is applied again to Variables made for the purpose, so nothing that the user
holds is written to: not the leaves, not their gradients, not what an error or Ctrl-C would
leave half done. A user's Function runs on a fresh instance, as it was before its call; the
states of random number generators are put back afterwards.
"""

from __future__ import annotations

import random
import reprlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from nbgrad.engine.call import like_before
from nbgrad.engine.errors import DataTypeError, NoGraphError, OperandError, ShapeError, listed
from nbgrad.engine.grad_mode import enable_grad
from nbgrad.engine.operation import Operation, OperationCall
from nbgrad.engine.scope_guard import ErrorState
from nbgrad.engine.sentinels import CONSTANT
from nbgrad.engine.variable import Variable
from nbgrad.tracing.graph_walk import Raw, Survey, function_of, survey


class Rerun:
    """The graph behind a variable, ready to be computed again.

    Parameters
    ----------
    y : Variable
    names : mapping, optional
        Where to look for names of variables; see `nbgrad.trace`.

    Attributes
    ----------
    made_leaves : dict
        From each leaf's name to what stood for it in the last run.
    random : list of str
        The functions that gave other numbers for the same inputs, found by running each
        user's Function twice.

    Raises
    ------
    NoGraphError
        If nothing computed ``y``.
    """

    def __init__(self, y: Variable, names: Mapping[str, Any] | None = None) -> None:
        self.graph: Survey = survey(y, names)
        self.graph.complete_names()
        self.slots = self.graph.slots
        self.root = y
        if not self.graph.functions:
            raise NoGraphError(
                "There is nothing to compute again: no function made this variable. Give the result of a "
                "computation on Variables, made outside of no_grad()."
            )
        self.random: list[str] = []
        self.made_leaves: dict[str, Variable] = {}
        self._tried = False

    def leaf(self, x: Any) -> Variable:
        """Return a leaf of the graph, given itself, or by its name or id.

        Raises
        ------
        OperandError
            If the graph has no such leaf.
        """
        rows = self.graph.variables
        ids = [f"v{k}" for k in range(len(rows))]
        for k, (slot, row) in enumerate(zip(self.slots, rows, strict=True)):
            if slot is x or (isinstance(x, str) and x in {row.name, ids[k]}):
                if row.creator < 0 and row.kind == "leaf":
                    leaf: Variable = slot
                    return leaf
                made = f"is computed by {self.graph.functions[row.creator][0].name}"
                what = made if row.creator >= 0 else "is a constant"
                raise OperandError(
                    f"{row.name} {what}: give other values to a leaf. {self._leaves()}"
                )
        if not isinstance(x, (str, Variable)):
            raise OperandError(f"A leaf is a Variable or its name, not {type(x).__name__}.")
        name = repr(x) if isinstance(x, str) else f"The variable {x.name or ''}".strip()
        raise OperandError(f"{name} is not a leaf of this graph. {self._leaves()}")

    def name(self, x: Variable) -> str:
        """Return what a variable of the graph is called."""
        return self.graph.variables[self.graph.index[id(x)]].name

    def _leaves(self) -> str:
        found = [row.name for row in self.graph.variables if row.kind == "leaf"]
        return f"Its leaves are {listed(found)}." if found else "It has no leaves."

    def run(self, values: Mapping[str, Any]) -> Variable:
        """Compute the graph with other values of some leaves, by name; return its new root."""
        with enable_grad(), ErrorState(all="ignore"), _random_states(self.slots):
            return self._run({self.name(self.leaf(key)): value for key, value in values.items()})

    def _run(self, values: Mapping[str, Any]) -> Variable:
        made: dict[int, Any] = {}
        self.made_leaves = {}
        for i, (slot, row) in enumerate(zip(self.slots, self.graph.variables, strict=True)):
            if row.creator < 0:
                is_leaf = row.kind == "leaf"
                made[i] = self._given(slot, row.name, values if is_leaf else {})
                if is_leaf:
                    self.made_leaves[row.name] = made[i]
            elif i not in made:
                self._call(row.creator, made)
        self._tried = True
        root: Variable = made[self.graph.root]
        return root

    def _given(self, slot: Any, name: str, values: Mapping[str, Any]) -> Any:
        """Return what stands for a leaf or a constant."""
        if not isinstance(slot, Variable):
            return slot.value if type(slot) is Raw else slot
        data = values.get(name, slot._data)
        constant = slot._op is CONSTANT
        x = Variable(data, requires_grad=False) if constant else Variable(data)
        x._source, x.name = slot._source, name
        return x

    def _call(self, k: int, made: dict[int, Any]) -> None:
        """Apply a function again to what stands for its inputs."""
        _, inputs, outputs = self.graph.functions[k]
        given = [made[i] for i in inputs]
        alive = next(self.slots[i] for i in outputs if isinstance(self.slots[i], Variable))
        results = _apply(alive, given)
        if not self._tried and _is_users(alive):
            again = _apply(alive, given)
            if any(not _equal(a, b) for a, b in zip(results, again, strict=True)):
                self.random.append(self.graph.functions[k][0].name)
        for i, y in zip(outputs, results, strict=True):
            slot = self.slots[i]
            if isinstance(slot, Variable):
                y._source, y.name = slot._source, self.graph.variables[i].name
            made[i] = y


def _apply(y: Variable, given: list[Any]) -> list[Variable]:
    """Apply the function that made a variable, on a fresh instance where a user wrote it."""
    op = function_of(y)
    if isinstance(op, OperationCall):
        op = op.operation
    if isinstance(op, Operation):
        result = op(*given)
    else:
        fresh = like_before(op.creator_of(y), op.before)
        result = fresh(given) if op.takes_list else fresh(*given)
    return list(result) if isinstance(result, (tuple, list)) else [result]


def _is_users(y: Any) -> bool:
    """Whether a user wrote the Function that made a variable."""
    op = function_of(y) if isinstance(y, Variable) else None
    return op is not None and not isinstance(op, (Operation, OperationCall))


def _equal(a: Variable, b: Variable) -> bool:
    x, y = np.asarray(a._data), np.asarray(b._data)
    return x.shape == y.shape and x.tobytes() == y.tobytes()


@contextmanager
def _random_states(slots: list[Any]) -> Iterator[None]:
    """Put the states of random number generators back: NumPy's, Python's, those on Functions."""
    found: list[Any] = []
    for slot in slots:
        if _is_users(slot):
            found += [v for v in vars(slot.creator).values() if isinstance(v, np.random.Generator)]
    kept = [(g, g.bit_generator.state) for g in found]
    loaded = "numpy.random" in sys.modules  # NumPy imports it when somebody first draws
    numpy_state = np.random.get_state() if loaded else None  # noqa: NPY002
    python_state = random.getstate()
    try:
        yield
    finally:
        if numpy_state is not None:
            np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)
        for generator, state in kept:
            generator.bit_generator.state = state


def fitted(value: Any, x: Variable, name: str) -> Any:
    """Return a value as an array of a leaf's shape and dtype.

    Raises
    ------
    DataTypeError
        For text, objects, complex numbers, and fractions where the leaf holds integers.
    ShapeError
        For another shape.
    """
    if isinstance(value, Variable):
        value = value._data
    data: Any = x._data
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise DataTypeError(f"{value!r} is not an array that {name} could hold: {error}.") from None
    if array.dtype.kind not in "fiu":
        numeric = array.dtype.kind in "bc"
        shown = f"dtype {array.dtype}" if numeric else reprlib.repr(value)
        raise DataTypeError(f"{name} holds {data.dtype} numbers, and {shown} is not one of them.")
    if array.shape != data.shape:
        raise ShapeError(f"{name} has shape {data.shape}, and the value has shape {array.shape}.")
    with ErrorState(all="ignore"):
        made = array.astype(data.dtype)
    if data.dtype.kind != "f" and not np.array_equal(made, array):
        raise DataTypeError(f"{name} holds {data.dtype} numbers, and {value!r} does not fit.")
    return made
