"""Function: what a user subclasses to add a differentiable operation.

A user may set whatever they like on their Function. So the engine keeps what it needs of a
call in a record of its own, a `Call`, and reads nothing else. The Function holds its latest
call; each output holds both, so nothing holds itself.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

import numpy as np

from . import display, recording
from .arrays import Array, as_array, check_dtype, refuse_own_rules, to_raw
from .diagnostics.escaping import short
from .diagnostics.naming import places
from .errors import (
    DataTypeError,
    GradientCountError,
    OperandError,
    add_note,
    describe_all,
    unfit,
)
from .observer import rules
from .sentinels import CONSTANT
from .variable import Variable, array_of, made_by

T = TypeVar("T")
CALL = "_nbgrad_call"
"""Where a Function holds its latest call."""


class Call:
    """What the engine keeps of one call of a Function.

    Attributes
    ----------
    cls : type
        The Function's class.
    inputs : tuple of Variable
    takes_list : bool
        Whether they were given as one list (step 11 of the book).
    outputs : list of weakref, or None
        None while the call runs, and where nothing is recorded.
    specs : list of (shape, dtype)
        Of each output: it may be dropped before the pass.
    generation : int
        The largest of its inputs'.
    codes : tuple
        The code of forward and backward at the call: a notebook may change it since.
    before : dict
        The Function's attributes before the forward, lists, dictionaries and sets copied.
    filled : tuple of str
        Which of those the forward put something in: each call has its own.
    """

    __slots__ = (
        "before", "cls", "codes", "filled", "generation", "inputs", "outputs", "specs",
        "takes_list",
    )  # fmt: skip

    outputs: list[weakref.ref[Variable]] | None

    def __init__(self, cls: type[Any], inputs: tuple[Variable, ...], takes_list: bool) -> None:
        self.cls = cls
        self.inputs = inputs
        self.takes_list = takes_list
        self.outputs = None
        self.specs: list[tuple[tuple[int, ...], np.dtype[Any]]] = []
        self.codes = codes_of(cls)
        self.generation = max([x.generation for x in inputs], default=0)
        self.before: dict[str, Any] = {}
        self.filled: tuple[str, ...] = ()

    @property
    def aliases(self) -> bool:
        """Whether a gradient may share memory with gy or an input: a user's may."""
        return True

    @property
    def label(self) -> str:
        """The name shown in drawings and errors."""
        return short(self.cls.__name__)

    @property
    def symbol(self) -> str:
        """What a drawing shows in place of the name, where the class has such a text."""
        return _text_of_class(self.cls, "symbol")

    @property
    def formula(self) -> str:
        """The backward rule as text, where the class has one: ``gx = 2 · x · gy``."""
        return _text_of_class(self.cls, "formula")

    def record(self, function: Function, arrays: list[Array]) -> list[Variable]:
        """Make the outputs."""
        inputs = self.inputs if len(arrays) == 1 else None
        outputs = []
        for y in arrays:
            # In a comprehension the user's line would be one call further away.
            outputs.append(made_by(self, inputs, function, self.generation, y, 3))  # noqa: PERF401
        if not outputs or outputs[0]._op is self:
            self.join(function, outputs)
            if recording.running and (recorder := recording.current()) is not None:
                recorder.called(self, function, outputs)
        return outputs

    def join(self, function: Function, outputs: list[Variable]) -> None:
        """Let a Function know this call, whose outputs are there."""
        self.specs = [(y._data.shape, y._data.dtype) for y in outputs]
        self.outputs = [weakref.ref(y) for y in outputs]
        function.__dict__[CALL] = self

    def creator_of(self, y: Variable) -> Function:
        """Return the Function that a user sees as ``y.creator``."""
        return y._x1  # type: ignore[no-any-return]

    def alive(self) -> list[Variable | None]:
        """Return the outputs, None for one that was dropped."""
        return [ref() for ref in self.outputs or ()]

    def note(self) -> str:
        """Return what an error's note says of it beside its name."""
        return rules.supervisor.note(self)

    def is_over(self) -> bool:
        """Whether nothing of it is left, so that its Function may hold another call."""
        return self.outputs is not None and all(ref() is None for ref in self.outputs)

    # -- the pass ------------------------------------------------------------------------

    def pull(self, y: Variable, gy: Any, graph: bool, _spent: bool = False) -> Any:
        """Run the rule of a call with one output; see `rules`."""
        return self.pull_outputs(y, [y], [gy], graph)

    def pull_outputs(self, node: Variable, ys: list[Any], gys: list[Any], graph: bool) -> Any:
        """Run the rule on the gradient of each output, None where none arrived."""
        gys = self.with_zeros(gys, graph)
        function = node._x1
        rules.supervisor.before_rule(self, ys)
        if graph:
            result = rules.supervisor.recorded_rule(self, function, ys, gys)
        else:
            # A user's rule sees ndarrays, and may do with them what it likes.
            result = function.backward(*[np.array(gy) for gy in gys])
        gxs = result if isinstance(result, (tuple, list)) else (result,)
        if result is None and not self.inputs:
            return ()
        if len(gxs) != len(self.inputs):
            raise self._wrong_count(result, len(gxs))
        return [
            (i, x, gx)
            for i, (x, gx) in enumerate(zip(self.inputs, gxs, strict=True))
            if x._op is not CONSTANT
        ]

    def with_zeros(self, gys: list[Any], graph: bool) -> list[Any]:
        """Put zeros where an output was dropped or not used."""
        filled = []
        for gy, (shape, dtype) in zip(gys, self.specs, strict=True):
            if gy is None:
                gy = np.zeros(shape, dtype if dtype.kind == "f" else np.float64)
                gy = Variable(gy) if graph else to_raw(gy)
            filled.append(gy)
        return filled

    def _wrong_count(self, result: Any, count: int) -> GradientCountError:
        given = f"{count} gradient{'s' * (count != 1)}" if result is not None else "None"
        inputs = self.inputs
        return GradientCountError(
            f"{self.label}.backward returned {given} for "
            f"{len(inputs)} input{'s' * (len(inputs) != 1)} ({describe_all(inputs)}). "
            "Return one per input, in their order; None for an input that has none."
        )


class _OfTheCall(Generic[T]):
    """An attribute of a Function that a call gives it; before that, the user's own or a default."""

    def __init__(self, default: T) -> None:
        self.default = default

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    def __get__(self, function: Function | None, owner: type[Any]) -> T:
        if function is None:
            return self.default
        call = function.__dict__.get(CALL)
        if call is None or call.outputs is None:
            return function.__dict__.get(self.name, self.default)  # type: ignore[no-any-return]
        return getattr(call, self.name)  # type: ignore[no-any-return]

    def __set__(self, function: Function, value: Any) -> None:
        function.__dict__[self.name] = value


class Function:
    """A differentiable operation, written as a forward and a backward rule.

    Subclass it with ``forward(self, *xs)``, which gets one ndarray per input and
    returns an array or a tuple of arrays, and ``backward(self, *gys)``, which gets
    one gradient per output and returns one gradient per input (None for an input
    that has none). Broadcasting is undone for you, and dtype, shape and number of
    the gradients are checked.

    Call an instance with Variables, arrays or numbers; it returns a Variable, or a
    tuple of them. A second call of one instance works on a copy of it, so that each
    result keeps its own inputs and whatever its forward kept on ``self``; what is to
    last from call to call belongs into an array that is written to in place. Called
    with one list of inputs it returns a list (step 11 of the book).

    Attributes
    ----------
    inputs : tuple of Variable
        What it was called with; None before the call and under `no_grad`.
    outputs : list of weakref
        Weak references to its results.
    generation : int
        The largest of its inputs' generations.

    Examples
    --------
    >>> class Cube(Function):
    ...     def forward(self, x):
    ...         return x**3
    ...
    ...     def backward(self, gy):
    ...         (x,) = self.inputs
    ...         return 3 * x**2 * gy
    >>> x = Variable(np.array(2.0))
    >>> y = Cube()(x)
    >>> y.backward()
    >>> x.grad
    array(12.)
    """

    inputs = _OfTheCall[tuple[Variable, ...]](cast(Any, None))
    outputs = _OfTheCall["list[weakref.ref[Variable]] | None"](None)
    generation = _OfTheCall[int](0)

    # For type checkers, (*Any, **Any) lets a subclass name its own arguments.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args or kwargs:
            name = type(self).__name__
            raise OperandError(
                f"{name} takes no parameters. To apply it, make an instance and call that: "
                f"{name}()(x)."
            )

    def forward(self, *xs: Any, **_: Any) -> Any:
        """Compute the outputs from the inputs' arrays."""
        raise NotImplementedError(
            f"{self._nbgrad_label} has no forward: define forward(self, *xs) on arrays."
        )

    def backward(self, *gys: Any, **_: Any) -> Any:
        """Compute the gradient of each input from the gradient of each output."""
        raise NotImplementedError(
            f"{self._nbgrad_label} has no backward: define backward(self, *gys), "
            "which returns one gradient per input."
        )

    def __call__(self, *inputs: Any) -> Any:
        """Apply the function; see the class."""
        as_list = len(inputs) == 1 and isinstance(inputs[0], list)
        variables = as_inputs(inputs[0] if as_list else inputs, self)
        call = Call(type(self), variables, as_list)
        function = _claim(self, call)
        try:
            call.before = kept(function)
            try:
                arrays = compute(function, [array_of(x) for x in variables], as_list)
            except BaseException as error:
                note = f"in the forward of {call.label}({describe_all(variables)})"
                made = places(variables)
                add_note(error, f"{note}, made: {made}" if made else note)
                raise
            if call.before:
                call.filled = _filled(call.before, function)
            outputs = call.record(function, arrays)
        finally:
            if call.outputs is None:
                function.__dict__.pop(CALL, None)
        if as_list:
            return outputs
        return tuple(outputs) if len(outputs) != 1 else outputs[0]

    @property
    def _nbgrad_label(self) -> str:
        """The name shown in drawings and errors."""
        return short(type(self).__name__)

    def _nbgrad_adopt(self, y: Variable) -> None:
        """Become the creator of a variable by hand, as in step 7 of the book."""
        call = self.__dict__.get(CALL)
        if call is None or call.outputs is None:
            call = Call(type(self), (), False)
            call.outputs = [weakref.ref(y)]
            if y._data is not None:
                call.specs = [(y.shape, y.dtype)]
            call.generation = self.generation
            self.__dict__[CALL] = call
        y._op, y._x1 = call, self
        y._x0 = call.inputs if len(call.outputs) == 1 else None
        y.generation = call.generation + 1

    def _repr_html_(self) -> str | None:
        return display.html("function", self)

    def __repr__(self) -> str:
        call = call_of(self)
        if call is None:
            return f"<{self._nbgrad_label}>"
        inputs = describe_all(call.inputs, search=False)
        return f"<{self._nbgrad_label}({inputs}), generation {call.generation}>"


def call_of(function: Function) -> Call | None:
    """Return the latest recorded call of a Function."""
    call: Call | None = function.__dict__.get(CALL)
    return None if call is None or call.outputs is None else call


def codes_of(cls: type[Any]) -> tuple[Any, Any]:
    """Return what a class computes with, as it is now: the code of its two rules."""
    return getattr(cls.forward, "__code__", None), getattr(cls.backward, "__code__", None)


def _text_of_class(cls: type[Any], name: str) -> str:
    text = getattr(cls, name, "")
    return text if isinstance(text, str) else ""


def _claim(function: Function, call: Call) -> Function:
    """Return the object that will hold a call: the Function itself, unless it holds another.

    That is a call whose results still live, or one that runs just now (in another
    thread, or further up). Each step is atomic, so two calls never get one object.
    """
    held = function.__dict__.setdefault(CALL, call)
    if held is call:
        return function
    call.filled = held.filled
    before = held.before
    if held.is_over():
        with suppress(AttributeError):
            del held.specs  # one thread alone can
            function.__dict__[CALL] = call
            return function
    node = copy.copy(function)
    for name in held.filled:
        node.__dict__[name] = _copy_of_container(before.get(name))
    node.__dict__[CALL] = call
    return node


def compute(function: Function, arrays: list[Array], as_list: bool) -> list[Array]:
    """Run a forward and check what it returns."""
    ys = function.forward(arrays) if as_list else function.forward(*arrays)
    return [_as_output(y, function, arrays) for y in (ys if isinstance(ys, tuple) else (ys,))]


def _as_output(y: Any, function: Function, arrays: list[Array]) -> Array:
    if isinstance(y, Variable):
        y = array_of(y)
    if not isinstance(y, (np.ndarray, np.generic, int, float)):
        raise DataTypeError(
            f"{function._nbgrad_label}.forward returned {type(y).__name__}; "
            "it must return an array, or a tuple of arrays."
        )
    refuse_own_rules(y, f"{function._nbgrad_label}.forward cannot return", DataTypeError)
    array = as_array(y)
    check_dtype(array, f"The output of {function._nbgrad_label}.forward: a Variable")
    # An output that is its input's memory would change when the input is written to.
    return array.copy() if any(array is a for a in arrays) else array


# -- what a user keeps on a Function -------------------------------------------------------

_CONTAINERS = (list, dict, set)


def kept(function: Function) -> dict[str, Any]:
    """Return the attributes that a user's constructor and forward set, containers copied."""
    return {k: _copy_of_container(v) for k, v in function.__dict__.items() if k != CALL}


def like_before(function: Function, before: dict[str, Any]) -> Function:
    """Return a function as it was before the forward of a call, sharing no array with it.

    ``before`` is `Call.before`.
    """
    node = copy.copy(function)
    node.__dict__.clear()
    for name, value in before.items():
        node.__dict__[name] = _deep_copy_of_arrays(value)
    return node


def _copy_of_container(value: Any) -> Any:
    return value.copy() if type(value) in _CONTAINERS else value


def _filled(before: dict[str, Any], function: Function) -> tuple[str, ...]:
    """Return which lists, dictionaries and sets hold other objects than their earlier copies."""
    now = function.__dict__
    return tuple(k for k, v in before.items() if _was_filled(v, now.get(k)))


def _was_filled(before: Any, now: Any) -> bool:
    if type(before) not in _CONTAINERS or type(now) is not type(before):
        return False
    if isinstance(before, dict):
        return before.keys() != now.keys() or any(before[k] is not now[k] for k in before)
    return len(before) != len(now) or {id(v) for v in before} != {id(v) for v in now}


def _deep_copy_of_arrays(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple, set):
        return type(value)(_deep_copy_of_arrays(v) for v in value)
    if type(value) is dict:
        return {k: _deep_copy_of_arrays(v) for k, v in value.items()}
    return value


# -- operands ------------------------------------------------------------------------------


def as_inputs(operands: Sequence[Any], function: Function) -> tuple[Variable, ...]:
    """Return operands as Variables; what is not one is a constant.

    A Python number takes the floating dtype of the others: float32 times 3.0 is float32.
    """
    if all(isinstance(x, Variable) and x._data is not None for x in operands):
        return tuple(operands)
    arrays = [x for x in operands if isinstance(x, (Variable, np.ndarray, np.generic))]
    dtypes = [x.dtype for x in arrays if x.dtype.kind in "fiub"]
    dtype = np.result_type(*dtypes) if dtypes else None
    weak = dtype if dtype is not None and dtype.kind == "f" else None
    return tuple(as_input(x, function, weak) for x in operands)


def as_input(x: Any, function: Function, weak: np.dtype[Any] | None = None) -> Variable:
    """Return an operand as a Variable; what is not one is a constant."""
    if recording.running and (recorder := recording.current()) is not None:
        known = recorder.constant(x)
        x = x if known is None else known
    if isinstance(x, Variable):
        x._array()
        return x
    if isinstance(x, (int, float)) and not isinstance(x, np.generic):
        return _constant(np.asarray(x, weak))
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "fiub":
        refuse_own_rules(x, f"{function._nbgrad_label} cannot take", OperandError)
        return _constant(as_array(x) if x.dtype.kind != "b" else np.asarray(x))
    raise OperandError(
        f"{function._nbgrad_label} cannot take {unfit(x)} as an input: "
        "give it Variables, arrays or numbers; np.array(...) makes an array of a list."
    )


def _constant(array: Array) -> Variable:
    """Return a Variable that no gradient is computed for; it may be a mask of bools."""
    x = Variable(None, requires_grad=False)
    x._data = array
    return x
