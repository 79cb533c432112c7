"""The source that was written, and why there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.compiler.functions import variable


def test_source_is_readable() -> None:
    @ng.compile
    def loss(weights: Any, x: Any) -> Any:
        y = ng.exp(x @ weights)
        return (y * y).sum()

    text = loss.source(ng.Variable(np.ones((3, 2))), np.ones((4, 3)))
    assert "def forward(scratch, kept, weights, x):" in text
    assert "np.matmul(x, weights, out=" in text
    assert "# y = ng.exp(x @ weights)" in text
    assert "def backward(scratch, saved, gy, weights, x):" in text
    compile(text, "text", "exec")


def test_source_says_why_there_is_none() -> None:
    f = ng.compile(lambda x: x if x.sum() > 0 else -x)
    with pytest.warns(ng.CompileWarning), pytest.raises(ng.OperandError, match="truth value"):
        f.source(variable(1))
