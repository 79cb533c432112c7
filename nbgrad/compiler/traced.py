"""An array that takes note of what NumPy does with it.

A rule, or the plain part of a function, is called with traced arrays in the place of
arrays. Each call of NumPy is carried out on the real arrays and noted. What takes a
number out (``if x > 0``, ``float(x)``) cannot be noted: it is a look at a value, which
may differ in the next run.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from nbgrad.engine.nested import ends_of, replaced

from .program import OPERATORS, Call, Value, compute, is_fresh


class UntraceableError(Exception):
    """A look at a value, or a call that cannot be noted."""


class Trace:
    """The calls noted so far.

    A subclass may let a look pass, and only take note of it.

    Attributes
    ----------
    expects : bool
        Whether operations may count on ordinary values, else each that does is called as a whole.
    """

    expects = True

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.errors = np.geterr()
        self.viewed: set[int] = set()

    def look(self, traced: TracedArray, how: str) -> None:
        """Tell of a look at a value."""
        raise UntraceableError(how)

    def note(self, kind: str, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Carry out a call, note it, and return its traced result."""
        result = compute(kind, target, replaced(args, plain), replaced(kwargs, plain))
        by_value = target in SHAPED_BY_VALUE and any(ends_of((args[1:], kwargs), TracedArray))
        if by_value or not isinstance(result, (np.ndarray, np.generic)):
            first = next(ends_of((args, kwargs), TracedArray))
            self.look(first, getattr(target, "__name__", str(target)))
            return result
        call = Call(kind, target, replaced(args, value_of), replaced(kwargs, value_of))
        errors = np.geterr()
        if errors != self.errors:
            call.errors = dict(errors.items() - self.errors.items())
        value = call.result(result)
        self.calls.append(call)
        if not is_fresh(call):
            self.viewed.update(id(v) for v in call.operands())
            self.viewed.add(id(value))
        return TracedArray(self, value)

    def add_opaque(self, call: Call, results: Iterable[Any]) -> list[Value]:
        """Add a call as a whole, whose results may share memory with what it was given."""
        call.outs = [Value(result, call) for result in results]
        self.calls.append(call)
        self.viewed.update(id(v) for v in (*call.operands(), *call.outs))
        return call.outs

    def write(self, traced: TracedArray, kind: str, target: Any, args: tuple[Any, ...]) -> Any:
        """Note a call whose result is written over a temporary array: a new value of its name."""
        value = traced._traced_value
        if value.call is None or not is_fresh(value.call) or id(value) in self.viewed:
            self.look(traced, "a change in place")
        written = self.note(kind, target, args, {})
        example = written._traced_value.example
        if (example.shape, example.dtype) != (value.example.shape, value.example.dtype):
            raise UntraceableError("a change in place of another dtype")
        traced._traced_value = written._traced_value
        return traced


def plain(x: Any) -> Any:
    """Return the array of a traced one; anything else as it is."""
    return x._traced_value.example if type(x) is TracedArray else x


def value_of(x: Any) -> Any:
    """Return the value of a traced array; anything else as it is."""
    return x._traced_value if type(x) is TracedArray else x


STATIC = frozenset(("shape", "ndim", "size", "dtype", "itemsize", "nbytes", "strides"))
METHODS = frozenset(
    ("sum", "mean", "max", "min", "prod", "var", "std", "cumsum", "cumprod", "argmax", "argmin",
     "argsort", "any", "all", "astype", "copy", "reshape", "ravel", "flatten", "transpose",
     "swapaxes", "squeeze", "clip", "round", "repeat", "take", "dot", "diagonal", "trace",
     "conj", "conjugate")
)  # fmt: skip
"""Methods whose result is an array of a shape that does not depend on the values."""

FUNCTIONS = frozenset(
    getattr(np, name)
    for name in [
        "where", "sum", "mean", "max", "amax", "min", "amin", "prod", "var", "std", "median",
        "average", "cumsum", "cumprod", "argmax", "argmin", "argsort", "sort", "any", "all",
        "concatenate", "stack", "vstack", "hstack", "column_stack", "reshape", "ravel",
        "transpose", "swapaxes", "moveaxis", "squeeze", "expand_dims", "broadcast_to",
        "atleast_1d", "atleast_2d", "flip", "fliplr", "flipud", "roll", "rot90", "repeat",
        "tile", "pad", "take", "take_along_axis", "dot", "vdot", "inner", "outer", "tensordot",
        "einsum", "kron", "cross", "trace", "diagonal", "diag", "tril", "triu", "diff", "clip",
        "round", "around", "zeros_like", "ones_like", "full_like", "copy", "searchsorted",
        "interp", "isclose", "nan_to_num", "cov", "count_nonzero", "nanmax", "nanmin", "nansum",
        "nanmean", "convolve",
    ]
)  # fmt: skip
"""NumPy's functions with one array as a result, of a shape that does not depend on values."""
SHAPED_BY_VALUE = frozenset(("repeat", np.repeat, "reshape", np.reshape, np.tile, np.pad))
"""Where the other arguments say which shape the result has."""
_SHAPES_ONLY = (np.shape, np.ndim, np.size, np.result_type)


class TracedArray:
    """Stands for an array or NumPy scalar: ``isinstance(x, np.ndarray)`` holds."""

    __slots__ = ("_traced_by", "_traced_value")
    __array_priority__ = 100

    def __init__(self, trace: Trace, value: Value) -> None:
        self._traced_by = trace
        self._traced_value = value

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """The class of what it stands for."""
        return type(self._traced_value.example)

    def __getattr__(self, name: str) -> Any:
        array = self._traced_value.example
        if name in STATIC:
            return getattr(array, name)
        if name == "T":
            return self._traced_by.note("attribute", "T", (self,), {})
        if name in METHODS:
            return lambda *args, **kwargs: self._traced_by.note(
                "method", name, (self, *args), kwargs
            )
        if name.startswith("__array_"):
            raise AttributeError(name)  # then NumPy asks for __array__
        found = getattr(array, name)  # an AttributeError, where there is no such thing
        self._traced_by.look(self, f".{name}")
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        if name in TracedArray.__slots__:
            object.__setattr__(self, name, value)
            return
        self._traced_by.look(self, f".{name} = …")
        setattr(self._traced_value.example, name, value)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(hasattr(type(x), "backward") for x in inputs):
            return NotImplemented  # a Variable: it records the operation
        trace = self._traced_by
        out = kwargs.pop("out", None)
        if out is not None and type(out[0]) is TracedArray and method == "__call__" and not kwargs:
            return trace.write(out[0], "ufunc", ufunc, inputs)
        if out is not None or method not in ("__call__", "reduce") or ufunc.nout != 1:
            return self._carried_out(getattr(ufunc, method), inputs, {**kwargs, "out": out})
        if ufunc is np.power:
            # array ** x came here: it is computed as a square for x = 2, which np.power is not.
            return self._carried_out(ufunc, inputs, kwargs)
        return trace.note("ufunc" if method == "__call__" else "reduce", ufunc, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if any(hasattr(kind, "backward") for kind in types):
            return NotImplemented
        if func in _SHAPES_ONLY:
            return func(*replaced(args, plain), **replaced(kwargs, plain))
        if (
            func not in FUNCTIONS
            or kwargs.get("out") is not None
            or (func is np.where and len(args) != 3)
        ):
            return self._carried_out(func, args, kwargs)
        return self._traced_by.note("function", func, tuple(args), kwargs)

    def _carried_out(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Call what cannot be noted, which is a look."""
        self._traced_by.look(self, f"np.{getattr(func, '__name__', func)}")
        kwargs = {k: v for k, v in kwargs.items() if k != "out" or v is not None}
        return func(*replaced(args, plain), **replaced(kwargs, plain))

    def called_as_a_whole(self, function: Any, args: tuple[Any, ...], changes: int = 0) -> Any:
        """Note a call of a function that looks at its arrays, and may write into the first ones."""
        copies = (plain(x).copy() for x in args[:changes])
        result = function(*copies, *replaced(args[changes:], plain))
        call = Call("python", function, replaced(args, value_of))
        call.changes = changes
        (value,) = self._traced_by.add_opaque(call, [result])
        return TracedArray(self._traced_by, value)

    def is_expected(self) -> bool:
        """Note that this truth value is to be True: where it is not, the function runs uncompiled."""
        holds = bool(self._traced_value.example)
        if not holds or not self._traced_by.expects:
            self._traced_by.look(self, "a value that is not an ordinary one")
        self._traced_by.calls.append(Call("expect", None, (self._traced_value,)))
        return holds

    def _looked_at(self, how: str) -> Any:
        self._traced_by.look(self, how)
        return self._traced_value.example

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        array = np.asarray(self._looked_at("np.asarray()"), dtype)
        return array.copy() if copy else array

    def __getitem__(self, index: Any) -> Any:
        array = self._traced_value.example
        if type(index) is tuple and not index and array.ndim:
            return self
        for part in index if isinstance(index, tuple) else (index,):
            if np.dtype(bool) is getattr(part, "dtype", None) or isinstance(part, (bool, np.bool_)):
                self._traced_by.look(self, "an index of bools")  # how many, differs
                return array[replaced(index, plain)]
        return self._traced_by.note("item", "item", (self, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        self._traced_by.look(self, "x[...] = value")
        self._traced_value.example[replaced(index, plain)] = plain(value)

    def __len__(self) -> int:
        return len(self._traced_value.example)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __contains__(self, item: Any) -> bool:
        return plain(item) in self._looked_at("in")

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._looked_at("a copy").__reduce_ex__(protocol)


_LOOKS: dict[Any, str] = {
    bool: "its truth value", float: "float()", int: "int()", complex: "complex()",
    operator.index: "an index", round: "round()", repr: "its text", str: "its text",
    format: "its text", hash: "hash()",
}  # fmt: skip
"""What takes a value out, and how that is called in the warning."""

_ARRAY_LIKE = (int, float, np.ndarray, np.generic, TracedArray)


def _looking(function: Any, how: str) -> Any:
    return lambda self, *args: function(self._looked_at(how), *args)


def _binary(key: str, *, reflected: bool = False) -> Any:
    def compute(self: TracedArray, other: Any) -> Any:
        if not isinstance(other, _ARRAY_LIKE):
            return NotImplemented
        operands = (other, self) if reflected else (self, other)
        return self._traced_by.note("operator", key, operands, {})

    return compute


def _in_place(key: str) -> Any:
    def over(self: TracedArray, other: Any) -> Any:
        if not self._traced_value.is_array:
            return self._traced_by.note("operator", key, (self, other), {})
        return self._traced_by.write(self, "operator", key, (self, other))

    return over


def _unary(key: str) -> Any:
    return lambda self: self._traced_by.note("operator", key, (self,), {})


for _function, _how in _LOOKS.items():
    setattr(TracedArray, f"__{_function.__name__}__", _looking(_function, _how))
for _key in OPERATORS:
    if _key in ("neg", "pos", "invert", "abs"):
        setattr(TracedArray, f"__{_key}__", _unary(_key))
        continue
    setattr(TracedArray, f"__{_key}__", _binary(_key))
    if _key not in ("lt", "le", "gt", "ge", "eq", "ne"):
        setattr(TracedArray, f"__r{_key}__", _binary(_key, reflected=True))
        setattr(TracedArray, f"__i{_key}__", _in_place(_key))
