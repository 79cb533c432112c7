"""NaN from the branch that a `where` does not choose: named with its cure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng

CURE = "ng.where(mask, x, 1.0)"


def chosen(x: ng.Variable) -> ng.Variable:
    return ng.where(x.data > 0, ng.sqrt(x), 0.0).sum()


@pytest.fixture
def x() -> ng.Variable:
    return ng.Variable(np.array([0.0, 4.0]), "x")


def test_the_trace_says_so(x: ng.Variable) -> None:
    with np.errstate(invalid="ignore"):
        told = str(ng.trace(chosen(x), apply=False))
    assert "where did not choose this branch" in told
    assert CURE in told


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.where(x == 0, 1.0, np.sin(x) / x),
        lambda x: np.where(x > 0, np.exp(np.log(x - 1) * 2), 0.0),
        lambda x: np.where(x > 0, np.log(x), 0.0),
    ],
)
def test_the_trace_and_detect_anomaly_say_so_of_what_the_forward_pass_made(f: Any) -> None:
    x = ng.Variable(np.array([0.0, 2.0]), "x")
    with np.errstate(all="ignore"):
        told = str(ng.trace(f(x).sum(), apply=False))
        assert "where did not choose this branch" in told
        assert CURE in told
        with ng.detect_anomaly(), pytest.raises(ng.AnomalyError) as error:
            f(x)
    assert CURE in error.value.__notes__[0]


def test_detect_anomaly_says_so(x: ng.Variable) -> None:
    with (
        ng.detect_anomaly(),
        np.errstate(invalid="ignore"),
        pytest.raises(ng.AnomalyError, match="where that does not choose") as error,
    ):
        chosen(x).backward()
    assert CURE in str(error.value)
    with (
        ng.detect_anomaly(),
        np.errstate(invalid="ignore"),
        pytest.raises(ng.AnomalyError, match="log") as error,
    ):
        ng.where(x.data > 1, ng.log(x - 1), 0.0)
    assert CURE in error.value.__notes__[0]


def test_the_cure_works(x: ng.Variable) -> None:
    ng.where(x.data > 0, ng.sqrt(ng.where(x.data > 0, x, 1.0)), 0.0).sum().backward()
    assert x.grad.tolist() == [0, 0.25]


def test_other_nan_is_not_taken_for_it() -> None:
    x = ng.Variable(np.array([np.inf, 1.0]), "x")
    with np.errstate(invalid="ignore"):
        assert CURE not in str(ng.trace((x - x).sum(), apply=False))


def test_where_nothing_chooses_only_the_slope_is_named() -> None:
    x = ng.Variable(np.array([0.0, 1.0]), "x")
    with np.errstate(all="ignore"):
        told = str(ng.trace((ng.sqrt(x) * 0.0).sum(), apply=False))
    assert "0 times an infinite slope is NaN." in told
    assert "where" not in told


def test_a_pytorch_pass_names_its_own_cure() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed here")
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    y = torch.where(x > 0, x.sqrt(), 0.0).sum()
    told = ng.trace(y, names={"x": x}, apply=False)
    assert "f(torch.where(mask, x, 1.0))" in str(told)
    assert "ng.where" not in str(told)
