"""`sweep`: what if a leaf had another value? Forward and backward again, for many values."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from nbgrad.engine.errors import OperandError, add_note
from nbgrad.engine.scope_guard import ErrorState
from nbgrad.engine.variable import Variable
from nbgrad.tracing.narration.language import Speaker
from nbgrad.tracing.trace import trace

from .rerun import Rerun, fitted
from .section import Place
from .series import Series

MAX_VALUES = 10_000


def sweep(
    y: Variable, x: Variable | str, values: Iterable[Any], *, names: Mapping[str, Any] | None = None
) -> Series:
    """Compute a graph, forward and backward, with other values of a leaf.

    The graph's own functions run again: an ``if`` in the code that made it does not. Nothing
    changes for the user: leaves hold their own values and gradients, also after an error or
    Ctrl-C, and random number generators continue where they were.

    Parameters
    ----------
    y : Variable
        The result of a computation.
    x : Variable or str
        A leaf of its graph, or the name of one.
    values : iterable
        Numbers, or arrays of the shape of ``x``.
    names : mapping, optional
        Where to look for names of variables; see `nbgrad.trace`.

    Returns
    -------
    Series
        One take for each value, along an axis called as ``x`` is.

    Raises
    ------
    OperandError
        If the graph has no such leaf (a `TypeError`).
    ShapeError, DataTypeError
        For a value of another shape or dtype.
    NoGraphError
        If nothing computed ``y``.
    ValueError
        If there is no value, or more than 10,000.

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(2.0), name="x")
    >>> y = ng.square(x) + 3.0 * x
    >>> s = ng.sweep(y, x, [0.0, 1.0, 2.0])
    >>> [t.root.value.value for t in s], s.norms()["x"]
    ([0.0, 4.0, 10.0], [3.0, 5.0, 7.0])
    """
    if not isinstance(y, Variable):
        raise OperandError(
            f"sweep() runs the functions behind a Variable again; it cannot do so for "
            f"{type(y).__name__}."
        )
    graph = Rerun(y, names)
    leaf = graph.leaf(x)
    name = graph.name(leaf)
    given = _listed(values)
    arrays = [fitted(value, leaf, name) for value in given]
    found = []
    for k, array in enumerate(arrays):
        try:
            with ErrorState(all="ignore"):
                result = graph.run({name: array})
                found.append(trace(result, names={}, naive=False, apply=False))
        except Exception as error:
            add_note(error, f"in the sweep of {name}, value {k}: {given[k]!r:.80}")
            raise
    speaker = Speaker()
    notes = [speaker.text("sweep_same_functions")]
    notes += [speaker.text("sweep_random", f=f, x=name) for f in dict.fromkeys(graph.random)]
    for note in notes[1:]:
        warnings.warn(note, stacklevel=2)
    made = Series(name, notes)
    for k, recorded in enumerate(found):
        place: Place = arrays[k].item() if leaf.shape == () else k
        made.add(recorded, place)
    return made


def _listed(values: Any) -> list[Any]:
    if isinstance(values, (str, bytes, Variable)) or not isinstance(values, Iterable):
        raise OperandError(
            f"sweep() takes several values, such as np.linspace(-3, 3, 31), "
            f"not {type(values).__name__}."
        )
    given = []
    for value in values:
        given.append(value)
        if len(given) > MAX_VALUES:
            raise ValueError(f"sweep() takes at most {MAX_VALUES:,} values.")
    if not given:
        raise ValueError("sweep() got no values: give it one at least.")
    return given
