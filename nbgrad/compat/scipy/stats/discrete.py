"""Distributions of whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from nbgrad import ops
from nbgrad.engine.variable import as_variable

from .families import Counts


def _poisson(k: Any, mu: Any) -> Any:
    mu = as_variable(mu)
    return ops.xlogy(k, mu) - mu - sp.gammaln(k + 1.0)


def _binom(k: Any, n: Any, p: Any) -> Any:
    p, n = as_variable(p), np.asarray(n, float)
    ways = sp.gammaln(n + 1.0) - sp.gammaln(k + 1.0) - sp.gammaln(n - k + 1.0)
    return ops.xlogy(k, p) + sp.xlog1py(n - k, -p) + ways


def _binom_up_to(k: Any, n: Any, p: Any) -> Any:
    return sp.betainc(np.asarray(n) - k, k + 1.0, 1.0 - as_variable(p))


poisson = Counts(
    "poisson", ("mu",), log_mass=_poisson, up_to=lambda k, mu: sp.pdtr(k, as_variable(mu))
)
binom = Counts(
    "binom", ("n", "p"), log_mass=_binom, up_to=_binom_up_to, last=lambda n, _: np.asarray(n)
)
bernoulli = Counts(
    "bernoulli",
    ("p",),
    log_mass=lambda k, p: _binom(k, 1.0, p),
    up_to=lambda k, p: _binom_up_to(k, 1.0, p),
    last=lambda _: 1.0,
)
