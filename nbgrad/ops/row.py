"""A row of the table, and how it is entered.

From the rows come the public functions, the operators and methods of Variable, NumPy
dispatch, the words and symbols in drawings and explanations, the list of supported
functions, the stub for editors and type checkers, and the generated tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nbgrad.engine import dispatch
from nbgrad.engine.diagnostics.messages import names_itself
from nbgrad.engine.function import Function

from .base import Operation, RuleText


class Row(NamedTuple):
    """One operation.

    Attributes
    ----------
    name : str
        Public name: ``ng.<name>``.
    operation : type of Operation or None
        The class with forward and backward rule; None for a function made of other
        operations, which are what a graph shows.
    function : callable
        The public function. Its documentation is completed by the row.
    symbol : str
        What a drawing shows.
    rule : str
        The backward rule, one ``g… = …`` per input, separated by ``;``, or one ``gxi = …``
        for any number of them; ``gy0, gy1, …`` are the gradients of any number of outputs.
        Explanations put numbers in the place of its letters, and of parameters such as
        ``slope``; an operation whose parameters change its rule has a ``rule_text`` of its own.
    twins : tuple
        NumPy's functions that mean the same; a pair ``(np.add, "reduce")`` for a method
        of a ufunc. One that this version of NumPy lacks, or that another module answers,
        is there by name.
    edge : str
        The convention where the derivative does not exist; empty if it exists everywhere.
    also : tuple of str
        Further public names: ``ng.radians`` beside ``ng.deg2rad``.
    """

    name: str
    operation: type[Operation] | None
    function: Callable[..., Any]
    symbol: str = ""
    rule: str = ""
    twins: tuple[Any, ...] = ()
    edge: str = ""
    also: tuple[str, ...] = ()


TABLE: dict[str, Row] = {}
"""The rows by name."""
PUBLIC: dict[str, Callable[..., Any]] = {}
"""The public functions by all of their names; `public` completes their documentation."""
_undocumented: set[str] = set()
"""The rows whose function has only the documentation that it was written with."""


def add_row(row: Row) -> None:
    """Enter a row: name the operation and the function, make them known."""
    elementwise = hasattr(row.function, "for_operators")
    function = method = row.function
    if not elementwise:
        function = names_itself(row.name, row.function)
        method = names_itself(row.name, row.function, "x")
        row.function.__qualname__ = row.name
        row = Row(row.name, row.operation, function, *row[3:])
    for name in (row.name, *row.also):
        if name in PUBLIC:
            raise ValueError(f"the table has a row named {name!r} already")
        PUBLIC[name] = function
    TABLE[row.name] = row
    if row.operation is not None:
        row.operation.public_name = row.name
        row.operation.symbol = row.symbol
        has_parameters = row.operation.__init__ is not Function.__init__
        row.operation.formula = RuleText(row.rule) if has_parameters else row.rule
        if not has_parameters:
            setattr(row.operation, "label", row.name)  # noqa: B010 - a property elsewhere
    _undocumented.add(row.name)
    function.__name__ = function.__qualname__ = row.name
    function.__module__ = "nbgrad"
    dispatch.register(row.name, function, method, (t for t in row.twins if not isinstance(t, str)))


def public(name: str) -> Callable[..., Any]:
    """Return a public function by a name of its own, with its documentation completed.

    All of it takes a fifth of the import, so each is completed when it is first asked for.
    """
    function = PUBLIC[name]
    row = TABLE[function.__name__]
    if row.name in _undocumented:
        from .documentation import documented

        twins = ", ".join(f"``{twin_name(t)}``" for t in row.twins)
        elementwise = hasattr(function, "for_operators")
        written = getattr(function, "__wrapped__", function)
        function.__annotations__ = written.__annotations__
        function.__doc__ = documented(written, elementwise, row.rule, row.edge, twins)
        _undocumented.discard(row.name)
    return function


def twin_name(twin: Any) -> str:
    """Return a NumPy function's name as users write it: ``np.linalg.norm``."""
    if isinstance(twin, str):
        return twin
    if isinstance(twin, tuple):
        return f"{twin_name(twin[0])}.{twin[1]}"
    module = str(getattr(twin, "__module__", None) or "numpy")
    for part in ("linalg", "lib.stride_tricks"):
        if part in module:
            return f"np.{part}.{twin.__name__}"
    return f"np.{twin.__name__}"
