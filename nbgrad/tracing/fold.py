"""Folding: the functions of a module call shown as one, and reshaping shown with its neighbour.

A folded trace is a trace like any other, so text, story, drawing and stepper show it without
knowing. What a group sends to one variable is the sum of what its functions sent; it was
worked out when the pass was recorded, since summaries cannot be added up.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

from .model import (
    QUEUE_SHOWN,
    Call,
    Contribution,
    FunctionInfo,
    Nodes,
    Parts,
    Summary,
    VariableInfo,
    Waiting,
    single_steps,
    steps_by_generation,
)
from .module_calls import (
    RECOMPUTED,
    at_depth,
    blocks,
    calls_of,
    children_of,
    compressed,
    depth_of,
    depths,
    groups_of,
    in_sight,
    outermost,
    runs,
)
from .summaries import from_values

FUNCTIONS_SHOWN_AT_FIRST = 40
"""About how many functions are shown at first."""

FUNCTIONS_WITH_OPEN_LOOPS = 30
"""Up to how many functions the loops of a graph are shown open at first."""


_Sent: TypeAlias = dict[str, list[Contribution]]
"""What a group sent to each variable."""


@dataclass
class _Group:
    """Functions that are shown as one."""

    key: str
    members: list[FunctionInfo] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    generation: int = 0


def start(parts: Parts) -> set[str]:
    """Return the module calls to close so that some forty functions are in sight."""
    deepest = max((depth_of(p, parts.modules) for p in calls_of(parts.functions)), default=0)
    if len(_Folding(parts, set(), reshapes=True).groups) <= FUNCTIONS_SHOWN_AT_FIRST:
        return set()
    for depth in range(deepest, 1, -1):
        closed = at_depth(parts, depth)
        if len(_Folding(parts, closed, reshapes=True).groups) <= FUNCTIONS_SHOWN_AT_FIRST:
            return closed
    return at_depth(parts, 1)


def fold(parts: Parts, closed: Collection[str], *, reshapes: bool = True) -> Parts:
    """Return a trace in which module calls are closed.

    Parameters
    ----------
    parts : Parts
        Of a pass in the order of generations.
    closed : collection of str
        Module calls, such as ``layers.0``, each to be shown as one function.
    reshapes : bool
        Show functions that only reshape with the function beside them.
    """
    if parts.order == "naive":
        raise ValueError("A replay in the naive order cannot be folded: it runs functions again.")
    folding = _Folding(parts, set(closed), reshapes=reshapes)
    return folding.parts()


def can_fold(parts: Parts) -> bool:
    """Whether a trace has modules, loops or reshaping to fold, and is not folded yet."""
    if parts.order == "naive" or parts.folded or any(f.folded for f in parts.functions):
        return False
    return parts.framework != "nbgrad" or bool(parts.modules)


def closed_in_drawing(parts: Parts) -> set[str]:
    """Return the module calls that a drawing which opens and closes shows closed at first.

    Of a trace of nbgrad's own: the loops of a graph that takes the place of more than a picture,
    and as many ranges of a huge one as are seen side by side.
    """
    if parts.framework != "nbgrad":
        return closed_at_first(parts)
    if len(parts.functions) <= FUNCTIONS_WITH_OPEN_LOOPS or not can_fold(parts):
        return set()
    levels = depths(parts)
    if not parts.loops:
        few = [closed for closed in levels if in_sight(parts, closed) <= FUNCTIONS_SHOWN_AT_FIRST]
        levels = few[-1:] or levels
    return levels[0]


def closed_at_first(parts: Parts) -> set[str]:
    """Return the module calls that views show closed at first."""
    if parts.framework == "nbgrad" or not can_fold(parts):
        return set()
    if parts.depth is not None:
        return at_depth(parts, parts.depth) if parts.depth else set()
    calls = calls_of(parts.functions)
    recomputed = {path for path in calls if parts.modules.get(path) == RECOMPUTED}
    return compressed(start(parts) | recomputed, children_of(calls), parts.modules)


def shown(parts: Parts) -> Parts:
    """Return what views show of a trace at first: of another engine's pass, its modules closed."""
    if parts.framework == "nbgrad" or not can_fold(parts):
        return parts
    return fold(parts, closed_at_first(parts))


class _Folding:
    """One folding of one trace."""

    def __init__(self, parts: Parts, closed: set[str], *, reshapes: bool) -> None:
        self.whole = parts
        self.children = children_of(calls_of(parts.functions))
        self.runs = runs(self.children, parts.modules)
        self.users: dict[str, list[FunctionInfo]] = {}
        for f in parts.functions:
            for x in dict.fromkeys(f.inputs):
                self.users.setdefault(x, []).append(f)
        self.group_of = groups_of(parts, closed, self.runs)
        self._open_single()
        if reshapes:
            self._absorb_reshaping()
        self._dissolve_circles()
        self.groups = self._gather()
        self.input_places = {
            key: {x: i for i, x in enumerate(group.inputs)} for key, group in self.groups.items()
        }
        self._rank()
        self.variables = self._variables()
        self.functions = Nodes(self._function(g) for g in self.groups.values())

    # -- which functions belong together ----------------------------------------------------

    def _open_single(self) -> None:
        """Show the only function of a module call as itself."""
        times = Counter(self.group_of.values())
        for f, group in self.group_of.items():
            if times[group] == 1:
                self.group_of[f] = f

    def _absorb_reshaping(self) -> None:
        """Join a reshaping function with the only one before it, or the only one after it.

        Where a variable between two functions is used nowhere else, joining them makes no circle.
        """
        whole = self.whole
        for f in whole.functions:
            if not f.reshapes or self.group_of[f.id] != f.id or len(f.outputs) != 1:
                continue
            made = whole.variables[f.inputs[0]] if len(f.inputs) == 1 else None
            if made is not None and self._only_between(made):
                self._join(f.id, self.group_of[str(made.creator)])
                continue
            users = self.users.get(f.outputs[0], [])
            if len(users) == 1 and f.outputs[0] != whole.root.id:
                self._join(f.id, self.group_of[users[0].id])

    def _only_between(self, v: VariableInfo) -> bool:
        """Whether a variable leads from one function of one output to one other."""
        if v.creator is None or v.id == self.whole.root.id or len(self.users[v.id]) > 1:
            return False
        return len(self.whole.functions[v.creator].outputs) == 1

    def _join(self, function: str, group: str) -> None:
        old = self.group_of[function]
        for key, value in self.group_of.items():
            if value == old:
                self.group_of[key] = group

    def _dissolve_circles(self) -> None:
        """Split groups that depend on each other: a run into its blocks, then the blocks."""
        while circle := self._circle():
            for f in self.whole.functions:
                group = self.group_of[f.id]
                if group in circle:
                    blocks_in = {*self.runs.get(group, ())}
                    self.group_of[f.id] = outermost(f.module, blocks_in) or f.id

    def _circle(self) -> set[str]:
        """Return the groups of several functions that depend on each other."""
        makers, sizes = self._makers(), Counter(self.group_of.values())
        return {group for group in makers.keys() - _in_order(makers) if sizes[group] > 1}

    def _makers(self) -> dict[str, set[str]]:
        """Return for each group the groups that it depends on."""
        makers: dict[str, set[str]] = {g: set() for g in self.group_of.values()}
        for f in self.whole.functions:
            mine = self.group_of[f.id]
            for x in f.inputs:
                creator = self.whole.variables[x].creator
                if creator is not None and self.group_of[creator] != mine:
                    makers[mine].add(self.group_of[creator])
        return makers

    # -- the graph that is left -------------------------------------------------------------

    def _gather(self) -> dict[str, _Group]:
        groups: dict[str, _Group] = {}
        for f in self.whole.functions:
            key = self.group_of[f.id]
            groups.setdefault(key, _Group(key)).members.append(f)
        for key, group in groups.items():
            inside = {f.id for f in group.members}
            if len(group.members) == 1:
                group.inputs = list(group.members[0].inputs)
                group.outputs = list(group.members[0].outputs)
                continue
            taken = [x for f in group.members for x in f.inputs]
            made_by = self.whole.variables
            group.inputs = list(dict.fromkeys(x for x in taken if made_by[x].creator not in inside))
            group.outputs = [
                y for f in group.members for y in f.outputs
                if y == self.whole.root.id
                or any(self.group_of[user.id] != key for user in self.users.get(y, ()))
            ]  # fmt: skip
        return groups

    def _rank(self) -> None:
        """Give each group its generation, and bring them into rising order."""
        makers = self._makers()
        ranked: dict[str, int] = {}
        for key in _in_order(makers):
            ranked[key] = max((ranked[m] + 1 for m in makers[key]), default=0)
        for key, group in self.groups.items():
            group.generation = ranked[key]
        order = sorted(self.groups, key=lambda key: ranked[key])
        self.groups = {key: self.groups[key] for key in order}
        self.place = {key: i for i, key in enumerate(order)}

    def _variables(self) -> Nodes[VariableInfo]:
        seen = {x for g in self.groups.values() for x in (*g.inputs, *g.outputs)}
        seen.add(self.whole.root.id)
        kept = []
        for v in self.whole.variables:
            if v.id not in seen:
                continue
            if v.creator is not None:
                group = self.groups[self.group_of[v.creator]]
                v = replace(v, creator=self._id(group), generation=group.generation + 1)
            kept.append(v)
        kept.sort(key=lambda v: v.generation)
        return Nodes(kept)

    def _id(self, group: _Group) -> str:
        if len(group.members) == 1:
            return group.members[0].id
        return f"m{self.place[group.key]}"

    def _function(self, group: _Group) -> FunctionInfo:
        own = [f for f in group.members if not f.reshapes]
        if len(group.members) == 1:
            return replace(group.members[0], generation=group.generation)
        if self.whole.functions.get(group.key) is None:  # a module call
            kinds = self.whole.modules
            name = blocks(group.key, self.children, kinds) or kinds.get(group.key, "")
            if group.key in self.runs:
                run = self.runs[group.key]
                name = f"{kinds[run[0]]} × {len(run)}"
            name = name or group.key.rpartition(".")[2]
            return FunctionInfo(
                self._id(group), name, name, group.key, group.generation, tuple(group.inputs),
                tuple(group.outputs), module=group.key, folded=len(group.members),
                source=group.members[0].source,
            )  # fmt: skip
        kept = own[0] if own else group.members[0]
        return replace(
            kept, id=self._id(group), generation=group.generation, inputs=tuple(group.inputs),
            outputs=tuple(group.outputs), rule=kept.rule if len(own) == 1 else "",
            folded=len(group.members), reshapes=not own,
        )  # fmt: skip

    # -- the pass that is left --------------------------------------------------------------

    def parts(self) -> Parts:
        """Return the folded trace."""
        calls = self._calls()
        whole = self.whole
        return replace(
            whole,
            root=self.variables[whole.root.id],
            variables=self.variables,
            functions=self.functions,
            steps=steps_by_generation(calls, self.variables, whole.retain_grad)
            if whole.order == "generation"
            else single_steps(calls),
            naive_calls=None,
            sums={},
            folded=True,
            naive_truncated=False,
        )

    def _calls(self) -> list[Call]:
        """Run the groups by falling generation, first come, first served."""
        sent = self._sent()
        made = {y: key for key, g in self.groups.items() for y in g.outputs}
        order: list[tuple[str, list[str]]] = []
        waiting: list[tuple[int, int, str]] = []  # the next one stands last
        queued: set[str] = set()

        def push(variable: str) -> None:
            key = made.get(variable)
            if key is not None and key not in queued:
                queued.add(key)
                insort(waiting, (self.groups[key].generation, -len(queued), key))

        push(self.whole.root.id)
        while waiting:
            key = waiting.pop()[2]
            for variable in sent.get(key, {}):
                push(variable)
            order.append((key, [w[2] for w in reversed(waiting)]))
        return self._told(order, sent)

    def _sent(self) -> dict[str, _Sent]:
        """Return for each group what its functions sent to each variable outside of it."""
        found: dict[str, _Sent] = {}
        for step in self.whole.steps:
            for call in step.calls:
                key = self.group_of[call.function.id]
                for c in call.contributions:
                    if c.variable.id in self.input_places[key]:
                        found.setdefault(key, {}).setdefault(c.variable.id, []).append(c)
        for key, parts in found.items():
            place_of = self.input_places[key].__getitem__
            found[key] = {x: parts[x] for x in sorted(parts, key=place_of)}
        return found

    def _told(self, order: list[tuple[str, list[str]]], sent: Mapping[str, _Sent]) -> list[Call]:
        """Return the calls, with what each group was sent and sent back."""
        whole = self.whole
        arrived: dict[str, _Arrivals] = {}
        for step in whole.steps:
            for c in step.contributions:
                arrived.setdefault(c.variable.id, _Arrivals()).add(c)
        totals = {x: arrivals.total for x, arrivals in arrived.items()}
        totals.setdefault(whole.root.id, whole.seed)
        calls = []
        for key, waiting in order:
            group = self.groups[key]
            contributions = []
            for x, parts in sent.get(key, {}).items():
                single = len(group.members) == 1
                for part in [[c] for c in parts] if single else [parts]:
                    place = part[0].input if single else self.input_places[key][x]
                    amount = self._amount(key, part)
                    before = arrived[x].after
                    after = arrived[x].with_part(part, amount)
                    if before is None:  # nothing was there: what has come is what is there
                        amount = after
                    contributions.append(
                        Contribution(place, self.variables[x], amount, before, after)
                    )
            shown = [self.functions[self._id(self.groups[k])] for k in waiting[:QUEUE_SHOWN]]
            calls.append(
                Call(
                    self.functions[self._id(group)],
                    tuple(
                        arrived[y].after if y in arrived else totals.get(y) for y in group.outputs
                    ),
                    tuple(sorted(contributions, key=lambda c: c.input)),
                    tuple(Waiting(f, f.generation) for f in shown),
                    max(0, len(waiting) - QUEUE_SHOWN),
                )
            )
        return calls

    def _amount(self, key: str, part: list[Contribution]) -> Summary:
        """Return the sum of what a group's functions sent to one variable."""
        if len(part) == 1:
            return part[0].amount
        x, sums = part[0].variable.id, self.whole.sums
        known = sums.get((x, key))
        if known is None and key in self.runs:  # of one block: the sum of what that block sent
            senders = {outermost(f.module, {*self.runs[key]}) for f in self.users[x]}
            inside = [s for s in senders if s]
            known = sums.get((x, inside[0])) if len(inside) == 1 else None
        return known if known is not None else _added([c.amount for c in part])


class _Arrivals:
    """What arrived at one variable in the whole pass, and how much of it was processed."""

    def __init__(self) -> None:
        self.after: Summary | None = None
        self._all: list[Contribution] = []
        self._place: dict[int, int] = {}
        self._told = 0
        self._last = -1

    def add(self, c: Contribution) -> None:
        """Take note of a contribution of the whole pass, in its order."""
        self._place[id(c)] = len(self._all)
        self._all.append(c)

    @property
    def total(self) -> Summary:
        """The variable's gradient."""
        return self._all[-1].after

    def with_part(self, part: list[Contribution], amount: Summary) -> Summary:
        """Return what the variable has gathered with one more part.

        The pass knows the sum of its first contributions, whatever their number. Of others it is
        worked out, where every element is known.
        """
        before = self.after
        self._told += len(part)
        self._last = max(self._last, *(self._place[id(c)] for c in part))
        if self._told == self._last + 1:
            self.after = self._all[self._last].after
        else:
            self.after = amount if before is None else _added([before, amount])
        return self.after


def _added(parts: list[Summary]) -> Summary:
    """Add summaries up where every element is known; else only shape and dtype are known."""
    first = parts[0]
    if all(p.values is not None for p in parts):
        columns = zip(*(p.values for p in parts if p.values is not None), strict=True)
        return from_values(first.shape, first.dtype, tuple(sum(c) for c in columns))
    return Summary(first.shape, first.dtype, None, None, None, None, None)


def _in_order(makers: Mapping[str, Collection[str]]) -> list[str]:
    """Return groups so that each follows its makers; those in a circle, or behind one, are left out."""
    order: list[str] = []
    sorter = TopologicalSorter(makers)
    with suppress(CycleError):
        sorter.prepare()
    while ready := sorter.get_ready():
        order += ready
        sorter.done(*ready)
    return order
