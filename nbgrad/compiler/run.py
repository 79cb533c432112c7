"""Calling a compiled function."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections import deque
from collections.abc import Callable
from operator import is_, itemgetter
from types import MethodType
from typing import Any, NamedTuple, overload
from weakref import ref

from nbgrad.engine import recording
from nbgrad.engine.diagnostics import positions
from nbgrad.engine.diagnostics.escaping import visible
from nbgrad.engine.errors import CompileWarning, OperandError
from nbgrad.engine.function import CALL, Folded, Function, codes_of
from nbgrad.engine.grad_mode import Config
from nbgrad.engine.observer import watching
from nbgrad.engine.sentinels import CONSTANT
from nbgrad.engine.variable import Variable, made_by

from .build import Program
from .entry import entry_of
from .finish import (
    Answer,
    clean,
    compiled_program,
    filled,
    is_single,
    names_of,
    why_not,
    without_traces,
)
from .guards import Guards, UnwatchableError, search
from .record import Reason, Recorder, run_recorded
from .signature import Same, UnfitError, described, mapped, of_array, signature_of
from .traced import TracedArray
from .unfold import Graph, restored

MAX_VARIANTS = 8
"""How often one signature is recorded anew because something outside has changed."""
MAX_SIGNATURES = 256
_POOLED = 4
"""How many sets of arrays wait for the next call; more are given back to the system."""


class Signature(NamedTuple):
    """One row of ``f.signatures``.

    Attributes
    ----------
    arguments : str
        Shapes, dtypes and static arguments.
    grad : bool
        The grad mode.
    compiled : bool
    reason : str
        Why it runs uncompiled; empty if it is compiled.
    operations : int
        How many operations were recorded.
    """

    arguments: str
    grad: bool
    compiled: bool
    reason: str
    operations: int


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
    ) -> None:
        self.program = program
        self.tree = answer.tree
        self.variable, self.names = answer.variable, answer.names
        self.generations = [
            recorder.generations[id(y)] if isinstance(y, Variable) else 0 for y in answer.results
        ]
        self.graph = graph
        self.guards = guards
        self.distinct = recorder.given == recorder.leaves
        self.outer: list[Variable] = recorder.inputs[recorder.given :]
        self.outer_ids = {id(x) for x in self.outer}
        self.outer_like = [(*of_array(x._data), x._op is CONSTANT) for x in self.outer]
        inputs = recorder.inputs
        self.all_variables = all(isinstance(x, Variable) for x in inputs)
        self.wanted = [picking(wanted) for wanted in program.wanted]
        self.single = is_single(answer)
        self.title = title
        self.grad = recorder.grad
        self.enter: Callable[..., Any] = entry_of(args, self.outer, guards, recorder.grad)
        self.generation = max([g for g in self.generations if g], default=1) - 1
        self.specs = [
            (y._data.shape, y._data.dtype) for y in answer.results if isinstance(y, Variable)
        ]
        self.scratch: deque[list[Any]] = deque()
        self.kept: deque[list[Any]] = deque()

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
        """Whether everything outside of the arguments is as it was."""
        for x, like in zip(self.outer, self.outer_like, strict=True):
            d = x._data
            if d is None or (d.shape, d.dtype, d.strides, x._op is CONSTANT) != like:
                return False
        if self.outer_ids and not self.outer_ids.isdisjoint(map(id, leaves)):
            return False
        return self.guards.hold()


class Compiled(Function):
    """The creator of a compiled call's results."""

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
    saved : tuple
        What the backward half reads of the forward half.
    kept : list of ndarray
        The memory of that, which serves another call when this one is gone.
    handles : tuple
        The called objects of users' Functions.
    graphs : list of (_op, _x0, _x1, generation), optional
        What the results are made of in the unfolded graph, if it is there already.
    """

    __slots__ = ("arrays", "given", "graphs", "handles", "kept", "saved", "variant")

    def __init__(self, variant: Variant, given: tuple[Any, ...], arrays: list[Any]) -> None:
        # Not the attributes that a user's Function needs: this is made in every call.
        self.cls = Compiled
        self.takes_list = False
        self.before = {}
        self.filled = ()
        self.codes = _CODES
        self.variant = variant
        self.given = given
        self.arrays = arrays
        self.inputs = given if variant.all_variables else variables_of(given)
        self.specs = variant.specs
        self.generation = variant.generation
        self.outputs = None
        self.saved: Any = ()
        self.handles: Any = ()
        self.kept: Any = None
        self.graphs: Any = None

    @property
    def aliases(self) -> bool:
        """Whether a gradient may share memory with gy or an input."""
        return False

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

    def gradients(self, y: Variable, gy: Any) -> tuple[Any, Any] | None:
        """Return inputs and their gradients; None where the graph is needed after all."""
        variant = self.variant
        arrays = self.arrays_now()
        if self.graphs is not None or arrays is None or self.outputs is None:
            return None
        number = 0 if variant.single else next(i for i, r in enumerate(self.outputs) if r() is y)
        scratch = taken(variant.scratch, variant.program.new_scratch)
        try:
            found = variant.program.backward[number](scratch, self.saved, gy, *arrays)
        except Exception:  # noqa: BLE001 - the graph's own functions say what is wrong
            return None
        give_back(variant.scratch, scratch)
        return variant.wanted[number](self.given), found

    def arrays_now(self) -> list[Any] | None:
        """Return what the inputs hold now; None where the program does not fit any more."""
        inputs = self.inputs
        if any(map(_generation, inputs)):
            return None  # what is behind an input may lead to another one
        if self.given is inputs:
            now = list(map(_data, inputs))
        else:
            now = [x._data if isinstance(x, Variable) else x for x in self.given]
        if all(map(is_, now, self.arrays)):
            return now
        both = zip(now, self.arrays, strict=True)
        return now if all(a is not None and of_array(a) == of_array(b) for a, b in both) else None

    @property
    def calls_users(self) -> bool:
        """Whether a user's own rule is among its functions."""
        return bool(self.handles)

    def unfold(self) -> None:
        """Give the results the graph that they would have without `compile`."""
        outputs = self.alive()
        if self.graphs is None:
            self.graphs = restored(self.variant.graph, self, outputs)
        for y, (op, x0, x1, generation) in zip(outputs, self.graphs, strict=True):
            if y is not None and y._op is self:
                y._x0, y._x1 = x0, x1
                y.generation = generation
                y._op = op

    def __del__(self) -> None:
        if self.kept is not None:
            self.saved = ()
            give_back(self.variant.kept, self.kept)


_CODES = codes_of(Compiled)


def picking(places: list[int]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what picks some items of a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda items: tuple(items[i] for i in places)


_generation = vars(Variable)["generation"].__get__
_data = vars(Variable)["_data"].__get__


def variables_of(given: Any) -> tuple[Variable, ...]:
    """Return the Variables among a program's inputs."""
    return tuple([x for x in given if isinstance(x, Variable)])


def each_once(leaves: list[Any]) -> list[Any]:
    """Return the objects of a list, each once."""
    return list({id(x): x for x in leaves}.values())


def taken(pool: deque[list[Any]], make: Callable[[], list[Any]]) -> list[Any]:
    """Return a set of arrays that nobody else uses."""
    try:
        return pool.pop()
    except IndexError:
        return make()


def give_back(pool: deque[list[Any]], arrays: list[Any]) -> None:
    """Let a set of arrays wait for the next call."""
    if len(pool) < _POOLED:
        pool.append(arrays)


class CompiledFunction:
    """A function that runs compiled; see `compile`.

    Attributes
    ----------
    signatures : list of Signature
        What has been compiled, and what has not, and why.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.__wrapped__ = function
        self._variants: dict[Any, list[Variant]] = {}
        self._latest: Variant | None = None
        self._refused: dict[Any, Reason] = {}
        self._warned: set[str] = set()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        if recording.running and recording.current() is not None:
            return self.__wrapped__(*args, **kwargs)  # within another recorded function
        latest = self._latest
        if latest is not None and not kwargs and not positions.state.watchers:
            entered = latest.enter(args)
            if entered is not None:
                given, arrays = entered
                return self._run(latest, given, arrays, args, kwargs)
        leaves: list[Any] = []
        try:
            key = (signature_of(args, kwargs, leaves), Config.enable_backprop)
        except UnfitError as error:
            self._warn(Reason(str(error), place_of(self.__wrapped__)))
            return self.__wrapped__(*args, **kwargs)
        variants = self._variants.get(key)
        if key in self._refused or watching.get() is not None:
            return self.__wrapped__(*args, **kwargs)
        for variant in variants or ():
            if variant.fits(leaves):
                self._latest = variant
                given = (*(leaves if variant.distinct else each_once(leaves)), *variant.outer)
                arrays = [x._data if isinstance(x, Variable) else x for x in given]
                return self._run(variant, given, arrays, args, kwargs)
        return self._record(key, leaves, args, kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<compiled {self._title}, {len(self._variants)} signatures>"

    @property
    def _title(self) -> str:
        return visible(getattr(self.__wrapped__, "__name__", type(self.__wrapped__).__name__))

    @property
    def signatures(self) -> list[Signature]:
        """What has been compiled, and what has not, and why."""
        rows = []
        for (key, grad), variants in list(self._variants.items()):
            rows += [
                Signature(described(key), grad, True, "", len(v.graph.nodes)) for v in variants
            ]
        for (key, grad), reason in list(self._refused.items()):
            rows.append(Signature(described(key), grad, False, str(reason), 0))
        return rows

    def source(self, *args: Any, **kwargs: Any) -> str:
        """Return the generated NumPy for these arguments; they are compiled if they were not yet.

        Raises
        ------
        OperandError
            If this signature runs uncompiled, with the reason.
        """
        leaves: list[Any] = []
        key = (signature_of(args, kwargs, leaves), Config.enable_backprop)
        for _ in range(2):
            for variant in self._variants.get(key, ()):
                if variant.fits(leaves):
                    return variant.program.text
            if key not in self._refused:
                self._record(key, leaves, args, kwargs)
        raise OperandError(
            f"{self._title} runs uncompiled for {described(key[0]) or 'no arguments'}: "
            f"{self._refused[key]}."
        )

    # -- running ---------------------------------------------------------------------------

    def _run(
        self, variant: Variant, given: tuple[Any, ...], arrays: list[Any], args: Any, kwargs: Any
    ) -> Any:
        program = variant.program
        scratch = taken(variant.scratch, program.new_scratch)
        kept = taken(variant.kept, program.new_kept)
        try:
            results, saved, handles = program.forward(scratch, kept, *arrays)
        except Exception:  # noqa: BLE001 - the function itself says what is wrong
            return self.__wrapped__(*args, **kwargs)
        give_back(variant.scratch, scratch)
        if not variant.grad:
            answer = variant.answer(results, None, given)
            give_back(variant.kept, kept)
            return answer
        call = CompiledCall(variant, given, arrays)
        call.saved, call.handles, call.kept = saved, handles, kept
        return variant.answer(results, call, given)

    # -- recording -------------------------------------------------------------------------

    def _record(self, key: Any, leaves: list[Any], args: Any, kwargs: Any) -> Any:
        function, grad = self.__wrapped__, key[1]
        recorder = Recorder(grad, place_of(function))
        try:
            guards = search(
                [(function, self._title), *((part.value, "") for part in _objects(key))]
            )
        except UnwatchableError as error:
            self._refuse(key, Reason(str(error), place_of(function)))
            return function(*args, **kwargs)
        for x in leaves:
            if id(x) not in recorder.values:
                recorder.add_input(x)
        recorder.given, recorder.leaves = len(recorder.inputs), len(leaves)
        traced = {
            id(x): TracedArray(recorder, recorder.values[id(x)])
            for x in leaves
            if not isinstance(x, Variable)
        }
        swap = lambda x: traced.get(id(x), x)  # noqa: E731
        result = run_recorded(recorder, function, mapped(args, swap), mapped(kwargs, swap))
        answer = Answer(recorder, result)
        why_not(recorder, guards)
        clean(recorder)
        result = without_traces(result)
        variant = self._variant(key, recorder, guards, answer, args, kwargs)
        if variant is not None and grad:
            self._adopt(variant, answer, (*each_once(leaves), *variant.outer))
        return result

    def _variant(
        self, key: Any, recorder: Recorder, guards: Guards, answer: Answer, args: Any, kwargs: Any
    ) -> Variant | None:
        """Compile a recorded run, or refuse it."""
        variants = self._variants.get(key, [])
        if recorder.reason is None and len(variants) >= MAX_VARIANTS:
            recorder.refuse(
                "what it reads outside of its arguments changes from call to call: give it "
                "as an argument"
            )
        if recorder.reason is None:
            names = names_of(self.__wrapped__, args, kwargs, recorder, guards)
            program, graph = compiled_program(recorder, answer, names, self._title)
            variant = Variant(program, graph, guards, answer, recorder, self._title, args)
            self._variants[key] = [variant, *variants]
            return variant
        self._refuse(key, recorder.reason)
        return None

    def _adopt(self, variant: Variant, answer: Answer, given: tuple[Any, ...]) -> None:
        """Let the recorded run's results look as those of a compiled call."""
        outputs = [y for y in answer.results if isinstance(y, Variable)]
        call = CompiledCall(variant, given, [])
        call.graphs = [(y._op, y._x0, y._x1, y.generation) for y in outputs]
        call.outputs = [ref(y) for y in outputs]
        for y in outputs:
            y._op, y._x0, y._x1 = call, None, None

    def _refuse(self, key: Any, reason: Reason) -> None:
        self._refused[key] = reason
        self._warn(reason)

    def _warn(self, reason: Reason) -> None:
        text = str(reason)
        if text in self._warned:
            return
        self._warned.add(text)
        warnings.warn(
            visible(f"{self._title} runs uncompiled: {text}."),
            CompileWarning,
            stacklevel=depth_of_user(),
        )


def place_of(function: Any) -> Any:
    """Return where a function is defined, as a position; None where that is unknown."""
    code = getattr(function, "__code__", None)
    return None if code is None else (code, 0)


def depth_of_user() -> int:
    """Return how many calls away the user's line is, seen from the caller of the caller."""
    frame, depth = inspect.currentframe(), 0
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("nbgrad."):
        frame, depth = frame.f_back, depth + 1
    return depth


def _objects(key: Any) -> list[Same]:
    return [part for part in key[0] if isinstance(part, Same)]


@overload
def compile_(function: Callable[..., Any]) -> CompiledFunction: ...
@overload
def compile_(function: None = None) -> Callable[[Callable[..., Any]], CompiledFunction]: ...
def compile_(function: Any = None) -> Any:
    """Make a function run as straight-line NumPy, forward and backward.

    It is recorded once for each signature: shapes, dtypes and layout of its arrays, other
    arguments, grad mode, and what it reads outside. Later calls run the generated code, with
    the same bits. The first call, and whatever differs from call to call, runs as ever.

    Parameters
    ----------
    function : callable
        Takes arrays, Variables, numbers and nested lists, tuples and dicts of them; returns a
        Variable, or several. It may read Variables and arrays outside.

    Returns
    -------
    CompiledFunction
        Called as the function is. ``.signatures`` says what is compiled, ``.source(*args)``
        shows the generated code.

    Warns
    -----
    CompileWarning
        Once, with the line, where the function looks at a value (``if x > 0``, ``float(x)``),
        draws random numbers, or does something else that may differ from call to call: then it
        runs uncompiled.

    Examples
    --------
    >>> @compile
    ... def loss(w, x):
    ...     return ((x @ w) ** 2).sum()
    """
    if function is None:
        return compile_
    if not callable(function):
        raise OperandError(f"compile needs a function, not {type(function).__name__}.")
    if isinstance(function, CompiledFunction):
        return function
    return CompiledFunction(function)
