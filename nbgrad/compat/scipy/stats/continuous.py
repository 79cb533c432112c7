"""Distributions of real numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from nbgrad import ops
from nbgrad.engine.variable import Variable, as_variable

from .families import Continuous

LOG_TWO_PI = math.log(2.0 * math.pi)


class _Norm(Continuous):
    name = "norm"

    def log_density(self, z: Any) -> Any:
        return z * z * -0.5 - 0.5 * LOG_TWO_PI

    def up_to(self, z: Any) -> Any:
        return sp.ndtr(z)

    def beyond(self, z: Any) -> Any:
        return sp.ndtr(-z)

    def quantile(self, q: Any) -> Any:
        return sp.ndtri(q)

    def logcdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the logarithm of `cdf`."""
        return as_variable(sp.log_ndtr(self._standard(x, args, kwargs)[0]))

    def logsf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the logarithm of `sf`."""
        return as_variable(sp.log_ndtr(-self._standard(x, args, kwargs)[0]))


class _HalfNorm(Continuous):
    name, support = "halfnorm", (0.0, math.inf)

    def log_density(self, z: Any) -> Any:
        return z * z * -0.5 + 0.5 * math.log(2.0 / math.pi)

    def up_to(self, z: Any) -> Any:
        return ops.erf(z * math.sqrt(0.5))

    def beyond(self, z: Any) -> Any:
        return sp.erfc(z * math.sqrt(0.5))

    def quantile(self, q: Any) -> Any:
        return sp.erfinv(q) * math.sqrt(2.0)


class _LogNorm(Continuous):
    name, shapes, support = "lognorm", ("s",), (0.0, math.inf)

    def log_density(self, z: Any, s: Any) -> Any:
        log = ops.log(z)
        return (log / s) ** 2 * -0.5 - log - ops.log(s) - 0.5 * LOG_TWO_PI

    def up_to(self, z: Any, s: Any) -> Any:
        return sp.ndtr(ops.log(z) / s)

    def beyond(self, z: Any, s: Any) -> Any:
        return sp.ndtr(-ops.log(z) / s)

    def quantile(self, q: Any, s: Any) -> Any:
        return ops.exp(sp.ndtri(q) * s)


class _T(Continuous):
    name, shapes = "t", ("df",)

    def log_density(self, z: Any, df: Any) -> Any:
        df = as_variable(df)
        half = (df + 1.0) * 0.5
        scale = sp.gammaln(half) - sp.gammaln(df * 0.5) - ops.log(df * math.pi) * 0.5
        return scale - half * ops.log1p(z * z / df)

    def up_to(self, z: Any, df: Any) -> Any:
        return sp.stdtr(df, z)

    def beyond(self, z: Any, df: Any) -> Any:
        return sp.stdtr(df, -z)

    def quantile(self, q: Any, df: Any) -> Any:
        return sp.stdtrit(df, q)


class _Gamma(Continuous):
    name, shapes, support = "gamma", ("a",), (0.0, math.inf)

    def log_density(self, z: Any, a: Any) -> Any:
        a = as_variable(a)
        return ops.xlogy(a - 1.0, z) - z - sp.gammaln(a)

    def up_to(self, z: Any, a: Any) -> Any:
        return sp.gammainc(a, z)

    def beyond(self, z: Any, a: Any) -> Any:
        return sp.gammaincc(a, z)

    def quantile(self, q: Any, a: Any) -> Any:
        return sp.gammaincinv(a, q)


class _InvGamma(Continuous):
    name, shapes, support = "invgamma", ("a",), (0.0, math.inf)

    def log_density(self, z: Any, a: Any) -> Any:
        a = as_variable(a)
        return -(a + 1.0) * ops.log(z) - 1.0 / z - sp.gammaln(a)

    def up_to(self, z: Any, a: Any) -> Any:
        return sp.gammaincc(a, 1.0 / z)

    def beyond(self, z: Any, a: Any) -> Any:
        return sp.gammainc(a, 1.0 / z)

    def quantile(self, q: Any, a: Any) -> Any:
        return 1.0 / sp.gammainccinv(a, q)


class _Chi2(Continuous):
    name, shapes, support = "chi2", ("df",), (0.0, math.inf)

    def log_density(self, z: Any, df: Any) -> Any:
        half = as_variable(df) * 0.5
        return ops.xlogy(half - 1.0, z) - z * 0.5 - sp.gammaln(half) - half * math.log(2.0)

    def up_to(self, z: Any, df: Any) -> Any:
        return sp.chdtr(df, z)

    def beyond(self, z: Any, df: Any) -> Any:
        return sp.chdtrc(df, z)

    def quantile(self, q: Any, df: Any) -> Any:
        return sp.gammaincinv(np.asarray(df) * 0.5, q) * 2.0


class _F(Continuous):
    name, shapes, support = "f", ("dfn", "dfd"), (0.0, math.inf)

    def log_density(self, z: Any, dfn: Any, dfd: Any) -> Any:
        n, m = as_variable(dfn) * 0.5, as_variable(dfd) * 0.5
        logs = n * ops.log(n) + m * ops.log(m) - (n + m) * ops.log(m + n * z)
        return logs + ops.xlogy(n - 1.0, z) - sp.betaln(n, m)

    def up_to(self, z: Any, dfn: Any, dfd: Any) -> Any:
        return sp.fdtr(dfn, dfd, z)

    def beyond(self, z: Any, dfn: Any, dfd: Any) -> Any:
        return sp.fdtrc(dfn, dfd, z)

    def quantile(self, q: Any, dfn: Any, dfd: Any) -> Any:
        return sp.fdtri(dfn, dfd, q)


class _Beta(Continuous):
    name, shapes, support = "beta", ("a", "b"), (0.0, 1.0)

    def log_density(self, z: Any, a: Any, b: Any) -> Any:
        a, b = as_variable(a), as_variable(b)
        return ops.xlogy(a - 1.0, z) + sp.xlog1py(b - 1.0, -z) - sp.betaln(a, b)

    def up_to(self, z: Any, a: Any, b: Any) -> Any:
        return sp.betainc(a, b, z)

    def beyond(self, z: Any, a: Any, b: Any) -> Any:
        return sp.betainc(b, a, 1.0 - z)

    def quantile(self, q: Any, a: Any, b: Any) -> Any:
        return sp.betaincinv(a, b, q)


class _Expon(Continuous):
    name, support = "expon", (0.0, math.inf)

    def log_density(self, z: Any) -> Any:
        return -z

    def up_to(self, z: Any) -> Any:
        return -ops.expm1(-z)

    def beyond(self, z: Any) -> Any:
        return ops.exp(-z)

    def quantile(self, q: Any) -> Any:
        return -ops.log1p(-q)


class _Weibull(Continuous):
    name, shapes, support = "weibull_min", ("c",), (0.0, math.inf)

    def log_density(self, z: Any, c: Any) -> Any:
        c = as_variable(c)
        return ops.log(c) + ops.xlogy(c - 1.0, z) - z**c

    def up_to(self, z: Any, c: Any) -> Any:
        return -ops.expm1(-(z**c))

    def beyond(self, z: Any, c: Any) -> Any:
        return ops.exp(-(z**c))

    def quantile(self, q: Any, c: Any) -> Any:
        return (-ops.log1p(-q)) ** (1.0 / c)


class _Pareto(Continuous):
    name, shapes, support = "pareto", ("b",), (1.0, math.inf)

    def log_density(self, z: Any, b: Any) -> Any:
        b = as_variable(b)
        return ops.log(b) - (b + 1.0) * ops.log(z)

    def up_to(self, z: Any, b: Any) -> Any:
        return -ops.expm1(-ops.log(z) * b)

    def beyond(self, z: Any, b: Any) -> Any:
        return z ** -as_variable(b)

    def quantile(self, q: Any, b: Any) -> Any:
        return (1.0 - q) ** (-1.0 / b)


class _Uniform(Continuous):
    name, support = "uniform", (0.0, 1.0)

    def log_density(self, z: Any) -> Any:
        return z * 0.0

    def up_to(self, z: Any) -> Any:
        return z

    def quantile(self, q: Any) -> Any:
        return q


class _Logistic(Continuous):
    name = "logistic"

    def log_density(self, z: Any) -> Any:
        return -ops.softplus(z) - ops.softplus(-z)

    def up_to(self, z: Any) -> Any:
        return ops.sigmoid(z)

    def beyond(self, z: Any) -> Any:
        return ops.sigmoid(-z)

    def quantile(self, q: Any) -> Any:
        return sp.logit(q)


class _Gumbel(Continuous):
    name = "gumbel_r"

    def log_density(self, z: Any) -> Any:
        return -z - ops.exp(-z)

    def up_to(self, z: Any) -> Any:
        return ops.exp(-ops.exp(-z))

    def beyond(self, z: Any) -> Any:
        return -ops.expm1(-ops.exp(-z))

    def quantile(self, q: Any) -> Any:
        return -ops.log(-ops.log(q))


class _Laplace(Continuous):
    name = "laplace"

    def log_density(self, z: Any) -> Any:
        return -ops.abs(z) - math.log(2.0)

    def up_to(self, z: Any) -> Any:
        tail = ops.exp(-ops.abs(z)) * 0.5
        return ops.where(z.data < 0, tail, 1.0 - tail)

    def beyond(self, z: Any) -> Any:
        return self.up_to(-z)

    def quantile(self, q: Any) -> Any:
        low = q.data < 0.5
        return ops.where(low, ops.log(q * 2.0), -ops.log((1.0 - q) * 2.0))


class _Cauchy(Continuous):
    name = "cauchy"

    def log_density(self, z: Any) -> Any:
        return -ops.log1p(z * z) - math.log(math.pi)

    def up_to(self, z: Any) -> Any:
        return ops.arctan2(1.0, -z) / math.pi

    def beyond(self, z: Any) -> Any:
        return ops.arctan2(1.0, z) / math.pi

    def quantile(self, q: Any) -> Any:
        return ops.tan((q - 0.5) * math.pi)


norm, halfnorm, lognorm, t, f = _Norm(), _HalfNorm(), _LogNorm(), _T(), _F()
gamma, invgamma, chi2, beta, expon = _Gamma(), _InvGamma(), _Chi2(), _Beta(), _Expon()
weibull_min, pareto, uniform, logistic = _Weibull(), _Pareto(), _Uniform(), _Logistic()
gumbel_r, laplace, cauchy = _Gumbel(), _Laplace(), _Cauchy()
