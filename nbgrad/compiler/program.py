"""A program: NumPy calls in a straight line, each result a value of its own.

Both halves of a compiled function are built as one list of calls, the forward pass and
after it the backward pass. `emit` writes them out as Python.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from copy import copy
from types import FunctionType
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.positions import Position
from nbgrad.engine.nested import ends_of

OPERATORS: dict[str, tuple[str, Callable[..., Any], Any]] = {
    "add": ("+", operator.add, np.add),
    "sub": ("-", operator.sub, np.subtract),
    "mul": ("*", operator.mul, np.multiply),
    "truediv": ("/", operator.truediv, np.true_divide),
    "floordiv": ("//", operator.floordiv, np.floor_divide),
    "mod": ("%", operator.mod, np.remainder),
    # array ** 2 is computed as a square, which np.power is not: so there is no ufunc for it.
    "pow": ("**", operator.pow, None),
    "matmul": ("@", operator.matmul, np.matmul),
    "lt": ("<", operator.lt, np.less),
    "le": ("<=", operator.le, np.less_equal),
    "gt": (">", operator.gt, np.greater),
    "ge": (">=", operator.ge, np.greater_equal),
    "eq": ("==", operator.eq, np.equal),
    "ne": ("!=", operator.ne, np.not_equal),
    "and": ("&", operator.and_, np.bitwise_and),
    "or": ("|", operator.or_, np.bitwise_or),
    "xor": ("^", operator.xor, np.bitwise_xor),
    "neg": ("-", operator.neg, np.negative),
    "pos": ("+", operator.pos, np.positive),
    "invert": ("~", operator.invert, np.invert),
    "abs": ("abs", operator.abs, np.absolute),
}
"""Python's operators: how each is written, what it computes, and the ufunc behind it."""


class Value:
    """One array or number of a program.

    Attributes
    ----------
    example : ndarray or NumPy scalar
        What it was in the recorded run: its shape, dtype and strides are those of every run.
    call : Call or None
        What computes it; None for an input.
    name : str
        What it is called in the source.
    """

    __slots__ = ("call", "example", "name")

    def __init__(self, example: Any, call: Call | None = None, name: str = "") -> None:
        self.example = example
        self.call = call
        self.name = name

    @property
    def is_array(self) -> bool:
        """Whether it has memory that can be written to, rather than being a NumPy scalar."""
        return isinstance(self.example, np.ndarray)


class Call:
    """One call of a program.

    Attributes
    ----------
    kind : str
        "operator", "ufunc", "reduce" (a ufunc's method), "method", "attribute", "item",
        "function" (of NumPy), "python" (anything else), "constant", "expect": of a truth value,
        that it is True, else the function runs uncompiled; or "parts": see `elementwise_parts`.
    target : object
        The operator's key, the ufunc, the method's name, the function.
    args, kwargs : tuple, dict
        Values and constants, also within tuples, lists and slices.
    outs : list of Value
    errors : dict
        NumPy's handling of floating-point errors inside, where it is not the caller's.
    effects : bool
        Whether it is called even if its result is not read: a user's own code.
    unpack : bool
        Whether it returns a tuple of its results.
    place : Position or None
        The user's line that it comes from.
    label : str
        What a call of anything but NumPy is called in the source.
    changes : int, optional
        How many of its first arguments a "python" call may write into; None if that is unknown.
    """

    __slots__ = (
        "args", "changes", "effects", "errors", "kind", "kwargs", "label", "outs", "place",
        "target", "unpack",
    )  # fmt: skip

    def __init__(
        self,
        kind: str,
        target: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any] | None = None,
        *,
        errors: dict[str, Any] | None = None,
        effects: bool = False,
        unpack: bool = False,
        label: str = "",
    ) -> None:
        self.kind = kind
        self.target = target
        self.args = args
        self.kwargs = kwargs or {}
        self.outs: list[Value] = []
        self.errors = errors
        self.effects = effects
        self.unpack = unpack
        self.place: Position | None = None
        self.label = label
        self.changes: int | None = None

    def copied(self, args: Any, kwargs: Any) -> Call:
        """Return the same call of other operands, with results of its own."""
        call = copy(self)
        call.args, call.kwargs = args, kwargs
        call.outs = [Value(v.example, call) for v in self.outs]
        return call

    def result(self, example: Any) -> Value:
        """Add a result, which was this in the recorded run."""
        value = Value(example, self)
        self.outs.append(value)
        return value

    def operands(self) -> Iterator[Value]:
        """Yield the values that it reads, in order."""
        return ends_of((self.args, self.kwargs), Value)

    def changed(self) -> Iterator[Value]:
        """Yield the values that it may write into."""
        if self.kind == "python":
            yield from ends_of((self.args[: self.changes], self.kwargs), Value)

    @property
    def is_needed(self) -> bool:
        """Whether it is made even if its result is not read."""
        return self.effects or self.kind == "expect"

    @property
    def ufunc(self) -> Any:
        """The ufunc that it is, if its result can be written into a given array."""
        if self.kind == "ufunc":
            return self.target
        return OPERATORS[self.target][2] if self.kind == "operator" else None


def compute(kind: str, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Carry out a call on arrays."""
    if kind == "operator":
        return OPERATORS[target][1](*args)
    if kind == "reduce":
        return target.reduce(*args, **kwargs)
    if kind == "method":
        return getattr(args[0], target)(*args[1:], **kwargs)
    if kind == "attribute":
        return getattr(args[0], target)
    if kind == "item":
        return args[0][args[1]]
    return target(*args, **kwargs)


_IN_PYTHON = {"mean", "prod", "std", "sum", "var"}
"""Methods of arrays that NumPy has in Python."""


def calls_python(call: Call) -> bool:
    """Whether a call runs Python code of NumPy's, which warns at a line of its own."""
    if call.kind == "method":
        return call.target in _IN_PYTHON
    code = getattr(call.target, "_implementation", call.target)
    return call.kind == "function" and isinstance(code, FunctionType)


def same_bits(a: Any, b: Any) -> bool:
    """Whether two arrays or numbers hold the same; what fills up a long double is nobody's."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.char == "g":
        return bool(np.array_equal(a, b, equal_nan=True))
    return bool(a.tobytes() == b.tobytes())


def is_fresh(call: Call) -> bool:
    """Whether a call's result has memory of its own."""
    if call.kind in ("operator", "ufunc", "reduce", "parts"):
        return True
    if call.kind == "method":
        return call.target in FRESH_METHODS and call.kwargs.get("copy", True) is True
    return call.kind == "function" and call.target in FRESH_FUNCTIONS


FRESH_METHODS = frozenset(
    ("astype", "copy", "sum", "mean", "max", "min", "prod", "var", "std", "cumsum", "argmax",
     "argmin", "argsort", "any", "all", "repeat", "round", "clip", "flatten")
)  # fmt: skip
FRESH_FUNCTIONS = frozenset(
    (np.where, np.concatenate, np.stack, np.cumsum, np.outer, np.mean, np.sum, np.max, np.min)
)
