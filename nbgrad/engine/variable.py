"""Variable: an array, its gradient, and how it was made.

A Variable made by a built-in operation is its own graph node: it holds the
operation and the operation's inputs, and no further object. A
`Function` object for it is made only when ``creator`` is asked for.
References point backwards only, so dropping the last result frees its graph
by reference counting.

``_op`` says how it was made: None for a leaf, a `State` for what has no graph, an
`Operation`, or the `Call` of a user's Function. An operation's one or two inputs are
``_x0`` and ``_x1``: a tuple for each node would be one more object for Python's
collector to look at. Where there are more, and for a Call, ``_x0`` is the tuple of all (None
where the call has several outputs: it holds them itself); for a Call ``_x1`` is the Function.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dispatch, display, numpy_protocols, recording, replays, unsupported
from .arrays import Array, Raw, as_array, as_data, check_dtype, ordinary
from .diagnostics import positions as source
from .diagnostics.naming import at, called, in_code
from .errors import DataTypeError, GradientTypeError, NonLeafCopyError, OperandError
from .grad_mode import leaf_made, override, process
from .identity import look_at
from .observer import appointed
from .operators import Operators
from .sentinels import CONSTANT, NO_GRAD, Retained, State, reading_and_setting

if TYPE_CHECKING:
    from .function import Function


_ndarray = np.ndarray


class Variable(Operators):
    """An array that remembers how it was computed.

    Parameters
    ----------
    data : ndarray or None
        A real floating or integer array of any shape. It is kept, not copied, and the
        backward pass reads it as it is then: do not change it between the forward and the
        backward pass (`detect_anomaly` finds out where that happened).
    name : str, optional
        Shown in drawings, traces and errors.
    requires_grad : bool, optional
        False makes a constant: no gradient is computed for it.

    Attributes
    ----------
    data : ndarray or None
    grad : ndarray, Variable or None
        None until a `backward` reaches it; a Variable after ``create_graph=True``.
    creator : Function or None
        The function that made it; None for a leaf.
    generation : int
        0 for a leaf, else one more than its creator's.
    name : str or None

    Raises
    ------
    DataTypeError
        If ``data`` is something else (a `TypeError`).

    Examples
    --------
    >>> x = Variable(np.array(2.0))
    >>> y = x * x + 1
    >>> y.backward()
    >>> x.grad
    array(4.)
    """

    __slots__ = (
        "__weakref__", "_data", "_grad", "_op", "_source", "_x0", "_x1", "generation", "name",
    )  # fmt: skip

    _data: Raw
    _grad: Any
    _op: Any
    _x0: Any
    _x1: Any
    _source: source.Position | None
    generation: int
    name: str | None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        look_at(cls)

    def __init__(
        self, data: Array | None, name: str | None = None, *, requires_grad: bool = True
    ) -> None:
        if recording.running and (recorder := recording.current()) is not None:
            data = recorder.leaf(self, data)
        self._data = as_data(data)
        self._grad = None
        self._op = None if requires_grad else CONSTANT
        self._x0 = self._x1 = None
        self._source = source.place() if source.state.enabled else None
        self.generation = 0
        self.name = name
        leaf_made(self)

    # -- data and gradient ------------------------------------------------------------

    @property
    def data(self) -> Any:
        """The array, always an ndarray (or None)."""
        if replays.running and replays.is_traced(self):
            return self
        if recording.running:
            recording.looked(self, ".data")
        value = self._data
        if type(value) is not _ndarray and isinstance(value, np.generic):
            value = self._data = np.asarray(value)
        return value

    @data.setter
    def data(self, value: Any) -> None:
        if isinstance(value, np.generic):
            # NumPy makes a scalar of every sum of 0-d arrays: x.data = x.data - 0.1 * x.grad.
            value = np.asarray(value)
        array = as_data(value)
        recording.looked(self, ".data = …")
        self._data = array

    @property
    def grad(self) -> Any:
        """The gradient, an ndarray; None while there is none."""
        if recording.running:
            recording.looked(self, ".grad")
        value = self._grad
        if type(value) is _ndarray or value is None or isinstance(value, (_ndarray, Variable)):
            return value
        if isinstance(value, State):
            return None
        if isinstance(value, Retained):
            if isinstance(value.grad, np.generic):
                value.grad = np.asarray(value.grad)
            return value.grad
        with reading_and_setting:
            if self._grad is value:
                self._grad = array = np.asarray(value)
                return array
        return self.grad  # another thread has set it meanwhile

    @grad.setter
    def grad(self, value: Any) -> None:
        recording.looked(self, ".grad = …")
        if value is None or isinstance(value, Variable):
            self._grad = value
            return
        if not isinstance(value, (np.ndarray, np.generic, int, float)):
            raise GradientTypeError(
                f"A gradient is an ndarray of the variable's shape, not {type(value).__name__}; "
                "convert it with np.array(...)."
            )
        array = as_array(ordinary(value, "A gradient cannot be", GradientTypeError))
        check_dtype(array, "A gradient")
        self._grad = array

    @grad.deleter
    def grad(self) -> None:
        self.cleargrad()

    def cleargrad(self) -> None:
        """Set the gradient to None."""
        if recording.running:
            recording.looked(self, "cleargrad()")
        self._grad = None

    clear_grad = cleargrad

    # -- the graph ----------------------------------------------------------------------

    @property
    def creator(self) -> Function | None:
        """The function that made this variable, or None for a leaf."""
        op = self._op
        return None if op is None or isinstance(op, State) else op.creator_of(self)

    @creator.setter
    def creator(self, function: Function | None) -> None:
        if function is None:
            self.unchain()
        else:
            self.set_creator(function)

    def set_creator(self, func: Function) -> None:
        """Note the function that made this variable, one generation after it."""
        adopt = getattr(func, "_nbgrad_adopt", None)
        if adopt is None:
            raise OperandError(
                f"The creator of a Variable is a Function, not {type(func).__name__}."
            )
        adopt(self)

    @property
    def requires_grad(self) -> bool:
        """False for a constant, for which no gradient is computed."""
        return self._op is not CONSTANT

    @property
    def source(self) -> source.Source | None:
        """The user's line that made this variable, when positions are kept."""
        return source.resolve(self._source)

    def backward(
        self,
        gradient: Any = None,
        use_heap: bool = False,
        create_graph: bool = False,
        *,
        retain_grad: bool = False,
        use_heapq: bool = False,
        free_graph: bool = False,
    ) -> None:
        """Compute the gradient of this variable with respect to every leaf behind it.

        Functions run in order of falling generation, each once; of one generation,
        the one whose first gradient arrived first goes first. Gradients are added
        to the leaves' ``grad`` when the whole pass has succeeded; until then
        nothing changes, whatever happens.

        Parameters
        ----------
        gradient : array, number or Variable, of this variable's shape, optional
            The upstream gradient; else a preset ``grad``, else ones. It is not kept. A bool
            here is ``retain_grad``, which is the first parameter in the book.
        use_heap, use_heapq : bool
            The seed's switch from a sorted list to a heap. Both have the same order
            here and the same bits; the queue is a heap either way.
        create_graph : bool
            Record the pass itself, so that gradients are Variables which can be
            differentiated again. Such a gradient's graph holds the leaf, which holds the
            gradient: `cleargrad` lets go of both (or the garbage collector, later).
        retain_grad : bool
            Keep the gradients of intermediates and of this variable too.
        free_graph : bool
            Free the graph during the pass: what a rule needed is freed as soon as it has run,
            also when the pass fails later. It takes less memory; a second pass is refused.

        Raises
        ------
        NoGraphError
            If there is no graph: no data, made under `no_grad`, or freed by an earlier pass.
        GradientShapeError, GradientTypeError
            If the upstream gradient has another shape than ``data``, or is not a real array.
        """
        if gradient is not None and isinstance(gradient, (bool, np.bool_)):
            gradient, retain_grad = None, bool(gradient) or retain_grad
        passes.backward(self, retain_grad, create_graph, gradient, free_graph)

    def detach(self) -> Variable:
        """Return a leaf with the same array and name, cut off from the graph."""
        if recording.running and (recorder := recording.current()) is not None:
            y = Variable(array_of(self), self.name)
            recorder.detached(self, y)
            return y
        return Variable(self.data, self.name)

    def unchain(self) -> None:
        """Forget the creator: the variable becomes a leaf."""
        recording.looked(self, "unchain()")
        leaf_made(self)
        self._op = self._x0 = self._x1 = None
        self.generation = 0

    def unchain_backward(self) -> None:
        """Forget the creators of every variable behind this one.

        Truncates the graph, as for recurrent networks. This variable keeps its own.
        """
        waiting = list(self._inputs)
        while waiting:
            x = waiting.pop()
            if isinstance(x, Variable) and x._op is not None and not isinstance(x._op, State):
                waiting.extend(x._inputs)
                x.unchain()

    @property
    def _inputs(self) -> tuple[Any, ...]:
        """What the variable was made from: Variables, and raw constants."""
        op, x0 = self._op, self._x0
        if op is None or isinstance(op, State):
            return ()
        if x0 is None:
            return op.inputs  # type: ignore[no-any-return]
        if type(x0) is tuple:
            return x0
        return (x0,) if self._x1 is None else (x0, self._x1)

    def _array(self) -> Array:
        if self._data is None:
            raise DataTypeError(
                f"{called(self, 'This variable')} holds no data (None): give it an array first."
            )
        return self._data  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        if self._data is None:
            return "variable(None)"
        if recording.running:
            recording.looked(self, "its text")
        text = display.text(self._data).replace("\n", "\n" + " " * 9)
        return f"variable({text})"

    def _repr_html_(self) -> str | None:
        return display.html("variable", self)

    __hash__ = object.__hash__

    # -- NumPy's protocols --------------------------------------------------------------

    __array_priority__ = 200

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        from .axis_concatenator import carrier

        if (carried := carrier(self)) is not None:
            return carried
        replays.refuse_leak(self, "np.asarray()")
        if not unsupported.is_asked_its_library() and appointed.supervisor.array_taken(self, dtype):
            raise unsupported.no_array_error()
        array: Array = self.data
        if dtype is not None and array.dtype != dtype:
            if copy is False:
                raise ValueError(f"a copy is needed to convert {array.dtype} to {dtype}.")
            return array.astype(dtype)
        return array.copy() if copy else array

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return numpy_protocols.call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return numpy_protocols.call_function(func, args, kwargs)

    # -- copies -------------------------------------------------------------------------

    def __copy__(self) -> Variable:
        rebuild, args, extra = self.__reduce_ex__(2)
        x: Variable = rebuild(*map(_copied, args))
        x._grad = _copied(self.grad)  # with its graph, which lives in this process alone
        if extra is not None:
            x.__dict__.update(extra)
        return x

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self._inputs or (self._op is not None and not isinstance(self._op, State)):
            raise NonLeafCopyError(
                f"{called(self, 'This variable')} was made by {self._op.label}{at(self)}: a copy would "
                f"lose or double the graph behind it. Copy {in_code(self)}.detach() instead."
            )
        # __dict__ is there on subclasses only.
        extra = getattr(self, "__dict__", None)
        grad = self.grad.detach() if isinstance(self.grad, Variable) else self.grad
        return restore, (type(self), self.data, grad, self.name, self.requires_grad), extra

    def __setstate__(self, state: Any) -> None:
        if not hasattr(self, "_data"):
            raise DataTypeError(
                "This pickle holds a Variable in a form that this nbgrad does not know. Where it "
                "was made: np.save('x.npy', x.data). Here: x = Variable(np.load('x.npy'))"
            )
        self.__dict__.update(state)


def _copied(field: Any) -> Any:
    """Return a field of a copy: an array, or a gradient with its graph, in memory of its own."""
    return field.copy() if isinstance(field, (np.ndarray, Variable)) else field


def restore(
    cls: type[Variable],
    data: Array | None,
    grad: Any = None,
    name: str | None = None,
    requires_grad: bool = True,
    *newer: Any,
) -> Variable:
    """Rebuild a copied or pickled leaf.

    Pickles name this function: an older one may give less, a newer one more.
    """
    if newer:
        raise DataTypeError(
            f"This {cls.__name__} was pickled by a newer nbgrad, with {len(newer)} more "
            f"field{'s' * (len(newer) > 1)} than this one knows. Upgrade: pip install -U nbgrad"
        )
    x = cls.__new__(cls)
    Variable.__init__(x, data, name, requires_grad=requires_grad)
    x._grad = grad
    return x


def array_of(x: Variable) -> Array:
    """Return what ``x.data`` is, also while a user's rule is replayed (see second_order.py)."""
    if isinstance(x._data, np.generic):
        x._data = np.asarray(x._data)
    return x._data  # type: ignore[no-any-return]


def as_variable(obj: Any) -> Variable:
    """Return a Variable as it is; make one from a number, NumPy scalar, array or list.

    Parameters
    ----------
    obj : Variable, ndarray, number, or (nested) list of numbers

    Raises
    ------
    DataTypeError
        If it holds anything but real numbers.
    """
    if isinstance(obj, Variable):
        return obj
    if isinstance(obj, (list, tuple)) and dispatch.holds_variable(obj):
        return dispatch.methods.array(obj)  # type: ignore[no-any-return]
    return Variable(as_array(obj))


_new = Variable.__new__
_mode = override.get
_positions = source.state
_known_position = source.known.get
_getframe = sys._getframe


def made_by(op: Any, x0: Any, x1: Any, generation: int, data: Raw, depth: int) -> Variable:
    """Return the result of an operation as a node of the graph: every node is made here.

    Parameters
    ----------
    op : Operation or Call
    x0, x1
        What was put in; see the head of this module.
    generation : int
        The largest of the inputs'.
    data : ndarray or NumPy scalar
    depth : int
        How many calls away the user's line is, for its position.
    """
    y: Variable = _new(Variable)
    y._data = data
    y._grad = y.name = None
    mode = _mode()
    if process.enable_backprop if mode is None else mode.value:
        y._op = op
        y._x0 = x0
        y._x1 = x1
        y.generation = generation + 1
    else:
        y._op = NO_GRAD
        y._x0 = y._x1 = None
        y.generation = 0
    if _positions.enabled:
        frame = _getframe(depth)
        at = _known_position(frame.f_lasti)
        y._source = at if at and at[0] is frame.f_code else source.note(y, depth + 1)
    else:
        y._source = None
    return y


def constant(array: Array | None) -> Variable:
    """Return an array as a Variable that no gradient is computed for; it may be a mask of bools."""
    x: Variable = _new(Variable)
    x._data = array
    x._grad = x._x0 = x._x1 = x.name = None
    x._op = CONSTANT
    x._source = source.place() if source.state.enabled else None
    x.generation = 0
    leaf_made(x)
    return x


# The pass computes with Variables, and a Variable starts the pass: this circle of imports is
# inherent, and closed here, where Variable is there for whoever comes in from the other side.
from . import backward as passes  # noqa: E402
