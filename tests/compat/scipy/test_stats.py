"""Densities and distribution functions of `scipy.stats` on Variables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats

import nbgrad as ng
from nbgrad.compat.scipy import stats
from tests.compat.scipy.checks import A, S, X, check

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
    np.testing.assert_array_equal(
        stats.poisson.pmf([-1, 0.5], ng.Variable(np.array(2.0))).data, 0.0
    )
    flat = stats.multivariate_normal.logpdf([[0.5, 0.5], [0.2, 0.3]], x[1:2], np.ones((2, 2)), True)
    np.testing.assert_array_equal(flat.data > -np.inf, [True, False])
    assert stats.norm.rvs(size=3, random_state=0).shape == (3,)
    np.testing.assert_allclose(stats.expon.sf(x).data, scipy.stats.expon.sf(x.data))
    with pytest.raises(TypeError, match="the parameters are mu, loc"):
        stats.poisson.pmf(1, loc=x)
    with pytest.raises(TypeError, match="the parameters are a, b, loc, scale"):
        stats.beta.pdf(x, 2.0)
    with pytest.raises(ng.NbgradError, match="square"):
        stats.multivariate_normal.logpdf(x, 0.0, np.ones((2, 3)))
