"""Convolutions: the bias, float32, and wrong shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng

RNG = np.random.default_rng(0)


def test_a_bias_is_added_to_each_channel() -> None:
    x, w, b = (ng.Variable(RNG.normal(size=n)) for n in [(2, 3, 5, 5), (4, 3, 3, 3), (4,)])
    y = ng.conv2d(x, w, b, padding=1)
    plain = ng.conv2d(x, w, padding=1).data
    np.testing.assert_allclose(y.data, plain + b.data[:, None, None], rtol=1e-12)
    y.sum().backward()
    np.testing.assert_array_equal(b.grad, 50.0)
    assert ng.conv1d(x[:, :, 0], w[:, :, 0], b).shape == (2, 4, 3)
    assert ng.conv_transpose2d(x, np.ones((3, 2, 2, 2)), np.zeros(2), stride=2).shape == (
        2,
        2,
        10,
        10,
    )


def test_float32_stays_in_convolutions_and_pools() -> None:
    x = ng.Variable(np.ones((1, 2, 4, 4), np.float32))
    w = ng.Variable(np.ones((2, 2, 2, 2), np.float32))
    y = ng.avg_pool2d(ng.max_pool2d(ng.conv2d(x, w, np.zeros(2, np.float32)), 2), 1)
    y.sum().backward()
    assert {y.dtype, x.grad.dtype, w.grad.dtype} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: ng.conv2d(x, np.ones((4, 2, 3, 3))), "3 channels, and the kernels are for 2"),
        (
            lambda x: ng.conv2d(x, np.ones((4, 3, 9, 9))),
            r"spans \(9, 9\) does not fit into \(5, 5\)",
        ),
        (lambda x: ng.conv2d(x[0], np.ones((4, 3, 3, 3))), "height, width"),
        (lambda x: ng.conv1d(x, np.ones((4, 3, 3))), "length"),
        (lambda x: ng.conv2d(x, np.ones((4, 3, 3, 3)), stride=0), "at least 1"),
        (lambda x: ng.conv2d(x, np.ones((4, 3, 3, 3)), padding=(1, 2, 3)), "an int or 2 of them"),
        (lambda x: ng.conv2d(x, np.ones((4, 1, 3, 3)), groups=3), "groups=3 does not divide 4"),
        (lambda x: ng.col2im(x, (4, 4), 2), r"\(2, 2, 3, 3\)"),
    ],
)
def test_an_error_of_a_convolution_says_what_does_not_fit(call: Any, said: str) -> None:
    with pytest.raises(ng.NbgradError, match=said):
        call(ng.Variable(np.ones((2, 3, 5, 5))))
