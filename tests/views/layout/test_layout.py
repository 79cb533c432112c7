"""The drawing: what every drawing must hold, and how good those of known graphs must be."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbgrad.views.layout import order
from nbgrad.views.layout.height import LINE_GAP, NODE_GAP
from nbgrad.views.layout.layout import Route, late_columns, place
from tests.calls import calls_in
from tests.views.layout.graphs import (
    CARD,
    MARKS,
    PILL,
    Graph,
    Mark,
    chain,
    decayed_net,
    diamond,
    net,
    resnet,
    rnn,
    tangle,
    taylor,
)
from tests.views.layout.metrics import measure

ROUNDING = 0.02
Drawing = tuple[list[float], list[Route]]


def draw(graph: Graph) -> Drawing:
    return place(graph.columns, graph.heights, graph.edges)


def check(graph: Graph, drawing: Drawing) -> None:
    """Assert what holds for every drawing of every graph."""
    y, routes = drawing
    assert len(y) == len(graph.columns)
    assert all(map(isfinite, y))
    copies = Counter(graph.edges)
    columns = sorted(set(graph.columns))
    index = {column: i for i, column in enumerate(columns)}
    for edge, route in zip(graph.edges, routes, strict=True):
        u, v = edge
        stops = columns[index[graph.columns[u]] : index[graph.columns[v]] + 1]
        assert [column for column, _ in route] == stops
        for (_, end), node in ((route[0], u), (route[-1], v)):
            if copies[edge] == 1:
                assert end == y[node]
            else:
                assert abs(end - y[node]) <= graph.heights[node] / 2
    result = measure(graph, y, routes)
    assert result.gap >= NODE_GAP - ROUNDING
    assert result.clearance >= LINE_GAP - ROUNDING


def spine(graph: Graph) -> list[int]:
    """Return the nodes of a longest path; of equal inputs the first."""
    length = [1] * len(graph.columns)
    before = [-1] * len(graph.columns)
    for u, v in sorted(graph.edges, key=lambda edge: graph.columns[edge[1]]):
        if length[u] + 1 > length[v]:
            length[v], before[v] = length[u] + 1, u
    path = [max(range(len(length)), key=length.__getitem__)]
    while before[path[-1]] >= 0:
        path.append(before[path[-1]])
    return path


# ---------------------------------------------------------------- every drawing


@st.composite
def graphs(draw_: st.DrawFn) -> Graph:
    """Any graph at all: gaps between columns, several parts, the same edge many times."""
    columns = draw_(st.lists(st.integers(-3, 12), min_size=1, max_size=30))
    size = st.sampled_from([24.0, PILL, CARD]) | st.floats(1, 200)
    heights = draw_(st.lists(size, min_size=len(columns), max_size=len(columns)))
    node = st.integers(0, len(columns) - 1)
    pairs = draw_(st.lists(st.tuples(node, node), max_size=60))
    edges = [(u, v) for u, v in pairs if columns[u] < columns[v]]
    return Graph(columns, heights, edges, columns)


@given(graphs())
def test_nothing_overlaps_and_no_edge_meets_a_node_on_its_way(graph: Graph) -> None:
    check(graph, draw(graph))


@given(graphs())
def test_the_same_graph_is_drawn_the_same_way(graph: Graph) -> None:
    assert draw(graph) == draw(graph)


@given(st.integers(1, 150), st.integers(0, 1000))
def test_random_computations_with_cards_and_pills(nodes: int, seed: int) -> None:
    graph = tangle(nodes, seed).with_heights(CARD, PILL)
    check(graph, draw(graph))


@pytest.mark.parametrize("mark", MARKS[:-2], ids=lambda mark: mark.name)
def test_cards_and_pills(mark: Mark) -> None:
    graph = mark.make().with_heights(CARD, PILL)
    check(graph, draw(graph))


def test_leaves_in_generation_0() -> None:
    graph = rnn(6)
    graph = Graph(graph.first, graph.heights, graph.edges, graph.first)
    check(graph, draw(graph))


# ---------------------------------------------------------------- the marks


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.name)
def test_marks(mark: Mark) -> None:
    graph = mark.make()
    drawing = draw(graph)
    check(graph, drawing)
    result = measure(graph, *drawing)
    if mark.crossings is not None:
        assert result.crossings <= mark.crossings
    if mark.height is not None:
        assert result.height <= mark.height


# ---------------------------------------------------------------- beauty


def test_the_diamond_is_symmetrical() -> None:
    graph = diamond()
    y, _ = draw(graph)
    x, square, a, square_b, b, square_c, c, add, root = y
    assert x == square == a == add == root
    assert square_b == b
    assert square_c == c
    assert b < a < c
    assert a - b == c - a


@pytest.mark.parametrize("graph", [resnet(50), decayed_net(12)], ids=["resnet", "net"])
def test_the_spine_is_straight(graph: Graph) -> None:
    y, _ = draw(graph)
    assert len({y[v] for v in spine(graph)}) == 1


def test_the_spine_of_an_rnn_is_straight_from_its_first_sum_on() -> None:
    graph = rnn(50)
    y, _ = draw(graph)
    path = spine(graph)
    # Before it, x₀·Wx and h₀·Wh are equal branches, and neither is the spine.
    assert len(path) > 300
    assert len({y[v] for v in path[:-3]}) == 1


def test_a_chain_is_one_straight_line() -> None:
    y, routes = draw(chain(1000))
    assert set(y) == {12.0}
    assert {height for route in routes for _, height in route} == {12.0}


def test_long_lines_bend_only_at_their_ends() -> None:
    graph = decayed_net(12)
    _, routes = draw(graph)
    for route in routes:
        assert len({height for _, height in route[1:-1]}) <= 1


def test_the_first_operand_stands_above_the_second() -> None:
    y, _ = place([0, 0, 1, 2], [24] * 4, [(1, 2), (0, 2), (2, 3)])
    assert y[1] < y[2] < y[0]


def test_edges_of_one_variable_share_a_trunk() -> None:
    # 0 is used in columns 1, 3 and 5 of a chain that runs beside it.
    columns = [0, 0, 1, 2, 3, 4, 5]
    edges = [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (0, 2), (0, 4), (0, 6)]
    graph = Graph(columns, [24.0] * 7, edges, columns)
    y, routes = draw(graph)
    check(graph, (y, routes))
    short, long = routes[6], routes[7]
    assert short[:-1] == long[: len(short) - 1]


def test_separate_graphs_do_not_mingle() -> None:
    one = taylor()
    n = len(one.columns)
    edges = one.edges + [(u + n, v + n) for u, v in one.edges]
    graph = Graph(one.columns * 2, one.heights * 2, edges, one.first * 2)
    y, routes = draw(graph)
    check(graph, (y, routes))
    assert measure(graph, y, routes).crossings == 0


def test_the_drawing_begins_at_0() -> None:
    graph = resnet(4)
    y, routes = draw(graph)
    tops = [c - h / 2 for c, h in zip(y, graph.heights, strict=True)]
    assert min([*tops, *(height for route in routes for _, height in route)]) == 0


# ---------------------------------------------------------------- twins: x * x


@pytest.mark.parametrize("target", [1, 5])
@pytest.mark.parametrize("count", [2, 3])
def test_equal_edges_run_side_by_side(target: int, count: int) -> None:
    # 0 → 5 directly, `count` times, beside the chain 0 → 1 → … → 5.
    columns = list(range(6))
    edges = [(i, i + 1) for i in range(5)] + [(0, target)] * count
    if target == 1:
        edges.remove((0, 1))
    graph = Graph(columns, [CARD, PILL] * 3, edges, columns)
    y, routes = draw(graph)
    check(graph, (y, routes))
    twins = [r for edge, r in zip(graph.edges, routes, strict=True) if edge == (0, target)]
    for one, other in pairwise(twins):
        steps = {round(b - a, 2) for (_, a), (_, b) in zip(one, other, strict=True)}
        assert len(steps) == 1
        assert steps.pop() >= 12
    middle = sum(route[0][1] for route in twins) / count
    assert middle == pytest.approx(y[0])


def test_twin_edges_of_small_nodes_can_be_told_apart() -> None:
    _, (one, other) = place([0, 1], [24, 24], [(0, 1), (0, 1)])
    assert abs(one[0][1] - other[0][1]) >= 4


# ---------------------------------------------------------------- corners


def test_nothing() -> None:
    assert place([], [], []) == ([], [])


def test_one_node() -> None:
    assert place([7], [30.0], []) == ([15.0], [])


def test_nodes_without_edges() -> None:
    y, routes = place([0, 0, 1], [20, 20, 20], [])
    assert routes == []
    assert abs(y[0] - y[1]) >= 20 + NODE_GAP


def test_columns_may_have_any_numbers() -> None:
    y, routes = place([-5, 100, 1_000_000_000], [24, 24, 24], [(0, 1), (1, 2), (0, 2)])
    assert [column for column, _ in routes[2]] == [-5, 100, 1_000_000_000]
    assert routes[2][1][1] != y[1]


def test_edges_may_be_lists_as_json_has_them() -> None:
    edges = [[0, 1], [0, 1]]
    assert place([0, 1], [24, 24], edges) == place([0, 1], [24, 24], [(0, 1), (0, 1)])


def test_arguments_are_left_alone() -> None:
    graph = taylor()
    columns, heights, edges = list(graph.columns), list(graph.heights), list(graph.edges)
    draw(graph)
    assert (graph.columns, graph.heights, graph.edges) == (columns, heights, edges)


def test_a_variable_used_a_thousand_times_in_one_column() -> None:
    columns = [0] + [1] * 1000 + [2]
    edges = [(0, i) for i in range(1, 1001)] + [(i, 1001) for i in range(1, 1001)]
    graph = Graph(columns, [24.0] * 1002, edges, columns)
    y, routes = draw(graph)
    check(graph, (y, routes))
    assert measure(graph, y, routes).crossings == 0
    assert y[0] == y[1001] == pytest.approx((min(y) + max(y)) / 2)


def in_disorder(n: int) -> Graph:
    """Two columns of n nodes, with edges that no order can untangle."""
    shuffle = random.Random(0)
    targets = list(range(n, 2 * n))
    shuffle.shuffle(targets)
    columns = [0] * n + [1] * n
    edges = [(i, t) for i in range(n) for t in (targets[i], shuffle.randrange(n, 2 * n))]
    return Graph(columns, [24.0] * 2 * n, edges, columns)


@pytest.mark.parametrize("bound", ["work", "distance"])
def test_two_large_columns_in_disorder_take_bounded_work(
    bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With small bounds, small graphs reach them."""
    if bound == "work":
        monkeypatch.setattr(order, "MIN_WORK", 40_000)
        monkeypatch.setattr(order, "WORK_PER_ELEMENT", 0)
    else:
        monkeypatch.setattr(order, "MAX_SIFT_DISTANCE", order.MAX_SIFT_DISTANCE // 4)
    graphs = [in_disorder(100), in_disorder(200)]
    small, large = (calls_in(lambda graph=graph: check(graph, draw(graph))) for graph in graphs)
    assert large < 2.5 * small


CROSSED = {
    "columns in disorder": lambda: in_disorder(60),
    "tangle": lambda: tangle(90, 1),
    "another tangle": lambda: tangle(90, 2),
    "recurrent net": lambda: rnn(6),
}


@pytest.mark.parametrize("name", CROSSED)
def test_a_quick_drawing_takes_bounded_work(name: str) -> None:
    """It is as exact as any, and rougher only where edges cross often."""
    graph = CROSSED[name]()

    def quick() -> Drawing:
        return place(graph.columns, graph.heights, graph.edges, quick=True)

    assert calls_in(quick) < 60_000
    assert calls_in(quick) < calls_in(lambda: draw(graph)) / 2
    check(graph, quick())
    assert quick() == quick()


@pytest.mark.parametrize(
    "graph",
    [diamond(), taylor(), resnet(4), net(2)],
    ids=lambda graph: f"{len(graph.columns)} nodes",
)
def test_a_quick_drawing_of_an_ordinary_graph_is_the_same(graph: Graph) -> None:
    assert place(graph.columns, graph.heights, graph.edges, quick=True) == draw(graph)


def test_lengths_that_differ_are_an_error() -> None:
    with pytest.raises(ValueError, match="2 columns and 1 heights: give one of each per node"):
        place([0, 1], [24], [])


@pytest.mark.parametrize("column", [0, 1])
def test_an_edge_that_leads_nowhere_later_is_an_error(column: int) -> None:
    with pytest.raises(ValueError, match="every edge must lead to a later column"):
        place([1, column], [24, 24], [(0, 1)])


# ---------------------------------------------------------------- late columns


def test_a_leaf_stands_just_left_of_its_first_consumer() -> None:
    edges = [(0, 1), (1, 2), (2, 4), (3, 4), (3, 6), (4, 5), (5, 6)]
    assert late_columns([0, 1, 2, 0, 3, 4, 5], edges) == [0, 1, 2, 2, 3, 4, 5]


def test_a_node_without_edges_keeps_its_column() -> None:
    assert late_columns([0, 4], []) == [0, 4]


# ---------------------------------------------------------------- the measures themselves


def test_measures_see_what_is_wrong() -> None:
    graph = Graph([0, 0, 1, 2, 2], [20.0] * 5, [(0, 4), (1, 3)], [])
    y = [0.0, 30.0, 10.0, 5.0, 60.0]
    routes: list[Route] = [[(0, 0.0), (1, 15.0), (2, 60.0)], [(0, 30.0), (1, 45.0), (2, 5.0)]]
    result = measure(graph, y, routes)
    assert result.crossings == 1
    assert result.bends == 4
    assert result.gap == 10
    assert result.clearance == -5
    assert result.height == 80
