"""Trace: a recorded pass, as people hold it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

from .build import Builder, freed_by
from .model import Call, Contribution, FunctionInfo, Nodes, Step, Summary, VariableInfo
from .record import Recording


@dataclass(frozen=True)
class Parts:
    """Everything a trace says.

    Attributes
    ----------
    root : VariableInfo
        The variable whose backward() this is.
    order : str
        ``"generation"`` or ``"naive"``.
    retain_grad, create_graph : bool
    applied : bool
        False: no ``.grad`` was changed.
    truncated : bool
        The naive replay took too many calls and was cut off.
    variables, functions : Nodes
    seed : Summary
        The root's upstream gradient.
    steps : tuple of Step
    naive : tuple of Call, or None
        The same graph in the naive order, when it was replayed too.
    naive_truncated : bool
    """

    root: VariableInfo
    order: str
    retain_grad: bool
    create_graph: bool
    applied: bool
    truncated: bool
    variables: Nodes[VariableInfo]
    functions: Nodes[FunctionInfo]
    seed: Summary
    steps: tuple[Step, ...]
    naive: tuple[Call, ...] | None = None
    naive_truncated: bool = False


class Trace:
    """A recorded backward pass: plain data, nothing alive.

    Made by `nbgrad.trace`, `Trace.load` and `Trace.from_dict`.

    Attributes
    ----------
    root : VariableInfo
        The variable whose backward() this is.
    steps : tuple of Step
        One per generation, falling; in the naive order one per call.
    variables, functions : tuple
        In an order in which the forward pass can have made them; ``["a"]`` finds one by
        name or id.
    seed : Summary
        The root's upstream gradient.
    order : str
        ``"generation"`` or ``"naive"``.
    retain_grad, create_graph, applied : bool
        How the pass ran; not applied: no ``.grad`` was changed.
    truncated : bool
        The naive replay took too many calls and was cut off.

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(2.0), name="x")
    >>> t = ng.trace(ng.square(x))
    >>> t.gradient("x").value
    4.0
    """

    __slots__ = ("__weakref__", "_index", "_parts", "_recording")

    def __init__(self, parts: Parts | Recording) -> None:
        self._parts = parts if isinstance(parts, Parts) else None
        self._recording = parts if isinstance(parts, Recording) else None
        self._index: dict[str, Summary] | None = None

    @property
    def parts(self) -> Parts:
        """Everything the trace says, built when first asked for."""
        parts = self._parts
        if parts is None:
            recording = self._recording
            if recording is None:  # another thread built it just now
                return self.parts
            parts = self._parts = build(recording)
            self._recording = None
        return parts

    @property
    def root(self) -> VariableInfo:
        """The variable whose backward() this is."""
        return self.parts.root

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps, in the order in which they ran."""
        return self.parts.steps

    @property
    def variables(self) -> Nodes[VariableInfo]:
        """The variables of the graph."""
        return self.parts.variables

    @property
    def functions(self) -> Nodes[FunctionInfo]:
        """The functions of the graph."""
        return self.parts.functions

    @property
    def seed(self) -> Summary:
        """The root's upstream gradient."""
        return self.parts.seed

    @property
    def order(self) -> str:
        """The order of the calls: ``"generation"`` or ``"naive"``."""
        return self.parts.order

    @property
    def retain_grad(self) -> bool:
        """Whether intermediates kept their gradients."""
        return self.parts.retain_grad

    @property
    def create_graph(self) -> bool:
        """Whether the pass was recorded itself."""
        return self.parts.create_graph

    @property
    def applied(self) -> bool:
        """Whether the pass changed any ``.grad``."""
        return self.parts.applied

    @property
    def truncated(self) -> bool:
        """Whether a naive replay was cut off because it took too many calls."""
        return self.parts.truncated

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in the order in which they ran."""
        return tuple(call for step in self.steps for call in step.calls)

    @property
    def naive(self) -> Trace | None:
        """The same graph in the naive order, when it was replayed too."""
        parts = self.parts
        if parts.naive is None:
            return None
        steps = tuple(Step(c.function.generation, (c,)) for c in parts.naive)
        return Trace(
            replace(
                parts, order="naive", applied=False, retain_grad=False, steps=steps, naive=None,
                truncated=parts.naive_truncated, naive_truncated=False,
            )
        )  # fmt: skip

    def by_function(self) -> tuple[Step, ...]:
        """Return the same pass with one step for each function."""
        if self.order != "generation":
            return self.steps
        return tuple(
            Step(
                call.function.generation,
                (call,),
                () if self.retain_grad else freed_by(call, self.variables),
            )
            for call in self.calls
        )

    def gradient(self, name: str) -> Summary | None:
        """Return the gradient that the pass computed for a variable.

        Parameters
        ----------
        name : str
            Name or id of the variable.

        Returns
        -------
        Summary or None
            None for a constant, and where no gradient arrived.

        Raises
        ------
        KeyError
            If there is no such variable.
        """
        variable = self.variables[name]
        if self._index is None:
            self._index = {self.root.id: self.seed}
            for call in self.calls:
                self._index.update((c.variable.id, c.after) for c in call.contributions)
        return self._index.get(variable.id)

    def contributions(self, name: str) -> tuple[tuple[FunctionInfo, Contribution], ...]:
        """Return what each function sent to a variable, in order."""
        at = self.variables[name].id
        return tuple(
            (call.function, c)
            for call in self.calls
            for c in call.contributions
            if c.variable.id == at
        )

    def to_dict(self, *, packed: bool | None = None) -> dict[str, Any]:
        """Return the trace as JSON-ready data; see SCHEMA.md.

        Parameters
        ----------
        packed : bool, optional
            Write columns in place of rows, which takes a tenth of the room. By default for
            graphs of more than 2000 functions.
        """
        from .json.writer import to_dict

        return to_dict(self.parts, packed)

    @classmethod
    def from_dict(cls, data: Any) -> Trace:
        """Read what `to_dict` wrote.

        Raises
        ------
        TraceFormatError
            Saying what is wrong, if it is no trace, or a newer one.
        """
        from .json.reader import from_dict

        return cls(from_dict(data))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the trace; the file name's end tells as what.

        Parameters
        ----------
        path : path
            ``.json`` for data, ``.html`` for a page that steps without a kernel, ``.svg``
            for a drawing. An existing file is replaced only when all went well.

        Raises
        ------
        ValueError
            For another ending.
        """
        from .files import save

        save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Trace:
        """Read a trace that was saved as JSON.

        Raises
        ------
        TraceFormatError
            If the file is no trace.
        """
        from .files import load

        return cls(load(path))

    def __eq__(self, other: object) -> bool:
        return self.parts == other.parts if isinstance(other, Trace) else NotImplemented

    __hash__ = object.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return Trace, (self.parts,)

    def __str__(self) -> str:
        from .text import table

        return table(self)

    def __repr__(self) -> str:
        n = len(self.functions)
        return f"<Trace of {self.root.name}: {n} function{'s' * (n != 1)}, {len(self.steps)} steps>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str | None:
        from .files import story_html

        return story_html(self)


def build(recording: Recording) -> Parts:
    """Build everything a recording says."""
    builder = Builder(recording)
    naive = recording.naive
    return Parts(
        root=builder.variables[recording.root],
        order=recording.order,
        retain_grad=recording.retain_grad,
        create_graph=recording.create_graph,
        applied=recording.applied,
        truncated=recording.truncated,
        variables=builder.variables,
        functions=builder.functions,
        seed=builder.seed,
        steps=builder.steps(),
        naive=None if naive is None else tuple(builder.calls(naive)),
        naive_truncated=naive is not None and naive.truncated,
    )
