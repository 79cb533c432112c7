"""One call of a user's function, recorded, and passes back through it.

The arguments to differentiate by are replaced by private Variables, so no `grad`
of the user's is changed: a pass fills its own table, and nothing is committed. In a nested
call a private Variable is a copy of the outer one. While the inner derivative is
taken, its creator is hidden, so that the passes stop there; afterwards the graph
goes on to the outer Variable, and the inner derivative can be differentiated.

Where a pass comes to a leaf that is neither private nor made during the call, the
function has reached a Variable outside. The pass is then run again, recorded, so that
the derivative carries the graph to it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from nbgrad.engine.arrays import as_array, to_raw
from nbgrad.engine.backward import Pass, run
from nbgrad.engine.commit import private
from nbgrad.engine.diagnostics.graph_cut import hidden_cut
from nbgrad.engine.diagnostics.naming import called
from nbgrad.engine.errors import DataTypeError, OperandError, add_note
from nbgrad.engine.grad_mode import calling, differentiating, is_recording, within
from nbgrad.engine.gradients import gradient_dtype
from nbgrad.engine.observer import watching
from nbgrad.engine.variable import Variable
from nbgrad.ops import astype, copy

from .tree import Tree, leaves_of, with_leaves

Argnum: TypeAlias = "int | tuple[int, ...] | list[int]"


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
    creators : list
        What is hidden of them until `connect`.
    nested : bool
        Whether derivatives are to be Variables: inside another derivative, when an
        argument is a Variable, or when f reaches Variables outside.
    connected : bool
        Whether they are to be recorded, so that they can be differentiated again.
    recording : bool
        Whether the caller records.
    result : object
        What f returned.
    made : set of int
        The identities of the leaves that were made meanwhile.
    """

    name: str
    trees: list[Tree]
    single: bool
    leaves: list[Variable]
    creators: list[Any]
    nested: bool
    connected: bool
    recording: bool
    result: Any = None
    made: set[int] = field(default_factory=set)

    def back(self, root: Variable, seed: Any, create_graph: bool | None = None) -> list[Any]:
        """Run a pass from a root; return the gradient of each leaf, or None."""
        graph = self.connected if create_graph is None else create_graph
        found, others = back(root, seed, self.leaves, graph)
        if self.nested or not self.recording:
            return found
        # A leaf that was there before the call, if there is one among those reached.
        outer = next((x for x in others if x._op is None and id(x) not in self.made), None)
        if outer is None:
            return found
        self.nested = self.connected = True
        if graph:
            return found
        try:
            return back(root, seed, self.leaves, True)[0]
        except Exception as error:
            name = called(outer, "a Variable")
            add_note(
                error,
                f"{self.name} reaches {name} from outside, so its derivative is recorded, to be "
                f"differentiated by {name} too. A constant is read as its data, or is made with "
                "requires_grad=False; under no_grad the derivative is a plain array.",
            )
            raise

    def connect(self) -> None:
        """Let the graph go on to the Variables that were given."""
        for x, creator in zip(self.leaves, self.creators, strict=True):
            x._op = creator

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
        if not self.connected:
            return Variable(value.data.copy())
        return own(value)


def recorded(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], argnum: Argnum
) -> Call:
    """Call f with private Variables for some arguments."""
    name = name_of(f)
    argnum = tuple(argnum) if isinstance(argnum, list) else argnum
    places = places_of(name, argnum, len(args))
    trees = [args[i] for i in places]
    nested = differentiating() or any(isinstance(x, Variable) for x in leaves_of(list(args)))
    recording = is_recording()
    try:
        leaves = [_private(x, nested and recording) for x in leaves_of(trees)]
    except DataTypeError as error:
        raise DataTypeError(
            f"{error} {name} was to be differentiated by it: what needs no gradient is given in "
            "another argument."
        ) from None
    creators = [x._op for x in leaves]
    for x in leaves:
        x._op = None
    single = not isinstance(argnum, tuple)
    call = Call(name, trees, single, leaves, creators, nested, nested and recording, recording)
    replaced = list(args)
    source: Iterator[Variable] = iter(leaves)
    for i, tree in zip(places, trees, strict=True):
        replaced[i] = with_leaves(tree, source)
    mode = calling()
    with mode:
        try:
            call.result = f(*replaced, **kwargs)
        except Exception as error:
            cut = hidden_cut(error)
            if cut is None:
                raise
            raise cut.with_traceback(error.__traceback__) from None
    call.made = mode.leaves
    call.made.update(map(id, leaves))
    return call


def back(
    root: Variable, seed: Any, leaves: list[Variable], create_graph: bool
) -> tuple[list[Any], Iterable[Variable]]:
    """Run a pass that changes no ``grad``.

    Returns
    -------
    gradients, reached
        The gradient of each leaf, or None; and all leaves that the pass came to.
    """
    watcher = watching.get()
    state = Pass(create_graph, False, None if watcher is None else watcher.watch(None))
    with within(create_graph):
        run(state, root, _as_seed(root, seed, create_graph))
        found = [state.table.get(x) for x in leaves]
        if create_graph:
            met: set[int] = set()
            found = [own(g, met) if isinstance(g, Variable) else g for g in found]
        else:
            found = [
                None if g is None else np.asarray(private(g, x, state))
                for g, x in zip(found, leaves, strict=True)
            ]
        return found, state.table.keys()


def own(value: Variable, met: set[int] | None = None) -> Variable:
    """Return a recorded result that shares no array with a leaf, nor with those met before."""
    met = set() if met is None else met
    fresh = value if value._op is not None and id(value) not in met else copied(value)
    met.add(id(value))
    return fresh


def copied(x: Variable) -> Variable:
    """Return a recorded copy."""
    with within(True):
        return copy(x)


def _as_seed(root: Variable, seed: Any, create_graph: bool) -> Any:
    if isinstance(seed, Variable):
        return seed
    array = np.array(seed, gradient_dtype(root))
    return Variable(array) if create_graph else to_raw(array)


def _private(x: Any, connected: bool) -> Variable:
    """Return a Variable that stands for an argument; an integer one becomes float64."""
    if isinstance(x, Variable) and connected:
        with within(True):
            leaf = copied(x) if x.dtype.kind == "f" else astype(x, np.float64)
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
    places = []
    for i in wanted:
        if not isinstance(i, (int, np.integer)) or not -number <= i < number:
            raise OperandError(
                f"argnum={argnum!r}, but {name} was called with {number} argument"
                f"{'s' * (number != 1)}: argnum is an int, or a tuple of ints, from 0."
            )
        places.append(operator.index(i) % number)
    twice = next((i for i in places if places.count(i) > 1), None)
    if twice is not None:
        raise OperandError(
            f"argnum={argnum!r} names argument {twice} of {name} more than once: name each once."
        )
    return tuple(places)


def one_result(call: Call, asker: str) -> Variable:
    """Return f's result as a Variable; a number or an array is a constant.

    Raises
    ------
    OperandError
        If f returned anything else.
    """
    return _result(call, call.result, asker)


def all_results(call: Call, asker: str) -> list[Variable]:
    """Return the ends of f's result, which may be a list, tuple or dict of them."""
    ends = [None] if call.result is None else leaves_of(call.result)
    return [_result(call, y, asker) for y in ends]


def _result(call: Call, y: Any, asker: str) -> Variable:
    if isinstance(y, Variable):
        return y
    if isinstance(y, (int, float, np.ndarray, np.generic)):
        constant = Variable(as_array(y))
        call.made.add(id(constant))
        return constant
    raise OperandError(
        f"{asker} needs a function that returns a Variable; {call.name} returned "
        f"{type(y).__name__}."
    )
