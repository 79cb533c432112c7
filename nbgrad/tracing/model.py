"""A trace: what happened in a backward pass, as plain data.

Nothing here refers to a Variable, a Function or an array of the user's. Contributions
and calls hold the `VariableInfo` and `FunctionInfo` they are about; the graph's edges
(`FunctionInfo.inputs`, `.outputs`, `VariableInfo.creator`) are ids, so that the data is a
tree and prints as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Any, Generic, Protocol, TypeVar, overload

from nbgrad.engine.diagnostics.positions import Source

from .summaries import Summary, Thumb

__all__ = [
    "Call", "Contribution", "FunctionInfo", "Nodes", "Parts", "Source", "Step", "Summary",
    "Thumb", "VariableInfo", "Waiting",
]  # fmt: skip

QUEUE_SHOWN = 12
"""How many of the waiting functions a call or step lists; the rest are counted."""


NOT_KEPT = "not kept"
"""`VariableInfo.value_state` where an engine kept no value of a variable."""
NOT_A_LEAF, NO_GRADIENT = "not a leaf", "no gradient"
"""`VariableInfo.none_reason`: why ``.grad`` is None after a pass."""


@dataclass(frozen=True)
class VariableInfo:
    """A variable of the graph.

    Attributes
    ----------
    id, name : str
    kind : str
        ``"leaf"``, ``"intermediate"``, ``"constant"`` or ``"unused"``.
    generation : int
    shape : tuple of int
    dtype : str
    value : Summary or None
        None for a dropped output, whose value is gone.
    before : Summary or None
        A leaf's ``.grad`` before the pass.
    creator : str or None
        Id of the function that made it.
    source : Source or None
        Where it was made, when positions are kept.
    backward : bool
        Whether an earlier pass with ``create_graph=True`` made it.
    device : str
        Where it lives; empty for the CPU.
    value_state : str
        Empty, or ``"not kept"``: its engine kept no value of it.
    none_reason : str
        Why its ``.grad`` is None after the pass: ``"not a leaf"``, ``"no gradient"``; empty
        where it is not None, or where nbgrad's own rules say it.
    """

    id: str
    name: str
    kind: str
    generation: int
    shape: tuple[int, ...]
    dtype: str
    value: Summary | None
    before: Summary | None = None
    creator: str | None = None
    source: Source | None = None
    backward: bool = False
    device: str = ""
    value_state: str = ""
    none_reason: str = ""


@dataclass(frozen=True)
class FunctionInfo:
    """A function of the graph.

    Attributes
    ----------
    id, name : str
        The name is that of its class.
    symbol, label : str
        What a drawing shows; the label holds the parameters too.
    generation : int
    inputs, outputs : tuple of str
        Ids of variables; the same one may stand twice in ``inputs``.
    rule : str
        The backward rule as text, one ``g… = …`` per input, separated by ``;``; or empty.
    code : str or None
        A user's Function: the source lines of its backward.
    backward : bool
        Whether an earlier pass with ``create_graph=True`` made it.
    source : Source or None
    module : str
        The module call that it ran in, such as ``layers.0.linear1``; the second call of a
        module is ``cell#2``. Empty where there is none.
    sequence : int or None
        Its place in the order in which its engine ran the forward pass.
    reshapes : bool
        Whether it only arranges elements in another way.
    folded : int
        How many functions it stands for, in a folded trace; else 0.
    """

    id: str
    name: str
    symbol: str
    label: str
    generation: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rule: str = ""
    code: str | None = None
    backward: bool = False
    source: Source | None = None
    module: str = ""
    sequence: int | None = None
    reshapes: bool = False
    folded: int = 0

    @property
    def is_module(self) -> bool:
        """Whether it stands for a module call that is shown closed."""
        return self.folded > 0 and self.label == self.module


@dataclass(frozen=True)
class Contribution:
    """One gradient that a function sends back to one of its inputs.

    Attributes
    ----------
    input : int
        Which input of the function.
    variable : VariableInfo
    amount : Summary
    before : Summary or None
        What this pass had gathered for the variable; None: nothing yet.
    after : Summary
        The same, with the amount added.
    """

    input: int
    variable: VariableInfo
    amount: Summary
    before: Summary | None
    after: Summary


@dataclass(frozen=True)
class Waiting:
    """A function in the queue."""

    function: FunctionInfo
    generation: int


@dataclass(frozen=True)
class Call:
    """One function's backward.

    Attributes
    ----------
    function : FunctionInfo
    upstream : tuple of (Summary or None)
        One per output; None: no gradient arrived there, it counted as zero.
    contributions : tuple of Contribution
        In the order of the inputs.
    waiting : tuple of Waiting
        The queue after this call, next first; at most `QUEUE_SHOWN` of it.
    waiting_more : int
        How many more were waiting.
    """

    function: FunctionInfo
    upstream: tuple[Summary | None, ...]
    contributions: tuple[Contribution, ...]
    waiting: tuple[Waiting, ...] = ()
    waiting_more: int = 0


@dataclass(frozen=True)
class Step:
    """The calls of one generation (of one function, in the view by function).

    Attributes
    ----------
    generation : int
    calls : tuple of Call
        In the order in which they ran.
    freed : tuple of VariableInfo
        Whose gradient was dropped after the step.
    """

    generation: int
    calls: tuple[Call, ...]
    freed: tuple[VariableInfo, ...] = ()

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The queue after the step, next first."""
        return self.calls[-1].waiting if self.calls else ()

    @property
    def waiting_more(self) -> int:
        """How many more were waiting."""
        return self.calls[-1].waiting_more if self.calls else 0

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """Every contribution of the step, in order."""
        return tuple(c for call in self.calls for c in call.contributions)


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


class Nodes(tuple[N, ...], Generic[N]):  # noqa: SLOT001 - a tuple can have no slots
    """A tuple of variables or functions that can also be asked by id or name.

    Examples
    --------
    >>> x = VariableInfo("v0", "x", "leaf", 0, (), "float64", None)
    >>> nodes = Nodes([x])
    >>> nodes["x"] is nodes["v0"] is nodes[0]
    True
    """

    def __new__(cls, nodes: Iterable[N]) -> Nodes[N]:
        """Index the nodes; of two with one name, the first answers to it."""
        self = super().__new__(cls, tuple(nodes))
        index: dict[str, N] = {}
        for node in self:
            index.setdefault(node.name, node)
        index.update((node.id, node) for node in self)
        self._index = index
        return self

    _index: dict[str, N]

    @overload  # type: ignore[override]
    def __getitem__(self, key: int | str) -> N: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[N, ...]: ...
    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return tuple.__getitem__(self, key)
        try:
            return self._index[key]
        except KeyError:
            known = ", ".join(list(dict.fromkeys(n.name for n in self))[:10])
            raise KeyError(f"no {key!r} in this trace; it has {known or 'nothing'}") from None

    def __contains__(self, key: object) -> bool:
        return key in self._index if isinstance(key, str) else tuple.__contains__(self, key)

    def get(self, key: str) -> N | None:
        """Return the node of an id or name, or None."""
        return self._index.get(key)

    def names(self) -> Iterator[str]:
        """Yield every name, in order."""
        return (node.name for node in self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Nodes, (tuple(self),)


@dataclass(frozen=True)
class Parts:
    """Everything a trace says.

    Attributes
    ----------
    root, order, retain_grad, create_graph, applied, truncated, variables, functions, seed, steps
        See `Trace`.
    naive_calls : tuple of Call, or None
        The same graph in the naive order, when it was replayed too.
    naive_truncated : bool
    framework : str
        ``"nbgrad"``, or the engine whose pass it is, such as ``"torch"``.
    modules : mapping of str to str
        The class of the module of each module call.
    sums : mapping of (str, str) to Summary
        For a variable's id and a module call, the sum of what the call's functions sent to
        the variable, where there are several.
    depth : int or None
        How deep modules are shown; None: such that some forty functions are in sight.
    rank : (int, int) or None
        Of a distributed run: which rank's pass it is, and how many ranks there are.
    folded : bool
        Whether module calls and reshaping are folded already.
    loops : mapping of str to (int, int)
        For a function's id, the loop of the user's code that it ran in, and the turn.
    rules : mapping of str to callable
        For a function's id, its operation's rules, as `Operation.gxi`; only of a pass that
        was recorded here.
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
    naive_calls: tuple[Call, ...] | None = None
    naive_truncated: bool = False
    framework: str = "nbgrad"
    modules: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[tuple[str, str], Summary] = field(default_factory=dict)
    depth: int | None = None
    rank: tuple[int, int] | None = None
    folded: bool = field(default=False, compare=False)
    loops: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)
    rules: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in the order in which they ran."""
        return tuple(call for step in self.steps for call in step.calls)

    @cached_property
    def gradients(self) -> dict[str, Summary]:
        """The gradient that the pass computed for each variable that it reached, by id."""
        found = {self.root.id: self.seed}
        for call in self.calls:
            found.update((c.variable.id, c.after) for c in call.contributions)
        return found

    @property
    def dead(self) -> list[VariableInfo]:
        """The leaves whose gradient is exactly zero."""
        leaves = [v for v in self.variables if v.kind == "leaf" and v.id in self.gradients]
        return [v for v in leaves if self.gradients[v.id].is_zero]

    def gradient(self, name: str) -> Summary | None:
        """Return the gradient that the pass computed for a variable, given by name or id."""
        return self.gradients.get(self.variables[name].id)

    def contributions(self, name: str) -> tuple[tuple[FunctionInfo, Contribution], ...]:
        """Return what each function sent to a variable, in order."""
        at = self.variables[name].id
        return tuple(
            (call.function, c)
            for call in self.calls
            for c in call.contributions
            if c.variable.id == at
        )

    def by_function(self) -> tuple[Step, ...]:
        """Return the same pass with one step for each function."""
        if self.order != "generation":
            return self.steps
        return tuple(step_of((call,), self.variables, self.retain_grad) for call in self.calls)

    def naive(self) -> Parts | None:
        """Return the same graph in the naive order, when it was replayed too."""
        if self.naive_calls is None:
            return None
        return replace(
            self, order="naive", applied=False, retain_grad=False,
            steps=single_steps(self.naive_calls), truncated=self.naive_truncated,
            naive_calls=None, naive_truncated=False,
        )  # fmt: skip


def step_of(calls: tuple[Call, ...], variables: Nodes[VariableInfo], retain_grad: bool) -> Step:
    """Return the step of some calls; it frees the gradients of outputs that they used up."""
    pairs = (pair for c in calls for pair in zip(c.function.outputs, c.upstream, strict=True))
    freed = () if retain_grad else tuple(variables[y] for y, gy in pairs if gy is not None)
    return Step(calls[0].function.generation, calls, freed)


def steps_by_generation(
    calls: Iterable[Call], variables: Nodes[VariableInfo], retain_grad: bool
) -> tuple[Step, ...]:
    """Gather the calls of one generation into one step."""
    runs = groupby(calls, key=lambda call: call.function.generation)
    return tuple(step_of(tuple(run), variables, retain_grad) for _, run in runs)


def single_steps(calls: Iterable[Call]) -> tuple[Step, ...]:
    """Return a step for each call of the naive order, which frees nothing."""
    return tuple(Step(call.function.generation, (call,)) for call in calls)
