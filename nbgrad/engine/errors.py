"""Every error that nbgrad raises itself, and how a failing call is described.

Each class is also the built-in exception that a user would catch. A message says
what was tried, why it cannot work, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .diagnostics.escaping import visible
from .diagnostics.naming import called, places

__all__ = [
    "AnomalyError", "AxisError", "CompileWarning", "ConfigError", "DataTypeError",
    "GradModeWarning", "GradientCountError", "GradientShapeError", "GradientTypeError",
    "GraphCutError", "GraphCutWarning", "InPlaceError", "MatrixError", "MissingDependencyError",
    "NbgradError", "NoGraphError", "NonLeafCopyError", "OperandError", "OperationIndexError",
    "PassOrderError", "SavedTensorError", "SecondOrderError", "ShapeError", "StaleGraphWarning",
    "TraceFormatError", "UnsupportedFunctionError", "ZeroWeightsError",
]  # fmt: skip


class NbgradError(Exception):
    """Base class of every error that nbgrad raises itself."""

    def __str__(self) -> str:
        """Return the message in one line, with control characters escaped."""
        return visible(super().__str__())


class DataTypeError(NbgradError, TypeError):
    """Data of a type or dtype that a Variable cannot hold."""


class OperandError(NbgradError, TypeError):
    """An operand or argument that an operation cannot take."""


class ShapeError(NbgradError, ValueError):
    """Shapes or values that do not fit an operation."""


class MatrixError(ShapeError, np.linalg.LinAlgError):
    """A matrix that a result of linear algebra, or its derivative, does not exist for."""


class AxisError(NbgradError, ValueError, IndexError):
    """An axis that the array does not have."""


class OperationIndexError(NbgradError, IndexError):
    """An index that the array does not have."""


class ZeroWeightsError(NbgradError, ZeroDivisionError):
    """Weights whose sum is 0."""


class GradientCountError(NbgradError, ValueError):
    """A rule returned too few or too many gradients."""


class GradientShapeError(NbgradError, ValueError):
    """A gradient whose shape is not its variable's."""


class GradientTypeError(NbgradError, TypeError):
    """A gradient that is not a real array."""


class NoGraphError(NbgradError, RuntimeError):
    """backward() where there is nothing to go back through."""


class PassOrderError(NbgradError, ValueError):
    """A pass cannot be shown in the order that was asked for."""


class SavedTensorError(NbgradError, RuntimeError):
    """What a function saved for backward was freed, or changed in place."""


class SecondOrderError(NbgradError, RuntimeError):
    """A rule through which no second derivative can be taken."""


class ConfigError(NbgradError, AttributeError):
    """An unknown name in Config."""


class NonLeafCopyError(NbgradError, TypeError):
    """Copying or pickling a Variable that has a graph behind it."""


class UnsupportedFunctionError(NbgradError, TypeError):
    """A NumPy function that nbgrad does not differentiate."""


class GraphCutError(UnsupportedFunctionError):
    """A number that leaves the graph inside a derivative: the result would be wrong."""


class InPlaceError(NbgradError, TypeError):
    """Writing into an array that the graph depends on."""


class AnomalyError(NbgradError, ArithmeticError):
    """detect_anomaly() met NaN, an infinity or changed data."""


class TraceFormatError(NbgradError, ValueError):
    """A trace file that cannot be read."""


class MissingDependencyError(NbgradError, ImportError):
    """A package or program that a view needs is not installed."""


class CompileWarning(UserWarning):
    """A function that `compile` cannot compile runs as it is: it names the line and the way out."""


class StaleGraphWarning(UserWarning):
    """A graph whose Function class was defined again, or changed, since it was made."""


class GradModeWarning(UserWarning):
    """A grad mode whose extent differs from what the code suggests."""


class GraphCutWarning(UserWarning):
    """A number that leaves a recorded graph silently."""


def listed(names: Iterable[str]) -> str:
    """Join names as a sentence does: ``"a, b and c"``."""
    *rest, last = list(names) or [""]
    return f"{', '.join(rest)} and {last}" if rest else last


def unfit(operand: Any) -> str:
    """Name an operand that cannot be taken, in an error: ``list ([1.0])``."""
    if hasattr(operand, "_data") and hasattr(operand, "backward"):
        return "a Variable made before nbgrad was imported again (make it anew)"
    if hasattr(operand, "dtype"):
        return f"an array of dtype {operand.dtype}"
    return f"{type(operand).__name__} ({operand!r})"


def fitting(operand: Any, wanted: str) -> str:
    """Say what to give in place of an operand that cannot be taken."""
    kind = "" if hasattr(operand, "_data") else getattr(getattr(operand, "dtype", ""), "kind", "")
    if kind == "c" or isinstance(operand, complex):
        return "only real numbers are differentiated: compute with its real and its imaginary part."
    if kind:
        return "make it an array of numbers, as with .astype(float)."
    return f"give it {wanted}; np.array(...) makes an array of a list."


def describe(value: Any, search: bool = True) -> str:
    """Name an operand and its shape: ``x (3, 4) float64``, ``2.0``.

    Without a search, a variable that has no name of its own is told by its shape.
    """
    is_variable = hasattr(value, "_data")
    array = value._data if is_variable else value
    if not is_variable and not hasattr(array, "shape"):
        return repr(array) if isinstance(array, (int, float)) else type(array).__name__
    nameless = "array" if not is_variable else "unnamed" if search else ""
    name = called(value, nameless, search)
    data = "without data" if array is None else f"{array.shape} {array.dtype}"
    return f"{name} {data}".lstrip()


def describe_all(values: Sequence[Any], search: bool = True) -> str:
    """Name several operands, in order: the first ten."""
    names = [describe(v, search) for v in values[:10]]
    if len(values) > 10:
        names.append(f"… {len(values) - 10} more")
    return ", ".join(names) or "no inputs"


def add_note(error: BaseException, note: str) -> None:
    """Attach a note to an exception (PEP 678), also on Python 3.10."""
    note = visible(note)
    if hasattr(error, "add_note"):
        error.add_note(note)
    else:
        error.__notes__ = [*getattr(error, "__notes__", []), note]  # type: ignore[attr-defined]


def with_places(error: NbgradError, values: Sequence[Any]) -> NbgradError:
    """Return an error with a note of where Variables were made, as far as that is known."""
    if made := places(values):
        add_note(error, f"made: {made}")
    return error
