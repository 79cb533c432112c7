"""One call of a compiled function: the creator of its results."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import itemgetter
from typing import Any, ClassVar
from weakref import ref

import numpy as np

from nbgrad.engine import recording
from nbgrad.engine.call import CALL, codes_of
from nbgrad.engine.commit import gradient_in
from nbgrad.engine.diagnostics import positions
from nbgrad.engine.errors import SavedTensorError
from nbgrad.engine.folded import Folded
from nbgrad.engine.function import Function
from nbgrad.engine.gradients import gradient_dtype
from nbgrad.engine.sentinels import CONSTANT
from nbgrad.engine.variable import Variable, made_by

from .build import Program
from .entry import entry_of, first_commit, leaves_check
from .guards import Guards, facts_of
from .record import Recorder
from .results import Answer, filled, is_single
from .signature import of_array
from .unfold import Graph, restored

MAX_POOLED = 4
"""How many sets of arrays are kept for the next calls; more are freed."""
MAX_MISSES = 8
"""After this many runs in which an expected condition did not hold, a variant is not used again."""
MISSED: Any = object()
"""In place of a result: the function has to run uncompiled."""


class Variant:
    """A program, and when it may run."""

    def __init__(
        self,
        program: Program,
        graph: Graph,
        guards: Guards,
        answer: Answer,
        recorder: Recorder,
        title: str,
        args: tuple[Any, ...],
        leaves: list[Any],
    ) -> None:
        self.program = program
        self.tree = answer.tree
        self.variable, self.names = answer.variable, answer.names
        self.places = [i for i, is_variable in enumerate(answer.variable) if is_variable]
        self.generations = [
            recorder.generations[id(y)] if isinstance(y, Variable) else 0 for y in answer.results
        ]
        self.graph = graph
        self.guards = guards
        self.distinct = recorder.given == recorder.leaves
        self.outer: list[Variable] = recorder.inputs[recorder.given :]
        # An argument that the function reads outside too is one input, and has to be so again.
        self.pinned = [(i, x) for i, x in enumerate(leaves) if id(x) in guards.variables]
        self.facts = facts_of((*leaves, *self.outer), guards.facts)
        self.outer_ids = {id(x) for x in self.outer}
        self.outer_like = [(*of_array(x._data), x._op is CONSTANT) for x in self.outer]
        inputs = recorder.inputs
        self.all_variables = all(isinstance(x, Variable) for x in inputs)
        self.wanted = [picking(wanted) for wanted in program.wanted]
        self.commits: dict[int, Callable[..., bool]] = {}
        self.single = is_single(answer)
        self.title = title
        self.grad = recorder.grad
        self.enter: Callable[..., Any] = entry_of(
            args, self.outer, guards, recorder.grad, self.pinned
        )
        self.are_still = leaves_check(inputs)
        self.generation = max([g for g in self.generations if g], default=1) - 1
        self.specs = [
            (y._data.shape, y._data.dtype) for y in answer.results if isinstance(y, Variable)
        ]
        self.by_default = self._by_default([y for y in answer.results if isinstance(y, Variable)])
        self.scratch: deque[list[Any]] = deque(maxlen=MAX_POOLED)
        self.kept: deque[list[Any]] = deque(maxlen=MAX_POOLED)
        self.misses = 0

    def _by_default(self, results: list[Variable]) -> list[Any]:
        """Return for each result what goes back from it, and from which gradient; None for an array."""
        halves = zip(self.program.from_one, self.program.backward, results, strict=False)
        return [
            None if y._data.shape else (unit or back, gradient_dtype(y).type(1))
            for unit, back, y in halves
        ]

    def run(self, given: tuple[Any, ...], arrays: list[Any], leaves: bool) -> Any:
        """Return what the function returns, or MISSED where it has to run uncompiled.

        ``leaves`` says that all inputs are known to be leaves.
        """
        program = self.program
        try:
            scratch = self.scratch.pop()
        except IndexError:
            scratch = program.new_scratch()
        try:
            kept = self.kept.pop()
        except IndexError:
            kept = program.new_kept()
        try:
            found = program.forward(scratch, kept, *arrays)
        except Exception:  # noqa: BLE001 - uncompiled, the function raises its own error
            return MISSED
        self.scratch.append(scratch)
        if found is None:
            self.kept.append(kept)
            return self.missed()
        if not self.grad:
            self.kept.append(kept)
            return self.answer(found[0], None, given)
        call = CompiledCall(self, given, arrays, found, kept)
        if not (leaves and self.single):
            return self.answer(found[0], call, given)
        y = made_by(call, None, None, self.generation, found[0][0], 2)
        call.outputs = [ref(y)]
        y.name = self.names[0]
        return y

    @property
    def is_over(self) -> bool:
        """Whether it is not used any more, since an expected condition failed too often."""
        return self.misses >= MAX_MISSES

    def missed(self) -> Any:
        """Count a run in which an expected condition did not hold."""
        self.misses += 1
        if self.is_over:
            self.enter = lambda *_: NotImplemented
        return MISSED

    def answer(self, results: Any, call: CompiledCall | None, given: tuple[Any, ...]) -> Any:
        """Return what the function returns."""
        generations = self.generations
        if call is not None and any(map(_generation, call.inputs)):
            generations = self.graph.generations(given, generations)
            call.generation = max(generations) - 1
        made: list[Any] = []
        for data, is_variable, name, generation in zip(
            results, self.variable, self.names, generations, strict=True
        ):
            if is_variable:
                data = made_by(call, None, None, generation - 1, data, 2)
                data.name = name
            made.append(data)
        if call is not None:
            call.outputs = [ref(y) for y in made if isinstance(y, Variable)]
        return made[0] if self.single else filled(self.tree, given, made)

    def fits(self, leaves: list[Any]) -> bool:
        """Whether everything outside of the arguments is unchanged."""
        if self.is_over:
            return False
        for x, like in zip(self.outer, self.outer_like, strict=True):
            d = x._data
            if d is None or (d.shape, d.dtype, d.strides, x._op is CONSTANT) != like:
                return False
        if any(leaves[i] is not x for i, x in self.pinned):
            return False
        facts = self.guards.facts
        if facts and facts_of((*leaves, *self.outer), facts) != self.facts:
            return False
        if self.outer_ids and not self.outer_ids.isdisjoint(map(id, leaves)):
            return False
        return self.guards.hold()


class Compiled(Function):
    """The creator of a compiled call's results."""

    def forward(self, *_xs: Any) -> Any:
        """Refuse to run: the graph that it stands for does."""
        raise SavedTensorError(
            f"{self._nbgrad_label} cannot run again, since an array that it took or returned was "
            "changed in place. Call it anew."
        )

    backward = forward

    @property
    def _nbgrad_label(self) -> str:
        return str(self.__dict__[CALL].label)


class CompiledCall(Folded):
    """One call of a compiled function.

    Attributes
    ----------
    given : tuple
        All inputs of the program, Variables and arrays; ``inputs`` are the Variables.
    arrays : list
        What they held in the forward pass.
    results : tuple
        What the results held when they were returned.
    saved : tuple
        What the backward half reads of the forward half.
    kept : list of ndarray
        The memory of that, which serves another call when this one is gone.
    handles : tuple
        The called objects of users' Functions.
    graphs : list of (_op, _x0, _x1, generation), optional
        What the results hold of the unfolded graph, if it has been made.
    """

    __slots__ = ("arrays", "given", "graphs", "handles", "kept", "results", "saved", "variant")

    # Attributes of a user's call, alike for all: one is made in every call of the function.
    cls = Compiled
    takes_list = False
    before: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]
    filled = ()
    codes = codes_of(Compiled)

    def __init__(
        self, variant: Variant, given: tuple[Any, ...], arrays: list[Any], found: Any, kept: Any
    ) -> None:
        self.variant = variant
        self.given = given
        self.arrays = arrays
        self.inputs = (
            given if variant.all_variables else tuple([x for x in given if isinstance(x, Variable)])
        )
        self.generation = variant.generation
        self.outputs = None
        self.results, self.saved, self.handles = found
        self.kept = kept
        self.graphs: Any = None

    @property
    def specs(self) -> Any:  # type: ignore[override]
        """Shape and dtype of each output."""
        return self.variant.specs

    @property
    def label(self) -> str:
        """The name shown in drawings and errors."""
        return f"compiled {self.variant.title}"

    def creator_of(self, y: Variable) -> Function:
        """Return the Function that a user sees as ``y.creator``."""
        if y._x1 is None:
            function = Compiled()
            function.__dict__[CALL] = self
            for result in self.alive():
                if result is not None and result._op is self:
                    result._x1 = function
        return y._x1  # type: ignore[no-any-return]

    def first_pass(self, root: Variable) -> bool:
        """Run the pass of a scalar root if no leaf has a gradient yet; return whether it ran."""
        if root._grad is not None or recording.running or positions.state.watchers:
            return False  # it has a preset gradient, or somebody wants to see each function
        found = self.number_and_gradients(root, None)
        if found is None:
            return False
        number, gradients = found
        commits = self.variant.commits
        if number not in commits:
            commits[number] = first_commit(self.variant.program.wanted[number])
        return commits[number](root, self.given, gradients)

    def gradients(self, y: Variable, gy: Any) -> tuple[Any, Any] | None:
        """Return inputs and their gradients; None where the graph is needed after all."""
        found = self.number_and_gradients(y, gy)
        return found and (self.variant.wanted[found[0]](self.given), found[1])

    def number_and_gradients(self, y: Variable, gy: Any) -> tuple[int, Any] | None:
        """Return which result it is, and the gradients of the inputs that it depends on."""
        variant = self.variant
        if self.graphs is not None or self.outputs is None:
            return None
        are_still = variant.are_still(self.given, self.arrays)
        arrays = self.arrays if are_still else self.arrays_now()
        if arrays is None:
            return None
        number: int | None = 0
        if not variant.single:
            number = self.number_of(y)
        elif y._data is not self.results[0] and not holds(y, self.results[0]):
            return None
        if number is None:
            return None
        program = variant.program
        if gy is None:
            if self.handles or variant.by_default[number] is None:
                return None  # a user's rule runs in the pass's own grad mode
            backward, gy = variant.by_default[number]
        elif program.wider[number]:
            return None  # it may be added to a gradient that is there already
        else:
            is_one = isinstance(gy, np.generic) and gy == 1
            backward = (program.from_one[number] if is_one else None) or program.backward[number]
        try:
            scratch = variant.scratch.pop()
        except IndexError:
            scratch = program.new_scratch()
        try:
            found = backward(scratch, self.saved, gy, *arrays)
        except Exception:  # noqa: BLE001 - the graph's own functions raise their error
            return None
        variant.scratch.append(scratch)
        if found is None:
            variant.missed()
            return None
        return number, found

    def arrays_now(self) -> list[Any] | None:
        """Return what the inputs hold now; None where the program does not fit any more."""
        if any(map(_generation, self.inputs)):
            return None  # what is behind an input may lead to another one
        now = [x._data if isinstance(x, Variable) else x for x in self.given]
        for a, b in zip(now, self.arrays, strict=True):
            if a is not b and (a is None or of_array(a) != of_array(b)):
                return None
        return now

    def number_of(self, y: Variable) -> int | None:
        """Return which result a pass from ``y`` goes back from; None where it needs the graph.

        Others may be on the way: their gradients would be lost, and their data is read.
        """
        number = None
        for i, (ref_, place) in enumerate(
            zip(self.outputs or (), self.variant.places, strict=True)
        ):
            x = ref_()
            if x is y:
                number = i
            elif x is not None and gradient_in(x._grad) is not None:
                return None
            if x is not None and not holds(x, self.results[place]):
                return None
        return number

    def unfold(self) -> bool:
        """Give the results the graph that they would have without `compile`, or return False."""
        outputs = self.alive()
        if self.graphs is None:
            variant = self.variant
            made = [self.results[place] for place in variant.places]
            self.graphs = restored(variant.graph, self, outputs, made)
            if self.graphs is None:
                return False
        for y, (op, x0, x1, generation) in zip(outputs, self.graphs, strict=True):
            if y is not None and y._op is self:
                y._x0, y._x1 = x0, x1
                y.generation = generation
                y._op = op
        return True

    def __del__(self) -> None:
        try:
            kept = self.kept
        except AttributeError:
            return  # Ctrl-C came while it was made
        if kept is not None:
            self.saved = ()
            self.variant.kept.append(kept)


def holds(y: Variable, data: Any) -> bool:
    """Whether a result holds what it was made with; `Variable.data` makes an array of a number."""
    now = y._data
    if now is data:
        return True
    return isinstance(data, np.generic) and now is not None and not now.shape and bool(now == data)


def picking(places: list[int]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what picks some items of a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda items: tuple(items[i] for i in places)


_generation = vars(Variable)["generation"].__get__


def each_once(leaves: list[Any]) -> list[Any]:
    """Return the objects of a list, each once."""
    return list({id(x): x for x in leaves}.values())
