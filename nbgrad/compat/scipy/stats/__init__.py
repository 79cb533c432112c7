"""`scipy.stats`: densities and distribution functions, by SciPy's names and parameters.

``norm.logpdf(x, loc, scale)`` and the like, of Variables. Shapes of a distribution function (`cdf`,
`sf`, `ppf`) are numbers, unless there is a formula for it; what draws random numbers is SciPy's own.
"""

from typing import Any

import scipy.stats

from .continuous import (
    beta,
    cauchy,
    chi2,
    expon,
    f,
    gamma,
    gumbel_r,
    halfnorm,
    invgamma,
    laplace,
    logistic,
    lognorm,
    norm,
    pareto,
    t,
    uniform,
    weibull_min,
)
from .discrete import bernoulli, binom, poisson
from .multivariate import dirichlet, multivariate_normal

__all__ = [
    "bernoulli", "beta", "binom", "cauchy", "chi2", "dirichlet", "expon", "f", "gamma",
    "gumbel_r", "halfnorm", "invgamma", "laplace", "logistic", "lognorm", "multivariate_normal",
    "norm", "pareto", "poisson", "t", "uniform", "weibull_min",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    return getattr(scipy.stats, name)
