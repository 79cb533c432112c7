"""Function: what a user subclasses to add a differentiable operation."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

import numpy as np

from . import display, recording
from .arrays import Array, Raw, as_array, check_dtype, ordinary
from .call import CALL, Call, call_of, copy_of_container, filled, kept
from .diagnostics.escaping import short
from .diagnostics.naming import places
from .errors import DataTypeError, OperandError, add_note, describe_all, fitting, unfit
from .sentinels import CONSTANT
from .variable import Variable, array_of, constant

T = TypeVar("T")
_ndarray, _generic, _float64, _asarray = np.ndarray, np.generic, np.float64, np.asarray


class _OfTheCall(Generic[T]):
    """An attribute of a Function that a call sets; before that a default, or the user's own."""

    def __init__(self, default: T) -> None:
        self.default = default

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name
        self.of = attrgetter(name)

    def __get__(self, function: Function | None, owner: type[Any]) -> T:
        if function is None:
            return self.default
        call = function.__dict__.get(CALL)
        if call is None or call.outputs is None:
            return function.__dict__.get(self.name, self.default)  # type: ignore[no-any-return]
        return self.of(call)  # type: ignore[no-any-return]

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
        variables, arrays, generation = as_inputs(inputs, self)
        as_list = variables is not inputs and isinstance(inputs[0], list)
        call = Call(self.__class__, variables, generation, as_list)
        function, attributes = self, self.__dict__
        held = attributes.setdefault(CALL, call)
        if held is not call:
            function = _another(self, held, call)
            attributes = function.__dict__
        try:
            if len(attributes) > 1:
                call.before = kept(function)
            try:
                results = compute(function, arrays, as_list)
            except BaseException as error:
                note = f"in the forward of {call.label}({describe_all(variables)})"
                made = places(variables)
                add_note(error, f"{note}, made: {made}" if made else note)
                raise
            if call.before:
                call.filled = filled(call.before, function)
            outputs = call.record(function, results)
        finally:
            if call.outputs is None:  # it failed, or nothing is recorded
                attributes.pop(CALL, None)
        if len(outputs) == 1 and not as_list:
            return outputs[0]
        return outputs if as_list else tuple(outputs)

    @property
    def _nbgrad_label(self) -> str:
        """The name shown in drawings and errors."""
        return short(type(self).__name__)

    def _nbgrad_adopt(self, y: Variable) -> None:
        """Become the creator of a variable by hand, as in step 7 of the book."""
        call = self.__dict__.get(CALL)
        if call is None or call.outputs is None:
            call = Call(type(self), (), self.generation, False)
            call.outputs, call.specs = [weakref.ref(y)], []
            if y._data is not None:
                call.specs = [(y.shape, y.dtype)]
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


def _another(function: Function, held: Call, call: Call) -> Function:
    """Return the object that will hold a call of a Function that holds another one.

    It is the Function itself where the results of the other are gone, else a copy: also where
    that call is still running. Each step is atomic, so two calls never get one object.
    """
    call.filled = held.filled
    before = held.before
    if held.is_over():
        with suppress(AttributeError):
            del held.specs  # one thread alone can
            function.__dict__[CALL] = call
            return function
    node = copy.copy(function)
    for name in held.filled:
        node.__dict__[name] = copy_of_container(before.get(name))
    node.__dict__[CALL] = call
    return node


def compute(function: Function, arrays: list[Array], as_list: bool) -> list[Raw]:
    """Run a forward and check what it returns."""
    ys = function.forward(arrays) if as_list else function.forward(*arrays)
    if ys.__class__ is _float64:  # what NumPy makes of 0-d arrays: new, and floating
        return [ys]
    found = []
    for y in ys if isinstance(ys, tuple) else (ys,):
        if type(y) is not _ndarray and not isinstance(y, _generic):
            y = _as_output(y, function)
        if y.dtype.kind != "f":
            check_dtype(y, f"The output of {function._nbgrad_label}.forward: a Variable")
        for a in arrays:
            if y is a:  # an output that shares memory with its input would change with it
                y = y.copy()
        found.append(y)
    return found


def _as_output(y: Any, function: Function) -> Array:
    """Return what a forward returned as an array."""
    if isinstance(y, Variable):
        return array_of(y)
    if isinstance(y, (int, float)):
        return as_array(y)
    if not isinstance(y, _ndarray):
        raise DataTypeError(
            f"{function._nbgrad_label}.forward returned {type(y).__name__}; "
            "it must return an array, or a tuple of arrays."
        )
    array: Array = ordinary(y, f"{function._nbgrad_label}.forward cannot return", DataTypeError)
    return array


# -- operands ------------------------------------------------------------------------------


def as_inputs(
    operands: tuple[Any, ...], function: Function
) -> tuple[tuple[Variable, ...], list[Any], int]:
    """Return operands as Variables, their arrays, and the largest of their generations.

    What is not a Variable is a constant. A Python number takes the floating dtype of the others:
    float32 times 3.0 is float32. None (an optional bias) stays None.
    """
    generation, arrays = 0, []
    for x in operands:
        if not isinstance(x, Variable):
            if isinstance(x, list) and len(operands) == 1:  # step 11 of the book
                operands = tuple(x)
            return as_inputs(tuple([as_input(x, function, operands) for x in operands]), function)
        array = x._data
        if type(array) is not _ndarray:
            if isinstance(array, _generic):
                array = x._data = _asarray(array)
            elif array is None and x._op is not CONSTANT:
                x._array()  # refuses it
        arrays.append(array)
        if x.generation > generation:
            generation = x.generation
    return operands, arrays, generation


def as_input(x: Any, function: Function, others: Sequence[Any] = ()) -> Variable:
    """Return an operand as a Variable; what is not one is a constant.

    A Python number takes the floating dtype of the others.
    """
    if isinstance(x, Variable):
        return x
    if recording.running and (recorder := recording.current()) is not None:
        known = recorder.constant(x)
        if known is not None:
            return known  # type: ignore[no-any-return]
    if x is None or (type(x) is _ndarray and x.dtype.kind in "fiub"):
        return constant(x)
    if isinstance(x, (int, float)) and not isinstance(x, _generic):
        return constant(np.asarray(x, _dtype_beside(others)))
    if isinstance(x, (_ndarray, _generic)) and x.dtype.kind in "fiub":
        x = ordinary(x, f"{function._nbgrad_label} cannot take", OperandError)
        return constant(np.asarray(x))
    raise OperandError(
        f"{function._nbgrad_label} cannot take {unfit(x)} as an input: "
        + fitting(x, "Variables, arrays or numbers")
    )


def _dtype_beside(operands: Sequence[Any]) -> np.dtype[Any] | None:
    """Return the floating dtype that operands have together; None if they have none."""
    dtypes = [x.dtype for x in operands if isinstance(x, (Variable, _ndarray, _generic))]
    numbers = [dtype for dtype in dtypes if dtype.kind in "fiub"]
    dtype = np.result_type(*numbers) if numbers else None
    return dtype if dtype is not None and dtype.kind == "f" else None
