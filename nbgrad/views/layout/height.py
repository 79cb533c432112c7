"""How high each element stands, given the order and the straight edges.

A *body* is a run of elements joined by straight edges; it has one height.  Bodies never
cross, so "stands above" orders them without a cycle, and the only constraints left are
least distances between bodies that are neighbours in some layer.  Three steps:

1. **Cut.**  Bodies that interlock can force a drawing far taller than its fullest layer.
   While they do, the tallest stack is found and the link in it that matters least is cut.
2. **Stack.**  Everything is pushed down from the middle line as far as it must, and once
   more pushed up; the middle of the two is feasible, and has no drift to either side.
3. **Relax.**  Each body goes to the weighted median of the bodies it is joined to, as far
   as its neighbours leave room, until all are content.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .align import Links
    from .order import Layers, Order

Joints: TypeAlias = list[list[tuple[int, float]]]  # per body: (other body, number)

NODE_GAP = 20.0  # between two nodes
LINE_GAP = 12.0  # between a line and a node, or two lines
# A drawing may be this much taller than its fullest layer, by factor and in pixels.
MAX_HEIGHT_FACTOR, MAX_EXTRA_HEIGHT = 1.15, 100.0
MAX_CUTS, MAX_ROUNDS = 200, 24
QUICK_WORK, MAX_WORK = 2_500, 1_200_000  # bodies and pulls visited: bounds cuts and rounds
MIN_PULL_SHARE = 0.11  # of all pulls: so little more on one side leaves a body in the middle


@dataclass
class _Bodies:
    """Bodies, numbered from top to bottom: a body's number exceeds those above it."""

    of: list[int]  # element -> body
    above: Joints  # neighbours above and their least distances
    below: Joints
    pulls: Joints  # bodies joined to by an edge, and its weight


def _runs(order: Order, after: list[int]) -> tuple[list[int], int]:
    """Give each run of straight links a number; (number per element, how many)."""
    of = [-1] * len(after)
    count = 0
    for layer in order:
        for v in layer:
            if of[v] < 0:
                of[v] = count
                count += 1
            if after[v] >= 0:
                of[after[v]] = of[v]
    return of, count


def _stack(
    gaps: Sequence[tuple[int, int, float]], of: list[int], count: int
) -> tuple[list[int], Joints]:
    """Renumber bodies from top to bottom; (new numbers per element, constraints above)."""
    apart: dict[tuple[int, int], float] = {}
    for a, b, distance in gaps:
        pair = of[a], of[b]
        if distance > apart.get(pair, 0.0):
            apart[pair] = distance
    below: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for a, b in apart:
        below[a].append(b)
        waiting[b] += 1
    ready = [b for b in range(count) if not waiting[b]]
    for a in ready:
        for b in below[a]:
            waiting[b] -= 1
            if not waiting[b]:
                ready.append(b)
    number = [0] * count
    for i, b in enumerate(ready):
        number[b] = i
    above: Joints = [[] for _ in range(count)]
    for (a, b), distance in apart.items():
        above[number[b]].append((number[a], distance))
    return [number[b] for b in of], above


def _tallest(above: Joints) -> tuple[float, list[int]]:
    """Height of the tallest stack of bodies, and the bodies in it."""
    depth = [0.0] * len(above)
    over = [-1] * len(above)
    for b, constraints in enumerate(above):
        for a, distance in constraints:
            if depth[a] + distance > depth[b]:
                depth[b], over[b] = depth[a] + distance, a
    b = max(range(len(above)), key=depth.__getitem__)
    height, stack = depth[b], []
    while b >= 0:
        stack.append(b)
        b = over[b]
    return height, stack


def _weaken(order: Order, of: list[int], stack: list[int], links: Links) -> bool:
    """Cut the least links that hold a stack up; False when none would help.

    A body holds the stack up between the layers where it meets the body above and those
    where it meets the one below; a cut between the two lets its parts slip past.
    """
    meets: dict[tuple[int, int], list[int]] = {pair: [] for pair in pairwise(reversed(stack))}
    row: dict[int, dict[int, int]] = {body: {} for body in stack}
    for rank, layer in enumerate(order):
        for v in layer:
            if of[v] in row:
                row[of[v]][rank] = v
        for a, b in pairwise(layer):
            if (of[a], of[b]) in meets:
                meets[of[a], of[b]].append(rank)
    weakest: list[tuple[float, int]] = []
    for below, body, above in zip(stack, stack[1:], stack[2:], strict=False):
        over, under = meets[above, body], meets[body, below]
        if over[-1] < under[0]:
            span = range(over[-1], under[0])
        elif under[-1] < over[0]:
            span = range(under[-1], over[0])
        else:
            continue
        weakest.append(min((links.weight[row[body][rank]], row[body][rank]) for rank in span))
    weakest.sort()
    for _, v in weakest[: 1 + len(weakest) // 4]:
        links.after[v] = -1
    return bool(weakest)


def _pulls(graph: Layers, of: list[int], count: int) -> Joints:
    """Edges between bodies; one between two nodes weighs more than one that has a dummy."""
    pulls: Joints = [[] for _ in range(count)]
    for u, targets in enumerate(graph.right):
        for v in targets:
            a, b = of[u], of[v]
            if a != b:
                weight = 1.0 + (u < graph.n_nodes and v < graph.n_nodes)
                pulls[a].append((b, weight))
                pulls[b].append((a, weight))
    return pulls


def _form(graph: Layers, order: Order, links: Links, half: Sequence[float], work: int) -> _Bodies:
    """Form the bodies; cut links (in place) while bodies interlock to a needless height."""
    n = graph.n_nodes
    rows = [
        [
            (a, b, half[a] + half[b] + (NODE_GAP if max(a, b) < n else LINE_GAP))
            for a, b in pairwise(layer)
        ]
        for layer in order
    ]
    fullest = max(sum([distance for _, _, distance in row], 0.0) for row in rows)
    gaps = [*chain.from_iterable(rows)]
    cuts = min(MAX_CUTS, work // (3 * len(half)))
    while True:
        of, count = _runs(order, links.after)
        of, above = _stack(gaps, of, count)
        height, stack = _tallest(above)
        cuts -= 1
        if height <= fullest * MAX_HEIGHT_FACTOR + MAX_EXTRA_HEIGHT or cuts < 0:
            break
        if not _weaken(order, of, stack, links):
            break
    below: Joints = [[] for _ in above]
    for b, constraints in enumerate(above):
        for a, distance in constraints:
            below[a].append((b, distance))
    return _Bodies(of, above, below, _pulls(graph, of, count))


def _wish(pulls: list[tuple[int, float]], y: list[float]) -> float:
    """Return the weighted median of the joined bodies' heights, between two if it is a draw."""
    if len(pulls) == 1:
        return y[pulls[0][0]]
    spots = sorted([(y[b], weight) for b, weight in pulls])
    total = sum([weight for _, weight in spots])
    reached = 0.0
    for i, (spot, weight) in enumerate(spots):
        reached += weight
        if reached > total * (0.5 + MIN_PULL_SHARE):
            return spot
        if reached >= total / 2:
            return (spot + spots[min(i + 1, len(spots) - 1)][0]) / 2
    return spots[-1][0]


def _stacked(above: Joints) -> list[float]:
    """Return the middle of pushing everything down and pushing everything up from 0."""
    down, up = [0.0] * len(above), [0.0] * len(above)
    for b, constraints in enumerate(above):
        for a, distance in constraints:
            down[b] = max(down[b], down[a] + distance)
    for b in reversed(range(len(above))):
        for a, distance in above[b]:
            up[a] = min(up[a], up[b] - distance)
    return [(p + q) / 2 for p, q in zip(down, up, strict=True)]


def _relax(bodies: _Bodies, y: list[float]) -> float:
    """Move each body towards its wish, once from above and once from below.

    Returns the largest move.
    """
    largest = 0.0
    ids = range(len(y))
    for b in (*ids, *reversed(ids)):
        if bodies.pulls[b]:
            spot = _wish(bodies.pulls[b], y)
            for a, distance in bodies.above[b]:
                spot = max(spot, y[a] + distance)
            for c, distance in bodies.below[b]:
                spot = min(spot, y[c] - distance)
            largest = max(largest, abs(spot - y[b]))
            y[b] = spot
    return largest


def settle(
    graph: Layers, order: Order, links: Links, half: Sequence[float], *, quick: bool = False
) -> list[float]:
    """Find the height of every element.

    Parameters
    ----------
    graph, order
        The layered graph and the order of its layers.
    links : Links
        The edges to be straight; some may be cut.
    half : sequence of float
        Half the height of each element, dummies too.
    quick : bool
        Take a few milliseconds at most.

    Returns
    -------
    list of float
        The centre of each element, growing downwards.
    """
    work = QUICK_WORK if quick else MAX_WORK
    bodies = _form(graph, order, links, half, work)
    y = _stacked(bodies.above)
    visits = len(y) + sum(map(len, bodies.pulls))
    for _ in range(max(3, min(MAX_ROUNDS, work // visits))):
        if _relax(bodies, y) < 0.01:
            break
    return [y[b] for b in bodies.of]
