"""Distributions of vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from nbgrad import ops
from nbgrad.engine.errors import ShapeError
from nbgrad.engine.variable import Variable, as_variable

from .continuous import LOG_TWO_PI
from .families import Density, asked

MIN_SHARE = 1e6 * float(np.finfo(float).eps)
"""Below this share of the largest an eigenvalue of a covariance counts as 0, as in SciPy."""
MAX_DISTANCE = 1e3 * MIN_SHARE
"""Farther from the space that a covariance spans the density is 0, as in SciPy."""


class _MultivariateNormal(Density):
    """Normal distribution of vectors."""

    name = "multivariate_normal"

    @asked
    def logpdf(
        self, x: Any, mean: Any = 0.0, cov: Any = 1.0, allow_singular: bool = False
    ) -> Variable:
        """Return the logarithm of the density at x.

        Parameters
        ----------
        x : Variable or array, shape (..., n)
        mean : Variable or array, shape (n,), or a number
        cov : Variable or array, shape (n, n), or a number
        allow_singular : bool
            Take the density on the space that the covariance spans.

        Raises
        ------
        ShapeError
            If the covariance is not a matrix, or a number for one dimension.
        """
        cov = ops.atleast_2d(cov)
        if cov.ndim != 2 or cov.shape[0] != cov.shape[1]:
            raise ShapeError(
                f"multivariate_normal: cov has shape {cov.shape}. Give a square matrix, or a number "
                "for one dimension."
            )
        n = cov.shape[0]
        d = as_variable(as_variable(x) - (0.0 if mean is None else mean))
        rows, cov = d.reshape(-1, n), (cov + cov.T) * 0.5
        if allow_singular:
            w, v = ops.eigh(cov)
            kept = w.data > MIN_SHARE * np.abs(w.data).max()
            off = np.linalg.norm(rows.data @ v.data[:, ~kept], axis=-1)
            w, z = w[kept], (rows @ v[:, kept]).T
            squares, log_det, rank = z * z / w[:, None], ops.log(w).sum(), int(kept.sum())
        else:
            factor = ops.cholesky(cov)
            z = ops.solve(factor, rows.T)
            off = np.zeros(len(rows))
            squares, log_det, rank = z * z, 2.0 * ops.log(ops.diagonal(factor)).sum(), n
        y = (squares.sum(axis=0) + log_det + rank * LOG_TWO_PI) * -0.5
        if np.any(off > MAX_DISTANCE):
            y = ops.where(off > MAX_DISTANCE, -np.inf, y)
        shape = d.shape[:-1] if d.ndim and d.shape[-1] == n else d.shape
        return ops.reshape(y, shape)

    @asked
    def entropy(self, mean: Any = None, cov: Any = 1.0) -> Variable:
        """Return the entropy for a covariance of shape (n, n)."""
        cov = ops.atleast_2d(cov)
        _, log_det = ops.slogdet(cov)
        return as_variable(log_det * 0.5 + 0.5 * cov.shape[0] * (1.0 + LOG_TWO_PI))


class _Dirichlet(Density):
    """Distribution of shares, which sum to 1."""

    name = "dirichlet"

    @asked
    def logpdf(self, x: Any, alpha: Any) -> Variable:
        """Return the logarithm of the density at x, shape (n,), of alpha, shape (n,)."""
        x, alpha = as_variable(x), as_variable(alpha)
        scale = sp.gammaln(alpha.sum()) - sp.gammaln(alpha).sum()
        return as_variable(scale + ops.xlogy((alpha - 1.0).T, x.T).T.sum(axis=0))


multivariate_normal, dirichlet = _MultivariateNormal(), _Dirichlet()
