"""Distributions of whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from nbgrad import ops
from nbgrad.engine.variable import as_variable

from .families import Counts


class _Poisson(Counts):
    name, parameters = "poisson", ("mu",)

    def log_mass(self, k: Any, mu: Any) -> Any:
        mu = as_variable(mu)
        return ops.xlogy(k, mu) - mu - sp.gammaln(k + 1.0)

    def up_to(self, k: Any, mu: Any) -> Any:
        return sp.pdtr(k, as_variable(mu))


class _Binom(Counts):
    name = "binom"
    parameters: tuple[str, ...] = ("n", "p")

    def last(self, n: Any, _: Any) -> Any:
        return np.asarray(n)

    def log_mass(self, k: Any, n: Any, p: Any) -> Any:
        p, n = as_variable(p), np.asarray(n, float)
        ways = sp.gammaln(n + 1.0) - sp.gammaln(k + 1.0) - sp.gammaln(n - k + 1.0)
        return ops.xlogy(k, p) + sp.xlog1py(n - k, -p) + ways

    def up_to(self, k: Any, n: Any, p: Any) -> Any:
        return sp.betainc(np.asarray(n) - k, k + 1.0, 1.0 - as_variable(p))


class _Bernoulli(_Binom):
    name = "bernoulli"
    parameters = ("p",)

    def last(self, *_: Any) -> Any:
        return 1.0

    def log_mass(self, k: Any, p: Any) -> Any:  # type: ignore[override]
        return super().log_mass(k, 1.0, p)

    def up_to(self, k: Any, p: Any) -> Any:  # type: ignore[override]
        return super().up_to(k, 1.0, p)


poisson, binom, bernoulli = _Poisson(), _Binom(), _Bernoulli()
