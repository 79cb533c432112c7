"""Calling a compiled function."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from operator import is_
from types import MethodType
from typing import Any, NamedTuple, overload
from weakref import ref

from nbgrad.engine import recording
from nbgrad.engine.diagnostics import positions
from nbgrad.engine.diagnostics.escaping import visible
from nbgrad.engine.diagnostics.naming import depth_of_user
from nbgrad.engine.errors import CompileWarning, OperandError
from nbgrad.engine.grad_mode import Config
from nbgrad.engine.nested import replaced
from nbgrad.engine.observer import watching
from nbgrad.engine.variable import Variable

from .call import MISSED, CompiledCall, Variant, each_once
from .guards import Guards, UnwatchableError, search
from .record import Reason, Recorder, run_recorded
from .results import Answer, clean, compiled_program, names_of, refuse_what_differs
from .signature import Same, UnfitError, described, mapped, signature_of
from .traced import TracedArray, plain

MAX_VARIANTS = 8
"""How often one signature is recorded anew because something outside has changed."""
MAX_SIGNATURES = 256
"""With more signatures a function runs uncompiled."""
TOO_MANY = (
    f"it was called with {MAX_SIGNATURES} combinations of shapes and numbers: give numbers that change "
    "as arrays, np.array(value)"
)


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
        latest = self._latest
        if latest is not None and not (kwargs or recording.running or positions.state.watchers):
            found = latest.enter(latest, args)
            if found is not NotImplemented:
                return self.__wrapped__(*args) if found is MISSED else found
        if recording.running and recording.current() is not None:
            return self.__wrapped__(*args, **kwargs)  # within another recorded function
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
                found = variant.run(given, arrays, False)
                return self.__wrapped__(*args, **kwargs) if found is MISSED else found
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

    # -- recording -------------------------------------------------------------------------

    def _record(self, key: Any, leaves: list[Any], args: Any, kwargs: Any) -> Any:
        function, grad = self.__wrapped__, key[1]
        if len(self._variants) >= MAX_SIGNATURES:
            self._warn(Reason(TOO_MANY, place_of(function)))
            return function(*args, **kwargs)
        recorder = Recorder(grad, place_of(function))
        recorder.expects = not any(v.is_over for v in self._variants.get(key, ()))
        try:
            objects = [(part.value, "") for part in key[0] if isinstance(part, Same)]
            guards = search([(function, self._title), *objects])
        except Exception as error:  # noqa: BLE001 - an object whose attributes raise when they are read
            why = f"what it reads outside cannot be watched ({type(error).__name__}: {error})"
            why = str(error) if isinstance(error, UnwatchableError) else why
            self._refuse(key, Reason(why, place_of(function)))
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
        refuse_what_differs(recorder, guards)
        if not is_still(key[0], args, kwargs, leaves):
            recorder.refuse("it changes its arguments: let it return what is new")
        clean(recorder)
        result = replaced(result, plain)  # arrays in the place of traced ones
        variant = self._variant(key, recorder, guards, answer, args, kwargs, leaves)
        if variant is not None and grad:
            self._adopt(variant, answer, (*each_once(leaves), *variant.outer))
        return result

    def _variant(
        self,
        key: Any,
        recorder: Recorder,
        guards: Guards,
        answer: Answer,
        args: Any,
        kwargs: Any,
        leaves: list[Any],
    ) -> Variant | None:
        """Compile a recorded run, or refuse it."""
        variants = [v for v in self._variants.get(key, ()) if not v.is_over]
        if recorder.reason is None and len(variants) >= MAX_VARIANTS:
            recorder.refuse(
                "what it reads outside of its arguments changes from call to call: give it "
                "as an argument"
            )
        if recorder.reason is None:
            try:
                names = names_of(self.__wrapped__, args, kwargs, recorder, guards)
                program, graph = compiled_program(recorder, answer, names, self._title)
            except Exception as error:  # noqa: BLE001 - then it runs uncompiled, and the warning says why
                recorder.refuse(f"it cannot be compiled ({type(error).__name__}: {error})")
        if recorder.reason is None:
            variant = Variant(program, graph, guards, answer, recorder, self._title, args, leaves)
            self._variants[key] = [variant, *variants]
            return variant
        self._refuse(key, recorder.reason)
        return None

    def _adopt(self, variant: Variant, answer: Answer, given: tuple[Any, ...]) -> None:
        """Make a compiled call the creator of the recorded run's results."""
        outputs = [y for y in answer.results if isinstance(y, Variable)]
        call = CompiledCall(variant, given, [], ((), (), ()), None)
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


def is_still(key: Any, args: Any, kwargs: Any, leaves: list[Any]) -> bool:
    """Whether arguments have the signature, and hold the objects, that they had."""
    now: list[Any] = []
    try:
        same = signature_of(args, kwargs, now) == key
    except UnfitError:
        return False
    return same and len(now) == len(leaves) and all(map(is_, now, leaves))


def place_of(function: Any) -> Any:
    """Return where a function is defined, as a position; None where that is unknown."""
    code = getattr(function, "__code__", None)
    return None if code is None else (code, 0)


@overload
def compile_(function: Callable[..., Any]) -> CompiledFunction: ...
@overload
def compile_(function: None = None) -> Callable[[Callable[..., Any]], CompiledFunction]: ...
def compile_(function: Any = None) -> Any:
    """Make a function run as straight-line NumPy, forward and backward.

    It is recorded once for each signature: shapes, dtypes and layout of its arrays, other
    arguments, grad mode, and what it reads outside. Later calls run the generated code, with
    the same bits. The first call, and a signature that cannot be compiled, runs uncompiled.

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
