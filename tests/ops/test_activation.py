"""Activations far out, in their tails, and of a wrong shape."""

from __future__ import annotations

import math

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops


@pytest.mark.parametrize("name", ["elu", "selu", "silu", "softsign", "hardtanh"])
def test_activations_are_finite_far_out(name: str) -> None:
    x = ng.Variable(np.array([-1e300, -800.0, 800.0, 1e300]))
    y = getattr(ng, name)(x)
    y.sum().backward(create_graph=True)
    assert np.isfinite(y.data).all()
    assert np.isfinite(x.grad.data).all()


def test_glu_needs_an_even_axis() -> None:
    x = ng.Variable(np.ones((2, 3, 5)))
    with pytest.raises(ng.ShapeError, match=r"^glu: axis 2 of unnamed \(2, 3, 5\) float64 has 5"):
        ng.glu(x)
    with pytest.raises(ng.AxisError, match=r"^glu: axis 3"):
        ng.glu(x, 3)


def test_sigmoid_is_exact_in_its_tail() -> None:
    x = ng.Variable(np.array([-40.0, -700.0]))
    np.testing.assert_allclose(ops.sigmoid(x).data, np.exp([-40.0, -700.0]), rtol=1e-15)


@pytest.mark.parametrize("name", ["silu", "gelu", "glu", "softsign"])
def test_what_forward_keeps_serves_no_other_array(name: str) -> None:
    x = ng.Variable(np.array([-1.0, 2.0]))
    y = getattr(ng, name)(x)
    x.data = np.array([0.5, 3.0])
    y.backward(np.ones(y.shape))
    fresh = ng.Variable(np.array([0.5, 3.0]))
    getattr(ng, name)(fresh).backward(np.ones(y.shape))
    np.testing.assert_allclose(x.grad, fresh.grad, rtol=1e-15)


@pytest.mark.parametrize("name", ["gelu", "softsign"])
def test_what_forward_keeps_is_not_mixed_with_numbers_written_later(name: str) -> None:
    x, same = (ng.Variable(np.array([-1.0, 2.0])) for _ in range(2))
    y = getattr(ng, name)(x)
    x.data[...] = [0.5, -3.0]
    y.backward(np.ones(2))
    getattr(ng, name)(same).backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, same.grad)


def test_alpha_of_elu_may_be_a_variable_or_one_for_each_element() -> None:
    x, alpha = ng.Variable(np.array([-2.0, 0.0, 3.0])), ng.Variable(np.array([0.5, 2.0, 3.0]))
    y = ng.elu(x, alpha)
    y.sum().backward()
    np.testing.assert_allclose(y.data, [0.5 * np.expm1(-2.0), 0.0, 3.0])
    np.testing.assert_allclose(x.grad, [0.5 * np.exp(-2.0), 2.0, 1.0])
    np.testing.assert_allclose(alpha.grad, [np.expm1(-2.0), 0.0, 0.0])
    np.testing.assert_array_equal(ng.elu(x, alpha.data).data, y.data)


def test_gelu_has_all_digits_of_its_tail() -> None:
    x = np.array([-38.0, -30.0, -12.0, -8.0, -5.0, -1.4, -0.1, 0.0, 0.3, 1.0, 6.0, 40.0])
    below = [math.erfc(-v / math.sqrt(2.0)) / 2.0 for v in x]
    np.testing.assert_allclose(ng.gelu(ng.Variable(x)).data, x * below, rtol=3e-13)


def test_an_activation_has_no_out() -> None:
    with pytest.raises(TypeError, match=r"^ng\.silu was asked to write"):
        ng.silu(ng.Variable(np.ones(2)), out=np.ones(2))
