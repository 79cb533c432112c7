"""SciPy's Bessel functions: derivatives from tiny to huge, against mpmath, in each dtype."""

from __future__ import annotations

import math
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import scipy.special

import nbgrad as ng

SIZES = [1e-20, 1e-3, 2.5, 29.0, 31.0, 300.0, 3e4, 1e8]

CASES: dict[str, tuple[Any, Any, float, int]] = {
    "jv": (lambda x: scipy.special.jv(1.5, x), mp.besselj, 1.5, 0),
    "j0": (scipy.special.j0, mp.besselj, 0, 0),
    "j1": (scipy.special.j1, mp.besselj, 1, 0),
    "y0": (scipy.special.y0, mp.bessely, 0, 0),
    "yn": (lambda x: scipy.special.yn(3, x), mp.bessely, 3, 0),
    "kn": (lambda x: scipy.special.kn(2, x), mp.besselk, 2, 0),
    "k1": (scipy.special.k1, mp.besselk, 1, 0),
    "i1": (scipy.special.i1, mp.besseli, 1, 0),
    "iv": (lambda x: scipy.special.iv(0.5, x), mp.besseli, 0.5, 0),
    "i0e": (scipy.special.i0e, mp.besseli, 0, -1),
    "i1e": (scipy.special.i1e, mp.besseli, 1, -1),
    "ive": (lambda x: scipy.special.ive(2.5, x), mp.besseli, 2.5, -1),
    "k0e": (scipy.special.k0e, mp.besselk, 0, 1),
    "kve": (lambda x: scipy.special.kve(2, x), mp.besselk, 2, 1),
}
"""SciPy's function, mpmath's and its order, and the slope of the exponent of the factor."""


def exact(function: Any, v: float, slope: int, n: int, x: Any) -> Any:
    """Return the derivative of order n of e^(slope · x) times a function, to many digits."""
    sign = -1 if function in (mp.besselj, mp.bessely) else 1
    half = mp.mpf(-1 if function is mp.besselk else 1) / 2
    around = {k: function(v + k, x) for k in range(-n, n + 1)}
    y = mp.mpf(0)
    for j in range(n + 1):
        terms = [sign**k * math.comb(j, k) * around[2 * k - j] for k in range(j + 1)]
        y += math.comb(n, j) * slope ** (n - j) * half**j * sum(terms)
    return mp.exp(slope * x) * y


def twice(f: Any, data: Any) -> tuple[Any, Any]:
    """Return the first and the second derivative."""
    x = ng.Variable(data)
    f(x).sum().backward(create_graph=True)
    first = x.grad
    x.cleargrad()
    first.sum().backward()
    assert first.dtype == x.grad.dtype == data.dtype
    return first.data, x.grad


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("name", CASES)
def test_derivatives_at_every_magnitude(name: str, dtype: Any) -> None:
    f, *function, slope = CASES[name]
    info = np.finfo(dtype)
    end = min(float(info.max), 1e9 if slope else 80.0 if "i" in name else 1e3)
    data = np.array([x for x in SIZES if float(info.tiny) <= x <= end], dtype)
    precision = 1e-11 if dtype is np.float64 else 8 * float(info.eps)
    with np.errstate(all="ignore"), mp.workdps(60):
        for order, found in enumerate(twice(f, data), 1):
            right = [float(exact(*function, slope, order, mp.mpf(float(x)))) for x in data]
            np.testing.assert_allclose(
                found,
                np.array(right).astype(dtype),
                rtol=precision,
                atol=4 * float(info.smallest_subnormal),
            )


@pytest.mark.parametrize("name", ["i0e", "i1e", "k0e"])
def test_derivatives_where_scipys_functions_of_an_order_end(name: str) -> None:
    x = np.array([1e20, 1e100])
    y = getattr(scipy.special, name)(x)
    first, second = twice(getattr(scipy.special, name), x)
    np.testing.assert_allclose(first, -0.5 * y / x, rtol=1e-13)
    np.testing.assert_allclose(second, 0.75 * y / x / x, rtol=1e-13)


def test_negative_numbers_have_the_parity_of_the_order() -> None:
    x = np.array([0.5, 5.0, 500.0, 1e12])
    for order in (0, 1, 2):
        slope = ng.grad(lambda x, v=order: scipy.special.ive(v, x).sum())
        np.testing.assert_allclose(slope(-x), slope(x) * -((-1.0) ** order), rtol=1e-13)
    assert ng.grad(scipy.special.i0e)(0.0) == 0.0
