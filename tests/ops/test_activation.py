"""Activations far out, in their tails, and of a wrong shape."""

from __future__ import annotations

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
