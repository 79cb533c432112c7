"""Special and inverse hyperbolic functions at every magnitude, against mpmath; all orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops.special import BesselI, Sinc

mpmath.mp.dps = 60


def orders(f: Any, value: float, n: int) -> list[float]:
    """Return the first n derivatives at a number."""
    found = []
    for _ in range(n):
        f = ng.grad(f)
        found.append(float(f(np.float64(value))))
    return found


def sinc(x: Any) -> Any:
    return mpmath.sinc(mpmath.pi * x)


SINC_AT = [
    0.0,
    1e-300,
    1e-9,
    1e-4,
    0.01,
    0.3,
    0.5,
    0.63,
    0.9,
    1.0,
    1.7,
    3.3,
    25.5,
    1000.25,
    1e9 + 0.3,
]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_every_derivative_of_sinc(n: int) -> None:
    for x in [*SINC_AT, *(-x for x in SINC_AT)]:
        expected = float(mpmath.diff(sinc, mpmath.mpf(x), n)) if abs(x) < 1e6 else None
        if expected is None:  # the largest term alone: the others are a billion times smaller
            wave = (mpmath.sin, mpmath.cos)[n % 2](mpmath.pi * x) * (-1 if n % 4 >= 2 else 1)
            expected = float(mpmath.pi ** (n - 1) * wave / x)
        found = Sinc(n).forward(np.float64(x))
        np.testing.assert_allclose(
            found, expected, rtol=3e-8 if abs(x) > 1e6 else 1e-13, atol=1e-14
        )


def test_sinc_through_the_graph() -> None:
    np.testing.assert_allclose(
        orders(ng.sinc, 0.0, 4), [0, -(np.pi**2) / 3, 0, np.pi**4 / 5], atol=1e-13
    )
    expected = [float(mpmath.diff(sinc, mpmath.mpf(0.7), n)) for n in (1, 2, 3)]
    np.testing.assert_allclose(orders(ng.sinc, 0.7, 3), expected, rtol=1e-13)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7])
def test_bessel_functions(n: int) -> None:
    sizes = [1e-300, 1e-5, 0.1, 1.0, 5.0, 12.0, 29.9, 30.1, 60.0, 300.0, 700.0, *[712.0] * (n > 0)]
    x = np.array([*sizes, *(-s for s in sizes)])
    expected = np.array([float(mpmath.besseli(n, mpmath.mpf(v))) for v in x])
    np.testing.assert_allclose(BesselI(n).forward(x), expected, rtol=2e-13)
    with np.errstate(over="ignore", invalid="ignore"):
        edge = BesselI(n).forward(np.array([np.nan, np.inf, 800.0]))
    assert np.isnan(edge[0])
    assert edge[2] == np.inf
    assert edge[1] == np.inf or n == 0  # NumPy's i0 of inf is nan


def test_i0_through_the_graph() -> None:
    expected = [float(mpmath.diff(lambda x: mpmath.besseli(0, x), 2.5, n)) for n in (1, 2, 3)]
    np.testing.assert_allclose(orders(ng.i0, 2.5, 3), expected, rtol=1e-13)


SLOPES: list[tuple[Callable[..., Any], Callable[..., Any], list[float]]] = [
    (ng.arcsinh, lambda x: 1 / mpmath.sqrt(x * x + 1), [1e-200, 0.5, 3.0, -250.0, 1e10, -1e300]),
    (ng.arccosh, lambda x: 1 / mpmath.sqrt(x * x - 1), [1 + 2**-50, 1.001, 2.0, 250.0, 1e300]),
    (ng.arctanh, lambda x: 1 / (1 - x * x), [1e-200, 0.5, -0.999, 1 - 2**-53]),
    (ng.cbrt, lambda x: 1 / (3 * mpmath.cbrt(abs(x)) ** 2), [1e-300, -0.5, 8.0, 1e300]),
]


@pytest.mark.parametrize(
    ("f", "slope", "values"), SLOPES, ids=["arcsinh", "arccosh", "arctanh", "cbrt"]
)
def test_slopes_at_every_magnitude(f: Any, slope: Any, values: list[float]) -> None:
    for v in values:
        np.testing.assert_allclose(
            ng.grad(f)(np.float64(v)), float(slope(mpmath.mpf(v))), rtol=1e-14
        )
    for dtype, rtol in ((np.float32, 1e-6), (np.float16, 4e-3)):
        small = [dtype(v) for v in values if 1e-3 < abs(v) < 1000 and dtype(v) not in (1, -1)]
        for v in small:
            expected = float(slope(mpmath.mpf(float(v))))
            x = ng.Variable(np.array(v))
            f(x).backward()
            np.testing.assert_allclose(x.grad, expected, rtol=rtol)


@pytest.mark.parametrize(
    ("f", "value", "expected"),
    [
        (ng.arcsinh, [np.inf, -np.inf], [0, 0]),
        (ng.arccosh, [1.0, np.inf], [np.inf, 0]),
        (ng.arctanh, [1.0, -1.0], [np.inf, np.inf]),
        (ng.cbrt, [0.0, np.inf], [np.inf, 0]),
    ],
)
def test_slopes_at_the_ends(f: Any, value: Any, expected: Any) -> None:
    x = ng.Variable(np.array(value))
    with np.errstate(all="ignore"):
        f(x).sum().backward()
    np.testing.assert_array_equal(x.grad, expected)
