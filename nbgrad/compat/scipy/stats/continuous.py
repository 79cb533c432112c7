"""Distributions of real numbers, one row each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp

from nbgrad import ops
from nbgrad.engine.variable import Variable, as_variable
from nbgrad.ops.scipy_special import beta_log_density, gamma_log_density, t_log_density

from .families import Continuous

LOG_TWO_PI = math.log(2.0 * math.pi)
POSITIVE = (0.0, math.inf)


class _Norm(Continuous):
    """Its logarithms of probabilities are right in the tails too."""

    def logcdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the logarithm of `cdf`."""
        return as_variable(sp.log_ndtr(self._standard(x, args, kwargs)[0]))

    def logsf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the logarithm of `sf`."""
        return as_variable(sp.log_ndtr(-self._standard(x, args, kwargs)[0]))


def _lognorm(z: Any, s: Any) -> Any:
    log = ops.log(z)
    return (log / s) ** 2 * -0.5 - log - ops.log(s) - 0.5 * LOG_TWO_PI


def _f(z: Any, dfn: Any, dfd: Any) -> Any:
    n, m = dfn * 0.5, dfd * 0.5
    logs = n * ops.log(n) + m * ops.log(m) - (n + m) * ops.log(m + n * z)
    return logs + ops.xlogy(n - 1.0, z) - sp.betaln(n, m)


def _laplace(z: Any) -> Any:
    tail = ops.exp(-ops.abs(z)) * 0.5
    return ops.where(z.data < 0, tail, 1.0 - tail)


# fmt: off
norm = _Norm("norm",
    log_density=lambda z: z * z * -0.5 - 0.5 * LOG_TWO_PI,
    up_to=sp.ndtr, beyond=lambda z: sp.ndtr(-z), quantile=sp.ndtri)
halfnorm = Continuous("halfnorm", support=POSITIVE,
    log_density=lambda z: z * z * -0.5 + 0.5 * math.log(2.0 / math.pi),
    up_to=lambda z: ops.erf(z * math.sqrt(0.5)), beyond=lambda z: sp.erfc(z * math.sqrt(0.5)),
    quantile=lambda q: sp.erfinv(q) * math.sqrt(2.0))
lognorm = Continuous("lognorm", ("s",), POSITIVE,
    log_density=_lognorm,
    up_to=lambda z, s: sp.ndtr(ops.log(z) / s), beyond=lambda z, s: sp.ndtr(-ops.log(z) / s),
    quantile=lambda q, s: ops.exp(sp.ndtri(q) * s))
t = Continuous("t", ("df",),
    log_density=lambda z, df: t_log_density(df, z),
    up_to=lambda z, df: sp.stdtr(df, z), beyond=lambda z, df: sp.stdtr(df, -z),
    quantile=lambda q, df: sp.stdtrit(df, q))
gamma = Continuous("gamma", ("a",), POSITIVE,
    log_density=lambda z, a: gamma_log_density(a, z),
    up_to=lambda z, a: sp.gammainc(a, z), beyond=lambda z, a: sp.gammaincc(a, z),
    quantile=lambda q, a: sp.gammaincinv(a, q))
invgamma = Continuous("invgamma", ("a",), POSITIVE,
    log_density=lambda z, a: -(a + 1.0) * ops.log(z) - 1.0 / z - sp.gammaln(a),
    up_to=lambda z, a: sp.gammaincc(a, 1.0 / z), beyond=lambda z, a: sp.gammainc(a, 1.0 / z),
    quantile=lambda q, a: 1.0 / sp.gammainccinv(a, q))
chi2 = Continuous("chi2", ("df",), POSITIVE,
    log_density=lambda z, df: gamma_log_density(df * 0.5, z * 0.5) - math.log(2.0),
    up_to=lambda z, df: sp.chdtr(df, z), beyond=lambda z, df: sp.chdtrc(df, z),
    quantile=lambda q, df: sp.gammaincinv(np.asarray(df) * 0.5, q) * 2.0)
f = Continuous("f", ("dfn", "dfd"), POSITIVE,
    log_density=_f,
    up_to=lambda z, n, m: sp.fdtr(n, m, z), beyond=lambda z, n, m: sp.fdtrc(n, m, z),
    quantile=lambda q, n, m: sp.fdtri(n, m, q))
beta = Continuous("beta", ("a", "b"), (0.0, 1.0),
    log_density=lambda z, a, b: beta_log_density(a, b, z),
    up_to=lambda z, a, b: sp.betainc(a, b, z), beyond=lambda z, a, b: sp.betainc(b, a, 1.0 - z),
    quantile=lambda q, a, b: sp.betaincinv(a, b, q))
expon = Continuous("expon", support=POSITIVE,
    log_density=lambda z: -z,
    up_to=lambda z: -ops.expm1(-z), beyond=lambda z: ops.exp(-z),
    quantile=lambda q: -ops.log1p(-q))
weibull_min = Continuous("weibull_min", ("c",), POSITIVE,
    log_density=lambda z, c: ops.log(c) + ops.xlogy(c - 1.0, z) - z**c,
    up_to=lambda z, c: -ops.expm1(-(z**c)), beyond=lambda z, c: ops.exp(-(z**c)),
    quantile=lambda q, c: (-ops.log1p(-q)) ** (1.0 / c))
pareto = Continuous("pareto", ("b",), (1.0, math.inf),
    log_density=lambda z, b: ops.log(b) - (b + 1.0) * ops.log(z),
    up_to=lambda z, b: -ops.expm1(-ops.log(z) * b), beyond=lambda z, b: z ** -as_variable(b),
    quantile=lambda q, b: (1.0 - q) ** (-1.0 / b))
uniform = Continuous("uniform", support=(0.0, 1.0),
    log_density=lambda z: z * 0.0,
    up_to=lambda z: z, beyond=lambda z: 1.0 - z,
    quantile=lambda q: q)
logistic = Continuous("logistic",
    log_density=lambda z: -ops.softplus(z) - ops.softplus(-z),
    up_to=ops.sigmoid, beyond=lambda z: ops.sigmoid(-z),
    quantile=sp.logit)
gumbel_r = Continuous("gumbel_r",
    log_density=lambda z: -z - ops.exp(-z),
    up_to=lambda z: ops.exp(-ops.exp(-z)), beyond=lambda z: -ops.expm1(-ops.exp(-z)),
    quantile=lambda q: -ops.log(-ops.log(q)))
laplace = Continuous("laplace",
    log_density=lambda z: -ops.abs(z) - math.log(2.0),
    up_to=_laplace, beyond=lambda z: _laplace(-z),
    quantile=lambda q: ops.where(q.data < 0.5, ops.log(q * 2.0), -ops.log((1.0 - q) * 2.0)))
cauchy = Continuous("cauchy",
    log_density=lambda z: -ops.log1p(z * z) - math.log(math.pi),
    up_to=lambda z: ops.arctan2(1.0, -z) / math.pi, beyond=lambda z: ops.arctan2(1.0, z) / math.pi,
    quantile=lambda q: ops.tan((q - 0.5) * math.pi))
# fmt: on
