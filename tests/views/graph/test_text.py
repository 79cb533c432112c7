"""A graph as text."""

from __future__ import annotations

import nbgrad as ng


def test_text(diamond: ng.Variable) -> None:
    assert repr(ng.graph(diamond)) == "<Graph of y: 4 functions, 5 variables, generations 0 to 3>"
    assert str(ng.graph(diamond)).splitlines() == [
        "graph of y: 4 functions, 5 variables, generations 0 to 3",
        "generation  variable  made by",
        "         0  a = 4     square(x = 2)",
        "         1  b = 16    square(a = 4)",
        "         1  c = 16    square(a = 4)",
        "         2  y = 32    add(b = 16, c = 16)",
    ]
