"""Plain arrays alone are SciPy's to answer: no Variable comes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import scipy.signal
import scipy.special
import scipy.stats

import nbgrad as ng
from nbgrad.compat import scipy as ours
from tests.compat.scipy.checks import A, B, S, X

CALLS: dict[str, tuple[Any, ...]] = {
    "special.polygamma": (1, X),
    "special.multigammaln": (X + 4.0, 2),
    "special.logsumexp": (A, 1),
    "special.softmax": (A, 1),
    "special.log_softmax": (A, 1),
    "linalg.block_diag": (A, B),
    "linalg.cho_factor": (S,),
    "linalg.cho_solve": ((S, True), B),
    "linalg.cholesky": (S, True),
    "linalg.det": (A,),
    "linalg.eigh": (S,),
    "linalg.expm": (A,),
    "linalg.inv": (A,),
    "linalg.pinv": (B,),
    "linalg.solve": (A, B),
    "linalg.solve_banded": ((1, 1), A, B),
    "linalg.solve_sylvester": (A, S, A),
    "linalg.solve_triangular": (A, B, 0, True),
    "linalg.sqrtm": (S,),
    "linalg.svdvals": (A,),
    "linalg.toeplitz": (X,),
    "signal.convolve": (A, B),
    "signal.convolve2d": (A, B),
    "signal.correlate": (A, B),
    "signal.fftconvolve": (A, B),
    "integrate.odeint": (lambda y, t: -y, X, np.sort(X)),
    "integrate.trapezoid": (X,),
    "stats.norm.logpdf": (X, 0.0, 2.0),
    "stats.gamma.cdf": (X, 2.0),
    "stats.beta.pdf": (X, 2.0, 3.0),
    "stats.t.sf": (X, 3.0),
    "stats.norm.ppf": (X,),
    "stats.expon.logcdf": (X,),
    "stats.expon.logsf": (X,),
    "stats.poisson.pmf": (2, X),
    "stats.binom.logpmf": (2, 5, X),
    "stats.poisson.sf": (2, X),
    "stats.dirichlet.logpdf": (X[:2] / X[:2].sum(), X[:2]),
    "stats.multivariate_normal.logpdf": (X[:3], X[1:4], S),
    "stats.multivariate_normal.entropy": (None, S),
}


def found(package: Any, name: str) -> Any:
    for part in name.split("."):
        package = getattr(package, part)
    return package


@pytest.mark.parametrize("name", CALLS)
def test_of_arrays_alone_scipys_function_answers(name: str) -> None:
    y, expected = found(ours, name)(*CALLS[name]), found(scipy, name)(*CALLS[name])
    assert type(y) is type(expected)
    np.testing.assert_equal(y, expected)


def test_a_variable_may_be_in_a_list_or_named() -> None:
    x = ng.Variable(np.array(2.0))
    assert isinstance(ours.special.logsumexp([x, 1.0]), ng.Variable)
    assert isinstance(ours.stats.norm.logpdf(0.5, scale=x), ng.Variable)


def test_each_function_that_takes_variables_is_called_above() -> None:
    named = {
        f"{p}.{f}"
        for p in ("special", "linalg", "signal", "integrate")
        for f in found(ours, p).__all__
    }
    assert named - CALLS.keys() == set()
