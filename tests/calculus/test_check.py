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


def test_nothing_is_changed() -> None:
    x, before = ng.Variable(A.copy()), A.copy()
    gradcheck(lambda v: (v * x).sum(), x)
    assert x.grad is None
    np.testing.assert_array_equal(x.data, before)
