"""An operation that runs its rules with code of its own says what its rules say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.arrays import to_raw
from nbgrad.engine.operation import Operation
from nbgrad.engine.rules import pull_product, pull_sum, raw_values
from nbgrad.ops.arithmetic import Add, Mul

OWN = {Add: pull_sum, Mul: pull_product}
MATRIX = np.arange(1.0, 7.0).reshape(2, 3)
PAIRS = {
    "arrays": (ng.Variable(MATRIX), ng.Variable(MATRIX + 1.0)),
    "broadcast": (ng.Variable(MATRIX), ng.Variable(MATRIX[0])),
    "0-d": (ng.Variable(np.array(2.0)), ng.Variable(np.array(3.0))),
    "0-d with an array": (ng.Variable(np.array(2.0)), ng.Variable(MATRIX)),
    "0-d without a gradient": (ng.Variable(MATRIX), np.array(2.0)),
    "a number first": (2.0, ng.Variable(MATRIX)),
    "a number second": (ng.Variable(MATRIX), 2.0),
    "a constant": (ng.Variable(MATRIX), ng.Variable(MATRIX, requires_grad=False)),
    "one variable twice": (PAIR := ng.Variable(MATRIX), PAIR),
}


def upstream(y: Any) -> Any:
    return np.cos(to_raw(y._data))


def by_rules(op: Operation, y: Any, gy: Any, values: tuple[Any, ...], data: Any) -> list[Any]:
    """Return what `op.rule` gives for each input that is differentiated by."""
    return [
        op.rule(i)(gy, data, *values) if isinstance(x, ng.Variable) and x.requires_grad else None
        for i, x in enumerate(y._inputs)
    ]


def needed(y: Any) -> list[Any]:
    """Return the inputs that are differentiated by, each with its place."""
    return [
        (i, x) for i, x in enumerate(y._inputs) if isinstance(x, ng.Variable) and x.requires_grad
    ]


@pytest.mark.parametrize("operation", OWN, ids=lambda c: c.__name__)
def test_it_is_what_the_pass_runs(operation: Any) -> None:
    assert operation.pull is OWN[operation]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("operation", OWN, ids=lambda c: c.__name__)
class TestOwnPull:
    @pytest.mark.parametrize("spent", [False, True])
    def test_on_values(self, operation: Any, pair: str, spent: bool) -> None:
        y = operation()(*PAIRS[pair])
        want = by_rules(y._op, y, upstream(y), raw_values(y._inputs), to_raw(y._data))
        got = y._op.pull(y, upstream(y), False, spent and y.ndim > 0)
        assert [(i, x) for i, x, _ in got] == needed(y)
        for i, _, g in got:
            np.testing.assert_array_equal(g, want[i], strict=True)

    def test_recorded(self, operation: Any, pair: str) -> None:
        y = operation()(*PAIRS[pair])
        gy = ng.Variable(np.array(upstream(y)))
        want = by_rules(y._op, y, gy, y._inputs, y)
        got = y._op.pull(y, gy, True, False)
        assert [(i, x) for i, x, _ in got] == needed(y)
        for i, _, g in got:
            assert isinstance(g, ng.Variable)
            np.testing.assert_array_equal(g.data, want[i].data, strict=True)
            assert type(g._op) is type(want[i]._op)
