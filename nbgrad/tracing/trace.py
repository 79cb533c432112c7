"""`trace` runs a backward pass and records what happened; `Trace` is the result."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, overload

import numpy as np

from nbgrad.engine.backward import backward, refuse
from nbgrad.engine.errors import OperandError, listed
from nbgrad.engine.gradients import seed_of
from nbgrad.engine.variable import Variable

from .build import build
from .engines import Tensor, bridge_of
from .graph_walk import Survey, survey
from .model import Call, Contribution, FunctionInfo, Nodes, Parts, Step, Summary, VariableInfo
from .naive import ORDERS, replay_naive
from .record import Recorder, Recording

if TYPE_CHECKING:
    from .flow import Flow

AUTO_NAIVE_FUNCTIONS, AUTO_NAIVE_ELEMENTS = 200, 100_000
"""Up to this size a pass in the right order is replayed in the naive one too."""
MAX_CALLS, MAX_CALLS_UNASKED = 1000, 200
"""A naive replay may take this many calls plus two per function; fewer when not asked for."""


T = TypeVar("T")


class _Part(Generic[T]):
    """A part of a trace, built when it is first read: the attribute of its `Parts` of that name."""

    def __init__(self, doc: str) -> None:
        self.__doc__ = doc

    def __set_name__(self, owner: type[Trace], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, trace: None, owner: type[Trace]) -> _Part[T]: ...
    @overload
    def __get__(self, trace: Trace, owner: type[Trace]) -> T: ...
    def __get__(self, trace: Trace | None, owner: type[Trace]) -> Any:
        return self if trace is None else getattr(trace.parts, self._name)

    def __set__(self, trace: Trace, value: Any) -> NoReturn:
        raise AttributeError(f"a trace's {self._name} cannot be set.")


class Trace:
    """A recorded backward pass: plain data, nothing alive.

    Made by `nbgrad.trace`, `Trace.load` and `Trace.from_dict`.

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(2.0), name="x")
    >>> t = ng.trace(ng.square(x))
    >>> t.gradient("x").value
    4.0
    """

    __slots__ = ("__weakref__", "_nested", "_parts", "_recording", "_shown", "_whole")

    def __init__(
        self, parts: Parts | Recording | Callable[[], Parts], whole: Trace | None = None
    ) -> None:
        self._parts = parts if isinstance(parts, Parts) else None
        self._nested: Parts | None = None
        self._shown: Trace | None = None
        self._whole = whole
        self._recording = None if isinstance(parts, Parts) else parts

    @property
    def parts(self) -> Parts:
        """Everything the trace says, built when first asked for."""
        parts = self._parts
        if parts is None:
            recording = self._recording
            if recording is None:  # another thread built it just now
                return self.parts
            made = build(recording) if isinstance(recording, Recording) else recording()
            parts = self._parts = made
            self._recording = None
        return parts

    @property
    def recording(self) -> Recording | None:
        """The rows that the trace is built from, until its parts are read."""
        recording = self._recording
        return recording if isinstance(recording, Recording) else None

    root: _Part[VariableInfo] = _Part("The variable whose backward() this is.")
    steps: _Part[tuple[Step, ...]] = _Part(
        "One per generation, falling; in the naive order one per call."
    )
    variables: _Part[Nodes[VariableInfo]] = _Part(
        'In an order in which the forward pass can have made them; ``["a"]`` finds one by name or id.'
    )
    functions: _Part[Nodes[FunctionInfo]] = _Part("In such an order too, found by name or id.")
    calls: _Part[tuple[Call, ...]] = _Part("Every call, in the order in which they ran.")
    seed: _Part[Summary] = _Part("The root's upstream gradient.")
    order: _Part[str] = _Part(
        'The order of the calls: ``"generation"``, ``"naive"``, or ``"sequence"``, PyTorch\'s own.'
    )
    framework: _Part[str] = _Part('Whose pass it is: ``"nbgrad"`` or ``"torch"``.')
    retain_grad: _Part[bool] = _Part("Whether intermediates kept their gradients.")
    create_graph: _Part[bool] = _Part("Whether the pass was recorded itself.")
    applied: _Part[bool] = _Part("Whether the pass changed any ``.grad``.")
    truncated: _Part[bool] = _Part("Whether a naive replay took too many calls and was cut off.")
    rank: _Part[tuple[int, int] | None] = _Part(
        "Of a distributed run: which rank's pass it is, and how many ranks there are."
    )

    @property
    def naive(self) -> Trace | None:
        """The same graph in the naive order, when it was replayed too."""
        parts = self.parts.naive()
        return None if parts is None else Trace(parts)

    def by_function(self) -> tuple[Step, ...]:
        """Return the same pass with one step for each function."""
        return self.parts.by_function()

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
        return self.parts.gradient(name)

    def contributions(self, name: str) -> tuple[tuple[FunctionInfo, Contribution], ...]:
        """Return what each function sent to a variable, in order."""
        return self.parts.contributions(name)

    def to_dict(self) -> dict[str, Any]:
        """Return the trace as JSON-ready data; see json/SCHEMA.md."""
        from .json.writer import to_dict

        return to_dict(self.parts)

    @classmethod
    def from_dict(cls, data: Any) -> Trace:
        """Read what `to_dict` wrote.

        Raises
        ------
        TraceFormatError
            Saying what is wrong, if it is not a trace, or was written by a newer nbgrad.
        """
        from .json.reader import from_dict

        return cls(from_dict(data))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the trace, in the format of the file name's ending.

        Parameters
        ----------
        path : path
            ``.json`` for data, ``.html`` for a page that steps without a kernel, ``.svg`` for a
            drawing, ``.gif`` (with Pillow) and ``.mp4`` (with ffmpeg) for a film of the steps.
            An existing file is replaced only when all went well.

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
            If the file is not a trace.
        """
        from .files import load_json

        return cls.from_dict(load_json(path))

    def __eq__(self, other: object) -> bool:
        return self.parts == other.parts if isinstance(other, Trace) else NotImplemented

    __hash__ = object.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return Trace, (replace(self.parts, rules={}),)

    def flow(self) -> Flow:
        """Return the gradient flow: how much of the gradient reaches each parameter and module.

        Returns
        -------
        Flow
            A list of rows with ``name``, ``kind``, ``norm``, ``ratio`` (over the norm of the
            parameter), ``zeros`` (a share) and ``trouble``; ``.plot()`` draws it.
        """
        from .flow import flow

        return flow(self.parts)

    @property
    def shown(self) -> Trace:
        """The trace as views show it at first: of PyTorch's pass, modules and reshaping folded."""
        if self._shown is None:
            from .fold import shown

            parts = shown(self.parts)
            if parts is self.parts:  # kept, it would hold itself
                return self
            self._shown = Trace(parts)
        return self._shown

    @property
    def whole(self) -> Trace:
        """The trace with every function, of which this one is folded; or this one itself."""
        return self if self._whole is None else self._whole

    @property
    def nested(self) -> Parts:
        """The trace's parts whose functions know by what they fold: modules, loops, ranges."""
        if self._nested is None:
            from .loops import nested

            self._nested = nested(self.parts)
        return self._nested

    def folded(self, modules: int | Collection[str], *, reshapes: bool = True) -> Trace:
        """Return the trace with module calls shown as one function each.

        Parameters
        ----------
        modules : int or collection of str
            How deep modules are shown, or the module calls to close, such as ``layers.0``.
        reshapes : bool
            Show functions that only reshape with the function beside them.

        Raises
        ------
        ValueError
            For a replay in the naive order, or a depth below 0.
        """
        from .fold import fold
        from .module_calls import at_depth, check_depth

        whole = self.whole
        closed: Collection[str]
        if isinstance(modules, int):
            check_depth(modules)
            closed = at_depth(whole.nested, modules) if modules else ()
        else:
            closed = modules
        return Trace(fold(whole.nested, closed, reshapes=reshapes), whole)

    def __str__(self) -> str:
        from .text import table

        return table(self.shown.parts)

    def __repr__(self) -> str:
        n = len(self.functions)
        return f"<Trace of {self.root.name}: {n} function{'s' * (n != 1)}, {len(self.steps)} steps>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str | None:
        from .files import STORY, rendered

        return rendered(STORY, self)


def trace(
    y: Variable | Tensor,
    *,
    retain_grad: bool = False,
    create_graph: bool = False,
    order: str = "generation",
    names: Mapping[str, Any] | None = None,
    apply: bool = True,
    naive: bool | None = None,
    **engine: Any,
) -> Trace:
    """Run ``y.backward()`` and return what happened, step by step, as plain data.

    The gradients are those of ``y.backward()``, bit for bit, and are in the leaves
    afterwards; a second call adds once more, as two passes do.

    Parameters
    ----------
    y : Variable or torch.Tensor
    retain_grad, create_graph : bool
        See `Variable.backward`.
    order : {"generation", "naive", "sequence"}
        ``"naive"`` replays the last-in-first-out order without generations, which gives
        wrong gradients where branches join again. It is never applied. ``"sequence"``, of
        PyTorch's pass alone, is the order in which PyTorch ran: the newest function first.
    names : mapping, optional
        Where to look for names of variables, such as ``locals()``; in a notebook the
        user's namespace by default. A variable's own name goes first.
    apply : bool
        False leaves every ``.grad`` untouched.
    naive : bool, optional
        Whether to replay the naive order beside the right one (`Trace.naive`). By default
        in small graphs of built-in operations.
    **engine
        ``gradient``, the upstream gradient, as of `Variable.backward`. Of a PyTorch tensor also
        ``retain_graph``, as of ``torch.Tensor.backward``, and ``modules``, how deep modules
        are shown.

    Returns
    -------
    Trace

    Raises
    ------
    NoGraphError
        As ``y.backward()``: made under `no_grad`, or without data.
    ValueError
        For an unknown order.

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(2.0), name="x")
    >>> a = ng.square(x)
    >>> y = ng.square(a) + ng.square(a)
    >>> t = ng.trace(y, names={"a": a})
    >>> t.gradient("a").value, t.gradient("x").value
    (16.0, 64.0)
    >>> ng.trace(y, order="naive").gradient("x").value
    96.0
    """
    if not isinstance(y, Variable):
        bridge = bridge_of(y)
        if bridge is not None:
            return _of_engine(
                bridge, y, retain_grad, naive, engine, create_graph=create_graph, order=order,
                names=names, apply=apply,
            )  # fmt: skip
        raise OperandError(
            f"trace() follows backward() of a Variable or of a PyTorch tensor, not of "
            f"{type(y).__name__}."
        )
    gradient = engine.pop("gradient", None)
    if engine:
        raise TypeError(
            f"trace() of a Variable takes no {listed(engine)}: it is an option for PyTorch's tensors."
        )
    if order not in ORDERS:
        raise ValueError(f"order must be {' or '.join(map(repr, ORDERS))}, not {order!r}.")
    graph = survey(y, names)
    if order == "naive":
        return Trace(_naive(y, graph, MAX_CALLS, gradient))
    limit = MAX_CALLS if naive else MAX_CALLS_UNASKED
    if naive is None:
        naive = _is_small(graph)
    beside = _naive(y, graph, limit, gradient) if naive else None
    recorder = Recorder(graph)
    recording = recorder.recording(order)
    recording.retain_grad, recording.create_graph = retain_grad, create_graph
    recording.applied, recording.naive = apply, beside
    # All is made before the pass: once gradients are in the leaves, nothing may fail.
    recorded = Trace(recording)
    backward(
        y, retain_grad=retain_grad, create_graph=create_graph, gradient=gradient,
        observer=recorder, apply=apply,
    )  # fmt: skip
    recording.seed = recorder.seed
    return recorded


def _of_engine(
    bridge: Any, y: Any, retain_grad: bool, naive: bool | None, options: dict[str, Any], **more: Any
) -> Trace:
    """Trace another engine's pass, by the options that it has."""
    if retain_grad:
        raise OperandError(
            "trace(retain_grad=True) is for Variables. PyTorch keeps the gradient of a tensor on "
            "which retain_grad() was called before the pass: a.retain_grad()."
        )
    if naive:
        more["order"] = "naive"  # the bridge says why it cannot be
    known = ("gradient", "retain_graph", "modules")
    unknown = [name for name in options if name not in known]
    if unknown:
        raise TypeError(
            f"trace() of a tensor takes no {listed(unknown)}; it takes {listed(known)}."
        )
    return bridge.trace(y, **options, **more)  # type: ignore[no-any-return]


def _naive(y: Variable, graph: Survey, spare: int, gradient: Any) -> Recording:
    """Replay the naive order, up to two calls per function and ``spare`` more."""
    recorder = Recorder(graph)
    refuse(y)
    limit = spare + 2 * len(graph.functions)
    truncated = replay_naive(y, seed_of(y, False, gradient), recorder, limit)
    recording = recorder.recording("naive")
    recording.truncated = truncated
    return recording


def _is_small(graph: Survey) -> bool:
    """Whether the graph is small enough to replay it in the naive order too.

    A user's own rule runs once only: it may print or count.
    """
    if len(graph.functions) > AUTO_NAIVE_FUNCTIONS:
        return False
    if any(op.code is not None for op, _, _ in graph.functions):
        return False
    variables = (x for x in graph.slots if isinstance(x, Variable))
    return sum(np.size(x._data) for x in variables) <= AUTO_NAIVE_ELEMENTS
