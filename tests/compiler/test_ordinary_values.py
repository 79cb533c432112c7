"""Operations count on ordinary values; for others the function runs as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.compiler.call import MAX_MISSES
from tests.compiler.same_bits import assert_same, run

rng = np.random.default_rng(0)


def loss(x: Any, t: Any) -> Any:
    return ng.softmax_cross_entropy(x * 2.0, t) + ng.log_softmax(x).mean() + ng.logsumexp(x)


def batch(kind: str) -> list[Any]:
    """Return scores and labels, ordinary or not."""
    x, t = rng.normal(size=(4, 5)), rng.integers(0, 5, 4)
    if kind == "infinite":
        x[1, 2], x[2, 3] = np.inf, -np.inf
    elif kind == "hidden":
        x[3] = -np.inf
    elif kind == "nan":
        x[0, 0] = np.nan
    elif kind == "certain":
        x[:, 1] += 30.0
    elif kind == "ignored":
        t[1] = -100
    return [x, ng.Variable(t, requires_grad=False)]


KINDS = ("plain", "infinite", "hidden", "nan", "certain", "ignored")


@pytest.mark.parametrize("first", KINDS)
def test_any_values_after_any_have_the_same_bits(first: str) -> None:
    f = ng.compile(loss)
    run(f, batch(first), [], 0)
    for n in range(MAX_MISSES // 4):
        for kind in KINDS:
            args = batch(kind)
            assert_same(run(loss, args, [], n), run(f, args, [], n), f"{kind} after {first}")
    assert all(s.compiled for s in f.signatures)


def cross_entropy(x: Any, t: Any) -> Any:
    return ng.softmax_cross_entropy(x * 2.0, t)


def test_cross_entropy_is_a_straight_line() -> None:
    f = ng.compile(cross_entropy)
    text = f.source(ng.Variable(rng.normal(size=(4, 5))), np.arange(4))
    assert "softmax_cross_entropy" not in text.replace("# return ng.softmax_cross_entropy", "")
    assert text.count(" exp(") == 1  # the backward half reads what the forward half has


def test_what_is_never_ordinary_is_called_as_a_whole_in_the_end() -> None:
    f = ng.compile(cross_entropy)
    plain, ignored = (ng.Variable(rng.normal(size=(4, 5))), np.arange(4)), np.array([0, -100, 1, 2])
    f(*plain)
    assert "return None" in f.source(*plain)
    for _ in range(MAX_MISSES + 2):
        f(plain[0], ignored).backward()
    text = f.source(plain[0], ignored)
    assert "return None" not in text
    assert len(f.signatures) == 1


def test_bad_labels_raise_what_the_operation_raises() -> None:
    f = ng.compile(cross_entropy)
    x = ng.Variable(rng.normal(size=(4, 5)))
    f(x, np.arange(4))
    for labels in (np.array([0, 1, 2, 5]), np.array([0, 1, -2, 3])):
        with pytest.raises(ng.NbgradError, match="for 5 classes"):
            f(x, labels)
    f(x, np.arange(4)).backward()
    assert x.grad is not None
