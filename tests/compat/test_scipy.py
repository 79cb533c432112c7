"""SciPy's functions on Variables: values are SciPy's, derivatives those of finite differences."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.ops.scipy_special import RULES, SAME
from tests.ops.cases import differences

pytest.importorskip("scipy")
import scipy.linalg
import scipy.optimize
import scipy.signal
import scipy.special
import scipy.stats

from nbgrad.compat.scipy import linalg, signal, special, stats

RNG = np.random.default_rng(0)
X = RNG.uniform(0.2, 0.8, 5)
ORDERS: dict[str, tuple[float, ...]] = {
    **dict.fromkeys(("iv", "yv", "kv", "yve"), (1.0,)),
    **dict.fromkeys(("ive", "jv", "jve", "pdtr", "pdtrc", "pdtri"), (2.0,)),
    **dict.fromkeys(("yn", "kn"), (2,)),
    **dict.fromkeys(("gammainc", "gammaincinv"), (1.7,)),
    **dict.fromkeys(("gammaincc", "gammainccinv"), (2.5,)),
    **dict.fromkeys(("betainc", "betaincc", "betaincinv", "betainccinv"), (1.5, 2.5)),
    **dict.fromkeys(("zeta", "stdtr", "stdtrit", "chdtr", "chdtrc", "chdtri"), (3.0,)),
    **dict.fromkeys(("fdtr", "fdtrc", "fdtri"), (3.0, 4.0)),
    **dict.fromkeys(("bdtr", "bdtrc", "bdtri"), (1.0, 4)),
    **dict.fromkeys(("nbdtr", "nbdtrc"), (1, 4)),
    **dict.fromkeys((name for name in RULES if name.startswith("eval_")), (4,)),
    "kve": (1.5,),
    "expn": (3,),
    "hyp0f1": (1.5,),
    "hyp1f1": (1.5, 2.5),
    "hyperu": (1.5, 2.5),
    "hyp2f1": (0.5, 1.5, 2.0),
    "eval_gegenbauer": (3, 1.5),
    "eval_genlaguerre": (3, 0.5),
    "eval_jacobi": (3, 0.5, 1.5),
}
A = RNG.uniform(-1, 1, (3, 3))
S = A @ A.T + 3.0 * np.eye(3)
B = RNG.uniform(-1, 1, (3, 2))


def check(f: Any, reference: Any, *arrays: np.ndarray) -> None:
    """Compare value, first and second derivative."""
    with ng.no_grad():
        y = f(*map(ng.Variable, arrays))
    np.testing.assert_allclose(y.data, reference(*arrays), rtol=1e-12, atol=1e-14)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, y.shape)
    argnums = tuple(range(len(arrays)))
    first = ng.grad(lambda *xs: (f(*xs) * weights).sum(), argnums)
    expected = differences(lambda *xs: (reference(*xs) * weights).sum(), [a.copy() for a in arrays])
    for g, e in zip(first(*arrays), expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-5, atol=1e-6)

    def along(*xs: Any) -> Any:
        return sum((g * np.cos(np.arange(g.size)).reshape(g.shape)).sum() for g in first(*xs))

    expected = differences(lambda *xs: float(along(*xs)), [a.copy() for a in arrays])
    for g, e in zip(ng.grad(along, argnums)(*arrays), expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [*RULES, *SAME, "digamma", "jn"])
def test_ufuncs_of_special(name: str) -> None:
    of_all, _, place = name.partition("[")
    if not hasattr(scipy.special, of_all):  # of a newer SciPy
        assert of_all in NEWER
        return
    ufunc = getattr(scipy.special, of_all)
    function = (lambda *xs: ufunc(*xs)[int(place[:-1])]) if place else ufunc
    orders = ORDERS.get("jv" if name == "jn" else name)
    small = ng.Variable(X.astype(np.float32))
    if orders is not None:
        at = -X if name == "ndtri_exp" else X
        check(lambda x: function(*orders, x), lambda x: function(*orders, x), at)
        with pytest.raises(TypeError, match="order"):
            function(ng.Variable(X), *orders[1:], X)
        y = function(*orders, small)
    elif name in ("gdtr", "gdtrc"):
        check(lambda a, x: function(a, 2.5, x), lambda a, x: function(a, 2.5, x), X, X[::-1] + 0.3)
        y = function(small, 2.5, small)
    elif ufunc.nin == 2:
        check(function, function, X, X[::-1] + 0.3)
        y = function(small, small)
    else:
        check(function, function, -X if name == "ndtri_exp" else X)
        y = function(-small if name == "ndtri_exp" else small)
    y.sum().backward()
    assert y.dtype == small.grad.dtype == np.float32


NEWER = ("betaincc", "betainccinv")
"""Functions that came with SciPy 1.11 or later."""

LIMITS: list[tuple[str, Any, float, float]] = [
    ("one degree of freedom more than none", lambda x: scipy.special.chdtr(2.0, x), 0.0, 0.5),
    ("a uniform density", lambda x: scipy.special.betainc(1.0, 1.0, x), 0.0, 1.0),
    ("the dilogarithm at 1", scipy.special.spence, 1.0, -1.0),
    ("Box-Cox at λ = 0", lambda x: scipy.special.boxcox(2.0, x), 0.0, np.log(2.0) ** 2 / 2),
    ("Dawson far out", scipy.special.dawsn, 1e4, -5.000000075000002e-09),
    ("erfcx far out", scipy.special.erfcx, 1e4, -5.641895750849127e-09),
    ("an elliptic integral at 0", scipy.special.ellipk, 0.0, np.pi / 8),
    ("the first order", lambda x: scipy.special.expn(1, x), 2.0, -np.exp(-2.0) / 2.0),
    ("a constant polynomial", lambda x: scipy.special.eval_hermite(0, x), 2.0, 0.0),
]


@pytest.mark.parametrize(("_", "function", "x", "expected"), LIMITS)
def test_limits_of_special(_: str, function: Any, x: float, expected: float) -> None:
    np.testing.assert_allclose(ng.grad(function)(x), expected, rtol=1e-13)


FUNCTIONS = {
    "polygamma": (lambda m, x: m.polygamma(2, x), X),
    "polygamma 0": (lambda m, x: m.polygamma(0, x), X),
    "multigammaln": (lambda m, x: m.multigammaln(x, 3), X + 2.0),
    "logsumexp": (lambda m, x: m.logsumexp(x), A),
    "logsumexp b": (lambda m, x: m.logsumexp(x, axis=0, b=np.abs(A), keepdims=True), A),
    "softmax": (lambda m, x: m.softmax(x), A),
    "softmax axis": (lambda m, x: m.softmax(x, axis=0), A),
    "log_softmax": (lambda m, x: m.log_softmax(x), A),
    "log_softmax axis": (lambda m, x: m.log_softmax(x, axis=1), A),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_special(name: str) -> None:
    f, x = FUNCTIONS[name]
    vectorised = np.vectorize(lambda a: f(scipy.special, a)) if "multi" in name else None
    check(lambda v: f(special, v), vectorised or (lambda v: f(scipy.special, v)), x)


LINEAR: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "upper": (lambda m, a, b: m.solve_triangular(a, b), (S, B)),
    "lower": (lambda m, a, b: m.solve_triangular(a, b, lower=True), (S, B[:, 0])),
    "transposed": (lambda m, a, b: m.solve_triangular(a, b, trans="T", lower=True), (S, B)),
    "unit": (lambda m, a, b: m.solve_triangular(a, b, unit_diagonal=True), (S, B)),
    "cholesky": (lambda m, a: m.cholesky((a + a.T) / 2), (S,)),
    "cholesky lower": (lambda m, a: m.cholesky((a + a.T) / 2, lower=True), (S,)),
    "cho_solve": (lambda m, a, b: m.cho_solve(m.cho_factor((a + a.T) / 2), b), (S, B)),
    "cho_solve lower": (lambda m, a, b: m.cho_solve((a, True), b), (S, B)),
    "solve": (lambda m, a, b: m.solve(a, b), (S, B)),
    "solve sym": (lambda m, a, b: m.solve(a, b, assume_a="sym"), (S, B)),
    "solve pos lower": (lambda m, a, b: m.solve(a, b, lower=True, assume_a="pos"), (S, B)),
    "inv": (lambda m, a: m.inv(a), (S,)),
    "det": (lambda m, a: m.det(a), (S,)),
    "pinv": (lambda m, a: m.pinv(a), (B,)),
    "svdvals": (lambda m, a: m.svdvals(a), (B,)),
    "eigh": (lambda m, a: m.eigh((a + a.T) / 2)[0], (S,)),
    "eigh only": (lambda m, a: m.eigh((a + a.T) / 2, lower=False, eigvals_only=True), (S,)),
    "block_diag": (lambda m, a, b: m.block_diag(a, b, b[0]), (S, B)),
    "sqrtm": (lambda m, a: m.sqrtm(a), (S,)),
    "solve_sylvester": (lambda m, a, b: m.solve_sylvester(a, a[:2, :2], b), (S, B)),
    "expm": (lambda m, a: m.expm(a), (A,)),
    "expm of a stack": (lambda m, a: m.expm(a), (RNG.uniform(-1, 1, (2, 2, 2)),)),
}


@pytest.mark.parametrize("name", LINEAR)
def test_functions_of_linalg(name: str) -> None:
    f, arrays = LINEAR[name]
    check(lambda *xs: f(linalg, *xs), lambda *xs: f(scipy.linalg, *xs), *arrays)


SIGNALS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    f"{name} {mode} {'×'.join(map(str, a.shape))}": (
        lambda m, a, b, name=name, mode=mode: getattr(m, name)(a, b, mode),
        (a, b),
    )
    for name in ("convolve", "correlate", "fftconvolve", "convolve2d")
    for mode in ("full", "same", "valid")
    for a, b in (
        [(A, B[:2]), (B[:2], A)]
        if name.endswith("2d")
        else [(X, X[:3] + 1), (X[:2], X), (A, B[:2]), (B[:2], A)]
    )
}


def test_functions_of_signal() -> None:
    for name, (f, arrays) in SIGNALS.items():
        print(name)
        check(lambda *xs, f=f: f(signal, *xs), lambda *xs, f=f: f(scipy.signal, *xs), *arrays)
    a = ng.Variable(X.astype(np.float32))
    assert signal.convolve(a, a).dtype == np.float32
    np.testing.assert_allclose(signal.convolve(2.0, a[0]).data, 2 * a.data[0])


SHARES = np.array([0.2, 0.3, 0.5])
STATS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    **{
        f"norm.{name}": (
            lambda m, x, a, b, name=name: getattr(m.norm, name)(x, a, b),
            (X, X[::-1] + 0, X + 0.5),
        )
        for name in ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf", "ppf")
    },
    **{
        f"{name}.{function}": (
            lambda m, x, a, b, name=name, function=function, shapes=shapes: getattr(
                getattr(m, name), function
            )(x, *shapes, loc=a, scale=b),
            (X if function == "ppf" else X + above, X[::-1] * 0.2, X + 1.5),
        )
        for name, above, *shapes in (
            ("halfnorm", 0.1),
            ("lognorm", 0.1, 0.7),
            ("t", -0.5, 3.0),
            ("f", 0.1, 3.0, 4.0),
            ("gamma", 0.1, 1.7),
            ("invgamma", 0.1, 1.7),
            ("chi2", 0.1, 3.0),
            ("beta", 0.1, 1.5, 2.5),
            ("expon", 0.1),
            ("weibull_min", 0.1, 1.7),
            ("pareto", 2.5, 1.7),
            ("uniform", 0.1),
            ("logistic", -0.5),
            ("gumbel_r", -0.5),
            ("laplace", -0.55),
            ("cauchy", -0.5),
        )
        for function in ("logpdf", "pdf", "cdf", "sf", "logcdf", "logsf", "ppf")
    },
    "lognorm shape": (lambda m, x, s: m.lognorm.cdf(x, s), (X, X + 0.5)),
    "weibull shape": (lambda m, x, c: m.weibull_min.logpdf(x, c), (X, X + 1.5)),
    "f shapes": (lambda m, x, a, b: m.f.logpdf(x, a, b), (X, X + 1.5, X + 2.5)),
    "pareto shape": (lambda m, x, b: m.pareto.logpdf(x + 1.0, b), (X, X + 1.5)),
    "invgamma shape": (lambda m, x, a: m.invgamma.logpdf(x, a), (X, X + 1.5)),
    "poisson.cdf": (lambda m, mu: m.poisson.cdf([0, 2, 5.5, 1, -1], mu), (X + 1.0,)),
    "poisson.sf": (lambda m, mu: m.poisson.sf([0, 2, 5.5, 1, 1], mu), (X + 1.0,)),
    "binom": (lambda m, p: m.binom.logpmf([0, 2, 5, 1, 4], 5, p), (X,)),
    "binom.cdf": (lambda m, p: m.binom.cdf([0, 2, 5, 1, -1], 5, p), (X,)),
    "bernoulli": (lambda m, p: m.bernoulli.pmf([0, 1, 1, 0, 2], p), (X,)),
    "bernoulli.cdf": (lambda m, p: m.bernoulli.cdf([0, 1, 0.5, -1, 2], p), (X,)),
    "mvn singular": (
        lambda m, a: m.multivariate_normal.logpdf(
            [0.5, 0.5], a[:1] * np.ones(2), np.ones((2, 2)), allow_singular=True
        ),
        (X,),
    ),
    "mvn not singular": (
        lambda m, x, c: m.multivariate_normal.pdf(x, None, (c + c.T) / 2, allow_singular=True),
        (A, S),
    ),
    "norm.scale": (lambda m, x, b: m.norm.logpdf(x, scale=b), (X, X + 0.5)),
    "t": (lambda m, x, n, a: m.t.logpdf(x, n, a, 2.0), (X, X + 2.5, X * 0.5)),
    "gamma": (lambda m, x, a, b: m.gamma.logpdf(x, a, scale=b), (X, X + 1.5, X + 0.5)),
    "chi2": (lambda m, x, n: m.chi2.pdf(x, n), (X, X + 2.5)),
    "expon": (lambda m, x, b: m.expon.logpdf(x, 0.1, b), (X, X + 0.5)),
    "gamma.cdf": (lambda m, x, b: m.gamma.cdf(x, 0.7, scale=b), (X, X + 0.5)),
    "chi2.cdf": (lambda m, x: m.chi2.cdf(x, 3.0), (X,)),
    "expon.cdf": (lambda m, x, b: m.expon.cdf(x, 0.1, b), (X, X + 0.5)),
    "beta": (lambda m, x, a, b: m.beta.logpdf(x, a, b), (X, X + 1.5, X[::-1] + 1.5)),
    "poisson": (lambda m, mu: m.poisson.logpmf([0, 2, 5, 1, 1], mu), (X + 1.0,)),
    "poisson.pmf": (lambda m, mu: m.poisson.pmf(3, mu), (X + 1.0,)),
    "mvn": (lambda m, x, a, c: m.multivariate_normal.logpdf(x, a, (c + c.T) / 2), (A, A[0], S)),
    "mvn of one": (
        lambda m, x, c: m.multivariate_normal.pdf(x, 0.3, (c + c.T) / 2),
        (X, S[:1, :1]),
    ),
    "mvn entropy": (lambda m, c: m.multivariate_normal.entropy(cov=(c + c.T) / 2), (S,)),
    "dirichlet": (lambda m, a: m.dirichlet.logpdf(SHARES, a), (X[:3] + 1.0,)),
    "dirichlet.pdf": (lambda m, a: m.dirichlet.pdf(SHARES, a), (X[:3] + 1.0,)),
}


def test_functions_of_stats() -> None:
    for name, (f, arrays) in STATS.items():
        print(name)
        check(lambda *xs, f=f: f(stats, *xs), lambda *xs, f=f: f(scipy.stats, *xs), *arrays)


def test_outside_of_a_support_the_density_is_0() -> None:
    x = ng.Variable(np.array([-1.0, 0.5, 2.0]))
    for name, shapes in (("beta", (2.0, 3.0)), ("gamma", (2.0,)), ("expon", ()), ("chi2", (3.0,))):
        y = getattr(stats, name).pdf(x, *shapes)
        np.testing.assert_allclose(y.data, getattr(scipy.stats, name).pdf(x.data, *shapes))
        y.sum().backward()
        assert np.isfinite(x.grad).all()
    x.cleargrad()
    y = stats.gamma.cdf(x, 0.5)
    np.testing.assert_allclose(y.data, scipy.stats.gamma.cdf(x.data, 0.5))
    y.sum().backward()
    np.testing.assert_allclose(x.grad, scipy.stats.gamma.pdf(x.data, 0.5))
    np.testing.assert_array_equal(stats.poisson.pmf([-1, 0.5], 2.0).data, 0.0)
    flat = stats.multivariate_normal.logpdf([[0.5, 0.5], [0.2, 0.3]], x[1:2], np.ones((2, 2)), True)
    np.testing.assert_array_equal(flat.data > -np.inf, [True, False])
    assert stats.norm.rvs(size=3, random_state=0).shape == (3,)
    np.testing.assert_allclose(stats.expon.sf(x).data, scipy.stats.expon.sf(x.data))
    with pytest.raises(TypeError, match="the parameters are mu, loc"):
        stats.poisson.pmf(1)
    with pytest.raises(TypeError, match="the parameters are a, b, loc, scale"):
        stats.beta.pdf(x, 2.0)
    with pytest.raises(ng.NbgradError, match="square"):
        stats.multivariate_normal.logpdf(x, 0.0, np.ones((2, 3)))


def test_what_signal_and_linalg_refuse() -> None:
    x = ng.Variable(A)
    for call, said in (
        (lambda: signal.convolve(x, X), "number of axes"),
        (lambda: signal.convolve(x, x, "half"), "mode"),
        (lambda: signal.convolve2d(x, x, boundary="wrap"), r"ng\.pad"),
        (lambda: linalg.sqrtm(-x @ x.T - np.eye(3)), "complex"),
        (lambda: linalg.solve(x, x, assume_a="banded"), "assume_a"),
    ):
        with pytest.raises(ng.NbgradError, match=said):
            call()


def test_far_out_in_the_tail_of_the_normal_distribution() -> None:
    x = np.array([-1e4, -50.0, 50.0])
    g = ng.grad(lambda x: scipy.special.log_ndtr(x).sum())(x)
    np.testing.assert_allclose(g, [1e4 + 1e-4, 50.01998403, 0.0], rtol=1e-9, atol=1e-300)


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


def test_a_function_without_a_rule_is_named() -> None:
    with pytest.raises(TypeError, match="no rule"):
        scipy.special.kolmogorov(ng.Variable(X))
