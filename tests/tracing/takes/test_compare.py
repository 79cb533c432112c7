"""Two takes, compared by what differs."""

from __future__ import annotations

import json

import numpy as np
import pytest

import nbgrad as ng
from tests.tracing.graphs import variable


def test_two_takes_are_compared() -> None:
    w = ng.Variable(np.linspace(-1, 1, 100).reshape(10, 10), name="w")
    b = ng.Variable(np.array(2.0, np.float32), name="b")
    history, grads = ng.History(), []
    for _ in range(3):
        for p in (w, b):
            p.cleargrad()
        history.record(ng.sum(ng.sin(w)) * b * b)
        grads.append((w.grad, float(b.grad)))
        w.data, b.data = w.data * 1.5, b.data + 1
    found = history.compare(0, -1)
    change = grads[2][0] - grads[0][0]
    assert found["w"].norm == pytest.approx(np.linalg.norm(change))
    assert found["w"].change.max == pytest.approx(change.max())
    assert found["b"].change.value == pytest.approx(grads[2][1] - grads[0][1], rel=1e-6)
    assert (found["b"].before.value, found["b"].after.value) == (grads[0][1], grads[2][1])
    assert str(found).startswith("Gradients, iteration 2 against iteration 0")
    assert "w.grad" in str(found)
    loaded = ng.Series.from_dict(json.loads(json.dumps(history.to_dict()))).compare(0, 2)
    assert loaded["b"] == found["b"]
    assert (loaded["w"].change, loaded["w"].norm) == (None, None)  # statistics alone were saved
    assert loaded["w"].before.norm == pytest.approx(np.linalg.norm(grads[0][0]))
    with pytest.raises(IndexError, match="no take 3: this series has 3 takes"):
        history.compare(0, 3)


def test_takes_of_two_graphs_are_compared_by_name() -> None:
    x, z = variable(2.0, "x"), variable(1.0, "z")
    found = ng.series([ng.trace(x * x), ng.trace(x * z)]).compare(0, 1)
    assert found["x"].change.value == found["x"].after.value - found["x"].before.value
    assert (found["z"].before, found["z"].change) == (None, None)
    assert "–" in str(found)
