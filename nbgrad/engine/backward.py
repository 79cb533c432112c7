"""The backward pass.

Every gradient of a pass lives in the pass's own table, keyed by Variable. A
function is queued when the first gradient of one of its outputs arrives, and the
queue gives the one of the largest generation: by then every gradient of its
outputs is complete, since whatever uses an output has a larger generation.
Nothing outside the table changes until the whole pass has succeeded.
"""

from __future__ import annotations

from collections.abc import MutableMapping, MutableSet
from heapq import heappop, heappush
from typing import Any

import numpy as np

from . import recording
from .commit import commit
from .diagnostics import positions as source
from .diagnostics.naming import at, called
from .diagnostics.numpy_warnings import computed, unrefused
from .errors import (
    NoGraphError,
    OperandError,
    SavedTensorError,
    add_note,
    describe,
    describe_all,
    listed,
)
from .folded import Folded
from .grad_mode import OFF, STILL_OFF, Override, override, process
from .gradients import gathered, plus, seed_of
from .identity import IdentitySet, IdentityTable, Overridden
from .observer import Observer, watching
from .sentinels import CONSTANT, GRAPH_FREED, NO_GRAD, State
from .variable import Variable

_float64 = np.float64


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
    calls : set
        The calls of several outputs that were queued: each runs once.
    keep : bool
        Whether gradients are looked at after more has been added to them.
    free : bool
        Whether the graph is freed during the pass.
    """

    __slots__ = (
        "calls", "create_graph", "done", "free", "keep", "observer", "owned", "retain", "retained",
        "table",
    )  # fmt: skip

    def __init__(
        self, create_graph: bool, retain: bool, observer: Observer | None, free: bool = False
    ) -> None:
        # Python's dict and set are faster; they are wrong only where a subclass defines __eq__.
        own = Overridden.seen
        self.table: MutableMapping[Variable, Any] = IdentityTable() if own else {}
        self.owned: MutableSet[Variable] = IdentitySet() if own else set()
        self.done: list[Variable] = []
        self.retained: list[tuple[Variable, Any]] = []
        self.calls: set[Any] = set()
        self.create_graph = create_graph
        self.retain = retain
        self.observer = observer
        self.keep = retain or observer is not None
        self.free = free

    def is_first_of(self, x: Variable) -> bool:
        """Whether a variable is the first output of its call that a gradient reaches.

        False for what has no creator. A folded graph is asked for each of its results.
        """
        call = x._op
        if call is GRAPH_FREED:
            raise freed_error(x)
        if call is None or isinstance(call, State) or call in self.calls:
            return False
        if isinstance(call, Folded):
            return True
        self.calls.add(call)
        return True

    def take(self, y: Variable | None) -> Any:
        """Take the gradient of a variable whose creator runs now; None if it has none."""
        gy = None if y is None else self.table.pop(y, None)
        if y is not None and gy is not None:
            self.done.append(y)
            if self.retain:
                self.retained.append((y, gy))
        return gy

    def let_go(self, node: Variable, op: Any) -> None:
        """Free what a function kept, once its rule has run."""
        single = node._x0 is not None or isinstance(op, Folded)
        for y in [node] if single else op.alive():
            if y is not None:
                y._op = GRAPH_FREED
                y._x0 = y._x1 = None
                self.owned.discard(y)
        self.calls.discard(op)
        # A variable with an older gradient stays in the list, so that commit() marks it as freed.
        while self.done and self.done[-1]._op is GRAPH_FREED and self.done[-1]._grad is None:
            self.done.pop()

    def pull_call(self, node: Variable, alone: bool) -> tuple[Any, list[Any], Any]:
        """Run the rule of a call with several outputs, or of a folded graph.

        Returns
        -------
        op, gys, parts
            Whose rule it was, the gradients of its outputs, and what the rule gave.
        """
        op = node._op
        if isinstance(op, Folded):
            if node not in self.table:
                return op, [], ()  # it was handled with another output of the function
            # A graph that is freed, or keeps gradients, does so behind each of its results.
            as_one = len(op.outputs or ()) == 1 or not (self.retain or self.free)
            if alone and as_one and not self.create_graph and self.observer is None:
                found = op.gradients(node, self.table[node])
                if found is not None:
                    parts = [(i, x, gx) for i, (x, gx) in enumerate(zip(*found, strict=True))]
                    return op, [self.take(node)], parts
            if not op.unfold():
                raise changed_error(node, op)
            op = node._op
            if node._x0 is not None:
                gy = self.take(node)
                return op, [gy], computed(op.pull, node, gy, self.create_graph)
            self.calls.add(op)
        ys = op.alive()
        gys = [self.take(y) for y in ys]
        return op, gys, computed(op.pull_outputs, node, ys, gys, self.create_graph)


def backward(
    root: Variable,
    retain_grad: bool = False,
    create_graph: bool = False,
    gradient: Any = None,
    free_graph: bool = False,
    *,
    observer: Observer | None = None,
    apply: bool = True,
) -> None:
    """Run a pass from a root and add its gradients to the leaves.

    Parameters
    ----------
    root : Variable
    retain_grad, create_graph, gradient, free_graph
        See `Variable.backward`.
    observer : Observer, optional
        Told of every function that runs.
    apply : bool
        False leaves every ``.grad`` as it was.
    """
    if root._x0 is None and isinstance(root._op, Folded):
        plain = retain_grad is False and create_graph is False and gradient is None and apply
        if plain and not free_graph and observer is None and root._op.first_pass(root):
            return
    if not (retain_grad is False and create_graph is False and free_graph is False):
        check_options(retain_grad=retain_grad, create_graph=create_graph, free_graph=free_graph)
    if root._x0 is None and isinstance(root._op, State):
        refuse(root)
    watcher = watching.get()
    if watcher is not None:
        observer = watcher.watch(observer)
    state = Pass(create_graph, retain_grad, observer, free_graph)
    mode = override.get()
    # Not a `with`: Ctrl-C may come between the steps of one, and would leave the mode set.
    try:
        # A user's rule may compute with Variables: they are recorded only on demand.
        override.set(Override(create_graph, None, mode) if create_graph or mode else OFF)
        if create_graph:
            with source.marking(root._source, source.here()):
                _run_and_commit(state, root, gradient, apply)
        else:
            _run_and_commit(state, root, gradient, apply)
    finally:
        override.set(mode)


def _run_and_commit(state: Pass, root: Variable, gradient: Any, apply: bool) -> None:
    run(state, root, seed_of(root, state.create_graph, gradient))
    if apply:
        commit(state, None if gradient is not None else root)


def run(state: Pass, root: Variable, seed: Any) -> None:
    """Fill the pass's table, function by function."""
    if recording.running:
        recording.looked(root, "backward()")
    state.table[root] = seed
    if state.observer is not None:
        state.observer.begin(root, seed)
    queue: list[tuple[int, int, Variable]] = []
    if root._op is not None and (root._x0 is not None or state.is_first_of(root)):
        queue.append((-root.generation, 0, root))
    try:
        empty_the_queue(state, queue)
    except BaseException as error:
        add_note(error, f"in the backward of {described(state.done[-1] if state.done else root)}")
        raise


def empty_the_queue(state: Pass, queue: list[tuple[int, int, Variable]]) -> None:
    """Run the queued functions, largest generation first: the inner loop of the pass."""
    table, owned, done, observer = state.table, state.owned, state.done, state.observer
    create_graph, keep, ticket = state.create_graph, state.keep, 0
    number = None if create_graph else _float64  # what needs no fitting; a Variable always does
    while queue:
        node = heappop(queue)[2]
        op = node._op
        # -- its rule: a gradient for each input --
        if node._x0 is not None:
            gy = table.pop(node)
            gys: Any = (gy,)
            done.append(node)
            if state.retain:
                state.retained.append((node, gy))
            try:
                # A gradient that the pass alone has may be written over by the rule.
                parts = op.pull(node, gy, create_graph, owned and not keep and node in owned)
            except TypeError as error:
                parts = unrefused(error, op.pull, node, gy, create_graph)
        else:
            op, gys, parts = state.pull_call(node, not queue and len(table) == 1)
        # -- each is fitted to its input and added to what has arrived there --
        arrivals = []
        for i, x, gx in parts:
            if gx is None:
                continue
            before = table.get(x)
            if type(gx) is number and type(x._data if before is None else before) is number:
                # A NumPy scalar for a NumPy scalar: nothing to fit, nothing to own.
                after = gx if before is None else plus(before, gx)
            else:
                gx, after = gathered(before, gx, x, op, i, gys, state)
            table[x] = after
            if before is None and x._op is not None and (x._x0 is not None or state.is_first_of(x)):
                ticket += 1  # of one generation, what is queued first runs first
                heappush(queue, (-x.generation, ticket, x))
            if observer is not None:
                arrivals.append((i, x, gx, before, after))
        if observer is not None:
            observer.called(node, gys, arrivals)
        if state.free:
            state.let_go(node, op)
        parts = gx = None  # the next rule can use their memory


# -- what is refused, and what an error says --------------------------------------------------


def check_options(**options: object) -> None:
    """Refuse options that are not truth values, or do not go together."""
    for name, value in options.items():
        if type(value) is not bool and not isinstance(value, (int, np.bool_)):
            raise OperandError(
                f"backward({name}=…) is True or False, not {type(value).__name__}. "
                "The upstream gradient comes first: y.backward(gradient)."
            )
    if options["free_graph"] and options["create_graph"]:
        raise OperandError(
            "backward(create_graph=True) records the pass, whose graph goes back through this one: "
            "leave free_graph=True out."
        )


def refuse(root: Variable) -> None:
    """Refuse a root without a graph."""
    if root._op is GRAPH_FREED:
        raise freed_error(root)
    if root._op is NO_GRAD or root._op is CONSTANT:
        why, advice = "was made under no_grad", "Compute it outside no_grad, from Variables."
        if root._op is CONSTANT:
            why, advice = "is a constant", "Make it without requires_grad=False."
        elif not process.enable_backprop:
            advice = f"{STILL_OFF}, then compute it again."
        raise NoGraphError(
            f"backward() of {called(root, 'this variable')}: it {why}{at(root)}, "
            f"so it has no graph to go back through. {advice}"
        )


def freed_error(x: Variable) -> NoGraphError:
    """Build the error for a pass that comes to what an earlier one has let go of."""
    return NoGraphError(
        f"backward() comes to {called(x, 'a variable')}{at(x)}, whose graph was freed by an "
        "earlier backward(free_graph=True). Compute it again, or leave free_graph=True out of "
        "every pass but the last."
    )


def changed_error(x: Variable, op: Folded) -> SavedTensorError:
    """Build the error for a graph whose numbers are gone."""
    return SavedTensorError(
        f"backward() comes to {called(x, 'a variable')}{at(x)}, which {op.label} made, but an array "
        "that it took or returned was changed in place since. Run backward() before that, or "
        "assign a new array: x.data = x.data - step."
    )


def described(node: Variable) -> str:
    """Name a function by an output of it: its inputs, generation and line, for an error's note."""
    op = node._op
    label, outputs, what = "the root", [node], ""
    if op is not None and not isinstance(op, State):
        label = op.label
        what = op.note()
        if node._x0 is None:
            outputs = [y for y in op.alive() if y is not None]
    names = listed([describe(y) for y in outputs])
    where = f", made {node.source}" if node.source is not None else ""
    generation = max(node.generation - 1, 0)
    return f"{label}({describe_all(node._inputs)}) → {names}, generation {generation}{where}{what}"
