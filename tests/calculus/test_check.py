"""gradcheck finds a wrong rule, and says which."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.calculus import GradcheckError, gradcheck
from nbgrad.engine import errors

A = np.random.default_rng(0).uniform(0.5, 1.5, (2, 3))


class Cube(ng.Function):
    """A right rule, of the user's own."""

    def forward(self, x: Any) -> Any:
        return x**3

    def backward(self, gy: Any) -> Any:
        (x,) = self.inputs
        return 3 * x * x * gy


class WrongCube(Cube):
    def backward(self, gy: Any) -> Any:
        (x,) = self.inputs
        return 2 * x * x * gy


class WrongSecond(Cube):
    """Right to first order only: the factor depends on x, and does not say so."""

    def backward(self, gy: Any) -> Any:
        (x,) = self.inputs
        return 3 * x * ng.Variable(np.array(x.data if not callable(x) else x)) * gy


def test_right_rules_pass() -> None:
    assert gradcheck(lambda x: np.sin(x) * x.sum(), A)
    assert gradcheck(lambda x, y: (x @ y, np.exp(x)), A, A[0])
    assert gradcheck(lambda x: np.split(x, 3, axis=1), A)
    assert gradcheck(Cube(), A)
    assert gradcheck(lambda x: x * 2, 3.0)
    assert gradcheck(lambda x: 1.0, 3.0)
    assert gradcheck(lambda x: x * 2, ng.Variable(A))
    assert gradcheck(lambda x: x * 2, A.astype(np.float32))


def test_a_wrong_rule_is_found_and_named() -> None:
    def model(x: Any) -> Any:
        return np.tanh(WrongCube()(np.sin(x)))

    with pytest.raises(GradcheckError) as caught:
        gradcheck(model, A)
    text = str(caught.value)
    assert "gradcheck of model: the first derivative by argument 0 at index (" in text
    assert "The rule of WrongCube is wrong, on inputs of shape (2, 3)." in text
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, errors.NbgradError)


def test_the_worst_index_and_both_values_are_told() -> None:
    x = np.array([0.1, 2.0, 0.5])
    weights = np.random.default_rng(0).uniform(0.5, 1.5, 3)
    with pytest.raises(GradcheckError) as caught:
        gradcheck(WrongCube(), x)
    worst = 2 * x[1] ** 2 * weights[1]
    right = 3 * x[1] ** 2 * weights[1]
    text = str(caught.value)
    assert f"is {worst:.9g}, but finite differences give {right:.6g}"[:40] in text
    assert "of (3,)" in text


def test_a_second_order_that_is_hidden_is_refused_or_found() -> None:
    assert gradcheck(WrongSecond(), A, order=1)
    with pytest.raises((GradcheckError, errors.SecondOrderError), match=r"WrongSecond|second"):
        gradcheck(WrongSecond(), A)


def test_a_kink_is_no_operations_fault() -> None:
    with pytest.raises(GradcheckError, match="abs"):
        gradcheck(lambda x: np.abs(x - 1.0).sum() + np.exp(x).sum(), np.array([1.0 + 4e-7, 2.0]))


def test_nan_is_not_right() -> None:
    with np.errstate(all="ignore"), pytest.raises(GradcheckError, match="is nan"):
        gradcheck(lambda x: np.where(x > 0, 1.0, 0.0) * np.sqrt(x - x) + x, np.array([1.0]))


def test_arguments_are_checked() -> None:
    with pytest.raises(errors.OperandError, match="order is 1 or 2, not 3"):
        gradcheck(np.sin, A, order=3)
    with pytest.raises(errors.OperandError, match="needs the arrays"):
        gradcheck(np.sin)
    for result in (None, "a", np.array(["a"]), {"y": 1.0}):
        with pytest.raises(errors.OperandError, match="needs a function that returns Variables"):
            gradcheck(lambda x, y=result: y, A)


def test_nothing_is_changed() -> None:
    x, before = ng.Variable(A.copy()), A.copy()
    gradcheck(lambda v: (v * x).sum(), x)
    assert x.grad is None
    np.testing.assert_array_equal(x.data, before)


class Scaled(ng.Function):
    """A function whose rule is off by a factor and an offset."""

    def __init__(
        self, factor: Any = 1.0, offset: Any = 0.0, f: Any = np.square, d: Any = None
    ) -> None:
        self.factor, self.offset, self.f = factor, offset, f
        self.d = d or (lambda x: 2 * x)

    def forward(self, x: Any) -> Any:
        return self.f(x)

    def backward(self, gy: Any) -> Any:
        (x,) = self.inputs
        return gy * (self.d(x) * self.factor + self.offset)


RIGHT: dict[str, Any] = {
    "x² at 1e10": (lambda x: x**2, np.array(1e10)),
    "log at 1e-6": (ng.log, np.array(1e-6)),
    "sqrt at 1e-12": (ng.sqrt, np.array(1e-12)),
    "1/x": (lambda x: 1 / x, np.array([1e-8, 1e8])),
    "x² of all sizes": (lambda x: x**2, np.array([1e10, 1.0, 0.0, 1e-10, -1e5])),
    "a sum of all sizes": (lambda x: (x**2).sum(), np.array([1e10, 1.0, 3.0])),
    "exp at 1e-20": (ng.exp, np.array(1e-20)),
    "exp at 700": (ng.exp, np.array([700.0, -700.0])),
    "sin at 1e6 and 1e10": (ng.sin, np.array([1e6, 1e10, 0.0])),
    "x³ at 0": (lambda x: x**3, np.array([0.0, 1e-8])),
    "x¹⁰": (lambda x: x**10, np.array([1e-20, 1e20])),
    "softmax": (ng.softmax, np.array([1.0, 2.0, 3.0])),
    "a constant": (lambda x: 3.0 * x / x, np.array(2.0)),
    "zero": (lambda x: x * 0.0, np.array([1.0, 0.0])),
    "a product": (lambda x, y: x * y, np.array([1e150, 1e-150]), np.array([1e-150, 1e150])),
    "tanh": (ng.tanh, np.array([0.0, 10.0, 1e-9])),
    "abs": (abs, np.array([1e-7, -1e7])),
    "norm": (ng.norm, np.array([3e-8, 4e-8])),
    "relu": (ng.relu, np.array([1e-9, -1e-9, 5.0])),
    "nothing": (lambda x: x * x, np.zeros(0)),
    "x² that is 0": (lambda x: x**2, np.array([1e-200, -3e-180, 1e-160])),
    "log at 1e-200": (ng.log, np.array([1e-200])),
    "a right rule": (Scaled(), np.array([1e-7, 3.0, 1e10])),
}
WRONG: dict[str, Any] = {
    "five times, at 1e-7": (Scaled(5.0), np.array(1e-7)),
    "five times, at 1e10": (Scaled(5.0), np.array(1e10)),
    "off by 5, at 1e-7": (Scaled(1.0, 5.0), np.array(1e-7)),
    "off by 5e-7, at 1e-7": (Scaled(1.0, 5e-7), np.array(1e-7)),
    "the sign, at 1e-12": (Scaled(-1.0), np.array(1e-12)),
    "a thousandth": (Scaled(1.001), np.array([1e-7, 1e10, 1.0])),
    "zero": (Scaled(0.0), np.array(1e-3)),
    "at zero": (Scaled(1.0, 1e-3), np.array(0.0)),
    "exp has none, at 1e-20": (Scaled(1.0, 0.0, np.exp, lambda x: x * 0.0), np.array(1e-20)),
    "log, at 1e-6": (Scaled(2.0, 0.0, np.log, lambda x: 1 / x), np.array(1e-6)),
    "sin, at 1e6": (Scaled(1.01, 0.0, np.sin, ng.cos), np.array([1e6, 1e3])),
    "at 1e-7, beside 1e10": (Scaled(5.0), np.array([1e10, 1e-7])),
    "at 1e-8, by 5, beside 1e5": (
        Scaled(1.0, 0.0, np.square, lambda x: 2 * x + 5.0 * (x < 1.0)),
        np.array([1e-8, 1e5]),
    ),
    "NaN": (Scaled(np.nan), np.array(1.0)),
    "one of a sum": (lambda x: Scaled(1.01)(x).sum(), np.array([1.0, 2.0, 1e5])),
}


@pytest.mark.filterwarnings("error")
def test_right_and_wrong_at_every_magnitude() -> None:
    for name, (f, *arrays) in RIGHT.items():
        assert gradcheck(f, *arrays), name
    for name, (f, *arrays) in WRONG.items():
        with pytest.raises(GradcheckError, match="first derivative"):
            assert not gradcheck(f, *arrays), name
    print(len(RIGHT), "right and", len(WRONG), "wrong rules")


def test_variables_outside_do_not_matter() -> None:
    w = ng.Variable(np.array(3.0))
    assert gradcheck(lambda x: x**2 * w, np.array([1.0, 2.0]))
    assert w.grad is None
