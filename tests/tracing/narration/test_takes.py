"""A take in a sentence."""

from __future__ import annotations

import nbgrad as ng
from nbgrad.tracing.narration.takes import tell_take, trend
from tests.tracing.graphs import variable


def test_a_take_in_a_sentence() -> None:
    x = variable(2.0, "x")
    y = ng.square(x)
    y.name = "loss"
    series = ng.sweep(y, x, [4.0, 2.0, 2.001, 3.0, 0.0])
    told = [
        "".join(tell_take(t.parts, series[k - 1].parts if k else None, [], "x", series.at[k]))
        for k, t in enumerate(series)
    ]
    assert told == [
        "x 4: loss 16, x.grad 8.",
        "x 2: loss 4, x.grad 4, falling.",
        "x 2.001: loss 4.004, x.grad 4.002, steady.",
        "x 3: loss 9, x.grad 6, rising.",
        "x 0: loss 0, x.grad is exactly zero.",
    ]
    assert "작아지는 중" in "".join(tell_take(series[1].parts, series[0].parts, [], "x", 2.0, "ko"))
    assert [trend(1.0, 1.01), trend(1.0, 0.5), trend(0.0, 0.0)] == ["steady", "falling", "steady"]
