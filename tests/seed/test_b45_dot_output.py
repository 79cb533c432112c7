"""B45: DOT labels were not escaped, ids were addresses, a leaf had no graph (DeZero's ``utils``)."""

import numpy as np

import nbgrad as ng
from tests.seed.steps import diamond

HOSTILE = 'a "quoted" name \\ with <b> and \n a new line'


def dot(y):
    return ng.graph(y).to_dot().source


def test_b45_labels_are_escaped():
    x = ng.Variable(np.array(2.0), name=HOSTILE)
    source = dot(diamond(x)[-1])
    assert '"quoted"' not in source.replace('\\"', "")
    assert "\n a new line" not in source


def test_b45_ids_are_stable():
    sources = []
    for _ in range(2):
        x = ng.Variable(np.array(2.0))
        y = diamond(x)[-1]
        assert hex(id(x))[2:] not in dot(y)
        assert str(id(x)) not in dot(y)
        sources.append(dot(y))
    assert sources[0] == sources[1]


def test_b45_a_leaf_is_a_graph_of_one_node():
    graph = ng.graph(ng.Variable(np.array(2.0), name="x"))
    assert len(graph.nodes) == 1
    assert len(graph.edges) == 0
    assert "x" in graph.to_dot().source
