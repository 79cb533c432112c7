"""Samples of every row of the table: the inputs of the generated tests.

`SAMPLES` gives each row by its name: the calls to test, where values are drawn from,
the same in plain NumPy, and PyTorch's form.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


class Sample(NamedTuple):
    """One call.

    Attributes
    ----------
    args : tuple
        A tuple of ints stands for an array of that shape, drawn from the row's domain,
        and a list of tuples for a list of arrays; anything else is passed on as it is.
    kwargs : dict
        Parameters of the call.
    torch : str, optional
        PyTorch's form of this call where it differs from the row's: an expression on
        ``torch``, ``F`` (torch.nn.functional) and the list ``a`` of tensors; empty if it has none.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    torch: str | None = None


def s(*args: Any, torch: str | None = None, **kwargs: Any) -> Sample:
    """Write a sample as a call: ``s((3, 4), axis=0)``."""
    return Sample(args, kwargs, torch)


@dataclass(frozen=True)
class Samples:
    """The samples of one row.

    Attributes
    ----------
    calls : tuple of Sample
    domain : (float, float)
        Where values are drawn from.
    reference : callable, optional
        The same in plain NumPy, where no twin takes the same arguments.
    torch : str, optional
        PyTorch's twin, as an expression (see `Sample.torch`).
    elementwise : int
        Of how many operands the operation is an elementwise one: such a row is tested with
        small shapes (1), or with all kinds of broadcasting (2); 0 for any other.
    lift : float
        What is added to the diagonals of the drawn matrices: enough makes them definite.
    """

    calls: tuple[Sample, ...]
    domain: tuple[float, float] = (-2.0, 2.0)
    reference: Callable[..., Any] | None = None
    torch: str | None = None
    elementwise: int = 0
    lift: float = 0.0


# fmt: off
POINTS = (s((3, 4)), s(()))
PAIRS = (s((3, 4), (3, 4)), s((3, 4), (4,)), s((3, 1), (1, 4)), s((), (2, 3)), s((2, 3), 1.5))
AXES = (s((3, 4)), s((3, 4), axis=0), s((2, 3, 4), axis=(0, -1)), s((3, 4), axis=1, keepdims=True))
MASK = np.array([[True, False, True], [False, False, True]])
# fmt: on


def points(*more: Sample, **fields: Any) -> Samples:
    """Return samples of an elementwise operation on one input."""
    return Samples((*POINTS, *more), elementwise=1, **fields)


def pairs(*more: Sample, **fields: Any) -> Samples:
    """Return samples of an elementwise operation on two inputs."""
    return Samples((*PAIRS, *more), elementwise=2, **fields)


def _sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    full = (1,) * (x.ndim - len(shape)) + shape
    axes = tuple(i for i, n in enumerate(full) if n != x.shape[i])
    return x.sum(axis=axes, keepdims=True).reshape(shape)


def _erf(x: Any) -> Any:
    return np.vectorize(math.erf, otypes=[float])(x)


def _add_at(x: Any, index: Any, shape: Any) -> Any:
    y = np.zeros(shape)
    np.add.at(y, index, x)
    return y


def _cross_entropy(x: Any, t: Any) -> Any:
    hot = t if np.shape(t) == x.shape else np.eye(x.shape[-1])[t]
    log_p = x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
    return -(hot * log_p).sum(axis=-1).mean()


def _binary_cross_entropy(x: Any, t: Any, from_logits: bool = False) -> Any:
    p = 1 / (1 + np.exp(-x)) if from_logits else x
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


def _put_along_axis(x: Any, indices: Any, values: Any, axis: Any) -> Any:
    y = x.copy()
    np.put_along_axis(y, indices, values, axis)
    return y


def _fill_diagonal(x: Any, val: Any, wrap: bool = False) -> Any:
    y = x.copy()
    np.fill_diagonal(y, val, wrap)
    return y


def _vector_norm(x: Any, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:  # noqa: A002
    size = np.abs(x)
    if np.isinf(ord):
        return np.max(size, axis=axis, keepdims=keepdims)
    return np.sum(size**ord, axis=axis, keepdims=keepdims) ** (1 / ord)


def _cholesky(x: Any, upper: bool = False) -> Any:
    return np.linalg.cholesky(x.T).T if upper else np.linalg.cholesky(x)


def _glu(x: Any, axis: int = -1) -> Any:
    a, b = np.split(x, 2, axis)
    return a / (1 + np.exp(-b))


def _pair(size: Any, n: int) -> list[int]:
    return [size] * n if isinstance(size, int) else list(size)


def _padded(x: Any, padding: Any, fill: float = 0.0) -> Any:
    around = [(p, p) for p in _pair(padding, x.ndim - 2)]
    return np.pad(x, [(0, 0), (0, 0), *around], constant_values=fill)


def _im2col(
    x: Any, size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, fill: float = 0.0
) -> Any:
    """Windows by hand: a loop over all of their elements and places."""
    n = x.ndim - 2
    x, k, st, d = _padded(x, padding, fill), _pair(size, n), _pair(stride, n), _pair(dilation, n)
    out = [(m - e * (w - 1) - 1) // s + 1 for m, w, s, e in zip(x.shape[2:], k, st, d, strict=True)]
    y = np.zeros((*x.shape[:2], *k, *out))
    for i in np.ndindex(*k):
        for o in np.ndindex(*out):
            at = tuple(b * s + a * e for a, b, s, e in zip(i, o, st, d, strict=True))
            y[(slice(None), slice(None), *i, *o)] = x[(slice(None), slice(None), *at)]
    return y


def _col2im(x: Any, shape: Any, size: Any, **k: Any) -> Any:
    """By the windows of a basis: what is linear is known by its transpose."""
    y = np.zeros((*x.shape[:2], *shape))
    for at in np.ndindex(y.shape):
        one = np.zeros(y.shape)
        one[at] = 1.0
        y[at] = (_im2col(one, size, **k) * x).sum()
    return y


def _conv(x: Any, w: Any, b: Any = None, groups: int = 1, **k: Any) -> Any:
    parts = [
        np.tensordot(_im2col(part, w.shape[2:], **k), v, (range(1, x.ndim), range(1, x.ndim)))
        for part, v in zip(np.split(x, groups, 1), np.split(w, groups), strict=True)
    ]
    y = np.moveaxis(np.concatenate(parts, axis=-1), -1, 1)
    return y if b is None else y + b.reshape(-1, *[1] * (x.ndim - 2))


def _conv_transpose(x: Any, w: Any, b: Any = None, output_padding: int = 0, **k: Any) -> Any:
    st, p, d = (
        k.get(name, default) for name, default in (("stride", 1), ("padding", 0), ("dilation", 1))
    )
    size = [
        (n - 1) * st - 2 * p + d * (m - 1) + 1 + output_padding
        for n, m in zip(x.shape[2:], w.shape[2:], strict=True)
    ]
    y = np.zeros((len(x), w.shape[1] * k.get("groups", 1), *size))
    for at in np.ndindex(y.shape):
        one = np.zeros(y.shape)
        one[at] = 1.0
        y[at] = (_conv(one, w, **k) * x).sum()
    return y if b is None else y + b[:, None, None]


def _pool(function: Any, fill: float) -> Any:
    def pool(x: Any, size: Any, stride: Any = None, padding: Any = 0) -> Any:
        return function(_im2col(x, size, stride or size, padding, fill=fill), axis=(2, 3))

    return pool


def _standardize(x: Any, axis: Any = -1, eps: float = 1e-5) -> Any:
    return (x - x.mean(axis=axis, keepdims=True)) / np.sqrt(x.var(axis=axis, keepdims=True) + eps)


def _layer_norm(x: Any, w: Any, b: Any = 0.0, axis: Any = -1, eps: float = 1e-5) -> Any:
    return _standardize(x, axis, eps) * (1.0 if w is None else w) + b


def _batch_norm(x: Any, w: Any, b: Any = None, eps: float = 1e-5) -> Any:
    shape = (-1,) + (1,) * (x.ndim - 2)
    y = _standardize(x, (0, *range(2, x.ndim)), eps) * w.reshape(shape)
    return y if b is None else y + b.reshape(shape)


def _huber(a: Any, b: Any, delta: float = 1.0, reduction: str = "mean") -> Any:
    d = np.abs(a - b)
    return getattr(np, reduction)(np.where(d < delta, d * d / 2, delta * (d - delta / 2)))


def _cosine(a: Any, b: Any, axis: int = -1) -> Any:
    sizes = [np.sqrt((x * x).sum(axis=axis, keepdims=True)) for x in (a, b)]
    return (a / sizes[0] * b / sizes[1]).sum(axis=axis)


# fmt: off
SAMPLES: dict[str, Samples] = {
    # -- arithmetic --
    "add": pairs(torch="a[0] + a[1]"),
    "sub": pairs(torch="a[0] - a[1]"),
    "mul": pairs(torch="a[0] * a[1]"),
    "div": pairs(domain=(0.5, 2.0), torch="a[0] / a[1]"),
    "neg": points(torch="-a[0]"),
    "pos": points(torch="+a[0]"),
    "pow": pairs(s((2, 3), 3), s((2, 3), -2.0), s(2.5, (3,)), domain=(0.5, 2.0), torch="torch.pow(a[0], a[1])"),
    "square": points(torch="torch.square(a[0])"),
    "sqrt": points(domain=(0.5, 2.0), torch="torch.sqrt(a[0])"),
    "reciprocal": points(domain=(0.5, 2.0), torch="torch.reciprocal(a[0])"),
    "abs": points(torch="torch.abs(a[0])"),
    "sign": points(torch="torch.sign(a[0])"),
    "cbrt": points(domain=(0.5, 2.0), torch="torch.sign(a[0]) * torch.abs(a[0]) ** (1 / 3)"),
    "float_power": pairs(domain=(0.5, 2.0), torch="torch.float_power(a[0], a[1])"),
    # -- exponentials --
    "exp": points(torch="torch.exp(a[0])"),
    "exp2": points(torch="torch.exp2(a[0])"),
    "expm1": points(torch="torch.expm1(a[0])"),
    "log": points(domain=(0.5, 2.0), torch="torch.log(a[0])"),
    "log2": points(domain=(0.5, 2.0), torch="torch.log2(a[0])"),
    "log10": points(domain=(0.5, 2.0), torch="torch.log10(a[0])"),
    "log1p": points(domain=(-0.5, 2.0), torch="torch.log1p(a[0])"),
    "logaddexp": pairs(torch="torch.logaddexp(a[0], _t(a[1]))"),
    "logaddexp2": pairs(torch="torch.logaddexp2(a[0], _t(a[1]))"),
    # -- trigonometry --
    "sin": points(torch="torch.sin(a[0])"),
    "cos": points(torch="torch.cos(a[0])"),
    "tan": points(domain=(-1.0, 1.0), torch="torch.tan(a[0])"),
    "arcsin": points(domain=(-0.8, 0.8), torch="torch.arcsin(a[0])"),
    "arccos": points(domain=(-0.8, 0.8), torch="torch.arccos(a[0])"),
    "arctan": points(torch="torch.arctan(a[0])"),
    "arctan2": pairs(domain=(0.5, 2.0), torch="torch.arctan2(a[0], _t(a[1]))"),
    "xlogy": Samples((s((3, 4), (4,)), s((3, 4), 1.5), s((), (2, 3))), domain=(0.5, 2.0), reference=lambda x, y: x * np.log(y), torch="torch.xlogy(a[0], _t(a[1]))"),
    "hypot": pairs(domain=(0.5, 2.0), torch="torch.hypot(a[0], _t(a[1]))"),
    "sinh": points(torch="torch.sinh(a[0])"),
    "cosh": points(torch="torch.cosh(a[0])"),
    "tanh": points(torch="torch.tanh(a[0])"),
    "arcsinh": points(torch="torch.arcsinh(a[0])"),
    "arccosh": points(domain=(1.2, 3.0), torch="torch.arccosh(a[0])"),
    "arctanh": points(domain=(-0.8, 0.8), torch="torch.arctanh(a[0])"),
    "deg2rad": points(torch="torch.deg2rad(a[0])"),
    "rad2deg": points(torch="torch.rad2deg(a[0])"),
    "sinc": points(s((5,), torch="torch.sinc(a[0])"), torch="torch.sinc(a[0])"),
    "i0": points(torch="torch.special.i0(a[0])"),
    # -- rounding and remainders --
    "floor": points(torch="torch.floor(a[0])"),
    "ceil": points(torch="torch.ceil(a[0])"),
    "trunc": points(torch="torch.trunc(a[0])"),
    "rint": points(torch="torch.round(a[0])"),
    "round": points(s((3, 4), 1, torch="torch.round(a[0], decimals=1)"), torch="torch.round(a[0])"),
    "floor_divide": pairs(),
    "remainder": pairs(torch="torch.remainder(a[0], _t(a[1]))"),
    "fmod": pairs(torch="torch.fmod(a[0], _t(a[1]))"),
    "divmod": Samples(PAIRS),
    "fabs": points(torch="torch.abs(a[0])"),
    "modf": points(torch="(torch.frac(a[0]), torch.trunc(a[0]))"),
    # -- activations --
    "sigmoid": points(reference=lambda x: 1 / (1 + np.exp(-x)), torch="torch.sigmoid(a[0])"),
    "relu": points(reference=lambda x: np.maximum(x, 0), torch="torch.relu(a[0])"),
    "leaky_relu": points(s((3, 4), slope=0.2, torch="F.leaky_relu(a[0], 0.2)"), reference=lambda x, slope=0.01: np.where(x > 0, x, slope * x), torch="F.leaky_relu(a[0])"),
    "softplus": points(reference=lambda x: np.log(1 + np.exp(x)), torch="F.softplus(a[0])"),
    "gelu": points(reference=lambda x: x * (1 + _erf(x / math.sqrt(2))) / 2, torch="F.gelu(a[0])"),
    "erf": points(reference=_erf, torch="torch.erf(a[0])"),
    "elu": points(s((3, 4), 0.5, torch="F.elu(a[0], 0.5)"), reference=lambda x, alpha=1.0: np.where(x > 0, x, alpha * (np.exp(x) - 1)), torch="F.elu(a[0])"),
    "selu": points(reference=lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(x) - 1)), torch="F.selu(a[0])"),
    "silu": points(reference=lambda x: x / (1 + np.exp(-x)), torch="F.silu(a[0])"),
    "softsign": points(reference=lambda x: x / (1 + np.abs(x)), torch="F.softsign(a[0])"),
    "hardtanh": points(s((3, 4), -0.5, 1.5, torch="F.hardtanh(a[0], -0.5, 1.5)"), reference=lambda x, a=-1.0, b=1.0: np.clip(x, a, b), torch="F.hardtanh(a[0])"),
    "glu": Samples((s((3, 4)), s((4, 3), axis=0)), reference=_glu, torch="F.glu(a[0], k.get('axis', -1))"),
    # -- nets --
    "conv1d": Samples((s((2, 2, 6), (3, 2, 3)), s((2, 2, 4), (3, 2, 3), (3,)), s((1, 4, 7), (2, 2, 2), (2,), stride=2, padding=1, dilation=2, groups=2)), reference=_conv, torch="F.conv1d(*a, **k)"),
    "conv2d": Samples((s((2, 2, 4, 5), (3, 2, 3, 2)), s((2, 2, 3, 3), (3, 2, 3, 2), (3,)), s((1, 2, 5, 4), (2, 1, 2, 2), (2,), stride=[2, 1], padding=1, dilation=[1, 2], groups=2)), reference=_conv, torch="F.conv2d(*a, **k)"),
    "conv_transpose2d": Samples((s((2, 2, 3, 2), (2, 3, 2, 2)), s((2, 2, 2, 2), (2, 3, 2, 1), (3,)), s((1, 2, 2, 3), (2, 1, 2, 2), (2,), stride=2, padding=1, output_padding=1, groups=2, dilation=2)), reference=_conv_transpose, torch="F.conv_transpose2d(*a, **k)"),
    "im2col": Samples((s((1, 2, 4, 5), [2, 3]), s((2, 1, 4, 4), 2, stride=2, padding=1, dilation=2)), reference=_im2col, torch="F.unfold(a[0], a[1], k.get('dilation', 1), k.get('padding', 0), k.get('stride', 1)).reshape(_own_shape)"),
    "col2im": Samples((s((1, 2, 2, 3, 3, 3), [4, 5], [2, 3]), s((2, 1, 2, 2, 2, 2), [4, 4], 2, stride=2, padding=1, dilation=2)), reference=_col2im, torch="F.fold(a[0].reshape(a[0].shape[0], -1, a[0].shape[-1] * a[0].shape[-2]), a[1], a[2], k.get('dilation', 1), k.get('padding', 0), k.get('stride', 1))"),
    "max_pool2d": Samples((s((2, 2, 4, 4), 2), s((1, 2, 5, 4), [3, 2], stride=1, padding=1)), reference=_pool(np.max, -np.inf), torch="F.max_pool2d(a[0], a[1], **k)"),
    "avg_pool2d": Samples((s((2, 2, 4, 4), 2), s((1, 2, 5, 4), [3, 2], stride=1, padding=1)), reference=_pool(np.mean, 0.0), torch="F.avg_pool2d(a[0], a[1], **k)"),
    "dropout": Samples((s((3, 4), rng=0), s((5,), 0.2, rng=1)), reference=lambda x, p=0.5, rng=0: x * (np.random.default_rng(rng).random(x.shape) >= p) / (1 - p)),
    "standardize": Samples((s((3, 4), torch="F.layer_norm(a[0], (4,))"), s((5, 3), axis=0), s((2, 3, 4), axis=(0, 2), eps=0.1)), reference=_standardize, torch="F.batch_norm(a[0], None, None, training=True, eps=k.get('eps', 1e-5))"),
    "layer_norm": Samples((s((3, 4), (4,), (4,), torch="F.layer_norm(a[0], (4,), a[1], a[2])"), s((2, 3), None, (3,), torch="F.layer_norm(a[0], (3,)) + a[2]"), s((2, 3, 4), (3, 4), axis=(-2, -1), eps=0.1)), reference=_layer_norm, torch="F.layer_norm(a[0], (3, 4), a[1], eps=0.1)"),
    "batch_norm": Samples((s((5, 3), (3,), (3,)), s((2, 3, 4), (3,), (3,)), s((2, 2, 1, 3), (2,), eps=0.1)), reference=_batch_norm, torch="F.batch_norm(a[0], None, None, *a[1:], training=True, **k)"),
    "embedding": Samples((s(np.array([[0, 2], [1, 2]]), (3, 4)), s(np.array(1), (3, 2))), reference=lambda i, w: w[i], torch="F.embedding(torch.as_tensor(a[0]), a[1])"),
    # -- choosing --
    "maximum": pairs(torch="torch.maximum(a[0], _t(a[1]))"),
    "minimum": pairs(torch="torch.minimum(a[0], _t(a[1]))"),
    "clip": Samples((s((3, 4), -1.0, 1.0), s((3, 4), -0.5, None), s((3, 4), None, 0.5)), torch="torch.clip(a[0], a[1], a[2])"),
    "fmax": pairs(torch="torch.fmax(a[0], _t(a[1]))"),
    "fmin": pairs(torch="torch.fmin(a[0], _t(a[1]))"),
    "copysign": pairs(torch="torch.copysign(a[0], _t(a[1]))"),
    "heaviside": pairs(),
    "nan_to_num": points(torch="torch.nan_to_num(a[0])"),
    "select": Samples((s([MASK, ~MASK[::-1]], [(2, 3), (2, 3)]), s([MASK, True], [(3,), ()], 2.0), s([MASK], [(2, 3)], default=np.ones(3)))),
    "piecewise": Samples((s((2, 3), [MASK], [np.sin, np.cos]), s((2, 3), [MASK, MASK[::-1]], [1.5, np.exp]), s((2, 3), [MASK], [lambda x, p: x**p, 0.0], 3))),
    # -- reductions --
    "sum": Samples(AXES, torch="torch.sum(a[0], **k)"),
    "mean": Samples(AXES, torch="torch.mean(a[0], **k)"),
    "max": Samples(AXES, torch="torch.amax(a[0], **k)"),
    "min": Samples(AXES, torch="torch.amin(a[0], **k)"),
    "prod": Samples(AXES, torch="_over(torch.prod, a[0], **k)"),
    "var": Samples((*AXES, s((3, 4), axis=0, ddof=1)), torch="torch.var(a[0], dim=k.get('axis'), correction=k.get('ddof', 0), keepdim=k.get('keepdims', False))"),
    "std": Samples((*AXES, s((3, 4), axis=0, ddof=1)), torch="torch.std(a[0], dim=k.get('axis'), correction=k.get('ddof', 0), keepdim=k.get('keepdims', False))"),
    "cumsum": Samples((s((4,)), s((3, 4), axis=0), s((3, 4), axis=-1), s((2, 3), torch="torch.cumsum(a[0].ravel(), 0)")), torch="torch.cumsum(a[0], k.get('axis', 0))"),
    "logsumexp": Samples(AXES, reference=lambda x, **k: np.log(np.sum(np.exp(x), **k)), torch="torch.logsumexp(a[0], dim=k.get('axis', tuple(range(a[0].ndim))), keepdim=k.get('keepdims', False))"),
    "softmax": Samples((s((3, 4)), s((3, 4), axis=0), s((5,))), reference=lambda x, axis=-1: np.exp(x) / np.sum(np.exp(x), axis=axis, keepdims=True), torch="torch.softmax(a[0], k.get('axis', -1))"),
    "log_softmax": Samples((s((3, 4)), s((3, 4), axis=0), s((5,))), reference=lambda x, axis=-1: x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True)), torch="torch.log_softmax(a[0], k.get('axis', -1))"),
    "norm": Samples((s((4,)), s((3, 4)), s((3, 4), axis=1), s((3, 4), axis=0, keepdims=True), s((4,), ord=1), s((4,), ord=3), s((3, 4), ord=np.inf, axis=0), s((4,), ord=-np.inf), s((2, 3, 4), axis=(0, 2)), s((3, 4), ord="fro")), torch="torch.linalg.norm(a[0], k.get('ord'), k.get('axis'), k.get('keepdims', False))"),
    "cumprod": Samples((s((4,)), s((3, 4), axis=0), s((3, 4), axis=-1), s((2, 3), torch="torch.cumprod(a[0].ravel(), 0)")), torch="torch.cumprod(a[0], k.get('axis', 0))"),
    "cummax": Samples((s((5,)), s((3, 4)), s((3, 4), axis=-1)), reference=lambda x, axis=0: np.maximum.accumulate(x, axis), torch="torch.cummax(a[0], k.get('axis', 0)).values"),
    "cummin": Samples((s((5,)), s((3, 4), axis=1)), reference=lambda x, axis=0: np.minimum.accumulate(x, axis), torch="torch.cummin(a[0], k.get('axis', 0)).values"),
    "cumulative_sum": Samples((s((4,)), s((3, 4), axis=1, include_initial=True)), reference=lambda x, axis=0, include_initial=False: np.insert(np.cumsum(x, axis), 0, 0.0, axis) if include_initial else np.cumsum(x, axis)),
    "cumulative_prod": Samples((s((4,)), s((3, 4), axis=1, include_initial=True)), reference=lambda x, axis=0, include_initial=False: np.insert(np.cumprod(x, axis), 0, 1.0, axis) if include_initial else np.cumprod(x, axis)),
    # -- order statistics --
    "median": Samples((s((5,)), s((3, 4)), s((3, 4), axis=0), s((2, 3, 4), axis=(0, -1)), s((3, 4), axis=1, keepdims=True)), torch="torch.quantile(a[0].movedim(0, 1).reshape(3, 8), 0.5, dim=1) if k.get('axis') == (0, -1) else torch.quantile(a[0], 0.5, dim=k.get('axis'), keepdim=k.get('keepdims', False))"),
    "quantile": Samples((s((5,), 0.3), s((3, 4), [0.1, 0.5, 1.0]), s((3, 4), 0.25, axis=0), s((3, 4), [0.2, 0.9], axis=1, keepdims=True), *(s((7,), 0.35, method=m) for m in ("lower", "higher", "nearest", "midpoint")), *(s((7,), [0.35, 0.6], method=m, torch="") for m in ("inverted_cdf", "averaged_inverted_cdf", "hazen", "weibull", "median_unbiased"))), torch="torch.quantile(a[0], _t(a[1]), dim=k.get('axis'), keepdim=k.get('keepdims', False), interpolation=k.get('method', 'linear'))"),
    "percentile": Samples((s((5,), 30), s((3, 4), [10, 90], axis=0)), torch="torch.quantile(a[0], _t(a[1]) / 100, dim=k.get('axis'))"),
    "nanmedian": Samples((s((5,)), s((3, 4), axis=1)), torch="torch.nanquantile(a[0], 0.5, dim=k.get('axis'))"),
    "nanquantile": Samples((s((5,), 0.3), s((3, 4), [0.2, 0.9], axis=1)), torch="torch.nanquantile(a[0], _t(a[1]), dim=k.get('axis'))"),
    "nanpercentile": Samples((s((5,), 30), s((3, 4), [10, 90], axis=0)), torch="torch.nanquantile(a[0], _t(a[1]) / 100, dim=k.get('axis'))"),
    # -- without nan --
    "nansum": Samples(AXES, torch="torch.nansum(a[0], **k)"),
    "nanprod": Samples(AXES, torch="_over(torch.prod, a[0], **k)"),
    "nanmean": Samples(AXES, torch="torch.nanmean(a[0], **k)"),
    "nanvar": Samples((*AXES, s((3, 4), axis=0, ddof=1)), torch="torch.var(a[0], dim=k.get('axis'), correction=k.get('ddof', 0), keepdim=k.get('keepdims', False))"),
    "nanstd": Samples((*AXES, s((3, 4), axis=0, ddof=1)), torch="torch.std(a[0], dim=k.get('axis'), correction=k.get('ddof', 0), keepdim=k.get('keepdims', False))"),
    "nanmax": Samples(AXES, torch="torch.amax(a[0], **k)"),
    "nanmin": Samples(AXES, torch="torch.amin(a[0], **k)"),
    "nancumsum": Samples((s((4,)), s((3, 4), axis=0)), torch="torch.cumsum(a[0], k.get('axis', 0))"),
    "nancumprod": Samples((s((4,)), s((3, 4), axis=0)), torch="torch.cumprod(a[0], k.get('axis', 0))"),
    # -- averages --
    "average": Samples((s((5,)), s((3, 4), axis=0, keepdims=True), s((3, 4), 0, (3,)), s((3, 4), None, (3, 4)), s((3, 4), 1, (4,), returned=True)), domain=(0.5, 2.0)),
    "ptp": Samples(AXES, torch="torch.amax(a[0], **k) - torch.amin(a[0], **k)"),
    "cov": Samples((s((3, 5)), s((5,), (5,), torch="torch.cov(torch.stack(a))"), s((5, 3), rowvar=False, torch="torch.cov(a[0].T)"), s((3, 5), bias=True, torch="torch.cov(a[0], correction=0)"), s((3, 5), ddof=2, torch="torch.cov(a[0], correction=2)"), s((5,)), s((2, 4), aweights=np.array([1.0, 2.0, 0.5, 1.0]), torch="torch.cov(a[0], aweights=_t(k['aweights']))"), s((2, 4), fweights=np.array([1, 2, 3, 1]), torch="torch.cov(a[0], fweights=torch.as_tensor(k['fweights']))")), torch="torch.cov(a[0])"),
    "corrcoef": Samples((s((3, 5)), s((5,), (5,), torch="torch.corrcoef(torch.stack(a))")), torch="torch.corrcoef(a[0])"),
    "vector_norm": Samples((s((4,)), s((3, 4)), s((2, 3, 4), axis=(0, 2), keepdims=True), s((3, 4), axis=1, ord=1), s((4,), ord=3), s((3, 4), ord=3), s((2, 3, 2), axis=(0, -1), ord=1), s((3, 4), axis=0, ord=np.inf)), reference=_vector_norm, torch="torch.linalg.vector_norm(a[0], k.get('ord', 2), k.get('axis'), k.get('keepdims', False))"),
    # -- linear algebra --
    "matmul": Samples((s((2, 3), (3, 4)), s((3,), (3,)), s((3,), (3, 2)), s((2, 3), (3,)), s((5, 2, 3), (3, 4)), s((5, 2, 3), (5, 3, 4)), s((2, 1, 2, 3), (5, 3, 2)), s((3,), (5, 3, 2)), s((5, 2, 3), (3,)), s((2, 3), (5, 3, 4))), torch="torch.matmul(a[0], a[1])"),
    "dot": Samples((s((3,), (3,)), s((2, 3), (3, 4)), s((2, 3), (3,)), s((3,), (3, 2)), s((), (3,)), s((2, 3, 4), (5, 4, 2), torch="torch.tensordot(a[0], a[1], ([2], [1]))")), torch="torch.matmul(a[0], a[1]) if a[0].ndim else a[0] * a[1]"),
    "outer": Samples((s((3,), (4,)), s((2, 3), (4,), torch="torch.outer(a[0].ravel(), a[1])")), torch="torch.outer(a[0], a[1])"),
    "tensordot": Samples((s((2, 3, 4), (3, 4, 5)), s((2, 3), (4, 5), axes=0), s((2, 3, 4), (4, 3), axes=([1, 2], [1, 0])), s((3, 2), (3, 4), axes=(0, 0), torch="torch.tensordot(a[0], a[1], ([0], [0]))"), s((3,), (3,), axes=1)), torch="torch.tensordot(a[0], a[1], k.get('axes', 2))"),
    "inner": Samples((s((3,), (3,)), s((2, 3), (4, 3)), s((), (3,))), torch="torch.inner(*a)"),
    "vdot": Samples((s((3,), (3,)), s((2, 3), (6,))), torch="torch.vdot(a[0].ravel(), a[1].ravel())"),
    "vecdot": Samples((s((3,), (3,)), s((4, 3), (3,)), s((3, 2), (3, 2), axis=0)), reference=lambda a, b, axis=-1: np.sum(a * b, axis=axis), torch="torch.linalg.vecdot(a[0], a[1], dim=k.get('axis', -1))"),
    "matvec": Samples((s((2, 3), (3,)), s((4, 2, 3), (4, 3))), reference=lambda a, b: np.einsum("...ij,...j->...i", a, b), torch="(a[0] @ a[1][..., None])[..., 0]"),
    "vecmat": Samples((s((2,), (2, 3)), s((4, 2), (4, 2, 3))), reference=lambda a, b: np.einsum("...i,...ij->...j", a, b), torch="(a[0][..., None, :] @ a[1])[..., 0, :]"),
    "einsum": Samples((s("ij,jk->ik", (2, 3), (3, 4)), s("ij,jk", (2, 3), (3, 4)), s("ii->i", (3, 3)), s("ii", (3, 3)), s("ij->j", (2, 3)), s("ij,kl->il", (2, 3), (4, 5)), s("i,i,i->", (3,), (3,), (3,)), s("...ij,jk->...ik", (2, 2, 3), (3, 2)), s("...i,...i", (2, 1, 3), (4, 3)), s("iij,jk->ki", (2, 2, 3), (3, 4)), s("iii->i", (2, 2, 2)), s("ba", (2, 3))), torch="torch.einsum(*a)"),
    "inv": Samples((s((3, 3)), s((2, 2, 2))), torch="torch.linalg.inv(a[0])"),
    "det": Samples((s((3, 3)), s((2, 2, 2))), torch="torch.linalg.det(a[0])"),
    "solve": Samples((s((3, 3), (3,)), s((3, 3), (3, 2)), s((2, 2, 2), (2, 2, 3)), s((2, 2, 2), (1, 2, 1))), torch="torch.linalg.solve(a[0], a[1])"),
    "slogdet": Samples((s((3, 3)), s((2, 2, 2))), torch="torch.linalg.slogdet(a[0])"),
    "pinv": Samples((s((3, 3)), s((4, 2)), s((2, 2, 3)), s((3, 2), rcond=0.01, torch="torch.linalg.pinv(a[0], rtol=0.01)")), torch="torch.linalg.pinv(a[0])"),
    "lstsq": Samples((s((4, 2), (4,)), s((5, 2), (5, 3)), s((3, 3), (3, 2)), s((2, 4), (2,))), reference=lambda a, b: np.linalg.lstsq(a, b, None)),
    "cholesky": Samples((s((3, 3)), s((2, 2, 2)), s((3, 3), upper=True)), lift=6.0, reference=_cholesky,
        torch="torch.linalg.cholesky(torch.triu(a[0]).mT + torch.triu(a[0], 1)).mT if k.get('upper') else torch.linalg.cholesky(torch.tril(a[0]) + torch.tril(a[0], -1).mT)"),
    "qr": Samples((s((3, 3)), s((4, 2)), s((2, 4)), s((2, 3, 2)), s((3, 2), mode="complete", torch="")), torch="torch.linalg.qr(a[0])"),
    "eigh": Samples((s((3, 3)), s((2, 2, 2)), s((3, 3), "U"))),
    "eigvalsh": Samples((s((3, 3)), s((2, 2, 2)), s((3, 3), "U", torch="torch.linalg.eigvalsh(torch.triu(a[0]) + torch.triu(a[0], 1).mT)")), torch="torch.linalg.eigvalsh(torch.tril(a[0]) + torch.tril(a[0], -1).mT)"),
    "svd": Samples((s((3, 3)), s((4, 2), full_matrices=False), s((2, 4), False), s((3, 2)), s((2, 3)), s((2, 3, 3)), s((2, 3, 2), False))),
    "svdvals": Samples((s((3, 3)), s((4, 2)), s((2, 2, 3))), reference=lambda x: np.linalg.svd(x, compute_uv=False), torch="torch.linalg.svdvals(a[0])"),
    "matrix_power": Samples((s((3, 3), 3), s((2, 2, 2), 5), s((3, 3), -2), s((2, 2), 0), s((2, 2), 1)), torch="torch.linalg.matrix_power(*a)"),
    "multi_dot": Samples((s([(2, 3), (3, 4), (4, 2)]), s([(3,), (3, 4), (4, 5), (5,)]), s([(3, 2), (2, 4)])), torch="torch.linalg.multi_dot(a[0])"),
    "kron": Samples((s((2, 3), (3, 2)), s((3,), (2,)), s((2,), (2, 3)), s((), (3,))), torch="torch.kron(*a)"),
    "cross": Samples((s((3,), (3,)), s((4, 3), (3,), torch="torch.linalg.cross(a[0], a[1][None])"), s((3, 2), (3, 2), axis=0), s((3, 2), (2, 3), axisa=0, axisc=0, torch="torch.cross(a[0].T, a[1], dim=-1).T")), torch="torch.linalg.cross(a[0], a[1], dim=k.get('axis', -1))"),
    "matrix_norm": Samples((s((3, 4)), *(s((2, 3, 4), ord=o) for o in ("nuc", 2, -2, 1, -1, np.inf, -np.inf)), s((3, 4), ord=2, keepdims=True)), reference=lambda x, keepdims=False, **k: np.linalg.norm(x, k.get("ord", "fro"), (-2, -1), keepdims), torch="torch.linalg.matrix_norm(a[0], k.get('ord', 'fro'), keepdim=k.get('keepdims', False))"),
    "cond": Samples((s((3, 3)), s((3, 2), -2), s((3, 3), 1, torch=""), s((2, 3, 3), "fro", torch="")), torch="torch.linalg.cond(*a)"),
    "tensorinv": Samples((s((4, 2, 2), ind=1), s((2, 3, 6))), torch="torch.linalg.tensorinv(a[0], **k)"),
    "tensorsolve": Samples((s((2, 3, 6), (2, 3)), s((4, 2, 2), (4,))), torch="torch.linalg.tensorsolve(*a)"),
    # -- shapes --
    "reshape": Samples((s((3, 4), [2, 6]), s((3, 4), [-1]), s((1,), []), s((2, 3), [3, 2], order="F", torch="a[0].T.reshape(2, 3).T")), torch="torch.reshape(a[0], a[1])"),
    "ravel": Samples((s((3, 4)), s(()), s((2, 3), order="F", torch="a[0].T.ravel()")), torch="torch.ravel(a[0])"),
    "transpose": Samples((s((3, 4)), s((2, 3, 4), axes=(1, 2, 0)), s((2, 3, 4), axes=(-1, 0, 1))), torch="torch.permute(a[0], k.get('axes', (1, 0)))"),
    "swapaxes": Samples((s((2, 3, 4), 0, -1),), torch="torch.swapaxes(*a)"),
    "moveaxis": Samples((s((2, 3, 4), 0, -1), s((2, 3, 4), [0, 1], [-1, 0])), torch="torch.moveaxis(a[0], *map(_tuple, a[1:]))"),
    "squeeze": Samples((s((1, 3, 1)), s((1, 3, 1), axis=0, torch="torch.squeeze(a[0], 0)")), torch="torch.squeeze(a[0])"),
    "expand_dims": Samples((s((3, 4), 1), s((), 0), s((3,), axis=(0, 2), torch="a[0][None, :, None]")), torch="torch.unsqueeze(*a)"),
    "broadcast_to": Samples((s((3, 1), [2, 3, 4]), s((), [2, 2])), torch="torch.broadcast_to(*a)"),
    "sum_to": Samples((s((2, 3, 4), [3, 1]), s((2, 3), []), s((2, 3), [2, 3])), reference=lambda x, shape: np.asarray(_sum_to(x, tuple(shape))), torch="a[0].sum_to_size(a[1])"),
    "astype": Samples((s((3, 4), np.float64),), reference=lambda x, dtype: x.astype(dtype), torch="a[0].double()"),
    "copy": points(torch="a[0].clone()"),
    # -- picking, joining, repeating --
    "getitem": Samples((s((3, 4), 1), s((3, 4), (0, slice(1, 3))), s((3, 4), (..., None, -1)), s((4,), slice(None, None, -1), torch="a[0].flip(0)"), s((3, 4), [0, 2, 0]), s((3, 4), (np.array([0, 2, 0]), np.array([1, 1, 1]))), s((3,), np.array([True, False, True])), s((2, 3), np.array([[True, False, True], [False, True, False]])), s((3, 4), (slice(None), [1, 1]))), reference=lambda x, i: x[i], torch="a[0][a[1]]"),
    "add_at": Samples((s((3,), np.array([0, 2, 0]), [4]), s((2, 2), (slice(1, 3),), [4, 2])), reference=_add_at),
    "sort": Samples((s((5,)), s((3, 4), axis=0), s((2, 3), axis=None, torch="torch.sort(a[0].ravel()).values")), torch="torch.sort(a[0], dim=k.get('axis', -1)).values"),
    "where": Samples((s(MASK, (2, 3), (2, 3)), s(MASK, (3,), 0.0), s(True, (2,), (2, 1)), s(MASK, (), (2, 3))), torch="torch.where(torch.as_tensor(a[0]), a[1], torch.as_tensor(a[2], dtype=torch.float64))"),
    "concatenate": Samples((s([(2, 3), (4, 3)]), s([(2, 3), (2, 1)], axis=-1), s([(2,), (2, 2)], axis=None, torch="torch.cat([t.ravel() for t in a[0]])"), s([(3,)])), torch="torch.concatenate(a[0], **k)"),
    "stack": Samples((s([(2, 3), (2, 3)]), s([(2, 3), (2, 3)], axis=-1), s([(), (), ()])), torch="torch.stack(a[0], dim=k.get('axis', 0))"),
    "split": Samples((s((4, 3), 2), s((3, 4), [1, 3], axis=1), s((4,), 1)), torch="torch.tensor_split(a[0], a[1], dim=k.get('axis', 0))"),
    "flipud": Samples((s((3, 4)), s((3,))), torch="torch.flip(a[0], (0,))"),
    "fliplr": Samples((s((3, 4)),), torch="torch.fliplr(a[0])"),
    "flip": Samples((s((3, 4)), s((3, 4), axis=1), s((2, 3, 4), axis=(0, -1))), torch="torch.flip(a[0], _dims(a[0], k.get('axis')))"),
    "roll": Samples((s((5,), 2), s((3, 4), 1), s((3, 4), -1, axis=1), s((3, 4), shift=(1, -2), axis=(0, 1))), torch="torch.roll(a[0], k.get('shift') or a[1], k.get('axis'))"),
    "repeat": Samples((s((2, 3), 2), s((2, 3), 2, axis=1), s((3, 2), [1, 0, 2], axis=0)), torch="torch.repeat_interleave(a[0], torch.as_tensor(a[1]), dim=k.get('axis'))"),
    "tile": Samples((s((2, 3), 2), s((2, 3), [2, 1, 3]), s((), 3)), torch="torch.tile(a[0], _dims(a[0], a[1]))"),
    "pad": Samples((s((2, 3), 1, torch="F.pad(a[0], (1, 1, 1, 1))"), s((3,), [2, 1], constant_values=5.0, torch="F.pad(a[0], (2, 1), value=5.0)"), s((2, 3), pad_width=((0, 1), (2, 0)), torch="F.pad(a[0], (2, 0, 0, 1))"), s((4,), 2, mode="edge", torch="F.pad(a[0][None], (2, 2), mode='replicate')[0]"), s((4,), 2, mode="reflect", torch="F.pad(a[0][None], (2, 2), mode='reflect')[0]"), s((4,), 2, mode="wrap", torch="F.pad(a[0][None], (2, 2), mode='circular')[0]"), s((3, 4), 2, mode="symmetric"))),
    # -- rearranging --
    "take": Samples((s((3, 4), 5), s((3, 4), [0, 2, 0], axis=0, torch="torch.index_select(a[0], 0, torch.as_tensor(a[1]))"), s((3, 4), np.array([[0, 3], [3, 1]]), axis=-1, torch="a[0][:, torch.as_tensor(a[1])]"), s((4,), [5, -1], mode="wrap", torch="a[0][[1, 3]]"), s((4,), [9, 2], mode="clip", torch="a[0][[3, 2]]")), torch="torch.take(a[0], torch.tensor(a[1]))"),
    "take_along_axis": Samples((s((3, 4), np.array([[0, 2], [1, 1], [3, 0]]), axis=1), s((3, 4), np.array([[2, 0, 1, 1]]), axis=0), s((2, 3), np.array([5, 0]), axis=None)), torch="torch.take_along_dim(a[0], torch.as_tensor(a[1]), k.get('axis', -1))"),
    "put_along_axis": Samples((s((3, 4), np.array([[0], [1], [3]]), (3, 1), axis=1), s((3, 4), np.array([[2, 0, 1, 1]]), 5.0, axis=0), s((2, 3), np.array([5, 0]), (2,), axis=None)), reference=_put_along_axis),
    "insert": Samples((s((4,), 1, 2.0), s((4,), [1, 3], (2,)), s((3, 4), 1, (3,), axis=1), s((3, 4), [0, 2], (2, 4), axis=0), s((2, 3), 2, ()))),
    "delete": Samples((s((4,), 1), s((4,), [0, 2]), s((3, 4), slice(1, 3), axis=1), s((3, 4), np.array([True, False, True]), axis=0), s((2, 3), 4))),
    "resize": Samples((s((3,), [5]), s((2, 3), [3, 3]), s((2, 3), [4]))),
    "compress": Samples((s([True, False, True], (3, 4), axis=0), s(np.array([0, 1, 0, 1]), (3, 4), axis=1), s(np.array([True, False]), (2, 2)))),
    "extract": Samples((s(MASK, (2, 3)),)),
    "choose": Samples((s(np.array([0, 1, 1]), [(3,), (3,)]), s(np.array([[2, 0], [1, 1]]), [(2,), (2, 2), ()]), s(np.array([5, -1, 0]), [(3,), (3,), (3,)], mode="clip"), s(np.array([5, -1, 0]), [(3,), (3,)], mode="wrap"))),
    "fill_diagonal": Samples((s((3, 3), ()), s((3, 4), 2.0), s((5, 2), (2,), wrap=True), s((2, 2, 2), ())), reference=_fill_diagonal),
    "rot90": Samples((s((3, 4)), s((3, 4), 2, torch="torch.rot90(a[0], 2)"), s((2, 3, 4), k=-1, axes=(2, 0)), s((3, 4), 0, torch="a[0]")), torch="torch.rot90(a[0], k.get('k', 1), k.get('axes', (0, 1)))"),
    "rollaxis": Samples((s((2, 3, 4), 2), s((2, 3, 4), 0, 3), s((2, 3, 4), -1, -2))),
    "matrix_transpose": Samples((s((3, 4)), s((2, 3, 4))), reference=lambda x: np.swapaxes(x, -1, -2), torch="a[0].mT"),
    "full": Samples((s([2, 3], ()), s([2, 3], (3,)), s(4, ())), reference=np.full, torch="a[1].expand(a[0] if isinstance(a[0], list) else [a[0]])"),
    "sliding_window_view": Samples((s((5,), 3), s((4, 5), [2, 3]), s((4, 5), 2, axis=1, torch="a[0].unfold(1, 2, 1)")), reference=np.lib.stride_tricks.sliding_window_view, torch="a[0].unfold(0, 3, 1) if a[0].ndim == 1 else a[0].unfold(0, 2, 1).unfold(1, 3, 1)"),
    # -- short forms of joining and splitting --
    "array": Samples((s([(2,), (2,)]), s([[(), ()], [(), 2.0]]), s((3,)), s([(), 1.5])), reference=np.array),
    "atleast_1d": Samples((s(()), s((), (2,))), torch="torch.atleast_1d(*a)"),
    "atleast_2d": Samples((s(()), s((3,), ())), torch="torch.atleast_2d(*a)"),
    "atleast_3d": Samples((s(()), s((3,)), s((2, 3), (3,))), torch="torch.atleast_3d(*a)"),
    "vstack": Samples((s([(2, 3), (3,)]), s([(), ()])), torch="torch.vstack(a[0])"),
    "hstack": Samples((s([(2, 3), (2, 1)]), s([(2,), (), (3,)])), torch="torch.hstack(a[0])"),
    "dstack": Samples((s([(2, 3), (2, 3)]), s([(3,), (3,)]), s([(2, 3, 1), (2, 3, 2)])), torch="torch.dstack(a[0])"),
    "column_stack": Samples((s([(3,), (3,)]), s([(3,), (3, 2)])), torch="torch.column_stack(a[0])"),
    "append": Samples((s((2, 3), (4,)), s((2, 3), (2, 1), axis=1, torch="torch.cat(a, 1)"), s((2,), 1.0)), torch="torch.cat([_t(x).ravel() for x in a])"),
    "block": Samples((s([[(2, 2), (2, 1)], [(1, 3)]]), s([(2,), ()]), s([[(2,)], [(2,)]])), reference=np.block),
    "array_split": Samples((s((5,), 3), s((3, 4), [1, 3], axis=1)), torch="torch.tensor_split(a[0], a[1], dim=k.get('axis', 0))"),
    "hsplit": Samples((s((2, 4), 2), s((4,), [1])), torch="torch.hsplit(*a)"),
    "vsplit": Samples((s((4, 2), 2), s((4, 2), [1, 2])), torch="torch.vsplit(*a)"),
    "dsplit": Samples((s((2, 2, 4), 2),), torch="torch.dsplit(*a)"),
    "unstack": Samples((s((2, 3)), s((2, 3), axis=1)), reference=lambda x, axis=0: tuple(np.moveaxis(x, axis, 0)), torch="torch.unbind(a[0], k.get('axis', 0))"),
    "broadcast_arrays": Samples((s((3, 1), (4,)), s((), (2,), (2, 1))), torch="torch.broadcast_tensors(*a)"),
    "meshgrid": Samples((s((3,), (4,)), s((2,), (3,), (2,), indexing="ij"), s((3,), (), sparse=True, torch="(a[0][None, :], a[1].reshape(1, 1))"), s((3,))), torch="torch.meshgrid(*a, indexing=k.get('indexing', 'xy')) if len(a) > 1 else a[0]"),
    # -- diagonals --
    "diagonal": Samples((s((3, 4)), s((3, 4), offset=-1), s((2, 3, 4), 1, 2, 0)), torch="torch.diagonal(a[0], a[1] if len(a) > 1 else k.get('offset', 0), *(a[2:] or (0, 1)))"),
    "diag": Samples((s((4,)), s((3, 4), 1), s((3,), k=-2)), torch="torch.diag(a[0], a[1] if len(a) > 1 else k.get('k', 0))"),
    "diagflat": Samples((s((4,)), s((2, 2), 1)), torch="torch.diagflat(*a)"),
    "tril": Samples((s((3, 4)), s((2, 3, 3), -1)), torch="torch.tril(*a)"),
    "triu": Samples((s((3, 4)), s((2, 3, 3), 1)), torch="torch.triu(*a)"),
    # -- sampled values --
    "linspace": Samples((s((), (), 5), s((), 2.0, num=4, endpoint=False), s((3,), (), 4, axis=1), s((2,), (2,), 3), s((), (), 1), s((), (), 3, retstep=True))),
    "geomspace": Samples((s((), (), 5), s((3,), (), 4, axis=1), s((), 4.0, num=3, endpoint=False)), domain=(0.5, 2.0)),
    "logspace": Samples((s((), (), 5), s((2,), (), 3, base=2.0), s((), (), 3, True, ())), domain=(0.5, 2.0)),
    "interp": Samples((s((5,), np.array([-1.5, -0.6, 0.3, 1.1]), (4,)), s((), np.array([-2.0, 0.1, 2.0]), (3,)), s((2, 3), np.array([-0.5, 0.4, 0.9]), (3,), left=-1.0, right=2.0), s((4,), np.array([0.4, 0.1, 1.3]), (3,), period=1.5))),
    "polyval": Samples((s((4,), (3,)), s((3,), ()), s((1,), (2, 2)), s(np.array([1.0, -2.0, 0.5]), (3,)))),
    "convolve": Samples((s((5,), (3,)), s((3,), (5,)), *(s((6,), (n,), mode=m, torch="") for n in (3, 4) for m in ("same", "valid")), s((2,), (5,), mode="same", torch=""), s((3,), ())), torch="F.conv1d(a[0][None, None], a[1].reshape(1, 1, -1).flip(2), padding=a[1].numel() - 1)[0, 0]"),
    "correlate": Samples((s((5,), (3,)), s((3,), (5,), torch=""), *(s((n,), (k,), mode=m, torch="") for n, k in ((6, 3), (6, 4), (3, 6), (4, 6)) for m in ("same", "full"))), torch="F.conv1d(a[0][None, None], a[1][None, None])[0, 0]"),
    "unwrap": Samples((s((6,)), s((3, 4), axis=0, period=1.0), s((5,), discont=1.5)), domain=(-9.0, 9.0)),
    "diff": Samples((s((5,)), s((3, 4), 2, axis=0), s((3, 4), axis=1, prepend=0.0), s((3,), append=np.array([1.0, 2.0])), s((3,), n=0, torch="a[0]")), torch="torch.diff(a[0], a[1] if len(a) > 1 else 1, k.get('axis', -1), **({n: _t(k[n]) if np.ndim(k[n]) else torch.full((3, 1), k[n], dtype=torch.float64) for n in ('prepend', 'append') if n in k}))"),
    "ediff1d": Samples((s((5,)), s((2, 3), (2,), ()), s((1,), ()))),
    "trapezoid": Samples((s((5,)), s((3, 4), (4,)), s((3, 4), (3,), axis=0), s((3, 4), (3, 4)), s((4,), dx=0.5)), torch="torch.trapezoid(a[0], **({'x': a[1] if a[1].ndim > 1 or 'axis' not in k else a[1][:, None].expand(3, 4)} if len(a) > 1 else {'dx': k.get('dx', 1.0)}), dim=k.get('axis', -1))"),
    "gradient": Samples((s((5,)), s((3, 4)), s((3, 4), 2.0, axis=1), s((4, 3), np.array([0.0, 1.0, 1.5, 3.0]), axis=0), s((4,), edge_order=2), s((4,), np.array([0.0, 1.0, 1.5, 3.0]), edge_order=2), s((3, 3), 0.5, 2.0), s((4,), 0.5), s((3, 4), 1.0, 2.0, axis=(1, 0)), s((5,), np.arange(5.0))),
        torch="torch.gradient(a[0], **({'spacing': tuple(x if np.ndim(x) == 0 else _t(x) for x in a[1:]) if len(a) > 2 or np.ndim(a[1]) else a[1]} if len(a) > 1 else {}), dim=k.get('axis', tuple(range(a[0].ndim))), edge_order=k.get('edge_order', 1))"),
    # -- losses --
    "mean_squared_error": Samples((s((3, 4), (3, 4)), s((5,), 1.0), s((), ())), reference=lambda a, b: np.mean((a - b) ** 2), torch="F.mse_loss(a[0], torch.as_tensor(a[1], dtype=torch.float64).broadcast_to(a[0].shape))"),
    "softmax_cross_entropy": Samples((s((3, 4), np.array([1, 0, 3])), s((4,), np.array(2)), s((2, 3, 4), np.array([[1, 0, 3], [2, 2, 0]]), torch="F.cross_entropy(a[0].movedim(-1, 1), torch.as_tensor(a[1]))"), s((3, 4), np.eye(4)[:3])), reference=_cross_entropy, torch="F.cross_entropy(a[0], torch.as_tensor(a[1]))"),
    "binary_cross_entropy": Samples((s((3, 4), (3, 4)), s((3, 4), 1.0, from_logits=True, torch="F.binary_cross_entropy_with_logits(a[0], torch.ones_like(a[0]))"), s((3,), (3,), from_logits=True, torch="F.binary_cross_entropy_with_logits(a[0], a[1])")), domain=(0.1, 0.9), reference=_binary_cross_entropy, torch="F.binary_cross_entropy(a[0], a[1])"),
    "huber_loss": Samples((s((3, 4), (3, 4)), s((5,), (5,), 0.5, "sum", torch="F.huber_loss(a[0], a[1], reduction='sum', delta=0.5)")), reference=_huber, torch="F.huber_loss(a[0], a[1])"),
    "l1_loss": Samples((s((3, 4), (3, 4)), s((3,), (3,), "none", torch="F.l1_loss(a[0], a[1], reduction='none')")), reference=lambda a, b, reduction="mean": np.abs(a - b) if reduction == "none" else np.mean(np.abs(a - b)), torch="F.l1_loss(a[0], a[1])"),
    "nll_loss": Samples((s((3, 4), np.array([1, 0, 3])),), reference=lambda x, t: -x[np.arange(len(t)), t].mean(), torch="F.nll_loss(a[0], torch.as_tensor(a[1]))"),
    "kl_div": Samples((s((3, 4), (3, 4)), s((3, 4), (3, 4), "batchmean", torch="F.kl_div(a[0], a[1], reduction='batchmean')")), domain=(0.2, 1.0), reference=lambda x, t, reduction="mean": np.sum(t * (np.log(t) - x)) / (x.size if reduction == "mean" else len(x)), torch="F.kl_div(a[0], a[1])"),
    "cosine_similarity": Samples((s((3, 4), (3, 4)), s((3, 4), (4,)), s((3, 4), (3, 4), axis=0)), reference=_cosine, torch="F.cosine_similarity(*a, dim=k.get('axis', -1))"),
}
# fmt: on
