"""detect_anomaly: the function, the variable and the line that made the trouble."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics import positions as source


class Log(ng.Function):
    def forward(self, x):
        with np.errstate(all="ignore"):
            return np.log(x)

    def backward(self, gy):
        (x,) = self.inputs
        return gy / x


class Root(ng.Function):
    """Finite at 0, with an infinite slope there."""

    def forward(self, x):
        return np.sqrt(x)

    def backward(self, gy):
        (x,) = self.inputs
        with np.errstate(all="ignore"):
            return gy * 0.5 / np.sqrt(x.data)


class Pair(ng.Function):
    def forward(self, x):
        return x, x + 1.0

    def backward(self, g0, g1):
        return g0 + g1


def line_of(text):
    """The number of the line of this file that holds a text, once outside this call."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.strip() == text)


def test_forward_names_function_variable_and_line():
    x = ng.Variable(np.array([1.0, -1.0]), name="x")
    with ng.detect_anomaly(), pytest.raises(ng.AnomalyError) as caught:
        Log()(x)
    assert str(caught.value) == (
        "Log(x (2,) float64) made NaN out of finite values, test_anomaly.py, line "
        f"{line_of('Log()(x)')}. Look at its inputs: for example log or division at 0, "
        "exp of a large number."
    )
    assert isinstance(caught.value, ArithmeticError)


def test_an_infinity_is_told_from_nan():
    with ng.detect_anomaly(), pytest.raises(ng.AnomalyError, match="made an infinity out of"):
        Log()(ng.Variable(np.array(0.0)))


def test_backward_names_the_line_of_the_forward_and_changes_nothing():
    x = ng.Variable(np.array(0.0), name="x")
    w = ng.Variable(np.array(2.0), name="w")
    with ng.detect_anomaly():
        y = Root()(x)
        z = y * w
        with pytest.raises(ng.AnomalyError) as caught:
            z.backward()
    assert str(caught.value) == (
        "Root.backward made an infinity for its input 0, x () float64, out of finite "
        f"values, test_anomaly.py, line {line_of('y = Root()(x)')}."
    )
    assert x.grad is None
    assert w.grad is None


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_was_not_finite_before_is_nobodys_fault(value):
    x = ng.Variable(np.array([value, 1.0]))
    with ng.detect_anomaly():
        a, b = Pair()(x)
        y = (a * b).sum()
        y.backward()
        parts = ng.split(x, 2)
    assert not np.isfinite(x.grad[0])
    assert len(parts) == 2


def test_data_changed_in_place():
    x = ng.Variable(np.ones(3), name="x")
    with ng.detect_anomaly():
        y = (x * x).sum()
        x.data[0] = 5.0
        with pytest.raises(
            ng.AnomalyError, match=r"x \(3,\) float64 was changed in place after mul"
        ):
            y.backward()
    assert x.grad is None


def test_under_no_grad_nobody_is_blamed():
    with ng.detect_anomaly(), ng.no_grad(), np.errstate(over="ignore"):
        y = Log()(ng.Variable(np.array(-1.0)))
        z = ng.Variable(np.array(1e200)) * 1e200
    assert np.isnan(y.data)
    assert np.isinf(z.data)


def test_a_trace_inside_is_checked_too():
    x = ng.Variable(np.array(0.0))
    with ng.detect_anomaly():
        y = Root()(x)
        with pytest.raises(ng.AnomalyError):
            ng.trace(y)


def test_nested_and_left_behind():
    before = (set(source.state.enabled), set(source.state.watchers))
    with ng.detect_anomaly():
        with ng.detect_anomaly():
            pass
        with pytest.raises(ng.AnomalyError):
            Log()(ng.Variable(np.array(-1.0)))
    assert (set(source.state.enabled), set(source.state.watchers)) == before
    assert np.isnan(Log()(ng.Variable(np.array(-1.0))).data)


def test_gradients_are_the_same():
    x = ng.Variable(np.array([0.3, 0.7]))
    ng.exp(x * x).sum().backward()
    plain, x.grad = x.grad, None
    with ng.detect_anomaly():
        ng.exp(x * x).sum().backward()
    assert x.grad.tobytes() == plain.tobytes()
