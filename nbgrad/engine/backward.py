"""The backward pass.

Every gradient of a pass lives in the pass's own table, keyed by Variable. A
function is queued when the first gradient of one of its outputs arrives, and the
queue gives the one of the largest generation: by then every gradient of its
outputs is complete, since whatever uses an output has a larger generation.
Nothing outside the table changes until the whole pass has succeeded.
"""

from __future__ import annotations

from contextlib import nullcontext
from heapq import heappop, heappush, heappushpop
from typing import Any, Protocol

import numpy as np

from . import recording, variable
from .commit import commit
from .diagnostics import positions as source
from .diagnostics.anomaly import watched
from .diagnostics.messages import why_no_graph
from .diagnostics.naming import at, called
from .errors import NoGraphError, OperandError, add_note
from .function import Folded
from .grad_mode import Override, override
from .gradients import add, fit, recorded, seed_of
from .memory import LARGE, keep_freed_memory
from .memory import state as memory
from .pull import describe_node, pull
from .sentinels import CONSTANT, NO_GRAD, State
from .variable import Variable

_UNMARKED = nullcontext()
_float64 = np.float64
_dtype64 = np.dtype(np.float64)
_ndarray = np.ndarray

Node = Any
"""What the queue holds: a Variable with a function of its own, or a Function of several outputs."""


class Observer(Protocol):
    """What a recorder sees of a pass. It must not change or keep the arrays."""

    def begin(self, root: Variable, seed: Any) -> None:
        """Take note of the root and its upstream gradient."""

    def called(self, node: Node, gys: list[Any], arrivals: list[Any], queue: list[Any]) -> None:
        """Take note of one function: arrivals are (i, x, amount, before, after)."""


class Pass:
    """The state of one pass.

    Attributes
    ----------
    table : dict
        Gradient gathered so far for each Variable; at the end, those of the leaves.
    owned : set
        Variables whose gradient buffer belongs to the pass alone, so that it may be
        added into and handed out.
    done : list of Variable
        The variables whose creators have run.
    retained : list of (Variable, gradient)
        Their gradients, with ``retain_grad``.
    keep : bool
        Whether somebody still looks at a gradient that was added to.
    """

    __slots__ = (
        "create_graph",
        "done",
        "keep",
        "observer",
        "owned",
        "queue",
        "retain",
        "retained",
        "table",
    )

    def __init__(self, create_graph: bool, retain: bool, observer: Observer | None) -> None:
        self.table: dict[Variable, Any] = {}
        self.owned: set[Variable] = set()
        self.done: list[Variable] = []
        self.retained: list[tuple[Variable, Any]] = []
        self.queue: list[tuple[int, int, Node]] = []
        self.create_graph = create_graph
        self.retain = retain
        self.observer = observer
        self.keep = retain or observer is not None


def backward(
    root: Variable,
    *,
    retain_grad: bool = False,
    create_graph: bool = False,
    gradient: Any = None,
    observer: Observer | None = None,
    apply: bool = True,
) -> None:
    """Run a pass from a root and add its gradients to the leaves.

    Parameters
    ----------
    root : Variable
    retain_grad, create_graph, gradient
        See `Variable.backward`.
    observer : Observer, optional
        Told of every function that runs.
    apply : bool
        False leaves every ``.grad`` as it was.
    """
    refuse(root, retain_grad, create_graph)
    observer = watched(observer)
    marks = source.marking(root._source, source.here()) if create_graph else _UNMARKED
    state = Pass(create_graph, retain_grad, observer)
    mode = override.get()
    # Not a `with`: Ctrl-C may come between the steps of one, and would leave the mode set.
    try:
        # A user's rule may compute with Variables: they are recorded only on demand.
        override.set(Override(create_graph, None, mode))
        with marks:
            run(state, root, seed_of(root, create_graph, gradient))
            if apply:
                commit(state, None if gradient is not None else root)
    finally:
        override.set(mode)


def refuse(root: Variable, retain_grad: object, create_graph: object) -> None:
    """Refuse a root without a graph, and options that are no truth values."""
    for name, value in (("retain_grad", retain_grad), ("create_graph", create_graph)):
        if type(value) is not bool and not isinstance(value, (int, np.bool_)):
            raise OperandError(
                f"backward({name}=…) is True or False, not {type(value).__name__}. "
                "The upstream gradient comes first: y.backward(gradient)."
            )
    if root._op is NO_GRAD or root._op is CONSTANT:
        why, advice = why_no_graph(root)
        raise NoGraphError(
            f"backward() of {called(root, 'this variable')}: it {why}{at(root)}, "
            f"so it has no graph to go back through. {advice}"
        )


def run(state: Pass, root: Variable, seed: Any) -> None:
    """Fill the pass's table, function by function."""
    recording.looked(root, "backward()")
    state.table[root] = seed
    if state.observer is not None:
        state.observer.begin(root, seed)
    queued: set[Node] = set()
    first = node_of(root, root._op, queued)
    if first is not None:
        heappush(state.queue, (-root.generation, 0, first))
    try:
        empty_the_queue(state, queued)
    except BaseException as error:
        last = state.done[-1] if state.done else root
        several = len(getattr(last._op, "outputs", None) or ()) > 1
        add_note(error, f"in the backward of {describe_node(last._op if several else last)}")
        raise


def empty_the_queue(state: Pass, queued: set[Node]) -> None:  # noqa: C901 - the inner loop
    """Run the function of the largest generation, as long as any waits."""
    table, owned, queue, done = state.table, state.owned, state.queue, state.done
    create_graph, observer, keep, ticket = state.create_graph, state.observer, state.keep, 0
    following: tuple[int, int, Node] | None = None  # queued last, and often next
    arrivals: list[Any] = []
    while queue or following is not None:
        node = (heappop(queue) if following is None else heappushpop(queue, following))[2]
        following = None
        # -- its rule: one gradient per input, None where there is none --
        if isinstance(node, Variable) and (inputs := node._inputs):
            op, gy = node._op, table.pop(node)
            gys = (gy,)
            done.append(node)
            if state.retain:
                state.retained.append((node, gy))
            gxs = op.pull(node, gy, create_graph, owned and not keep and node in owned)
        else:
            op, inputs, gys, gxs = pull(state, node)
        gxs = [recorded(gx) for gx in gxs] if create_graph else gxs
        # -- each fitted to its input and added to what has arrived there --
        i = -1
        for x in inputs:
            i += 1
            if (gx := gxs[i]) is None:
                continue
            before = table.get(x)
            if type(gx) is _float64 and type(x._data if before is None else before) is _float64:
                # A NumPy scalar for a NumPy scalar: nothing to fit, nothing to own.
                after = gx if before is None else before + gx
            else:
                gx, after = gathered(before, gx, x, op, i, gys, state)
            table[x] = after
            if before is None and x._op is not None:
                ready = x if x._inputs else node_of(x, x._op, queued)
                if ready is not None:
                    ticket += 1
                    if following is not None:
                        heappush(queue, following)
                    following = (-x.generation, ticket, ready)
            if observer is not None:
                arrivals.append((i, x, gx, before, after))
        if observer is not None:
            waiting = queue if following is None else [*queue, following]
            observer.called(node, list(gys), arrivals, waiting)
            arrivals = []
        if owned:
            gxs = gx = None  # their memory serves the next rule


def gathered(
    before: Any, gx: Any, x: Variable, op: Any, i: int, gys: Any, state: Pass
) -> tuple[Any, Any]:
    """Return a rule's gradient as it fits its input, and the sum of it and what has arrived."""
    value = x._data
    if not memory.asked and type(gx) is _ndarray and gx.nbytes >= LARGE:
        keep_freed_memory()
    if (
        before is None
        and type(gx) is _ndarray
        and gx.dtype is value.dtype is _dtype64
        and gx.shape == value.shape != ()
    ):
        if not op.aliases:
            state.owned.add(x)
        return gx, gx
    gx, fresh = fit(gx, x, op, i, gys, state.create_graph)
    return gx, add(before, gx, x, fresh, state.owned, state.keep)


def node_of(x: Variable, creator: Any, queued: set[Node]) -> Node:
    """Return what is queued for a variable: itself, or the function it shares with others.

    None for what has no creator, and for a function that waits already.
    """
    if creator is None or isinstance(creator, State):
        return None
    if creator.outputs is None or len(creator.outputs) == 1 or isinstance(creator, Folded):
        return x
    if creator in queued:
        return None
    queued.add(creator)
    return creator


variable.run_pass = backward
