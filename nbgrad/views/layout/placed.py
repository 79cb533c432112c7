"""Where everything stands: the drawing of a graph in generation columns.

`layout.place` decides the heights; this module adds what a picture needs besides: how wide
the columns are, which band each generation gets, how edges run.  It is one function of
plain data, so the SVG in a repr, the saved SVG, the widget and the page all show the same
drawing, and the front end carries no layout code.

A variable that is used far from where it stands, such as a weight of a recurrent net, is drawn
again near its uses: a *stub* that has its name. So a line passes few columns, and the work
grows with the graph and not with its square.

A band of generation g holds the variables of generation g and, right of them, the
functions of generation g.  A leaf stands just left of its first consumer ("late"), which
keeps edges short; its generation stays 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from .layout import late_columns, place
from .text_width import text_width

CARD_HEIGHT = 78.0
PILL_HEIGHT = 46.0
MODULE_HEIGHT = 78.0  # its class, its path, what is in it
SLIM_HEIGHT = 38.0  # a constant has no gradient
UNUSED_HEIGHT = 58.0
CARD_WIDTH = (112.0, 172.0)
PILL_WIDTH = (64.0, 150.0)
MODULE_WIDTH = (132.0, 290.0)
TOP_MARGIN, BOTTOM_MARGIN = 52.0, 26.0  # room for the band's name, and below
BAND_PADDING, BAND_GAP = 14.0, 6.0
EMPTY_BAND_WIDTH = 24.0
MAX_PASSED_COLUMNS = (
    50  # columns that a line from a variable passes at most: further on a stub is drawn
)
STUB_HEIGHT = 30.0
STUB_WIDTH = 76.0
MAX_AIRY_NODES = 40  # up to this many nodes a drawing has more space
AIRY_GAP = 20.0
CORNER_GAP = 3.0  # an edge passes the corner of a card at least so far away

Leaves = Literal["late", "first"]


@dataclass(frozen=True)
class Node:
    """A variable or a function, as the drawing needs it."""

    id: str
    kind: Literal["variable", "function"]
    generation: int
    width: float
    height: float


@dataclass(frozen=True)
class Link:
    """An edge, in the direction of the forward pass; `input` counts a function's inputs."""

    source: str
    target: str
    input: int | None = None


class Box(NamedTuple):
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Stub:
    """A variable drawn again near its uses; edges from it begin at its box."""

    of: str
    box: Box


@dataclass(frozen=True)
class Band:
    """The ground of one generation."""

    generation: int
    x: float
    width: float


@dataclass(frozen=True)
class Drawing:
    """A graph, placed.

    `routes` has the points of each link, left to right; that of a link whose source is drawn
    again begins at the stub.
    """

    width: float
    height: float
    bands: list[Band] = field(default_factory=list)
    boxes: dict[str, Box] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    routes: list[list[tuple[float, float]]] = field(default_factory=list)
    stubs: list[Stub] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the drawing as the widget's payload holds it (see `scene`)."""
        return {
            "width": self.width,
            "height": self.height,
            "bands": [
                {"generation": band.generation, "x": band.x, "width": band.width}
                for band in self.bands
            ],
            "nodes": {key: list(box) for key, box in self.boxes.items()},
            "edges": [
                {
                    "from": link.source,
                    "to": link.target,
                    **({} if link.input is None else {"input": link.input}),
                    "points": [number for point in route for number in point],
                }
                for link, route in zip(self.links, self.routes, strict=True)
            ],
            **({"stubs": [[stub.of, *stub.box] for stub in self.stubs]} if self.stubs else {}),
        }


def path(points: Sequence[tuple[float, float]]) -> str:
    """Return an SVG path through the points, horizontal at each: ``"M0 0C…"``."""
    x, y = points[0]
    parts = [f"M{x:g} {y:g}"]
    for u, v in points[1:]:
        if v == y:
            parts.append(f"H{u:g}")
        else:
            middle = (x + u) / 2
            parts.append(f"C{middle:g} {y:g} {middle:g} {v:g} {u:g} {v:g}")
        x, y = u, v
    return "".join(parts)


def card_width(name: str, value: str, high: float = CARD_WIDTH[1]) -> float:
    """Return the width of a variable's card, at most `high`."""
    row = text_width(name, 15, bold=True) + text_width(value, 14.5) + 38
    return round(min(max(row, CARD_WIDTH[0]), high))


def pill_width(symbol: str) -> float:
    """Return the width of a function's pill."""
    low, high = PILL_WIDTH
    return round(min(max(text_width(symbol, 15, bold=True) + 32, low), high))


def module_width(name: str, path: str, inside: str = "") -> float:
    """Return the width of a module that is shown closed: its class, its path, what is in it."""
    low, high = MODULE_WIDTH
    room = max(text_width(name, 15, bold=True), text_width(path, 13.5), text_width(inside, 13.5))
    return round(min(max(room + 32, low), high))


def columns_of(nodes: Sequence[Node], links: Sequence[Link], leaves: Leaves) -> list[int]:
    """Return each node's column: variables of generation g in 2 g, functions in 2 g + 1."""
    columns = [2 * node.generation + (node.kind == "function") for node in nodes]
    if leaves == "first":
        return columns
    index = {node.id: i for i, node in enumerate(nodes)}
    return late_columns(columns, [(index[link.source], index[link.target]) for link in links])


def draw(
    nodes: Sequence[Node],
    links: Sequence[Link],
    leaves: Leaves = "late",
    room: Mapping[int, float] | None = None,
    *,
    quick: bool = False,
) -> Drawing:
    """Place a graph.

    Parameters
    ----------
    nodes : sequence of Node
        In the order in which ties shall stand, from above.
    links : sequence of Link
    leaves : {"late", "first"}
        Leaves just left of their first consumer, or all in generation 0.
    room : mapping of int to float, optional
        By generation, how wide the labels are that stand between its variables and its
        functions.
    quick : bool
        See `place`.
    """
    if not nodes:
        return Drawing(0.0, 0.0)
    index = {node.id: i for i, node in enumerate(nodes)}
    column, generations = _close_gaps(columns_of(nodes, links, leaves))
    pairs = [(index[link.source], index[link.target]) for link in links]
    nodes, column, pairs, again = _with_stubs(nodes, column, pairs)
    air = AIRY_GAP if len(nodes) <= MAX_AIRY_NODES else 0.0
    centres, routes = place(column, [node.height + air for node in nodes], pairs, quick=quick)
    top = min(y - node.height / 2 for y, node in zip(centres, nodes, strict=True))
    top = min([top, *(y - 10 for route in routes for _, y in route)])
    centres = [round(y - top + TOP_MARGIN, 1) for y in centres]
    routes = [[(at, round(y - top + TOP_MARGIN, 1)) for at, y in route] for route in routes]
    grid = _Grid(nodes, column, generations, _steepness(routes), room or {}, air)
    placed = [
        Box(grid.left_of(i), round(y - node.height / 2, 1), node.width, node.height)
        for i, (node, y) in enumerate(zip(nodes, centres, strict=True))
    ]
    points = [grid.trace(pair, route) for pair, route in zip(pairs, routes, strict=True)]
    _clear_corners(
        points, [(column[source], column[target]) for source, target in pairs], placed, column
    )
    bottom = max(y for run in points for _, y in run) + 10 if points else 0.0
    height = max(bottom, *(box.y + box.height for box in placed)) + BOTTOM_MARGIN
    own = len(nodes) - len(again)
    boxes = {node.id: box for node, box in zip(nodes[:own], placed[:own], strict=True)}
    stubs = [Stub(nodes[i].id, box) for i, box in zip(again, placed[own:], strict=True)]
    return Drawing(grid.width, round(height, 1), grid.bands, boxes, list(links), points, stubs)


def _with_stubs(
    nodes: Sequence[Node], column: list[int], pairs: list[tuple[int, int]]
) -> tuple[list[Node], list[int], list[tuple[int, int]], list[int]]:
    """Draw variables again where they are used more than `MAX_PASSED_COLUMNS` columns away.

    Returns
    -------
    nodes, column, pairs
        With the stubs after the nodes; each stands just left of its first use and serves the
        uses of the next columns.
    again : list of int
        Which node each stub stands for.
    """
    nodes, column, pairs = list(nodes), list(column), list(pairs)
    uses: dict[int, list[int]] = defaultdict(list)
    for e, (u, v) in enumerate(pairs):
        if column[v] - column[u] > MAX_PASSED_COLUMNS and nodes[u].kind == "variable":
            uses[u].append(e)
    again: list[int] = []
    for u, edges in uses.items():
        stub, reach = u, column[u] + MAX_PASSED_COLUMNS
        for e in sorted(edges, key=lambda e: column[pairs[e][1]]):
            target = pairs[e][1]
            if column[target] > reach:
                stub, reach = len(nodes), column[target] - 1 + MAX_PASSED_COLUMNS
                width = min(nodes[u].width, STUB_WIDTH)
                nodes.append(replace(nodes[u], width=width, height=STUB_HEIGHT))
                column.append(column[target] - 1)
                again.append(u)
            pairs[e] = stub, target
    return nodes, column, pairs, again


def _close_gaps(columns: Sequence[int]) -> tuple[list[int], list[int]]:
    """Leave out empty generations, as behind a variable that was unchained.

    Returns the columns that are left, and the generation of each band.
    """
    generations = sorted({at // 2 for at in columns})
    band = {generation: k for k, generation in enumerate(generations)}
    return [2 * band[at // 2] + at % 2 for at in columns], generations


def _steepness(routes: Sequence[Sequence[tuple[int, float]]]) -> dict[int, float]:
    """Return the largest rise of an edge right of each column."""
    rise: dict[int, float] = defaultdict(float)
    for route in routes:
        for (column, y), (_, next_y) in pairwise(route):
            rise[column] = max(rise[column], abs(next_y - y))
    return rise


class _Grid:
    """The columns' places from left to right."""

    def __init__(
        self,
        nodes: Sequence[Node],
        column: Sequence[int],
        generations: Sequence[int],
        rise: dict[int, float],
        room: Mapping[int, float],
        air: float,
    ) -> None:
        self.nodes, self.column, self.air = nodes, column, air
        widths: dict[int, float] = defaultdict(float)
        for node, at in zip(nodes, column, strict=True):
            widths[at] = max(widths[at], node.width)
        self.widths = widths
        self.start: dict[int, float] = {}
        self.bands: list[Band] = []
        x = 0.0
        for k, generation in enumerate(generations):
            left = x
            x = self._band(k, x + BAND_PADDING, room.get(generation, 0.0), rise) + BAND_PADDING
            self.bands.append(Band(generation, left, round(x - left, 1)))
            x += BAND_GAP
        self.width = round(x - BAND_GAP, 1)

    def _band(self, k: int, x: float, room: float, rise: dict[int, float]) -> float:
        """Place both columns of a band; return where the second ends."""
        variables, functions = 2 * k, 2 * k + 1
        self.start[variables] = x
        x += self.widths.get(variables, 0.0)
        if functions in self.widths:
            if variables in self.widths:
                gap = min(54 + self.air / 2 + 0.1 * rise.get(variables, 0.0), 130)
                x += max(gap, room + 16)
            self.start[functions] = x = round(x, 1)
            x += self.widths[functions] + min(4 + 0.08 * rise.get(functions, 0.0), 60)
        else:
            self.start[functions] = x
        return max(x, self.start[variables] + EMPTY_BAND_WIDTH)

    def left_of(self, i: int) -> float:
        """Return where node `i` begins: functions centred, variables at the left."""
        at = self.column[i]
        spare = self.widths[at] - self.nodes[i].width
        return round(self.start[at] + spare * (0.5 if at % 2 else 1.0), 1)

    def trace(
        self, pair: tuple[int, int], route: Sequence[tuple[int, float]]
    ) -> list[tuple[float, float]]:
        """Turn a route through columns into points: level through each column passed."""
        source, target = pair
        points = [(round(self.left_of(source) + self.nodes[source].width, 1), route[0][1])]
        for at, y in route[1:-1]:
            left = self.start[at]
            points += [(left, y), (round(left + self.widths.get(at, 0.0), 1), y)]
        points.append((self.left_of(target), route[-1][1]))
        return _tidy(points) if len(points) > 2 else points


def _clear_corners(
    runs: Sequence[list[tuple[float, float]]],
    ends: Sequence[tuple[int, int]],
    boxes: Sequence[Box],
    column: Sequence[int],
) -> None:
    """Let edges run level past wider neighbours whose corners their bends would cut."""
    beside: dict[int, list[Box]] = defaultdict(list)
    for box, at in zip(boxes, column, strict=True):
        beside[at].append(box)
    inner = {at: min(box.x for box in row) for at, row in beside.items()}
    outer = {at: max(box.x + box.width for box in row) for at, row in beside.items()}
    for run, (source, target) in zip(runs, ends, strict=True):
        first, last = run[0], run[-1]
        if first[1] != run[1][1] and first[0] < outer[source]:
            start = _level_until(first, run[1], beside[source])
            if start != first[0]:
                run.insert(1, (start, first[1]))
        if last[1] != run[-2][1] and last[0] > inner[target]:
            end = _level_until(last, run[-2], beside[target])
            if end != last[0]:
                run.insert(-1, (end, last[1]))


def _level_until(
    start: tuple[float, float], end: tuple[float, float], boxes: Sequence[Box]
) -> float:
    """Return how far a bend must stay level on its way out of a column of boxes."""
    (x, y), (u, v) = start, end
    far = x
    for box in boxes:
        edge = box.x + box.width if u > x else box.x
        part = (edge - x) / (u - x)
        room = box.y - y if v > y else y - box.y - box.height
        # Up to the middle of a bend this is at least what it has risen or fallen.
        risen = part * part * (3 - 2 * part) if part < 0.5 else 1.0
        if part > 0 and 0 <= room < risen * abs(v - y) + CORNER_GAP:
            far = max(far, edge) if u > x else min(far, edge)
    return far


def _tidy(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Drop points on a level line, which say nothing."""
    kept = points[:1]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        if not before[1] == point[1] == after[1]:
            kept.append(point)
    return [*kept, *points[1:][-1:]]
