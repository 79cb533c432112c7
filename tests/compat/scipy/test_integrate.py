"""`scipy.integrate` on Variables: the derivatives are those of the known solution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.integrate

import nbgrad as ng
from nbgrad.compat.scipy.integrate import odeint, trapezoid

TIMES = np.array([0.2, 0.5, 1.1])
START = np.array([1.5, -0.5])
EXACT = {"rtol": 1e-10, "atol": 1e-10}
DECAY = np.array([0.7, 0.3])


def rate(y: Any, t: Any, k: Any, c: float, power: int) -> Any:
    return -k * y + c * t**power


def solution(y0: Any, t: Any, k: Any, c: Any) -> Any:
    """The solution of `rate` with power 0."""
    rest = c / k
    return rest + (y0 - rest) * ng.exp(-k * (t - t[0])[:, None])


def test_the_solution_is_scipys() -> None:
    y = odeint(rate, ng.Variable(START), TIMES, (DECAY, 0.4, 2))
    np.testing.assert_array_equal(
        y.data, scipy.integrate.odeint(rate, START, TIMES, (DECAY, 0.4, 2))
    )
    assert trapezoid(y[:, 0]).data == ng.trapezoid(y[:, 0]).data
    with pytest.raises(ng.NbgradError, match="vectors"):
        odeint(rate, ng.Variable(np.ones((2, 2))), TIMES, (DECAY, 0.4, 2))


def test_first_and_second_derivatives() -> None:
    def own(y0: Any, t: Any, k: Any, c: Any) -> Any:
        return (odeint(rate, y0, t, (k, c, 0), **EXACT) ** 2).sum()

    def known(y0: Any, t: Any, k: Any, c: Any) -> Any:
        return (solution(y0, t, k, c) ** 2).sum()

    at = START, TIMES, DECAY, np.array(0.4)
    first = [ng.grad(f, (0, 1, 2, 3))(*at) for f in (own, known)]
    for g, expected in zip(*first, strict=True):
        np.testing.assert_allclose(g, expected, rtol=1e-6, atol=1e-8)
    second = [ng.hvp(f, 2)(*at, np.array([1.0, -2.0])) for f in (own, known)]
    np.testing.assert_allclose(*second, rtol=1e-5)


def test_words_of_plain_lists() -> None:
    def pendulum(y: Any, t: Any, length: Any) -> Any:
        return [y[1], -9.81 / length * ng.sin(y[0])]

    g = ng.grad(lambda length: odeint(pendulum, [0.4, 0.0], [0.0, 0.3], (length,), **EXACT)[-1, 0])
    ends = [
        scipy.integrate.odeint(
            lambda y, _, length: [y[1], -9.81 / length * np.sin(y[0])], [0.4, 0.0], [0.0, 0.3],
            (1.0 + h,), **EXACT,
        )[-1, 0]
        for h in (1e-4, -1e-4)
    ]  # fmt: skip
    np.testing.assert_allclose(g(np.float64(1.0)), (ends[0] - ends[1]) / 2e-4, rtol=1e-5)


def test_arguments_may_be_nested() -> None:
    def nested(y: Any, t: Any, p: Any) -> Any:
        return rate(y, t, p["k"], p["c"][0], p["c"][1])

    def loss(solve: Any, *args: Any) -> Any:
        return (solve(*args) ** 2).sum()

    flat = ng.grad(lambda k, c: loss(odeint, rate, START, TIMES, (k, c, 2)), (0, 1))(DECAY, 0.4)
    given = {"k": DECAY, "c": [0.4, 2]}
    deep = ng.grad(lambda p: loss(odeint, nested, START, TIMES, (p,)))(given)
    np.testing.assert_allclose(deep["k"], flat[0])
    np.testing.assert_allclose(deep["c"][0], flat[1])


@pytest.mark.parametrize("start", [START, ng.Variable(START)])
def test_a_variable_that_is_no_argument_is_refused(start: Any) -> None:
    """It would get no gradient, and nobody would know."""
    k = ng.Variable(DECAY)
    with pytest.raises(
        ng.NbgradError, match=r"give it in args, odeint\(func, y0, t, args=\(k,\)\)"
    ):
        odeint(lambda y, t: -k * y, start, TIMES)
    with ng.no_grad():
        y = odeint(lambda y, t: (-k * y).data, start, TIMES)
    np.testing.assert_allclose(ng.as_array(y)[0], START)
