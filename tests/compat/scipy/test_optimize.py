"""`scipy.optimize` takes gradients from nbgrad; nbgrad alone imports no SciPy."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
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


def test_nbgrad_never_imports_scipy() -> None:
    code = "import sys, nbgrad, nbgrad.compat.dezero; print('scipy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "False"
