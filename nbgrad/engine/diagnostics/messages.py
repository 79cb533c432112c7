"""Messages that errors, reprs and hints share.

NumPy's error about a call, completed by the operation, its operands and a fix; and why a variable
has no gradient, and what to do about it.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from nbgrad.engine.errors import (
    AxisError,
    DataTypeError,
    MatrixError,
    NbgradError,
    OperandError,
    OperationIndexError,
    ShapeError,
    add_note,
    describe,
    describe_all,
    with_places,
)
from nbgrad.engine.grad_mode import STILL_OFF, process
from nbgrad.engine.numpy_arguments import has_parameters, refuse_unknown
from nbgrad.engine.sentinels import CONSTANT, FREED, GRAPH_FREED, NO_GRAD

from .escaping import short
from .naming import called, in_code
from .numpy_warnings import computed_again, is_refused, is_users

if TYPE_CHECKING:
    from nbgrad.engine.operation import Operation
    from nbgrad.engine.variable import Variable

_ADVICE = {
    "broadcast": ". Shapes are compared from the right, and 1 fits any length: reshape one of "
    "them, as in x.reshape(-1, 1).",
    "not aligned": ". The last axis of the first must be as long as the last but one of the "
    "second (or its only one): transpose one of them, as in x.T.",
    "input array dimensions": ". Only the axis along which they are joined may differ.",
    "must have the same shape": ". ng.concatenate joins arrays of different lengths.",
    "equal division": ". np.array_split divides unevenly.",
    "cannot reshape": ". The new shape must hold as many elements; a -1 in it is worked out.",
    "Singular matrix": ". Its columns depend on each other: ng.pinv and ng.lstsq have a result for "
    "such a matrix too; or add a small multiple of np.eye(n) to it.",
    "not positive definite": ". Add a small multiple of np.eye(n) to it, or use ng.eigh, which "
    "takes any symmetric matrix.",
    "did not converge": ". Look for nan and inf in it: np.isfinite(x.data).all().",
    "out of bounds": ". Count from 0, or from the end: -1 is the last.",
    "as an integer": ". An int is needed there.",
    "literal for int()": ". An int is needed there.",
    "data type": ". A dtype is written np.float32 or 'float32'.",
    "not supported between": ". A number is needed there.",
    "unsupported operand": ". A number is needed there.",
    "could not convert string": ". A number is needed there.",
    "zero-size array": ": of no elements there is none. Give initial=, or look at x.size first.",
    "duplicate value in 'axis'": ". Each axis is named once.",
    "repeated axis": ". Each axis is named once.",
    "truth value": ". A single True or False is needed.",
}
"""Fixes in one line, by a phrase of NumPy's message."""

_KINDS: tuple[tuple[type[Exception], type[NbgradError]], ...] = (
    (np.exceptions.AxisError, AxisError),
    (np.linalg.LinAlgError, MatrixError),
    (IndexError, OperationIndexError),
    (ValueError, ShapeError),
    (TypeError, OperandError),
)
_ABOUT_ARGUMENTS = {DataTypeError, *(ours for _, ours in _KINDS)}


def fail(op: Operation, error: Exception, inputs: tuple[Any, ...]) -> NoReturn:
    """Raise NumPy's error about a call again, with the names of operation and operands."""
    for x in inputs:
        if hasattr(x, "_array"):
            x._array()  # refuses a Variable without data
    call = f"{op.label}({describe_all(inputs)})"
    if isinstance(error, NbgradError):
        raise error
    for builtin, ours in _KINDS:
        if isinstance(error, builtin):
            # No name for it here: a traceback that holds its own exception is never freed.
            raise with_places(ours(f"{call}: {_in_words(str(error), inputs)}"), inputs) from None
    add_note(error, f"in the forward of {call}")
    raise error


def names_itself(name: str, function: Callable[..., Any], owner: str = "ng") -> Callable[..., Any]:
    """Let errors about the arguments of a public function, or a method of x, name it and them.

    An error from the user's own code, which the function may call, passes as it is.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            if is_refused(error):
                return computed_again(partial(function, **kwargs), *args)
            if isinstance(error, TypeError) and not has_parameters(function, kwargs):
                return call(*args, **refuse_unknown(f"{owner}.{name}", function, kwargs))
            if _is_complete(error, name):
                raise
            if not isinstance(error, NbgradError):
                raise _with_call(error, name, args, kwargs) from error
            error.args = (f"{name}: {error}",)
            raise

    call.__doc__ = function.__doc__
    call.__wrapped__ = function  # type: ignore[attr-defined]
    return call


def _is_complete(error: Exception, name: str) -> bool:
    """Whether an error is to be left as it is: it names the function, or is the user's own."""
    if isinstance(error, NbgradError):
        if type(error) not in _ABOUT_ARGUMENTS or name.rpartition(".")[2] in str(error):
            return True
    elif not isinstance(error, tuple(kind for kind, _ in _KINDS)):
        return True
    step = error.__traceback__
    while step is not None and not is_users(step.tb_frame):
        step = step.tb_next
    return step is not None


def _with_call(error: Exception, name: str, args: Any, kwargs: dict[str, Any]) -> NbgradError:
    """Return an error of our own that names the function and what it was given."""
    given = [_argument(x) for x in args] + [f"{k}={_argument(x)}" for k, x in kwargs.items()]
    ours = next(ours for kind, ours in _KINDS if isinstance(error, kind))
    return ours(f"{name}({', '.join(given[:10])}): {_in_words(str(error), args)}")


def _argument(x: Any) -> str:
    if isinstance(x, type):
        return x.__name__
    return describe(x) if hasattr(x, "shape") or isinstance(x, float) else short(reprlib.repr(x))


def fail_rule(op: Operation, error: Exception, inputs: tuple[Any, ...]) -> NoReturn:
    """Raise an error about a matrix in a rule again, with the names of operation and operands."""
    words = str(error)
    if isinstance(error, NbgradError):  # of the operation that the rule applied
        words = words.partition("): ")[2]
    else:
        words = _in_words(words, inputs)
    call = f"{op.label}({describe_all(inputs)})"
    raise with_places(MatrixError(f"the derivative of {call}: {words}"), inputs) from None


def _in_words(complaint: str, inputs: tuple[Any, ...]) -> str:
    """Return NumPy's message, with a fix where there is one."""
    words = complaint.strip()
    if "core dimension" in words and len(inputs) == 2:
        return _lengths_differ(*inputs)
    if "enough dimensions" in words:
        return "there is a vector or a matrix on either side of @. Multiply by a number with *."
    return words + next((fix for part, fix in _ADVICE.items() if part in words), "")


def _lengths_differ(a: Any, b: Any) -> str:
    """Say which axes of a matrix product differ, without NumPy's signature notation."""
    x, y = called(a, "the first"), called(b, "the second")
    which, k = ("last but one", -2) if b.ndim > 1 else ("only", -1)
    return (
        f"the last axis of {x} has {a.shape[-1]} elements, and the {which} axis of {y} has "
        f"{b.shape[k]}: the lengths must be equal. Transpose one of them, as in {in_code(b)}.T, or "
        "reshape it."
    )


# -- why there is no gradient ------------------------------------------------------------


def why_no_grad(x: Variable) -> tuple[str, str]:
    """Say why a variable has no gradient, and what to do."""
    if x._op is CONSTANT:
        return "a constant", "made with requires_grad=False: no gradient is computed for it"
    if x._grad is FREED:
        return "freed after backward", "use backward(retain_grad=True) to keep it"
    if x._op is GRAPH_FREED:
        return "freed after backward", "backward(free_graph=True) let go of it and of its graph"
    if x._op is NO_GRAD and not process.enable_backprop:
        return "made under no_grad", f"{STILL_OFF}, then compute it again"
    if x._op is NO_GRAD:
        return (
            "made under no_grad",
            "no graph was recorded: compute it outside to go back through it",
        )
    if x._op is None:
        return "not computed yet", "no backward() has reached it since it was made or cleared"
    return (
        "not computed yet",
        "call backward(retain_grad=True) on it, or on a result computed from it",
    )
