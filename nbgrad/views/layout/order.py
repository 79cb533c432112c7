"""Which element stands above which: columns of a layered graph, reordered for few crossings.

Every edge that spans several columns becomes a run of dummies, one per column it passes.
All edges that leave one node share one run, its *trunk*, so that a weight used in fifty
places costs one line and not fifty.  What remains are *layers* of elements, nodes and
dummies, with edges between neighbouring layers only.

The search for an order is Sugiyama's: sweep over the layers, sort each by the median or mean
place of its neighbours in the layer before, swap neighbours while that helps, keep the best
order met.  It starts from several orders, because a sweep only polishes what it is given: the
nodes as listed, and depth-first walks from either end (computation graphs are nearly
trees towards their result, and a walk from there is often free of crossings at once),
each also in its mirror image.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import compress, pairwise, repeat, starmap
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Layer: TypeAlias = tuple[int, ...]
Order: TypeAlias = list[Layer]
Sides: TypeAlias = tuple[list[int], list[int]]

# Work is bounded by counts and not by time, so that a graph is drawn the same way on every
# machine: elements and ends of edges visited.
QUICK_WORK, QUICK_REST, MIN_QUICK = 14_000, 20, 4_000
MIN_WORK, WORK_PER_ELEMENT = 1_000_000, 100
PATIENCE = 8  # sweeps without a better order before the next start is tried
MAX_SIFT_DISTANCE = 40  # places an element may travel in one sifting
MAX_SWAP_PASSES = 4


@dataclass
class Layers:
    """A graph whose edges join neighbouring layers only.

    Elements ``0 … n-1`` are the nodes; dummies follow.  ``first_dummy[u] + k`` is the
    dummy of node ``u``'s trunk in the ``k+1``-th layer after its own.
    """

    layers: list[list[int]]
    rank: list[int]
    left: list[list[int]]
    right: list[list[int]]
    first_dummy: list[int]
    n_nodes: int


def build_layers(columns: Sequence[int], edges: Sequence[tuple[int, int]]) -> Layers:
    """Split long edges into dummies; edges from one node share one trunk."""
    names = sorted(set(columns))
    index = {name: i for i, name in enumerate(names)}
    rank = [index[c] for c in columns]
    n = len(rank)
    reach = list(rank)
    for u, v in edges:
        reach[u] = max(reach[u], rank[v])
    left: list[list[int]] = [[] for _ in range(n)]
    right: list[list[int]] = [[] for _ in range(n)]
    first_dummy = [0] * n
    for u in range(n):
        first_dummy[u] = len(rank)
        tail = u
        for r in range(rank[u] + 1, reach[u]):
            d = len(rank)
            rank.append(r)
            left.append([tail])
            right.append([])
            right[tail].append(d)
            tail = d
    for u, v in dict.fromkeys(edges):
        before = rank[v] - rank[u] - 2
        tail = u if before < 0 else first_dummy[u] + before
        left[v].append(tail)
        right[tail].append(v)
    layers: list[list[int]] = [[] for _ in names]
    for v, r in enumerate(rank):
        layers[r].append(v)
    return Layers(layers, rank, left, right, first_dummy, n)


def _inversions(places: list[int]) -> int:
    if places == sorted(places):
        return 0
    total = 0
    seen: list[int] = []
    for i, p in enumerate(places):
        k = bisect_right(seen, p)
        total += i - k
        seen.insert(k, p)
    return total


def _places(layer: Layer) -> dict[int, int]:
    """Return each element's place, from the top."""
    return dict(zip(layer, range(len(layer)), strict=True))


def _gap_crossings(layer: Layer, after: Layer, right: list[list[int]]) -> int:
    """Crossings between a layer and the next one."""
    place = _places(after)
    ends: list[int] = []
    for v in layer:
        targets = right[v]
        if len(targets) == 1:
            ends.append(place[targets[0]])
        else:
            ends += sorted([place[w] for w in targets])
    return _inversions(ends)


def places(graph: Layers, order: Order) -> list[int]:
    """Return each element's place in its layer, from the top."""
    place = [0] * len(graph.rank)
    for layer in order:
        for i, v in enumerate(layer):
            place[v] = i
    return place


def _walk(graph: Layers, *, from_right: bool, mirrored: bool) -> Order:
    """Depth-first order: each element is placed when a walk first meets it."""
    ahead, behind = (graph.left, graph.right) if from_right else (graph.right, graph.left)
    order: list[list[int]] = [[] for _ in graph.layers]
    seen = [False] * len(graph.rank)
    for layer in reversed(graph.layers) if from_right else graph.layers:
        for start in reversed(layer) if mirrored else layer:
            if behind[start]:
                continue
            stack = [start]
            while stack:
                v = stack.pop()
                if seen[v]:
                    continue
                seen[v] = True
                order[graph.rank[v]].append(v)
                stack += ahead[v] if mirrored else reversed(ahead[v])
    return list(map(tuple, order))


def _sort(layer: Layer, before: Layer, near: list[list[int]], mean: bool) -> Layer:
    """Sort a layer by its neighbours in the one before; the others keep their slots."""
    place = _places(before)
    keys: dict[int, float] = {}
    for v in layer:
        spots = [place[w] for w in near[v]]
        if len(spots) == 1:
            keys[v] = spots[0]
        elif spots and mean:
            keys[v] = sum(spots) / len(spots)
        elif spots:
            spots.sort()
            keys[v] = (spots[(len(spots) - 1) // 2] + spots[len(spots) // 2]) / 2
    moving = iter(sorted(keys, key=keys.__getitem__))
    return tuple([next(moving) if v in keys else v for v in layer])


def _pair(a: list[int], b: list[int]) -> int:
    """Crossings of a's edges with b's when a stands above b; both lists sorted."""
    if not a or not b or a[-1] <= b[0]:
        return 0
    if len(a) == 1:
        return bisect_left(b, a[0])
    return sum([bisect_left(b, x) for x in a])


class _Search:
    """The steps of a search among the orders of one graph.

    A layer becomes the same each time that it stands between the same two. It often does,
    so every result is kept.

    Parameters
    ----------
    graph : Layers
    work : int
        About how many elements and ends of edges may be visited.
    """

    def __init__(self, graph: Layers, work: int) -> None:
        self.graph = graph
        self.work = work
        self._costs = [
            sum([2 + len(graph.left[v]) + len(graph.right[v]) for v in layer])
            for layer in graph.layers
        ]
        self._known: dict[tuple[Any, ...], Any] = {}
        self._met: set[tuple[int, tuple[Layer, ...]]] = set()

    def _cost(self, layer: Layer) -> int:
        return self._costs[self.graph.rank[layer[0]]]

    # -- crossings ----------------------------------------------------------------------

    def _gap(self, layer: Layer, after: Layer) -> int:
        found = self._known.get((layer, after))
        self.work -= 1
        if found is None:
            self.work -= self._cost(layer)
            found = self._known[layer, after] = _gap_crossings(layer, after, self.graph.right)
        return int(found)

    def crossings(self, order: Order) -> int:
        """Count the crossings of an order."""
        return sum(starmap(self._gap, pairwise(order)))

    def _crossed(self, order: Order) -> list[bool]:
        """Return which layers have crossings on either side."""
        gaps = [0, *starmap(self._gap, pairwise(order)), 0]
        return [bool(before or after) for before, after in pairwise(gaps)]

    # -- steps --------------------------------------------------------------------------

    def _each(self, step: Callable[..., Layer], order: Order, chosen: Iterable[bool]) -> list[bool]:
        """Take a step in the layers that are chosen; return which of them it changed."""
        moved = [False] * len(order)
        for i in compress(range(len(order)), chosen):
            if self.work < 0:
                break
            layer = order[i]
            key = step, order[i - 1] if i else (), layer, order[i + 1] if i + 1 < len(order) else ()
            found = self._known.get(key)
            self.work -= 2
            if found is None:
                found = self._known[key] = step(self, layer, self._sides(*key[1:]))
            order[i], moved[i] = found, found != layer
        return moved

    def _sides(self, before: Layer, layer: Layer, after: Layer) -> list[Sides]:
        """Sorted places of each element's neighbours, on the left and on the right."""
        left, right = self.graph.left, self.graph.right
        place, next_place = _places(before), _places(after)
        self.work -= self._cost(layer)
        return [
            (sorted([place[w] for w in left[v]]), sorted([next_place[w] for w in right[v]]))
            for v in layer
        ]

    def _sweep(self, order: Order, *, from_right: bool, mean: bool) -> None:
        """Sort every layer by its neighbours in the layer before."""
        near = self.graph.right if from_right else self.graph.left
        layers = range(len(order))
        for at, i in pairwise(layers[::-1] if from_right else layers):
            key = order[i], order[at], mean
            found = self._known.get(key)
            self.work -= 1
            if found is None:
                self.work -= self._cost(order[i])
                found = self._known[key] = _sort(order[i], order[at], near, mean)
            order[i] = found

    def swap_all(self, order: Order) -> None:
        """Swap in every layer that has crossings or whose neighbour has just changed."""
        active = self._crossed(order)
        for _ in range(MAX_SWAP_PASSES):
            moved = self._each(_Search._swap, order, active)
            if not any(moved):
                return
            padded = [False, *moved, False]
            active = [any(padded[i : i + 3]) for i in range(len(order))]

    def _swap(self, layer: Layer, sides: list[Sides]) -> Layer:
        """Swap neighbours while that saves crossings."""
        turned, again = list(layer), True
        while again and self.work > 0:
            again = False
            self.work -= self._cost(layer)
            for i in range(len(turned) - 1):
                (la, ra), (lb, rb) = sides[i], sides[i + 1]
                crossings = _pair(la, lb) + _pair(ra, rb)
                if crossings and _pair(lb, la) + _pair(rb, ra) < crossings:
                    sides[i], sides[i + 1] = sides[i + 1], sides[i]
                    turned[i], turned[i + 1] = turned[i + 1], turned[i]
                    again = True
        return tuple(turned)

    def sift_all(self, order: Order) -> None:
        """Move elements in layers that have crossings to their best places, while that helps."""
        while any(self._each(_Search._sift, order, self._crossed(order))):
            pass

    def _sift(self, layer: Layer, sides: list[Sides]) -> Layer:
        """Move each element to its best place nearby."""
        near, moved = dict(zip(layer, sides, strict=True)), list(layer)
        for v in layer:
            if self.work < 0:
                break
            left, right = near[v]
            here = target = moved.index(v)
            best = 0
            for way in (-1, 1):
                change = 0
                stop = (
                    max(-1, here - MAX_SIFT_DISTANCE)
                    if way < 0
                    else min(len(layer), here + MAX_SIFT_DISTANCE)
                )
                for i in range(here + way, stop, way):
                    lx, rx = near[moved[i]]
                    above = _pair(lx, left) + _pair(rx, right)
                    below = _pair(left, lx) + _pair(right, rx)
                    change += way * (above - below)
                    self.work -= 2 + len(lx) + len(rx)
                    if change < best:
                        best, target = change, i
            if target != here:
                moved.insert(target, moved.pop(here))
        return tuple(moved)

    def push_right(self, order: Order) -> None:
        """Push crossings of two long lines to where one of them ends.

        Moving such a crossing costs nothing along the way, and it ends at a stroke that bends
        anyway: the other line stays straight.
        """
        self._each(_Search._push, order, repeat(True))

    def _push(self, layer: Layer, sides: list[Sides]) -> Layer:
        pushed, again = list(layer), True
        while again and self.work > 0:
            again = False
            self.work -= self._cost(layer)
            for i in range(len(pushed) - 1):
                if min(pushed[i], pushed[i + 1]) < self.graph.n_nodes:
                    continue
                (la, ra), (lb, rb) = sides[i], sides[i + 1]
                saved = _pair(la, lb) - _pair(lb, la)
                if saved > 0 and _pair(rb, ra) - _pair(ra, rb) <= saved:
                    sides[i], sides[i + 1] = sides[i + 1], sides[i]
                    pushed[i], pushed[i + 1] = pushed[i + 1], pushed[i]
                    again = True
        return tuple(pushed)

    # -- all together -------------------------------------------------------------------

    def best_from(self, start: Order) -> tuple[int, Order]:
        """Sweep from one start and return the best order met, with its crossings."""
        order, phase, idle = start[:], 0, 0
        best, best_order = self.crossings(order), start
        while best and idle <= PATIENCE and self.work > 0:
            state = phase, tuple(order)
            if state in self._met:  # from here on it has been this way
                break
            self._met.add(state)
            self._sweep(order, from_right=phase % 2 == 1, mean=phase >= 2)
            self.swap_all(order)
            crossings = self.crossings(order)
            phase, idle = (phase + 1) % 4, idle + 1
            if crossings < best:
                best, best_order, idle = crossings, order[:], 0
        return best, best_order


def _upright(graph: Layers, order: Order) -> Order:
    """Turn the drawing over if more inputs stand below their later siblings than above."""
    place = places(graph, order)
    balance = 0
    for inputs in graph.left:
        for a, b in pairwise(inputs):
            balance += 1 if place[a] < place[b] else -1
    return [layer[::-1] for layer in order] if balance < 0 else order


def arrange(graph: Layers, *, quick: bool = False) -> Order:
    """Order every layer, from top to bottom, for few crossings.

    Parameters
    ----------
    graph : Layers
        From `build_layers`; it is not changed.
    quick : bool
        Take a few milliseconds at most.

    Returns
    -------
    Order
        The elements of each layer.
    """
    size = len(graph.rank) + sum(map(len, graph.right))
    work = max(MIN_WORK, WORK_PER_ELEMENT * size)
    if quick:
        work = max(QUICK_WORK - QUICK_REST * size, MIN_QUICK)
    starts = [
        _walk(graph, from_right=right, mirrored=mirrored)
        for mirrored in (False, True)
        for right in (True, False)
    ]
    starts.append(list(map(tuple, graph.layers)))
    search = _Search(graph, work)
    starts.sort(key=search.crossings)
    best, winner = search.crossings(starts[0]), starts[0]
    for start in starts if best else ():
        crossings, order = search.best_from(start)
        if crossings < best:
            best, winner = crossings, order
    if best:
        search.work += work // 3
        for finish in (search.sift_all, search.push_right, search.swap_all):
            finish(winner)
    return _upright(graph, winner)
