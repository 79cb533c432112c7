"""Convolutions: the bias, float32, and wrong shapes."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops.convolution import Conv2d

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


def test_a_convolution_with_a_bias_is_one_node() -> None:
    x, w, b = (ng.Variable(np.ones(n)) for n in [(1, 2, 4, 4), (3, 2, 2, 2), (3,)])
    assert ng.conv2d(x, w, b).creator.inputs == (x, w, b)
    assert ng.conv2d(x, w).creator.inputs == (x, w)
    with pytest.raises(ng.OperandError, match="takes 3 operands, but got 1"):
        ng.conv2d(x, w).creator(x)


def test_the_rule_of_a_bias_is_left_out_with_the_bias() -> None:
    x, w, b = (ng.Variable(np.ones(n)) for n in [(1, 2, 4, 4), (2, 2, 2, 2), (2,)])
    for f in (ng.conv2d, ng.conv_transpose2d):
        rules = f(x, w, b).creator.formula
        assert "; gx2 = gy summed" in rules
        assert f(x, w).creator.formula == rules[: rules.index("; gx2")]


def test_an_operation_called_again_with_other_kernels_does_not_mix_their_columns() -> None:
    x, *kernels = (RNG.normal(size=n) for n in [(1, 2, 5, 5), (3, 2, 1, 2), (3, 2, 2, 1)])
    v, w, other = (ng.Variable(a) for a in (x, *kernels))
    op = Conv2d()
    y = op(v, w)
    op(v, other)
    y.backward()
    alone = ng.Variable(kernels[0])
    ng.conv2d(x, alone).backward()
    np.testing.assert_array_equal(w.grad, alone.grad)


def test_one_group_may_be_said_by_true() -> None:
    np.testing.assert_array_equal(ng.conv2d(X, W, groups=True).data, ng.conv2d(X, W).data)


@pytest.mark.parametrize("n", [8, 400])
def test_columns_of_small_pictures_alone_are_kept_for_the_gradient_of_the_kernels(n: int) -> None:
    x, w = (ng.Variable(RNG.normal(size=shape)) for shape in [(1, 1, n, n), (2, 1, 3, 3)])
    y = ng.conv2d(x, w)
    assert (y._op.kept_for(x.data) is not None) == (n == 8)
    y.backward()
    windows = np.lib.stride_tricks.sliding_window_view(x.data[0, 0], (3, 3))
    np.testing.assert_allclose(w.grad[:, 0], [windows.sum((0, 1))] * 2, 1e-8)


def test_kept_columns_are_those_of_the_array_that_is_there_now() -> None:
    x, w = ng.Variable(RNG.normal(size=(1, 1, 4, 4))), ng.Variable(np.ones((1, 1, 4, 4)))
    y = ng.conv2d(x, w)
    x.data = RNG.normal(size=(1, 1, 4, 4))
    y.backward()
    np.testing.assert_array_equal(w.grad, x.data)
    x.data[...] = 2.0
    y = ng.conv2d(x, w)
    w.cleargrad()
    y.backward()
    assert (w.grad == 2.0).all()


@pytest.mark.parametrize("shape", [(), (1,), (1, 1, 1), (4, 1, 1)])
def test_a_bias_of_another_shape_gets_a_gradient_of_that_shape(shape: tuple[int, ...]) -> None:
    b = ng.Variable(np.full(shape, 0.5))
    y = ng.conv2d(np.zeros((2, 3, 5, 5)), np.zeros((4, 3, 3, 3)), b)
    np.testing.assert_array_equal(y.data, 0.5)
    y.backward()
    np.testing.assert_array_equal(b.grad, np.full(shape, 72.0 / b.size))


@pytest.mark.parametrize(
    ("kernels", "bias", "result"),
    [
        (np.float32, np.float64, np.float64),
        (np.float64, np.float32, np.float64),
        (np.float16, np.float32, np.float32),
        (np.float16, np.float16, np.float16),
        (np.int64, np.float32, np.float64),
        (np.int64, np.int64, np.int64),
    ],
)
def test_a_bias_promotes_as_in_a_sum(kernels: Any, bias: Any, result: Any) -> None:
    x, w = np.full((1, 1, 3, 3), 2, kernels), np.ones((2, 1, 2, 2), kernels)
    b = ng.Variable(np.ones(2, bias))
    for y in (ng.conv2d(x, w, b), ng.conv_transpose2d(x, w.reshape(1, 2, 2, 2), b)):
        assert y.dtype == result
        assert y.data[0, 0, 1, 1] == 9


def test_the_gradient_of_a_bias_of_float32_and_float16_is_summed_wide() -> None:
    for dtype, n in ((np.float16, 50), (np.float32, 4200)):
        b = ng.Variable(np.zeros(1, dtype))
        ng.conv2d(np.zeros((1, 1, n, n), dtype), np.ones((1, 1, 1, 1), dtype), b).backward()
        assert b.grad == n * n


def test_the_gradient_of_a_bias_has_memory_of_its_own() -> None:
    x, w, b = (ng.Variable(np.ones(n)) for n in [(1, 1, 1, 1), (1, 1, 1, 1), (1,)])
    gradient = np.ones((1, 1, 1, 1))
    ng.conv2d(x, w, b).backward(gradient)
    assert not np.shares_memory(b.grad, gradient)


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
        (
            lambda x: ng.conv2d(x, np.ones((4, 3, 3, 3)), np.ones(3)),
            r"each of the 4 kernels, not the shape \(3,\)",
        ),
        (lambda x: ng.conv2d(x, np.ones((4, 3, 3, 3)), stride=0), "at least 1"),
        (lambda x: ng.conv2d(x, np.ones((4, 3, 3, 3)), padding=(1, 2, 3)), "an int or 2 of them"),
        (lambda x: ng.conv2d(x, np.ones((4, 1, 3, 3)), groups=3), "groups=3 does not divide 4"),
        (lambda x: ng.col2im(x, (4, 4), 2), r"\(2, 2, 3, 3\)"),
    ],
)
def test_an_error_of_a_convolution_says_what_does_not_fit(call: Any, said: str) -> None:
    with pytest.raises(ng.NbgradError, match=said):
        call(ng.Variable(np.ones((2, 3, 5, 5))))


NOT_SIZES: tuple[Any, ...] = (
    "same", b"s", None, -1, 2.5, np.nan, (1, 2, 3, 4), (), [], {}, (None,), object(), 1j,
)  # fmt: skip
NOT_A_BIAS: tuple[Any, ...] = ("same", b"s", (1, 2, 3, 4), (), {}, (None,), object(), 1j)
X, W = np.ones((1, 2, 4, 4)), np.ones((2, 2, 2, 2))


@pytest.mark.parametrize(
    ("f", "args", "names"),
    [
        (ng.conv1d, (X[..., 0], W[..., 0]), "bias stride padding dilation groups"),
        (ng.conv2d, (X, W), "bias stride padding dilation groups"),
        (ng.conv_transpose2d, (X, W), "bias stride padding output_padding groups dilation"),
        (ng.im2col, (X, 2), "kernel_size stride padding dilation"),
        (ng.col2im, (np.ones((1, 2, 2, 2, 3, 3)), 4, 2), "size kernel_size stride padding"),
        (ng.max_pool2d, (X, 2), "kernel_size stride padding"),
        (ng.avg_pool2d, (X, 2), "kernel_size stride padding"),
    ],
)
def test_parameters_that_are_not_sizes_are_refused_by_name(
    f: Any, args: tuple[Any, ...], names: str
) -> None:
    given = dict(zip(inspect.signature(f).parameters, args, strict=False))
    cases = 0
    for name in names.split():
        for value in NOT_A_BIAS if name == "bias" else NOT_SIZES:
            if value is None and name == "stride" and "pool" in f.__name__:
                continue
            with pytest.raises(ng.NbgradError, match=rf"^{f.__name__}\b") as caught:
                f(**{**given, name: value})
            assert f"{name} must" in str(caught.value) or value == -1, str(caught.value)
            cases += 1
    print(f"{cases} cases")
