"""Convolution and correlation of sequences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.ops.cases import leaf


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda x: np.convolve(x, x, "no"), ng.ShapeError, "'valid', not 'no'"),
        (lambda x: np.convolve(x, np.ones((2, 2))), ng.ShapeError, "one dimension"),
    ],
)
def test_a_wrong_mode_or_shape_is_refused(call: Any, error: Any, said: str) -> None:
    with pytest.raises(error) as caught:
        call(leaf(1.0, 2.0))
    assert said in str(caught.value)


def test_all_modes_of_convolution_and_correlation() -> None:
    rng = np.random.default_rng(0)
    for n, k in ((1, 1), (5, 2), (2, 5), (6, 3), (4, 4), (3, 6)):
        a, v = rng.normal(size=n), rng.normal(size=k)
        for mode in ("full", "same", "valid"):
            for f in (np.convolve, np.correlate):
                np.testing.assert_array_equal(f(ng.Variable(a), v, mode).data, f(a, v, mode))


def test_the_period_of_phases_has_a_gradient() -> None:
    x, period = np.array([0.5, 4.0, 9.0, 2.0]), np.array(3.1)
    y = ng.unwrap(x, period=ng.Variable(period))
    assert y.data.tolist() == np.unwrap(x, period=3.1).tolist()
    assert ng.gradcheck(lambda x, period: ng.unwrap(x, period=period) ** 2, x, period)
