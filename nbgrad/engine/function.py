"""Function: what a user subclasses to add a differentiable operation."""

from __future__ import annotations

import copy
import weakref
from typing import Any

import numpy as np

from . import display, source
from .arrays import Array, as_array, check_dtype
from .config import is_recording
from .errors import DataTypeError, OperandError, add_note, describe_all
from .variable import CONSTANT, NO_GRAD, Variable


class Function:
    """A differentiable operation, written as a forward and a backward rule.

    Subclass it with ``forward(self, *xs)``, which gets one ndarray per input and
    returns an array or a tuple of arrays, and ``backward(self, *gys)``, which gets
    one gradient per output and returns one gradient per input (None for an input
    that has none). Broadcasting is undone for you, and dtype, shape and number of
    the gradients are checked.

    Call an instance with Variables, arrays or numbers; it returns a Variable, or a
    tuple of them. A second call of one instance works on a copy of it, so that
    each result keeps its own inputs. Called with one list of inputs it returns
    a list (step 11 of the book).

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

    inputs: tuple[Variable, ...] | None = None
    outputs: list[weakref.ref[Variable]] | None = None
    generation: int = 0
    aliases: bool = True
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
    set_in_forward: dict[str, Any] | None = None

    def forward(self, *xs: Array) -> Any:
        """Compute the outputs from the inputs' arrays."""
        raise NotImplementedError(
            f"{type(self).__name__} has no forward: define forward(self, *xs) on arrays."
        )

    def backward(self, *gys: Any) -> Any:
        """Compute the gradient of each input from the gradient of each output."""
        raise NotImplementedError(
            f"{type(self).__name__} has no backward: define backward(self, *gys), "
            "which returns one gradient per input."
        )

    @property
    def label(self) -> str:
        """The name shown in drawings and errors."""
        return type(self).__name__

    def __call__(self, *inputs: Any) -> Any:
        """Apply the function; see the class."""
        as_list = len(inputs) == 1 and isinstance(inputs[0], list)
        variables = tuple(_as_input(x, self) for x in (inputs[0] if as_list else inputs))
        node = self._node()
        results = node._run_forward(variables, as_list)
        outputs = [Variable(y) for y in results]
        if is_recording():
            node._record(variables, outputs)
        else:
            for y in outputs:
                y._op = NO_GRAD
        if as_list:
            return outputs
        return tuple(outputs) if len(outputs) != 1 else outputs[0]

    def _node(self) -> Function:
        """Return the object that will hold this call: itself, unless it holds a live one."""
        if self.outputs is None:
            return self
        node = copy.copy(self) if any(ref() is not None for ref in self.outputs) else self
        for name in ("inputs", "outputs", "generation", "output_specs"):
            node.__dict__.pop(name, None)
        return node

    def _run_forward(self, inputs: tuple[Variable, ...], as_list: bool) -> tuple[Array, ...]:
        arrays = [x.data for x in inputs]
        before = {k: _fingerprint(v) for k, v in self.__dict__.items()}
        try:
            ys = self.forward(arrays) if as_list else self.forward(*arrays)  # type: ignore[arg-type]
        except BaseException as error:
            add_note(error, f"in the forward of {self.label}({describe_all(inputs)})")
            raise
        self.set_in_forward = {
            k: v for k, v in self.__dict__.items() if before.get(k) != _fingerprint(v)
        } or None
        results = ys if isinstance(ys, tuple) else (ys,)
        return tuple(self._as_output(y, arrays) for y in results)

    def _as_output(self, y: Any, arrays: list[Array]) -> Array:
        if isinstance(y, Variable):
            y = y.data
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
        for y in outputs:
            y.set_creator(self)
            y._source = source.note(y) if source.state.enabled else None

    def _repr_html_(self) -> str | None:
        return display.html("function", self)

    def __repr__(self) -> str:
        if self.inputs is None:
            return f"<{self.label}>"
        return f"<{self.label}({describe_all(self.inputs)}), generation {self.generation}>"


def _fingerprint(value: Any) -> tuple[int, ...]:
    """Tell whether an attribute was set, or a container in it filled, since the last look."""
    if isinstance(value, dict):
        held: Any = value.values()
    elif isinstance(value, (list, set)):
        held = value
    else:
        held = getattr(value, "__dict__", {}).values()
    return (id(value), *map(id, held))


def _as_input(x: Any, function: Function) -> Variable:
    """Return an operand as a Variable; what is not one is a constant."""
    if isinstance(x, Variable):
        x._array()
        return x
    if isinstance(x, (np.ndarray, np.generic, int, float)):
        constant = Variable.__new__(Variable)
        Variable.__init__(constant, None)
        constant._data = as_array(x)
        constant._op = CONSTANT
        return constant
    raise OperandError(
        f"{function.label} cannot take {type(x).__name__} ({x!r}) as an input: "
        "give it Variables, arrays or numbers; np.array(...) makes an array of a list."
    )
