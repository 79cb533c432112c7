"""Function: what a user subclasses to add a differentiable operation."""

from __future__ import annotations

import copy
import weakref
from typing import Any, ClassVar, cast

import numpy as np

from . import display, recording
from .arrays import Array, as_array, check_dtype
from .diagnostics import positions as source
from .diagnostics.escaping import visible
from .diagnostics.naming import places
from .diagnostics.redefinition import rules_of
from .errors import DataTypeError, OperandError, add_note, describe_all, unfit
from .grad_mode import is_recording
from .sentinels import NO_GRAD
from .variable import Variable, array_of


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

    inputs: tuple[Variable, ...] = cast(Any, None)
    outputs: list[weakref.ref[Variable]] | None = None
    generation: int = 0
    aliases: ClassVar[bool] = True
    """Whether a gradient may share memory with gy or an input: true unless known otherwise."""
    rules: tuple[Any, ...] | None = None
    symbol: str = ""
    """What a drawing shows in place of the name."""
    formula: str = ""
    """The backward rule as text: ``gx = 2 · x · gy``."""
    pull: Any = None
    """How the pass runs the rules of a built-in operation; None for any other function."""
    output_specs: tuple[tuple[tuple[int, ...], np.dtype[Any]], ...] = ()
    """Shape and dtype of each output, for outputs that are dropped before the pass."""
    held_before: dict[str, Any] | None = None
    """The instance's attributes before the forward, lists and dictionaries copied."""
    filled_in_forward: tuple[str, ...] = ()
    """Lists and dictionaries that the forward puts something in: each call has its own."""
    rules_at_call: tuple[Any, Any] | None = None
    """The code of forward and backward at the call: a notebook may change it since."""
    takes_list: bool = False
    """Whether the call gave one list of inputs."""

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
            f"{self.label} has no forward: define forward(self, *xs) on arrays."
        )

    def backward(self, *gys: Any, **_: Any) -> Any:
        """Compute the gradient of each input from the gradient of each output."""
        raise NotImplementedError(
            f"{self.label} has no backward: define backward(self, *gys), "
            "which returns one gradient per input."
        )

    @property
    def label(self) -> str:
        """The name shown in drawings and errors."""
        return visible(type(self).__name__)

    def __call__(self, *inputs: Any) -> Any:
        """Apply the function; see the class."""
        as_list = len(inputs) == 1 and isinstance(inputs[0], list)
        variables = _as_inputs(inputs[0] if as_list else inputs, self)
        node = self._claim()
        try:
            if as_list:
                node.takes_list = True
            try:
                results = node._run_forward([array_of(x) for x in variables])
            except BaseException as error:
                note = f"in the forward of {self.label}({describe_all(variables)})"
                made = places(variables)
                add_note(error, f"{note}, made: {made}" if made else note)
                raise
            outputs = [_output(y) for y in results]
            if is_recording():
                node._record(variables, outputs)
            else:
                for y in outputs:
                    y._op = NO_GRAD
        finally:
            if node.outputs is None:
                node.__dict__.pop("_claimed", None)
        if as_list:
            return outputs
        return tuple(outputs) if len(outputs) != 1 else outputs[0]

    def _claim(self) -> Function:
        """Return the object that will hold this call: itself, unless it holds another.

        That is a call whose results still live, or one that runs just now (in another
        thread, or further up). Each step is atomic, so two calls never get one object.
        """
        held = self.__dict__
        mine = object()
        node = self
        if held.setdefault("_claimed", mine) is not mine:
            outputs = held.get("outputs")
            if (
                outputs is None
                or any(ref() is not None for ref in outputs)
                or held.pop("outputs", None) is not outputs
            ):
                node = copy.copy(self)
                for name in self.filled_in_forward:
                    node.__dict__[name] = _copy_of_container(kept_before(self)[name])
        for name in _OF_A_CALL:
            node.__dict__.pop(name, None)
        return node

    def _run_forward(self, arrays: list[Array]) -> tuple[Array, ...]:
        held = {k: _copy_of_container(v) for k, v in kept(self).items()}
        self.held_before = held
        ys = self.forward(arrays) if self.takes_list else self.forward(*arrays)
        if held:
            self.filled_in_forward = tuple(
                k for k, v in held.items() if _was_filled(v, self.__dict__.get(k))
            )
        results = ys if isinstance(ys, tuple) else (ys,)
        return tuple([self._as_output(y, arrays) for y in results])

    def _as_output(self, y: Any, arrays: list[Array]) -> Array:
        if isinstance(y, Variable):
            y = array_of(y)
        if not isinstance(y, (np.ndarray, np.generic, int, float)):
            raise DataTypeError(
                f"{self.label}.forward returned {type(y).__name__}; "
                "it must return an array, or a tuple of arrays."
            )
        array = as_array(y)
        check_dtype(array, f"The output of {self.label}.forward: a Variable")
        # An output that is its input's memory would change when the input is written to.
        return array.copy() if any(array is a for a in arrays) else array

    def _record(self, inputs: tuple[Variable, ...], outputs: list[Variable]) -> None:
        self.inputs = inputs
        self.outputs = [weakref.ref(y) for y in outputs]
        self.generation = max((x.generation for x in inputs), default=0)
        self.output_specs = tuple((y.shape, y.dtype) for y in outputs)
        self.rules_at_call = rules_of(type(self))
        for y in outputs:
            y.set_creator(self)
            y._source = source.note(y) if source.state.enabled else None

    def _repr_html_(self) -> str | None:
        return display.html("function", self)

    def __repr__(self) -> str:
        if self.outputs is None:
            return f"<{self.label}>"
        inputs = describe_all(self.inputs, search=False)
        return f"<{self.label}({inputs}), generation {self.generation}>"


class Folded(Function):
    """A function that stands for a graph of its own, as a compiled call does.

    A pass that has nothing else to do asks for its gradients at once; any other one lets it
    unfold: its results then have the creators that they would have had.
    """

    def unfold(self) -> None:
        """Give the results the graph that this function stands for."""
        raise NotImplementedError

    def gradients(self, y: Variable, gy: Any) -> list[Any] | None:
        """Return the gradient of each input; None where the graph is needed after all."""
        raise NotImplementedError


_OF_A_CALL = ("inputs", "outputs", "generation", "output_specs", "rules_at_call", "takes_list")
_NOT_KEPT = frozenset((*_OF_A_CALL, "held_before", "filled_in_forward", "_claimed"))


def kept(function: Function) -> dict[str, Any]:
    """Return the attributes that a user's constructor and forward set."""
    return {k: v for k, v in function.__dict__.items() if k not in _NOT_KEPT}


def kept_before(function: Function) -> dict[str, Any]:
    """Return the attributes that were there before the forward: the parameters."""
    return kept(function) if function.held_before is None else function.held_before


def like_before(function: Function) -> Function:
    """Return a function as it was before the forward of its call, sharing no array with it."""
    node = copy.copy(function)
    for name in kept(function):
        del node.__dict__[name]
    for name, value in kept_before(function).items():
        node.__dict__[name] = _deep_copy_of_arrays(value)
    return node


_CONTAINERS = (list, dict, set)


def _copy_of_container(value: Any) -> Any:
    return value.copy() if type(value) in _CONTAINERS else value


def _was_filled(before: Any, now: Any) -> bool:
    """Whether a list, dictionary or set holds other objects than its earlier copy."""
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


def _as_inputs(operands: Any, function: Function) -> tuple[Variable, ...]:
    """Return operands as Variables; what is not one is a constant.

    A Python number takes the floating dtype of the others: float32 times 3.0 is float32.
    """
    if all(isinstance(x, Variable) and x._data is not None for x in operands):
        return tuple(operands)
    arrays = [x for x in operands if isinstance(x, (Variable, np.ndarray, np.generic))]
    dtypes = [x.dtype for x in arrays if x.dtype.kind in "fiub"]
    dtype = np.result_type(*dtypes) if dtypes else None
    weak = dtype if dtype is not None and dtype.kind == "f" else None
    return tuple(_as_input(x, function, weak) for x in operands)


def _as_input(x: Any, function: Function, weak: np.dtype[Any] | None = None) -> Variable:
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
        return _constant(as_array(x) if x.dtype.kind != "b" else np.asarray(x))
    raise OperandError(
        f"{function.label} cannot take {unfit(x)} as an input: "
        "give it Variables, arrays or numbers; np.array(...) makes an array of a list."
    )


def _output(array: Array) -> Variable:
    """Return a Variable of an array that is known to be one."""
    y = Variable(None)
    y._data = array
    return y


def _constant(array: Array) -> Variable:
    """Return a Variable that no gradient is computed for; it may be a mask of bools."""
    x = Variable(None, requires_grad=False)
    x._data = array
    return x
