"""The functions of the book, under its names and with its conventions."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad import ops
from nbgrad.engine.errors import ShapeError
from nbgrad.engine.variable import Variable, as_variable
from nbgrad.ops import (
    broadcast_to,
    clip,
    cos,
    exp,
    expand_dims,
    log,
    matmul,
    max,  # noqa: A004 (the book's name)
    mean,
    min,  # noqa: A004 (the book's name)
    relu,
    reshape,
    sigmoid,
    sin,
    softmax_cross_entropy,
    sum,  # noqa: A004 (the book's name)
    sum_to,
    tanh,
    transpose,
)
from nbgrad.ops import getitem as get_item

from .core import add, div, mul, neg, pow, rsub, sub  # noqa: A004 (the book's name)
from .train import training

average = mean

__all__ = [
    "accuracy", "add", "average", "average_pooling", "batch_norm", "batch_nrom",
    "binary_cross_entropy", "broadcast_to", "clip", "col2im", "conv2d", "conv2d_simple", "cos",
    "deconv2d", "div", "dropout", "embed_id", "exp", "expand_dims", "flatten", "get_item",
    "im2col", "leaky_relu", "linear", "linear_simple", "log", "log_softmax", "matmul", "max",
    "mean", "mean_squared_error", "mean_squared_error_simple", "min", "mul", "neg", "pooling",
    "pooling_simple", "pow", "relu", "reshape", "rsub", "sigmoid", "sigmoid_simple",
    "sigmoid_cross_entropy", "sin", "softmax", "softmax_simple", "softmax_cross_entropy",
    "softmax_cross_entropy_simple", "sub", "sum", "sum_to", "tanh", "transpose",
]  # fmt: skip


def flatten(x: Any) -> Variable:
    """Flatten all axes but the first, that of the batch."""
    return reshape(x, (np.shape(as_variable(x).data)[0], -1))


def linear(x: Any, W: Any, b: Any = None) -> Variable:
    """Affine map: x @ W + b."""
    y = matmul(x, W)
    return y if b is None else y + b


def embed_id(x: Any, W: Any) -> Variable:
    """Rows of a table, one for each index."""
    return ops.embedding(x, W)


def leaky_relu(x: Any, slope: float = 0.2) -> Variable:
    """Leaky rectifier, with the book's slope."""
    return ops.leaky_relu(x, slope)


def softmax(x: Any, axis: int = 1) -> Variable:
    """Probabilities from scores."""
    return ops.softmax(x, axis)


def log_softmax(x: Any, axis: int = 1) -> Variable:
    """Logarithms of probabilities from scores."""
    return ops.log_softmax(x, axis)


def mean_squared_error(x0: Any, x1: Any) -> Variable:
    """Sum of squared differences, divided by the number of examples."""
    difference = as_variable(x0) - x1
    y: Variable = (difference**2).sum() / len(difference)
    return y


def sigmoid_cross_entropy(x: Any, t: Any) -> Variable:
    """Cross entropy of scores of one class, divided by the number of examples."""
    x, t = _paired(x, t)
    return ops.binary_cross_entropy(x, t, from_logits=True, reduction="sum") / len(x)


def binary_cross_entropy(p: Any, t: Any) -> Variable:
    """Cross entropy of probabilities of one class, divided by the number of examples."""
    p, t = _paired(p, t)
    return ops.binary_cross_entropy(clip(p, 1e-15, 0.999), t, reduction="sum") / len(p)


def _paired(x: Any, t: Any) -> tuple[Variable, Variable]:
    """Return predictions, shape (n, 1) as layers give them, and targets, shape (n,), in one shape."""
    x, t = as_variable(x), as_variable(t)
    return x, t if x.ndim == t.ndim else t.reshape(x.shape)


def accuracy(y: Any, t: Any) -> Variable:
    """Share of the examples whose largest score is that of their label: without a gradient."""
    y, t = as_variable(y).data, as_variable(t).data
    return Variable(np.asarray((y.argmax(axis=1) == t.reshape(-1)).mean()))


def dropout(x: Any, dropout_ratio: float = 0.5) -> Variable:
    """Set elements to 0 at random while in training; see `test_mode`.

    Drawn from NumPy's global state, so that the book's seeds give the book's numbers.
    """
    rng = np.random.Generator(np.random.get_bit_generator())  # type: ignore[attr-defined]
    return ops.dropout(x, dropout_ratio, training(), rng)


def batch_norm(
    x: Any, gamma: Any, beta: Any, mean: Any, var: Any, decay: float = 0.9, eps: float = 2e-5
) -> Variable:
    """Batch normalization; in training it moves the arrays `mean` and `var` towards the batch's."""
    if not training():
        return ops.batch_norm(x, gamma, beta, mean, var, eps)
    x = as_variable(x)
    axes = (0, *range(2, x.ndim))
    n = x.size // x.shape[1]
    for kept, new in (
        (mean, x.data.mean(axis=axes)),
        (var, x.data.var(axis=axes) * n / (n - 1.0 or 1.0)),
    ):
        kept *= decay
        kept += (1 - decay) * new
    return ops.batch_norm(x, gamma, beta, eps=eps)


batch_nrom = batch_norm
"""As DeZero's release spells it."""


def conv2d(x: Any, W: Any, b: Any = None, stride: Any = 1, pad: Any = 0) -> Variable:
    """Convolution of pictures, shape (n, channels, height, width)."""
    return ops.conv2d(x, W, b, stride, pad)


def deconv2d(
    x: Any, W: Any, b: Any = None, stride: Any = 1, pad: Any = 0, outsize: Any = None
) -> Variable:
    """Transposed convolution of pictures, to a size if one is given."""
    more: Any = 0
    if outsize is not None:
        sizes = as_variable(x).shape[2:], as_variable(W).shape[2:], _pair(stride), _pair(pad)
        least = map(get_deconv_outsize, *sizes)
        more = tuple(o - n for o, n in zip(_pair(outsize), least, strict=True))
    return ops.conv_transpose2d(x, W, b, stride, pad, more)


def pooling(x: Any, kernel_size: Any, stride: Any = 1, pad: Any = 0) -> Variable:
    """Largest element of each window."""
    return ops.max_pool2d(x, kernel_size, stride, pad)


def average_pooling(x: Any, kernel_size: Any, stride: Any = 1, pad: Any = 0) -> Variable:
    """Mean of each window."""
    return ops.avg_pool2d(x, kernel_size, stride, pad)


def im2col(
    x: Any, kernel_size: Any, stride: Any = 1, pad: Any = 0, to_matrix: bool = True
) -> Variable:
    """Windows of pictures: a matrix with one row for each, or axes of their own."""
    y = ops.im2col(x, kernel_size, stride, pad)
    if not to_matrix:
        return y
    rows = y.shape[0] * y.shape[4] * y.shape[5]
    return y.transpose((0, 4, 5, 1, 2, 3)).reshape((rows, -1))


def col2im(
    x: Any,
    input_shape: Any,
    kernel_size: Any,
    stride: Any = 1,
    pad: Any = 0,
    to_matrix: bool = True,
) -> Variable:
    """Add windows up where they stand: what undoes `im2col`."""
    x = as_variable(x)
    if to_matrix:
        n, channels, *size = input_shape
        kernel = _pair(kernel_size)
        places = get_conv_outsize(size, kernel, stride, pad)
        x = x.reshape((n, *places, channels, *kernel)).transpose((0, 3, 4, 5, 1, 2))
    return ops.col2im(x, _pair(input_shape[2:]), kernel_size, stride, pad)


def get_conv_outsize(size: Any, kernel_size: Any, stride: Any, pad: Any) -> tuple[int, ...]:
    """Return height and width of what a convolution gives."""
    sizes = _pair(size), _pair(kernel_size), _pair(stride), _pair(pad)
    return tuple((n + 2 * p - k) // s + 1 for n, k, s, p in zip(*sizes, strict=True))


def get_deconv_outsize(size: int, k: int, s: int, p: int) -> int:
    """Return the length of what a transposed convolution gives."""
    return s * (size - 1) + k - 2 * p


# The book writes these out of simpler functions first; the numbers are the same.
linear_simple, sigmoid_simple, softmax_simple = linear, sigmoid, softmax
mean_squared_error_simple = mean_squared_error
softmax_cross_entropy_simple = softmax_cross_entropy
conv2d_simple, pooling_simple = conv2d, pooling


def _pair(size: Any) -> tuple[int, int]:
    pair = (size, size) if isinstance(size, int) else tuple(size)
    if len(pair) != 2:
        raise ShapeError(f"a size is an int or a pair of int, not {size!r}")
    return pair
