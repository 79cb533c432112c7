"""One call of a user's function, recorded, and passes back through it.

The arguments to differentiate by are replaced by private Variables, so nobody's
`grad` is touched: a pass fills its own table, and nothing is committed. In a nested
call a private Variable is a copy of the outer one. While the inner derivative is
taken, its creator is hidden, so that the passes stop there; afterwards the graph
goes on to the outer Variable, and the inner derivative can be differentiated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from nbgrad.engine.arrays import as_array, to_raw
from nbgrad.engine.backward import Pass, run
from nbgrad.engine.commit import private
from nbgrad.engine.diagnostics.anomaly import watched
from nbgrad.engine.errors import OperandError
from nbgrad.engine.grad_mode import is_recording, using_config
from nbgrad.engine.gradients import gradient_dtype
from nbgrad.engine.variable import Variable
from nbgrad.ops import astype, copy

from .tree import Tree, leaves_of, with_leaves

Argnum: TypeAlias = "int | tuple[int, ...]"

_depth: ContextVar[int] = ContextVar("nbgrad_derivative_depth", default=0)
"""How many derivatives are being taken around here."""


@dataclass
class Call:
    """A recorded call ``f(*args)``.

    Attributes
    ----------
    name : str
        What f is called.
    trees : list
        The arguments to differentiate by, as they were given.
    single : bool
        Whether there is just one of them, asked for by an int.
    leaves : list of Variable
        What stands for their arrays.
    nested : bool
        Whether derivatives are to be Variables: inside another derivative, or when an
        argument is a Variable.
    connected : bool
        Whether they are to be recorded, so that they can be differentiated again.
    result : object
        What f returned.
    """

    name: str
    trees: list[Tree]
    single: bool
    leaves: list[Variable]
    nested: bool
    connected: bool
    result: Any = None

    def back(self, root: Variable, seed: Any, create_graph: bool | None = None) -> list[Any]:
        """Run a pass from a root; return the gradient of each leaf, or None."""
        return back(
            root, seed, self.leaves, self.connected if create_graph is None else create_graph
        )

    def shaped(self, gradients: list[Any], shape: tuple[int, ...] = ()) -> Any:
        """Return gradients in the form of the arguments, zeros where there is none.

        ``shape`` comes before each leaf's own.
        """
        filled = iter(
            [
                self.given(np.zeros(shape + x.shape, gradient_dtype(x)) if g is None else g)
                for g, x in zip(gradients, self.leaves, strict=True)
            ]
        )
        trees = tuple(with_leaves(tree, filled) for tree in self.trees)
        return trees[0] if self.single else trees

    def given(self, value: Any) -> Any:
        """Return a result as the caller wants it: an array, or a Variable when nested."""
        if not self.nested:
            # A copy: f may have returned its argument, whose array is the caller's.
            return value.data.copy() if isinstance(value, Variable) else np.asarray(value)
        if not isinstance(value, Variable):
            return Variable(np.asarray(value))
        return value if self.connected else Variable(value.data)


@contextmanager
def recorded(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    argnum: Argnum,
) -> Iterator[Call]:
    """Call f with private Variables for some arguments; passes are run inside the ``with``."""
    name = name_of(f)
    places = places_of(name, argnum, len(args))
    trees = [args[i] for i in places]
    given = leaves_of(list(args))
    nested = bool(_depth.get()) or any(isinstance(x, Variable) for x in given)
    connected = nested and is_recording()
    leaves = [_private(x, connected) for x in leaves_of(trees)]
    creators = [x._op for x in leaves]
    for x in leaves:
        x._op = None
    try:
        call = Call(name, trees, isinstance(argnum, int), leaves, nested, connected)
        replaced = list(args)
        source = iter(leaves)
        for i, tree in zip(places, trees, strict=True):
            replaced[i] = with_leaves(tree, source)
        token = _depth.set(_depth.get() + 1)
        try:
            with using_config("enable_backprop", True):
                call.result = f(*replaced, **kwargs)
        finally:
            _depth.reset(token)
        yield call
    finally:
        for x, creator in zip(leaves, creators, strict=True):
            x._op = creator


def back(root: Variable, seed: Any, leaves: list[Variable], create_graph: bool) -> list[Any]:
    """Run a pass that touches nobody's ``grad``; return the gradient of each leaf, or None."""
    state = Pass(create_graph, False, watched(None))
    with using_config("enable_backprop", create_graph):
        run(state, root, _as_seed(root, seed, create_graph))
        found = [state.table.get(x) for x in leaves]
        if create_graph:
            return found
        return [
            None if g is None else np.asarray(private(g, x, state))
            for g, x in zip(found, leaves, strict=True)
        ]


def _as_seed(root: Variable, seed: Any, create_graph: bool) -> Any:
    if isinstance(seed, Variable):
        return seed
    array = np.array(seed, gradient_dtype(root))
    return Variable(array) if create_graph else to_raw(array)


def _private(x: Any, connected: bool) -> Variable:
    """Return a Variable that stands for an argument; an integer one becomes float64."""
    if isinstance(x, Variable) and connected:
        with using_config("enable_backprop", True):
            leaf = copy(x) if x.dtype.kind == "f" else astype(x, np.float64)
    else:
        array = x._array() if isinstance(x, Variable) else as_array(x)
        leaf = Variable(np.asarray(array, gradient_dtype(Variable(np.asarray(array)))))
    leaf.name = getattr(x, "name", None)
    return leaf


def name_of(f: Callable[..., Any]) -> str:
    """Return what a function is called."""
    return str(getattr(f, "__name__", type(f).__name__))


def places_of(name: str, argnum: Argnum, number: int) -> tuple[int, ...]:
    """Return the places of the arguments to differentiate by, counted from the front.

    Raises
    ------
    OperandError
        If there is no such argument.
    """
    wanted: tuple[Any, ...] = argnum if isinstance(argnum, tuple) else (argnum,)
    for i in wanted:
        if not isinstance(i, int) or not -number <= i < number:
            raise OperandError(
                f"argnum={argnum!r}, but {name} was called with {number} argument"
                f"{'s' * (number != 1)}: argnum is an int, or a tuple of ints, from 0."
            )
    return tuple(i % number for i in wanted)


def one_result(call: Call, asker: str) -> Variable:
    """Return f's result as a Variable; a number or an array is a constant.

    Raises
    ------
    OperandError
        If f returned anything else.
    """
    y = call.result
    if isinstance(y, Variable):
        return y
    if isinstance(y, (int, float, np.ndarray, np.generic)):
        return Variable(as_array(y))
    raise OperandError(
        f"{asker} needs a function that returns a Variable; {call.name} returned "
        f"{type(y).__name__}."
    )
