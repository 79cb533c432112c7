"""What functions of matrices with several results return: named as NumPy names them."""

from __future__ import annotations

from typing import NamedTuple

from nbgrad.engine.variable import Variable


class EighResult(NamedTuple):
    """Eigenvalues, rising, and eigenvectors as columns."""

    eigenvalues: Variable
    eigenvectors: Variable


class LstsqResult(NamedTuple):
    """What NumPy's `lstsq` returns."""

    x: Variable
    residuals: Variable
    rank: Variable
    s: Variable


class QRResult(NamedTuple):
    """Orthonormal columns and the upper triangle."""

    Q: Variable
    R: Variable


class SlogdetResult(NamedTuple):
    """The sign of a determinant, and the logarithm of its size."""

    sign: Variable
    logabsdet: Variable


class SVDResult(NamedTuple):
    """Left singular vectors as columns, singular values, right ones as rows."""

    U: Variable
    S: Variable
    Vh: Variable
