"""`scipy.stats`: densities and distribution functions, by SciPy's names and parameters.

``norm.logpdf(x, loc, scale)`` and the like, of Variables; what draws random numbers is SciPy's own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from nbgrad import ops
from nbgrad.engine.errors import ShapeError
from nbgrad.engine.variable import Variable, as_variable

__all__ = [
    "beta",
    "chi2",
    "dirichlet",
    "expon",
    "gamma",
    "multivariate_normal",
    "norm",
    "poisson",
    "t",
]

_LOG_TWO_PI = math.log(2.0 * math.pi)


class _Continuous:
    """A family of distributions, moved by `loc` and stretched by `scale`.

    A subclass gives the logarithm of the standard density; `support` are the ends between which it
    is not 0.
    """

    support = (-math.inf, math.inf)

    def log_density(self, z: Any, *shapes: Any) -> Any:
        """Return the logarithm of the standard density inside of the support."""
        raise NotImplementedError

    def logpdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the logarithm of the density at x."""
        z, scale, shapes = self._standard(x, args, kwargs)
        low, high = self.support
        inside = (z.data >= low) & (z.data <= high)
        if inside.all():
            return as_variable(self.log_density(z, *shapes) - ops.log(scale))
        middle = 0.5 * (max(low, -1.0) + min(high, low + 1.0 if low > -math.inf else 1.0))
        y = self.log_density(ops.where(inside, z, middle), *shapes) - ops.log(scale)
        return ops.where(inside, y, -math.inf)

    def pdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the density at x."""
        return ops.exp(self.logpdf(x, *args, **kwargs))

    shapes: tuple[str, ...] = ()

    def _standard(self, x: Any, args: Any, kwargs: Any) -> tuple[Variable, Any, list[Any]]:
        names = (*self.shapes, "loc", "scale")
        given = {"loc": 0.0, "scale": 1.0, **dict(zip(names, args, strict=False)), **kwargs}
        unknown = given.keys() - set(names)
        if unknown or len(args) > len(names) or any(name not in given for name in self.shapes):
            raise TypeError(
                f"{type(self).__name__[1:].lower()}: the parameters are {', '.join(names)}."
            )
        loc, scale = given["loc"], as_variable(given["scale"])
        z = (as_variable(x) - loc) / scale
        return z, scale, [given[name] for name in self.shapes]


class _Norm(_Continuous):
    def log_density(self, z: Any) -> Any:
        return z * z * -0.5 - 0.5 * _LOG_TWO_PI

    def cdf(self, x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Variable:
        """Return the probability of a number up to x."""
        return as_variable(sp.ndtr(self._standard(x, (loc, scale), {})[0]))

    def logcdf(self, x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Variable:
        """Return the logarithm of `cdf`."""
        return as_variable(sp.log_ndtr(self._standard(x, (loc, scale), {})[0]))

    def sf(self, x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Variable:
        """Return the probability of a number above x."""
        return as_variable(sp.ndtr(-self._standard(x, (loc, scale), {})[0]))

    def logsf(self, x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Variable:
        """Return the logarithm of `sf`."""
        return as_variable(sp.log_ndtr(-self._standard(x, (loc, scale), {})[0]))

    def ppf(self, q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Variable:
        """Return the number up to which the probability is q."""
        return as_variable(sp.ndtri(as_variable(q)) * scale + loc)


class _T(_Continuous):
    shapes = ("df",)

    def log_density(self, z: Any, df: Any) -> Any:
        df = as_variable(df)
        half = (df + 1.0) * 0.5
        scale = sp.gammaln(half) - sp.gammaln(df * 0.5) - ops.log(df * math.pi) * 0.5
        return scale - half * ops.log1p(z * z / df)


class _Positive(_Continuous):
    """A family whose numbers are positive; a subclass gives the standard `distribution` too."""

    support = (0.0, math.inf)

    def distribution(self, z: Any, *shapes: Any) -> Any:
        """Return the probability of a number up to z, above 0."""
        raise NotImplementedError

    def cdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the probability of a number up to x; the shapes are numbers."""
        z, _, shapes = self._standard(x, args, kwargs)
        positive = z.data > 0
        y = self.distribution(ops.where(positive, z, 1.0), *shapes)
        return ops.where(positive, y, 0.0)


class _Gamma(_Positive):
    shapes = ("a",)

    def log_density(self, z: Any, a: Any) -> Any:
        a = as_variable(a)
        return ops.xlogy(a - 1.0, z) - z - sp.gammaln(a)

    def distribution(self, z: Any, a: Any) -> Any:
        return sp.gammainc(a, z)


class _Chi2(_Positive):
    shapes = ("df",)

    def log_density(self, z: Any, df: Any) -> Any:
        half = as_variable(df) * 0.5
        return ops.xlogy(half - 1.0, z) - z * 0.5 - sp.gammaln(half) - half * math.log(2.0)

    def distribution(self, z: Any, df: Any) -> Any:
        return sp.gammainc(np.asarray(df) * 0.5, z * 0.5)


class _Expon(_Positive):
    def log_density(self, z: Any) -> Any:
        return -z

    def distribution(self, z: Any) -> Any:
        return -ops.expm1(-z)


class _Beta(_Continuous):
    shapes, support = ("a", "b"), (0.0, 1.0)

    def log_density(self, z: Any, a: Any, b: Any) -> Any:
        a, b = as_variable(a), as_variable(b)
        return ops.xlogy(a - 1.0, z) + sp.xlog1py(b - 1.0, -z) - sp.betaln(a, b)


class _Poisson:
    """Counts of independent events."""

    def logpmf(self, k: Any, mu: Any, loc: Any = 0) -> Variable:
        """Return the logarithm of the probability of the count k."""
        n, mu = np.asarray(k) - loc, as_variable(mu)
        y = ops.xlogy(n, mu) - mu - sp.gammaln(np.where(n < 0, 0, n) + 1.0)
        whole = (n >= 0) & (n == np.floor(n))
        return y if whole.all() else ops.where(whole, y, -math.inf)

    def pmf(self, k: Any, mu: Any, loc: Any = 0) -> Variable:
        """Return the probability of the count k."""
        return ops.exp(self.logpmf(k, mu, loc))


class _MultivariateNormal:
    """Normal distribution of vectors; its covariance has to have full rank."""

    def logpdf(self, x: Any, mean: Any = 0.0, cov: Any = 1.0) -> Variable:
        """Return the logarithm of the density at x, shape (..., n).

        Raises
        ------
        ShapeError
            If the covariance is not a matrix, or a number for one dimension.
        """
        cov = ops.atleast_2d(cov)
        if cov.ndim != 2 or cov.shape[0] != cov.shape[1]:
            raise ShapeError(
                f"multivariate_normal: cov has shape {cov.shape}, not that of a square matrix."
            )
        n = cov.shape[0]
        d = as_variable(x) - mean
        rows = d.reshape(-1, n)
        factor = ops.cholesky((cov + cov.T) * 0.5)
        z = ops.solve(factor, rows.T)
        y = (z * z).sum(axis=0) * -0.5 - ops.log(ops.diagonal(factor)).sum() - 0.5 * n * _LOG_TWO_PI
        shape = d.shape[:-1] if d.ndim and d.shape[-1] == n else d.shape
        return ops.reshape(y, shape)

    def pdf(self, x: Any, mean: Any = 0.0, cov: Any = 1.0) -> Variable:
        """Return the density at x, shape (..., n)."""
        return ops.exp(self.logpdf(x, mean, cov))

    def entropy(self, mean: Any = None, cov: Any = 1.0) -> Variable:
        """Return the entropy."""
        cov = ops.atleast_2d(cov)
        _, log_det = ops.slogdet(cov)
        return as_variable(log_det * 0.5 + 0.5 * cov.shape[0] * (1.0 + _LOG_TWO_PI))


class _Dirichlet:
    """Distribution of shares, which sum to 1."""

    def logpdf(self, x: Any, alpha: Any) -> Variable:
        """Return the logarithm of the density at x, shape (n,), of alpha, shape (n,)."""
        x, alpha = as_variable(x), as_variable(alpha)
        scale = sp.gammaln(alpha.sum()) - sp.gammaln(alpha).sum()
        return as_variable(scale + ops.xlogy((alpha - 1.0).T, x.T).T.sum(axis=0))

    def pdf(self, x: Any, alpha: Any) -> Variable:
        """Return the density at x, shape (n,), of alpha, shape (n,)."""
        return ops.exp(self.logpdf(x, alpha))


norm, t, gamma, chi2, expon, beta = _Norm(), _T(), _Gamma(), _Chi2(), _Expon(), _Beta()
poisson, multivariate_normal, dirichlet = _Poisson(), _MultivariateNormal(), _Dirichlet()
