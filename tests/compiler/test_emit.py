"""The source that was written, and why there is none."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.compiler.functions import variable
from tests.compiler.same_bits import assert_same, run


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


def test_a_negated_term_is_subtracted_with_the_same_bits() -> None:
    """Also of two NaNs the first one stays, and of zeros the sign."""
    odd = [np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, -2.0, 5e-324, 1e308]
    x, y = (g.ravel() for g in np.meshgrid(odd, odd))
    calls = 0
    for dtype in (np.float64, np.float32):
        with np.errstate(all="ignore"):
            args = [x.astype(dtype), y.astype(dtype)]
            for f in (
                lambda x, y: (ng.square(x) + -x * y).sum(),
                lambda x, y: ((-x) * y * x + ng.sin(-y) - y).sum() * -1.0,
            ):
                compiled = ng.compile(f)
                for n in range(3):
                    assert_same(run(f, args, [], n), run(compiled, args, [], n), dtype)
                    calls += 1
                back = compiled.source(*map(ng.Variable, args)).partition("def backward")[2]
                assert re.search(r" - g\d|np\.subtract\(g", back), back
    print(f"{calls} calls")
