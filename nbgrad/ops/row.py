"""A row of the table, and how it is entered.

A row gives an operation its public name, its NumPy twins, its symbol, its rule as
text and its sample inputs. From the rows come the public functions, the operators
and methods of Variable, NumPy dispatch, the words and symbols in drawings and
explanations, the list of supported functions, and the generated tests.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from nbgrad.engine import numpy_protocols as dispatch

from .base import Operation


class Sample(NamedTuple):
    """Inputs for the generated tests.

    Attributes
    ----------
    args : tuple
        A tuple of ints stands for an array of that shape, drawn from the row's domain,
        and a list of tuples for a list of arrays; anything else is passed on as it is.
    kwargs : dict
        Parameters of the call.
    torch : str, optional
        PyTorch's form of this call where it differs from the row's: an expression on
        ``torch``, ``F`` (torch.nn.functional) and the list ``a`` of tensors.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    torch: str | None = None


def sample(*args: Any, torch: str | None = None, **kwargs: Any) -> Sample:
    """Write a sample as a call: ``sample((3, 4), axis=0)``."""
    return Sample(args, kwargs, torch)


class Row(NamedTuple):
    """One operation.

    Attributes
    ----------
    name : str
        Public name: ``ng.<name>``.
    operation : type of Operation
    function : callable
        The public function.
    twins : tuple
        NumPy's functions that mean the same; a pair ``(np.add, "reduce")`` for a method
        of a ufunc.
    symbol : str
        What a drawing shows.
    rule : str
        The backward rule, one ``g… = …`` per input, separated by ``;``.
    samples : tuple of Sample
    domain : (float, float)
        Where sample values are drawn from.
    reference : callable, optional
        The same in plain NumPy, when no twin takes the same arguments.
    torch : str, optional
        PyTorch's twin, as an expression (see `Sample.torch`).
    edge : str
        The convention where the derivative does not exist; empty if it exists everywhere.
    """

    name: str
    operation: type[Operation]
    function: Callable[..., Any]
    twins: tuple[Any, ...]
    symbol: str
    rule: str
    samples: tuple[Sample, ...]
    domain: tuple[float, float] = (-2.0, 2.0)
    reference: Callable[..., Any] | None = None
    torch: str | None = None
    edge: str = ""


TABLE: dict[str, Row] = {}


def add_row(row: Row) -> None:
    """Enter a row: name the operation, complete its documentation, make it known."""
    if row.name in TABLE:
        raise ValueError(f"the table has a row named {row.name!r} already")
    TABLE[row.name] = row
    row.operation.public_name = row.name
    row.operation.symbol = row.symbol
    row.operation.formula = row.rule
    function = row.function
    function.__doc__ = documented(row)
    function.__name__ = function.__qualname__ = row.name
    function.__module__ = "nbgrad"
    dispatch.register(row.name, function, row.twins)


_OPERANDS = """

Parameters
----------
{names} : Variable, array or number, any shape{broadcast}

Returns
-------
Variable
    {result}"""

_RESULT = {
    1: "Of x's shape; float32 stays float32.",
    2: "Of the shape that both broadcast to; float32 stays float32.\n\n"
    "Raises\n------\nShapeError\n    If the shapes do not broadcast.",
}


def documented(row: Row) -> str:
    """Complete a function's documentation by the rule, the edge convention and the twins."""
    text = (row.function.__doc__ or "").strip()
    if "\n" in text and "\nParameters\n" not in text:  # a function's own: it is indented
        text = inspect.cleandoc(text)
    if "\nParameters\n" not in text:
        n = row.function.__code__.co_argcount
        names = "x" if n == 1 else "x0, x1"
        text += _OPERANDS.format(
            names=names, broadcast=", that broadcast" * (n == 2), result=_RESULT[n]
        )
    text += f"\n\nNotes\n-----\nBackward: ``{row.rule}``."
    if row.edge:
        text += f"\n\n{row.edge}"
    names_of_twins = ", ".join(f"``{twin_name(t)}``" for t in row.twins)
    if names_of_twins:
        text += f"\n\nThe same on a Variable: {names_of_twins}."
    return text + "\n"


def twin_name(twin: Any) -> str:
    """Return a NumPy function's name as users write it: ``np.linalg.norm``."""
    if isinstance(twin, tuple):
        return f"{twin_name(twin[0])}.{twin[1]}"
    module = str(getattr(twin, "__module__", None) or "numpy")
    return f"{'np.linalg' if 'linalg' in module else 'np'}.{twin.__name__}"
