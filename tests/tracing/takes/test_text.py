"""A series as a table of text."""

from __future__ import annotations

import nbgrad as ng
from tests.tracing.graphs import variable


def test_the_table() -> None:
    x = variable(2.0, "x")
    y = x * x
    y.name = "y"
    series = ng.sweep(y, x, [1.0, 2.0])
    assert str(series).splitlines()[:5] == [
        "y, 2 takes by x",
        "",
        "x  y  x.grad",
        "1  1       2",
        "2  4       4",
    ]
    long = ng.sweep(y, x, range(100))
    assert "… 80 more" in str(long)
    assert repr(long) == "<Series of 100 takes by x>"
