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
from itertools import compress, pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Order: TypeAlias = list[list[int]]
Sides: TypeAlias = tuple[list[int], list[int]]

# Work is bounded by counts and not by time, so that a graph is drawn the same way on every
# machine: elements visited by sweeps, and pairs compared by the final sifting.
MAX_SWEEP_WORK = 280_000
MAX_SIFT_WORK = 300_000
MIN_ROUNDS = 4  # of sweeps from one start
MAX_SIFT_DISTANCE = 40  # places an element may travel in one sifting
MAX_SWAP_PASSES = 4
MAX_SWAPS = 20_000  # divided by a layer's length: the passes of swaps it may take


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


def _gap_crossings(layer: Sequence[int], right: list[list[int]], place: list[int]) -> int:
    """Crossings between a layer and the next one."""
    ends: list[int] = []
    for v in layer:
        targets = right[v]
        if len(targets) == 1:
            ends.append(place[targets[0]])
        else:
            ends += sorted([place[w] for w in targets])
    return _inversions(ends)


def count_crossings(graph: Layers, order: Order) -> int:
    """Count the crossings of the layered graph drawn in this order."""
    place = places(graph, order)
    return sum(_gap_crossings(layer, graph.right, place) for layer in order)


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
    order: Order = [[] for _ in graph.layers]
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
    return order


def _pair(a: list[int], b: list[int]) -> int:
    """Crossings of a's edges with b's when a stands above b; both lists sorted."""
    if not a or not b or a[-1] <= b[0]:
        return 0
    if len(a) == 1:
        return bisect_left(b, a[0])
    return sum([bisect_left(b, x) for x in a])


def _sides(graph: Layers, layer: list[int], place: list[int]) -> list[Sides]:
    """Sorted places of each element's neighbours, on the left and on the right."""
    left, right = graph.left, graph.right
    return [
        (sorted([place[w] for w in left[v]]), sorted([place[w] for w in right[v]])) for v in layer
    ]


def _renumber(layer: list[int], place: list[int]) -> None:
    for i, v in enumerate(layer):
        place[v] = i


def _sweep(graph: Layers, order: Order, place: list[int], *, from_right: bool, mean: bool) -> None:
    """Sort every layer by its neighbours in the layer before; the others keep their slots."""
    near = graph.right if from_right else graph.left
    for layer in reversed(order) if from_right else order:
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
        moving = iter(sorted([v for v in layer if v in keys], key=keys.__getitem__))
        layer[:] = [next(moving) if v in keys else v for v in layer]
        _renumber(layer, place)


def _bubbles(layer: list[int]) -> int:
    return min(40, max(2, MAX_SWAPS // len(layer)))


def _swap(graph: Layers, layer: list[int], place: list[int]) -> bool:
    """Swap neighbours while that saves crossings; True when something moved."""
    sides = _sides(graph, layer, place)
    moved = False
    for _ in range(_bubbles(layer)):
        again = False
        for i in range(len(layer) - 1):
            (la, ra), (lb, rb) = sides[i], sides[i + 1]
            crossings = _pair(la, lb) + _pair(ra, rb)
            if crossings and _pair(lb, la) + _pair(rb, ra) < crossings:
                sides[i], sides[i + 1] = sides[i + 1], sides[i]
                layer[i], layer[i + 1] = layer[i + 1], layer[i]
                moved = again = True
        if not again:
            break
    if moved:
        _renumber(layer, place)
    return moved


def _crossed(graph: Layers, order: Order, place: list[int]) -> list[bool]:
    """Return which layers have crossings on either side."""
    gaps = [0, *(_gap_crossings(layer, graph.right, place) for layer in order)]
    return [bool(before or after) for before, after in pairwise(gaps)]


def _swap_all(graph: Layers, order: Order, place: list[int]) -> None:
    """Swap in every layer that has crossings or whose neighbour has just changed."""
    active = _crossed(graph, order, place)
    for _ in range(MAX_SWAP_PASSES):
        moved = [go and _swap(graph, layer, place) for go, layer in zip(active, order, strict=True)]
        if not any(moved):
            return
        padded = [False, *moved, False]
        active = [any(padded[i : i + 3]) for i in range(len(order))]


def _sift_layer(graph: Layers, layer: list[int], place: list[int]) -> tuple[bool, int]:
    """Move each element to its best place nearby; (whether any moved, pairs compared)."""
    sides = dict(zip(layer, _sides(graph, layer, place), strict=True))
    moved, pairs = False, 0
    for v in tuple(layer):
        left, right = sides[v]
        here = target = layer.index(v)
        best = 0
        for step in (-1, 1):
            change = 0
            stop = (
                max(-1, here - MAX_SIFT_DISTANCE)
                if step < 0
                else min(len(layer), here + MAX_SIFT_DISTANCE)
            )
            for i in range(here + step, stop, step):
                lx, rx = sides[layer[i]]
                above = _pair(lx, left) + _pair(rx, right)
                below = _pair(left, lx) + _pair(right, rx)
                change += step * (above - below)
                pairs += 1
                if change < best:
                    best, target = change, i
        if target != here:
            layer.insert(target, layer.pop(here))
            moved = True
    _renumber(layer, place)
    return moved, pairs


def _sift_all(graph: Layers, order: Order, place: list[int]) -> None:
    budget = MAX_SIFT_WORK
    again = True
    while again:
        again = False
        for layer in compress(order, _crossed(graph, order, place)):
            moved, pairs = _sift_layer(graph, layer, place)
            again |= moved
            budget -= pairs
            if budget < 0:
                return


def _push_right(graph: Layers, order: Order, place: list[int]) -> None:
    """Push crossings of two long lines to where one of them ends.

    Moving such a crossing costs nothing along the way, and it ends at a stroke that bends
    anyway: the other line stays straight.
    """
    for layer in order:
        sides = _sides(graph, layer, place)
        for _ in range(_bubbles(layer)):
            again = False
            for i in range(len(layer) - 1):
                if min(layer[i], layer[i + 1]) < graph.n_nodes:
                    continue
                (la, ra), (lb, rb) = sides[i], sides[i + 1]
                saved = _pair(la, lb) - _pair(lb, la)
                if saved > 0 and _pair(rb, ra) - _pair(ra, rb) <= saved:
                    sides[i], sides[i + 1] = sides[i + 1], sides[i]
                    layer[i], layer[i + 1] = layer[i + 1], layer[i]
                    again = True
            if not again:
                break
        _renumber(layer, place)


def _copy(order: Order) -> Order:
    return [list(layer) for layer in order]


def _search(graph: Layers, start: Order, rounds: int) -> tuple[int, Order]:
    """Sweep from one start and return the best order met, with its crossings."""
    order = _copy(start)
    place = places(graph, order)
    best, best_order, idle = count_crossings(graph, order), _copy(order), 0
    for i in range(rounds):
        if best == 0 or idle > min(8, rounds // 3):  # small graphs can afford patience
            break
        _sweep(graph, order, place, from_right=i % 2 == 1, mean=i % 4 >= 2)
        _swap_all(graph, order, place)
        crossings = count_crossings(graph, order)
        idle += 1
        if crossings < best:
            best, best_order, idle = crossings, _copy(order), 0
    return best, best_order


def _upright(graph: Layers, order: Order) -> None:
    """Turn the drawing over if more inputs stand below their later siblings than above."""
    place = places(graph, order)
    balance = 0
    for inputs in graph.left:
        for a, b in pairwise(inputs):
            balance += 1 if place[a] < place[b] else -1
    if balance < 0:
        for layer in order:
            layer.reverse()


def arrange(graph: Layers) -> Order:
    """Order every layer, from top to bottom, for few crossings.

    Parameters
    ----------
    graph : Layers
        From `build_layers`; it is not changed.

    Returns
    -------
    Order
        The elements of each layer.
    """
    starts = [
        _walk(graph, from_right=right, mirrored=mirrored)
        for mirrored in (False, True)
        for right in (True, False)
    ]
    starts.append(_copy(graph.layers))
    ranked = sorted(((count_crossings(graph, s), i) for i, s in enumerate(starts)))
    best, winner = ranked[0][0], starts[ranked[0][1]]
    total = max(2, MAX_SWEEP_WORK // len(graph.rank))
    rounds = max(MIN_ROUNDS, total // len(starts))  # a very large graph tries fewer starts
    for _, i in ranked[: max(1, total // rounds)] if best else ():
        crossings, order = _search(graph, starts[i], rounds)
        if crossings < best:
            best, winner = crossings, order
    if best:
        place = places(graph, winner)
        for finish in (_sift_all, _push_right, _swap_all):
            finish(graph, winner, place)
    _upright(graph, winner)
    return winner
