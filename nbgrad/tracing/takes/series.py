"""A series of takes: passes over one graph along an axis, such as iterations or a leaf's value."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from nbgrad.engine.errors import OperandError, OperationIndexError
from nbgrad.tracing import format as fmt
from nbgrad.tracing.narration.language import Speaker
from nbgrad.tracing.narration.takes import write_place
from nbgrad.tracing.trace import Trace
from nbgrad.tracing.trouble import Trouble, find_trouble

from .section import Place, Section, Take

if TYPE_CHECKING:
    from .compare import Comparison

MAX_NOTES = 20
MAX_KEPT_BYTES = 64 * 1024 * 1024
"""Arrays of middle size are kept whole up to this many bytes in all."""


class Series:
    """Passes over one graph, with their numbers; made by `series`, `sweep` and `History`.

    Attributes
    ----------
    axis : str
        What changes from take to take: ``"iteration"``, the name of a leaf, ``"rank"``.
    notes : list of str
        What a reader should know, in sentences.

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(2.0), name="x")
    >>> s = ng.sweep(ng.square(x), x, [1.0, 2.0, 3.0])
    >>> len(s), s.at, s.norms()["x"]
    (3, [1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    """

    def __init__(self, axis: str = "take", notes: Iterable[str] = ()) -> None:
        self.axis = _axis(axis)
        self.notes = list(notes)
        self._sections: list[Section] = []
        self._takes: list[Take] = []

    def add(self, trace: Trace, at: Place) -> None:
        """Add a trace; one of another graph starts a new section.

        Parameters
        ----------
        trace : Trace
        at : int, float or str
            Where on the axis it stands.
        """
        if not isinstance(trace, Trace):
            raise OperandError(f"A series is made of traces, not of {type(trace).__name__}.")
        self._takes.append(self._take(trace, at))
        if sum(take.kept_bytes for take in self._takes) > MAX_KEPT_BYTES:
            self._takes = [take.compact() for take in self._takes]

    def _note_change(self, former: Take) -> None:
        """Say that the last take has another graph than the former one, the first few times."""
        sections = [self._sections[take.section] for take in (former, self._takes[-1])]
        if sections[0] is not sections[1] and len(self.notes) < MAX_NOTES:
            self.notes.append(self._change(*(s.structure["functions"] for s in sections)))

    def _change(self, former: list[Any], now: list[Any]) -> str:
        """Say how the graph of the last take differs: in its number of functions, else in one."""
        speaker, place = Speaker(), {"axis": self.axis, "at": write_place(self._takes[-1].at)}
        if len(former) != len(now):
            counts = {"before": len(former), "after": len(now)}
            told = {key: speaker.count("functions", n) for key, n in counts.items()}
            return speaker.text("graph_changes", **place, **told)
        for a, b in zip(former, now, strict=True):
            if a["name"] != b["name"]:
                return speaker.text("graph_changes", **place, before=a["name"], after=b["name"])
        return speaker.text("graph_differs", **place)

    def _take(self, trace: Trace, at: Place) -> Take:
        for k in reversed(range(len(self._sections))):
            numbers = self._sections[k].numbers_of(trace)
            if numbers is not None:
                return Take(at, k, numbers)
        section, numbers = Section.of(trace)
        self._sections.append(section)
        return Take(at, len(self._sections) - 1, numbers)

    # -- takes ------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._takes)

    @overload
    def __getitem__(self, k: int) -> Trace: ...
    @overload
    def __getitem__(self, k: slice) -> tuple[Trace, ...]: ...
    def __getitem__(self, k: Any) -> Any:
        if isinstance(k, slice):
            return tuple(map(self._trace, self._takes[k]))
        return self._trace(self._takes[k])

    def __iter__(self) -> Iterator[Trace]:
        return map(self._trace, tuple(self._takes))

    def _trace(self, take: Take) -> Trace:
        return self._sections[take.section].trace(take.numbers)

    @property
    def traces(self) -> tuple[Trace, ...]:
        """Each take as an ordinary trace, built when it is looked at."""
        return tuple(self)

    @property
    def at(self) -> list[Place]:
        """Where on the axis each take stands."""
        return [take.at for take in self._takes]

    @property
    def sections(self) -> list[range]:
        """The takes of one graph after another; more than one range where the graph changes."""
        found: list[range] = []
        for k, take in enumerate(self._takes):
            if found and self._takes[k - 1].section == take.section:
                found[-1] = range(found[-1].start, k + 1)
            else:
                found.append(range(k, k + 1))
        return found

    @property
    def structures(self) -> list[dict[str, Any]]:
        """The structure of each graph, as in the JSON of a trace."""
        return [section.structure for section in self._sections]

    def decoded(self) -> Series:
        """Return the series with its numbers summarised, for views that show all takes."""
        made = self.snapshot()
        made._takes = [take.decoded() for take in self._takes]
        return made

    def snapshot(self) -> Series:
        """Return the series as it is now, which later takes do not change."""
        made = Series(self.axis, self.notes)
        made._sections, made._takes = list(self._sections), list(self._takes)
        return made

    # -- what the numbers say -----------------------------------------------------------------

    def values(self) -> list[float | None]:
        """Return the value of the root in each take, a loss for example; its norm for an array."""
        values = (trace.root.value for trace in self)
        return [None if value is None else value.measure for value in values]

    def norms(self) -> dict[str, list[float | None]]:
        """Return the norm of each variable's gradient in each take.

        Returns
        -------
        dict
            From a variable's name to one number per take; None where the pass computed no
            gradient for it, or where no element is finite.
        """
        found: dict[str, list[float | None]] = {}
        for k, trace in enumerate(self):
            for v in trace.variables:
                gradient = trace.parts.gradients.get(v.id)
                if gradient is not None:
                    found.setdefault(v.name, [None] * len(self))[k] = gradient.norm
        return found

    def troubles(self) -> list[list[Trouble]]:
        """Return where each take goes wrong: NaN, infinities, vanishing, exploding gradients."""
        return [find_trouble(trace.parts) for trace in self]

    def dead(self) -> list[list[str]]:
        """Return the leaves of each take whose gradient is exactly zero, by name."""
        return [[v.name for v in trace.parts.dead] for trace in self]

    def compare(self, before: int, after: int) -> Comparison:
        """Compare the gradients of two takes.

        Parameters
        ----------
        before, after : int
            Which takes; negative ones count from the last.

        Returns
        -------
        Comparison
            A dict from a variable's name to its `Difference`: the gradient in both takes, and
            its change, element by element where all elements are kept. Prints as a table.

        Raises
        ------
        IndexError
            If there is no such take.

        Examples
        --------
        >>> import numpy as np
        >>> import nbgrad as ng
        >>> x = ng.Variable(np.array(2.0), name="x")
        >>> s = ng.sweep(ng.square(x), x, [1.0, 4.0])
        >>> s.compare(0, 1)["x"].change.value
        6.0
        """
        from .compare import compare

        for k in (before, after):
            if not -len(self) <= k < len(self):
                raise OperationIndexError(
                    f"There is no take {k}: this series has {Speaker().count('takes', len(self))}."
                )
        return compare(self.axis, self._sections, (self._takes[before], self._takes[after]))

    # -- files ------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return the series as JSON-ready data; see json/SCHEMA.md."""
        from nbgrad.tracing.json.series import series_dict

        return series_dict(self.axis, self.notes, self._sections, self._takes)

    @classmethod
    def from_dict(cls, data: Any) -> Series:
        """Read what `to_dict` wrote.

        Raises
        ------
        TraceFormatError
            Saying what is wrong, if it is not a series, or one of a newer nbgrad.
        """
        from nbgrad.tracing.json.series import read_series

        axis, notes, sections, takes = read_series(data)
        made = cls(axis, notes)
        made._sections, made._takes = sections, takes
        return made

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the series, in the format of the file name's ending.

        Parameters
        ----------
        path : path
            ``.json`` for data, ``.html`` for a page that plays without a kernel.

        Raises
        ------
        ValueError
            For another ending.
        """
        from nbgrad.tracing.files import save, series_exporters

        save(self, path, series_exporters, "A series")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Series:
        """Read a series that was saved as JSON.

        Raises
        ------
        TraceFormatError
            If the file is not a series.
        """
        from nbgrad.tracing.files import load_json

        return cls.from_dict(load_json(path, "a series"))

    def __str__(self) -> str:
        from .text import table

        return table(self.axis, self.at, [t.parts for t in self], self.notes)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} takes by {self.axis}>"

    def _repr_html_(self) -> str | None:
        from nbgrad.tracing.files import SERIES_TABLE, rendered

        return rendered(SERIES_TABLE, self) if len(self) else None

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def series(
    traces: Iterable[Trace | str | os.PathLike[str]],
    *,
    axis: str = "take",
    at: Sequence[Place] | None = None,
) -> Series:
    """Put traces of one graph side by side.

    Parameters
    ----------
    traces : iterable of Trace or path
        Traces, or JSON files that `Trace.save` wrote, such as one from each rank.
    axis : str
        What changes from trace to trace, such as ``"rank"``.
    at : sequence of int, float or str, optional
        Where on the axis each stands; by default they are counted from 0.

    Returns
    -------
    Series

    Raises
    ------
    OperandError
        For what is not a trace (a `TypeError`).
    ValueError
        If there is none, or if ``at`` has another length.
    """
    if isinstance(traces, (str, os.PathLike, Trace)) or not isinstance(traces, Iterable):
        raise OperandError(
            f"series() takes several traces, such as ng.series([t0, t1]), "
            f"not {type(traces).__name__}."
        )
    found = [t if isinstance(t, Trace) else _load(t) for t in traces]
    if not found:
        raise ValueError("series() got no trace: give it one at least.")
    places = list(range(len(found))) if at is None else list(at)
    if len(places) != len(found):
        raise ValueError(f"series() got {len(found)} traces and {len(places)} places in at.")
    made = Series(axis)
    for trace, place in zip(found, places, strict=True):
        made.add(trace, check_place(place))
        made._note_change(made._takes[-2:][0])
    return made


def check_place(place: Any) -> Place:
    """Return where a take stands, as a plain number or text."""
    if hasattr(place, "item") and getattr(place, "ndim", 1) == 0:
        place = place.item()
    if isinstance(place, bool) or not isinstance(place, (int, float, str)):
        raise OperandError(f"A take stands at a number or a text, not at {type(place).__name__}.")
    return fmt.clean(place) if isinstance(place, str) else place


def _load(trace: Any) -> Trace:
    if not isinstance(trace, (str, os.PathLike)):
        raise OperandError(
            f"series() takes traces or their JSON files, not {type(trace).__name__}."
        )
    return Trace.load(trace)


def _axis(axis: Any) -> str:
    if not isinstance(axis, str) or not axis:
        raise OperandError(f"axis must be a name such as 'iteration', not {axis!r}.")
    return fmt.clean(axis)
