"""`scipy.optimize` takes gradients from nbgrad; nbgrad alone imports no SciPy."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize

import nbgrad as ng


@pytest.mark.parametrize("own", [True, False])
def test_minimize_takes_gradients(own: bool) -> None:
    words: Any = ng if own else np

    def f(w: Any) -> Any:
        return words.sum(100.0 * (w[1:] - w[:-1] ** 2) ** 2 + (1.0 - w[:-1]) ** 2)

    start = np.array([-1.2, 1.0, 0.5])
    for found in (
        scipy.optimize.minimize(f, start, jac=ng.grad(f)),
        scipy.optimize.minimize(ng.value_and_grad(f), start, jac=True, method="L-BFGS-B"),
        scipy.optimize.minimize(f, start, jac=ng.grad(f), hess=ng.hessian(f), method="Newton-CG"),
    ):
        np.testing.assert_allclose(found.x, 1.0, atol=1e-3)


def test_solvers_take_jacobians() -> None:
    t = np.linspace(0.0, 1.0, 20)
    y = 2.0 * np.exp(-1.3 * t)
    for words in (np, ng):

        def residuals(p: Any, words: Any = words) -> Any:
            return p[0] * words.exp(p[1] * t) - y

        def circle(x: Any, words: Any = words) -> Any:
            return words.stack([x[0] ** 2 + x[1] ** 2 - 1.0, x[0] - x[1]])

        def oscillator(t: Any, x: Any, words: Any = words) -> Any:
            return words.stack([x[1], 10.0 * (1.0 - x[0] ** 2) * x[1] - x[0]])

        fitted = scipy.optimize.least_squares(residuals, np.ones(2), jac=ng.jacobian(residuals))
        np.testing.assert_allclose(fitted.x, [2.0, -1.3], rtol=1e-8)
        found = scipy.optimize.root(circle, np.array([1.0, 0.5]), jac=ng.jacobian(circle))
        np.testing.assert_allclose(found.x, np.sqrt(0.5), rtol=1e-8)
        ends = [
            scipy.integrate.solve_ivp(
                oscillator, (0.0, 5.0), [2.0, 0.0], method="BDF", rtol=1e-6, jac=jacobian
            ).y[:, -1]
            for jacobian in (None, ng.jacobian(oscillator, 1))
        ]
        np.testing.assert_allclose(*ends, rtol=1e-3)


def test_a_result_with_a_graph_is_an_error_that_says_what_to_return() -> None:
    target = ng.Variable(np.ones(3))
    with pytest.raises(TypeError, match=r"computes with arrays.*return y\.data"):
        scipy.optimize.least_squares(lambda x: x - target, np.zeros(3))
    found = scipy.optimize.least_squares(lambda x: (x - target).data, np.zeros(3))
    np.testing.assert_allclose(found.x, 1.0)


def test_nbgrad_never_imports_scipy() -> None:
    code = "import sys, nbgrad, nbgrad.compat.dezero; print('scipy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "False"
