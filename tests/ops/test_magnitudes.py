"""Every elementwise operation at every magnitude: value, gradient, second derivative.

The right numbers are mathematics, computed with mpmath to many digits and rounded to the dtype.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mpmath as mp
import numpy as np

import nbgrad as ng
from nbgrad import ops

mp.mp.dps = 50
PLACES = {np.float64: 1e-13, np.float32: 1e-5, np.float16: 4e-3}
"""How exact each dtype's results are; float32's ``exp`` takes the rounding of its argument."""
Function = Callable[..., Any]


def power(x: Any, n: int) -> Any:
    return mp.mpf(x) ** n


def sigmoid(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def phi(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def below(x: Any) -> Any:
    return mp.erfc(-max(min(x, mp.mpf(500)), mp.mpf(-500)) / mp.sqrt(2)) / 2


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
    "erf": (
        ops.erf,
        lambda x: mp.erf(max(min(x, mp.mpf(500)), mp.mpf(-500))),
        lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
        lambda x: -4 * x / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ),
}


def points(dtype: Any) -> list[float]:
    """Return numbers of each magnitude that a dtype has, and near the places that matter."""
    info = np.finfo(dtype)
    sizes = [info.smallest_subnormal, info.tiny, info.max, info.max / 8, info.tiny * 3]
    sizes += [0.1, 0.5, 1.0, 2.0, 3.0, 5.0, 9.0, 15.0, 19.5, 26.0, 38.0, 90.0, 708.0, 740.0, 3e4]
    sizes += [1 - info.epsneg, 1 - 100 * info.epsneg, 1 + info.eps, 1e-3, 300.0, 0.9999, 1 - 1e-9]
    if dtype is np.float64:
        sizes += [1e-200, 1e200, 1e-100, 1e100, 1e-20, 1e20, 3e154, 3e-154]
    if dtype is np.float32:
        sizes += [1e-20, 1e20, 1e-10, 1e10, 1e-30, 1e30]
    with np.errstate(over="ignore"):
        found = np.array([*sizes, *(-s for s in sizes)], dtype)
    return sorted(set(found[np.isfinite(found)].tolist()))


def rounded(value: Any, dtype: Any) -> Any:
    """Round an exact number; what is beyond the dtype becomes infinite, or 0."""
    if mp.isinf(value):
        return dtype(float(value))
    mantissa, exponent = mp.frexp(value)
    with np.errstate(all="ignore"):
        if exponent < -1200:
            return dtype(0)
        if exponent > 1200:
            return dtype(np.inf * float(mp.sign(mantissa)))
        wide = np.ldexp(float(mantissa), exponent)
        return dtype(wide)


def agree(found: Any, exact: Any, dtype: Any, digits: float = 1.0, slack: float = 8) -> bool:
    """Whether a number is an exact one, but for the rounding of a few operations."""
    info = np.finfo(dtype)
    with np.errstate(all="ignore"):
        right = float(rounded(exact, dtype))
        found = float(found)
        if found == right:
            return True
        if not np.isfinite(right):  # rounding may stop just before the largest number
            return abs(found) >= float(info.max) * (1 - 64 * float(info.eps)) and found * right > 0
        near_the_end = abs(right) > float(info.max) * (1 - 64 * float(info.eps))
        if not np.isfinite(found):
            return near_the_end and found * right > 0
        margin = slack * float(info.smallest_subnormal) + digits * PLACES[dtype] * abs(right)
        return abs(found - right) <= margin


def derivatives(f: Function, *values: Any) -> tuple[Any, list[Any], list[list[Any]]]:
    """Return value, gradient and Hessian of an elementwise function of one or two arrays."""
    xs = [ng.Variable(v) for v in values]
    y = f(*xs)
    y.sum().backward()
    first = [x.grad for x in xs]
    second = []
    for i in range(len(xs)):
        xs = [ng.Variable(v) for v in values]
        f(*xs).sum().backward(create_graph=True)
        g = xs[i].grad
        for x in xs:
            x.cleargrad()
        if g.creator is not None:
            g.sum().backward()
        second.append([np.zeros(x.shape) if x.grad is None else x.grad for x in xs])
    return y.data, first, second


def in_domain(name: str, x: float, dtype: Any) -> bool:
    if name in ("sqrt", "log", "log2", "log10"):
        return x > 0
    if name == "log1p":
        return x > -1
    if name in ("arcsin", "arccos"):
        return abs(x) < 1
    if name == "tan" and dtype is np.float16:
        return abs(x) < 1e3
    return True


def wrong(name: str, dtype: Any) -> Iterator[str]:
    f, *exact = ONE[name]
    xs = [x for x in points(dtype) if in_domain(name, x, dtype)]
    with np.errstate(all="ignore"):
        y, (g,), ((h,),) = derivatives(f, np.array(xs, dtype))
    mp.mp.dps = 700 if name in ("sin", "cos", "tan") else 50
    try:
        for i, x in enumerate(xs):
            for what, found, rule in zip(
                ("value", "gradient", "second"), (y, g, h), exact, strict=True
            ):
                right = rule(mp.mpf(x))
                if not agree(found[i], right, dtype, slack=2000 if name == "gelu" else 8):
                    yield f"{what} of {name} {dtype.__name__} at {x!r}: {found[i]!r} for {mp.nstr(right, 17)}"
    finally:
        mp.mp.dps = 50


def test_elementwise_operations_are_right_at_every_magnitude() -> None:
    found = [line for name in ONE for dtype in PLACES for line in wrong(name, dtype)]
    cases = sum(
        3 * sum(in_domain(name, x, dtype) for x in points(dtype))
        for name in ONE
        for dtype in PLACES
    )
    print(f"{cases} cases")
    assert not found, "\n".join(found)
