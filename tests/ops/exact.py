"""Operations in exact mathematics: what the hunt over all magnitudes compares with.

By name, which starts with the row's: the operation, its value and its derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np

from nbgrad import ops

mp.mp.dps = 50
Function = Callable[..., Any]


def power(x: Any, n: int) -> Any:
    return mp.mpf(x) ** n


SELU = mp.mpf("1.0507009873554804934193349852946")
ALPHA = mp.mpf("1.6732632423543772848170429916717")
"""Klambauer et al., Self-Normalizing Neural Networks (2017)."""


def whole(x: Any) -> Any:
    return mp.sign(x) * mp.floor(abs(x))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def phi(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def below(x: Any) -> Any:
    return mp.erfc(-max(min(x, mp.mpf(500)), mp.mpf(-500)) / mp.sqrt(2)) / 2


def sinc(x: Any, order: int) -> Any:
    with mp.workdps(250):
        z = mp.pi * x
        y = mp.sin(z) / z
        slope = (mp.cos(z) - y) / x
        return (y, slope, -(mp.pi**2) * y - 2 * slope / x)[order]


ONE = {
    "neg": (ops.neg, lambda x: -x, lambda x: -1, lambda x: 0),
    "square": (ops.square, lambda x: x * x, lambda x: 2 * x, lambda x: 2),
    "abs": (ops.abs, abs, mp.sign, lambda x: 0),
    "sqrt": (ops.sqrt, mp.sqrt, lambda x: 1 / mp.sqrt(x) / 2, lambda x: -1 / x / mp.sqrt(x) / 4),
    "reciprocal": (ops.reciprocal, lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 2 / x**3),
    "x**3": (lambda x: x**3, lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x),
    "x**-2": (lambda x: x**-2.0, lambda x: x**-2, lambda x: -2 * x**-3, lambda x: 6 * x**-4),
    "exp": (ops.exp, mp.exp, mp.exp, mp.exp),
    "exp2": (
        ops.exp2,
        lambda x: mp.mpf(2) ** x,
        lambda x: mp.mpf(2) ** x * mp.log(2),
        lambda x: mp.mpf(2) ** x * mp.log(2) ** 2,
    ),
    "expm1": (ops.expm1, mp.expm1, mp.exp, mp.exp),
    "log": (ops.log, mp.log, lambda x: 1 / x, lambda x: -1 / x**2),
    "log2": (
        ops.log2,
        lambda x: mp.log(x) / mp.log(2),
        lambda x: 1 / x / mp.log(2),
        lambda x: -1 / x**2 / mp.log(2),
    ),
    "log10": (
        ops.log10,
        lambda x: mp.log(x) / mp.log(10),
        lambda x: 1 / x / mp.log(10),
        lambda x: -1 / x**2 / mp.log(10),
    ),
    "log1p": (ops.log1p, mp.log1p, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2),
    "sin": (ops.sin, mp.sin, mp.cos, lambda x: -mp.sin(x)),
    "cos": (ops.cos, mp.cos, lambda x: -mp.sin(x), lambda x: -mp.cos(x)),
    "tan": (
        ops.tan,
        mp.tan,
        lambda x: mp.sec(x) ** 2,
        lambda x: 2 * mp.tan(x) * mp.sec(x) ** 2,
    ),
    "arcsin": (
        ops.arcsin,
        mp.asin,
        lambda x: 1 / mp.sqrt((1 - x) * (1 + x)),
        lambda x: x / mp.sqrt((1 - x) * (1 + x)) ** 3,
    ),
    "arccos": (
        ops.arccos,
        mp.acos,
        lambda x: -1 / mp.sqrt((1 - x) * (1 + x)),
        lambda x: -x / mp.sqrt((1 - x) * (1 + x)) ** 3,
    ),
    "arctan": (
        ops.arctan,
        mp.atan,
        lambda x: 1 / (1 + x * x),
        lambda x: -2 * x / (1 + x * x) ** 2,
    ),
    "sinh": (ops.sinh, mp.sinh, mp.cosh, mp.sinh),
    "cosh": (ops.cosh, mp.cosh, mp.sinh, mp.cosh),
    "tanh": (
        ops.tanh,
        mp.tanh,
        lambda x: mp.sech(x) ** 2,
        lambda x: -2 * mp.tanh(x) * mp.sech(x) ** 2,
    ),
    "sigmoid": (
        ops.sigmoid,
        sigmoid,
        lambda x: sigmoid(x) * sigmoid(-x),
        lambda x: -sigmoid(x) * sigmoid(-x) * mp.tanh(x / 2),
    ),
    "softplus": (
        ops.softplus,
        lambda x: mp.log1p(mp.exp(x)),
        sigmoid,
        lambda x: sigmoid(x) * sigmoid(-x),
    ),
    "relu": (ops.relu, lambda x: max(x, mp.mpf(0)), lambda x: int(x > 0), lambda x: 0),
    "leaky_relu": (
        lambda x: ops.leaky_relu(x, 0.25),
        lambda x: max(x, x / 4),
        lambda x: 1 if x > 0 else 0.25,
        lambda x: 0,
    ),
    "gelu": (
        ops.gelu,
        lambda x: x * below(x),
        lambda x: below(x) + x * phi(x),
        lambda x: (2 - x * x) * phi(x),
    ),
    "pos": (ops.pos, lambda x: x, lambda x: 1, lambda x: 0),
    "sign": (ops.sign, mp.sign, lambda x: 0, lambda x: 0),
    "floor": (ops.floor, mp.floor, lambda x: 0, lambda x: 0),
    "ceil": (ops.ceil, mp.ceil, lambda x: 0, lambda x: 0),
    "trunc": (ops.trunc, whole, lambda x: 0, lambda x: 0),
    "rint": (ops.rint, mp.nint, lambda x: 0, lambda x: 0),
    "round": (ops.round, mp.nint, lambda x: 0, lambda x: 0),
    "modf": (lambda x: ops.modf(x)[0], lambda x: x - whole(x), lambda x: 1, lambda x: 0),
    "nan_to_num": (ops.nan_to_num, lambda x: x, lambda x: 1, lambda x: 0),
    "clip": (
        lambda x: ops.clip(x, -2, 2),
        lambda x: max(min(x, 2), -2),
        lambda x: int(abs(x) <= 2),
        lambda x: 0,
    ),
    "hardtanh": (
        ops.hardtanh,
        lambda x: max(min(x, 1), -1),
        lambda x: int(abs(x) <= 1),
        lambda x: 0,
    ),
    "float_power": (
        lambda x: ops.float_power(x, 3.0),
        lambda x: x**3,
        lambda x: 3 * x**2,
        lambda x: 6 * x,
    ),
    "cbrt": (
        ops.cbrt,
        lambda x: mp.sign(x) * mp.cbrt(abs(x)),
        lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2),
        lambda x: -mp.sign(x) * 2 / (9 * mp.cbrt(abs(x)) ** 5),
    ),
    "arcsinh": (
        ops.arcsinh,
        mp.asinh,
        lambda x: 1 / mp.sqrt(1 + x * x),
        lambda x: -x / mp.sqrt(1 + x * x) ** 3,
    ),
    "arccosh": (
        ops.arccosh,
        mp.acosh,
        lambda x: 1 / mp.sqrt((x - 1) * (x + 1)),
        lambda x: -x / mp.sqrt((x - 1) * (x + 1)) ** 3,
    ),
    "arctanh": (
        ops.arctanh,
        mp.atanh,
        lambda x: 1 / ((1 - x) * (1 + x)),
        lambda x: 2 * x / ((1 - x) * (1 + x)) ** 2,
    ),
    "deg2rad": (ops.deg2rad, lambda x: x * mp.pi / 180, lambda x: mp.pi / 180, lambda x: 0),
    "rad2deg": (ops.rad2deg, lambda x: x * 180 / mp.pi, lambda x: 180 / mp.pi, lambda x: 0),
    "silu": (
        ops.silu,
        lambda x: x * sigmoid(x),
        lambda x: sigmoid(x) + x * sigmoid(x) * sigmoid(-x),
        lambda x: sigmoid(x) * sigmoid(-x) * (2 - x * mp.tanh(x / 2)),
    ),
    "softsign": (
        ops.softsign,
        lambda x: x / (1 + abs(x)),
        lambda x: 1 / (1 + abs(x)) ** 2,
        lambda x: -2 * mp.sign(x) / (1 + abs(x)) ** 3,
    ),
    "elu": (
        ops.elu,
        lambda x: x if x > 0 else mp.expm1(x),
        lambda x: 1 if x > 0 else mp.exp(x),
        lambda x: 0 if x > 0 else mp.exp(x),
    ),
    "selu": (
        ops.selu,
        lambda x: SELU * (x if x > 0 else ALPHA * mp.expm1(x)),
        lambda x: SELU * (1 if x > 0 else ALPHA * mp.exp(x)),
        lambda x: 0 if x > 0 else SELU * ALPHA * mp.exp(x),
    ),
    "sinc": (
        ops.sinc,
        lambda x: sinc(x, 0),
        lambda x: sinc(x, 1),
        lambda x: sinc(x, 2),
    ),
    "i0": (
        ops.i0,
        lambda x: mp.besseli(0, x),
        lambda x: mp.besseli(1, x),
        lambda x: (mp.besseli(0, x) + mp.besseli(2, x)) / 2,
    ),
    "erf": (
        ops.erf,
        lambda x: mp.erf(max(min(x, mp.mpf(500)), mp.mpf(-500))),
        lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
        lambda x: -4 * x / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ),
}


# Two operands: value, first derivatives, and second derivatives.


def angle(y: Any, x: Any) -> tuple[Any, ...]:
    r = x * x + y * y
    mixed = (y * y - x * x) / r**2
    return mp.atan2(y, x), x / r, -y / r, -2 * x * y / r**2, mixed, 2 * x * y / r**2


def hypotenuse(a: Any, b: Any) -> tuple[Any, ...]:
    h = mp.sqrt(a * a + b * b)
    return h, a / h, b / h, b * b / h**3, -a * b / h**3, a * a / h**3


def logaddexp(a: Any, b: Any) -> tuple[Any, ...]:
    s = sigmoid(a - b)
    slope = s * sigmoid(b - a)
    return max(a, b) + mp.log1p(mp.exp(-abs(a - b))), s, sigmoid(b - a), slope, -slope, slope


def powers(a: Any, n: Any) -> tuple[Any, ...]:
    y, ln = mp.power(a, n), mp.log(a)
    mixed = mp.power(a, n - 1) * (1 + n * ln)
    return y, n * mp.power(a, n - 1), y * ln, n * (n - 1) * mp.power(a, n - 2), mixed, y * ln * ln


def divided(a: Any, b: Any, rounded: Function) -> tuple[Any, ...]:
    with mp.workdps(700):
        n = rounded(a / b)
        return a - b * n, 1, -n, 0, 0, 0


def huber(a: Any, b: Any) -> tuple[Any, ...]:
    d = a - b
    if abs(d) <= 1:
        return d * d / 2, d, -d, 1, -1, 1
    return abs(d) - mp.mpf(1) / 2, mp.sign(d), -mp.sign(d), 0, 0, 0


def logaddexp2(a: Any, b: Any) -> tuple[Any, ...]:
    ln2 = mp.log(2)
    s = sigmoid((a - b) * ln2)
    slope = s * sigmoid((b - a) * ln2) * ln2
    y = max(a, b) + mp.log1p(mp.mpf(2) ** (-abs(a - b))) / ln2
    return y, s, sigmoid((b - a) * ln2), slope, -slope, slope


TWO = {
    "add": (ops.add, lambda a, b: (a + b, 1, 1, 0, 0, 0)),
    "sub": (ops.sub, lambda a, b: (a - b, 1, -1, 0, 0, 0)),
    "mul": (ops.mul, lambda a, b: (a * b, b, a, 0, 1, 0)),
    "div": (
        ops.div,
        lambda a, b: (a / b, 1 / b, -a / b**2, 0, -1 / b**2, 2 * a / b**3),
    ),
    "maximum": (ops.maximum, lambda a, b: (max(a, b), int(a > b), int(b > a), 0, 0, 0)),
    "minimum": (ops.minimum, lambda a, b: (min(a, b), int(a < b), int(b < a), 0, 0, 0)),
    "xlogy": (ops.xlogy, lambda a, b: (a * mp.log(b), mp.log(b), a / b, 0, 1 / b, -a / b**2)),
    "arctan2": (ops.arctan2, angle),
    "hypot": (ops.hypot, hypotenuse),
    "logaddexp": (ops.logaddexp, logaddexp),
    "pow": (ops.pow, powers),
    "fmax": (ops.fmax, lambda a, b: (max(a, b), int(a > b), int(b > a), 0, 0, 0)),
    "fmin": (ops.fmin, lambda a, b: (min(a, b), int(a < b), int(b < a), 0, 0, 0)),
    "copysign": (
        ops.copysign,
        lambda a, b: (abs(a) * mp.sign(b), mp.sign(a) * mp.sign(b), 0, 0, 0, 0),
    ),
    "where": (lambda a, b: ops.where(True, a, b), lambda a, b: (a, 1, 0, 0, 0, 0)),
    "fmod": (ops.fmod, lambda a, b: divided(a, b, whole)),
    "remainder": (ops.remainder, lambda a, b: divided(a, b, mp.floor)),
    "mean_squared_error": (
        lambda a, b: ops.mean_squared_error(a, b, reduction="none"),
        lambda a, b: ((a - b) ** 2, 2 * (a - b), 2 * (b - a), 2, -2, 2),
    ),
    "l1_loss": (
        lambda a, b: ops.l1_loss(a, b, reduction="none"),
        lambda a, b: (abs(a - b), mp.sign(a - b), mp.sign(b - a), 0, 0, 0),
    ),
    "huber_loss": (lambda a, b: ops.huber_loss(a, b, reduction="none"), huber),
    "logaddexp2": (ops.logaddexp2, logaddexp2),
    "glu": (
        lambda a, b: ops.glu(ops.stack([a, b], axis=-1))[:, 0],
        lambda a, b: (
            a * sigmoid(b),
            sigmoid(b),
            a * sigmoid(b) * sigmoid(-b),
            0,
            sigmoid(b) * sigmoid(-b),
            -a * sigmoid(b) * sigmoid(-b) * mp.tanh(b / 2),
        ),
    ),
    "logspace": (
        lambda a, b: ops.logspace(a, b, 3, base=2.0)[1],
        lambda a, b: tuple(
            mp.mpf(2) ** ((a + b) / 2) * (mp.log(2) / 2) ** k for k in (0, 1, 1, 2, 2, 2)
        ),
    ),
}


# Over axes: the derivatives are differences with a tiny step.


def spread(xs: list[Any]) -> Any:
    middle = sum(xs) / len(xs)
    return sum((x - middle) ** 2 for x in xs) / len(xs)


def p_norm(p: float) -> Function:
    return lambda xs: sum(abs(x) ** p for x in xs) ** (1 / mp.mpf(p))


def first_share(xs: list[Any]) -> Any:
    largest = max(xs)
    return mp.exp(xs[0] - largest) / sum(mp.exp(x - largest) for x in xs)


def log_total(xs: list[Any]) -> Any:
    largest = max(xs)
    return largest + mp.log(sum(mp.exp(x - largest) for x in xs))


def first_of_standardized(xs: list[Any]) -> Any:
    return (xs[0] - sum(xs) / len(xs)) / mp.sqrt(spread(xs) + mp.mpf(1e-5))


OVER: dict[str, tuple[Function, Function]] = {
    "sum": (ops.sum, sum),
    "mean": (ops.mean, lambda xs: sum(xs) / len(xs)),
    "max": (ops.max, max),
    "min": (ops.min, min),
    "prod": (ops.prod, mp.fprod),
    "var": (ops.var, spread),
    "std": (ops.std, lambda xs: mp.sqrt(spread(xs))),
    "norm": (ops.norm, p_norm(2)),
    "norm 1": (lambda x: ops.norm(x, 1), p_norm(1)),
    "norm 3": (lambda x: ops.norm(x, 3), p_norm(3)),
    "norm -1": (lambda x: ops.norm(x, -1), p_norm(-1)),
    "norm inf": (lambda x: ops.norm(x, np.inf), lambda xs: max(abs(x) for x in xs)),
    "logsumexp": (ops.logsumexp, log_total),
    "softmax": (lambda x: ops.softmax(x)[0], first_share),
    "log_softmax": (lambda x: ops.log_softmax(x)[0], lambda xs: xs[0] - log_total(xs)),
    "cross entropy": (
        lambda x: ops.softmax_cross_entropy(x, np.array(0)),
        lambda xs: log_total(xs) - xs[0],
    ),
    "binary_cross_entropy of ones": (
        lambda x: ops.binary_cross_entropy(x, np.ones(x.shape, x.dtype), from_logits=True),
        lambda xs: sum(mp.log1p(mp.exp(-x)) for x in xs) / len(xs),
    ),
    "binary_cross_entropy of zeros": (
        lambda x: ops.binary_cross_entropy(x, np.zeros(x.shape, x.dtype), from_logits=True),
        lambda xs: sum(mp.log1p(mp.exp(x)) for x in xs) / len(xs),
    ),
    "standardize": (lambda x: ops.standardize(x, -1, 1e-5)[0], first_of_standardized),
    "layer_norm": (lambda x: ops.layer_norm(x)[0], first_of_standardized),
    "cumprod of two": (lambda x: ops.cumprod(x)[1], lambda xs: xs[0] * xs[1]),
}
