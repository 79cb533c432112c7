"""The error function and the normal distribution in NumPy, which lacks them.

Rational approximations: that of erf near 0 is the Cephes library's (S. Moshier), that of the normal
distribution is fitted to 6e-17 before it is rounded. Farther out erf(x) is 1 - 2 Φ(-√2 x): its
relative error is below 4e-16 for all x. The coefficients go from the highest power to the constant.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import refuse_warnings

from .base import overwrite

# erf(x) = x · T(x²) / U(x²) for |x| ≤ 1.
_T = (
    9.60497373987051638749e0, 9.00260197203842689217e1, 2.23200534594684319226e3,
    7.00332514112805075473e3, 5.55923013010394962768e4,
)  # fmt: skip
_U = (
    1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3,
    2.26290000613890934246e4, 4.92673942608635921086e4,
)  # fmt: skip
# e^(x²/2) · Φ(-x) = P(x) / Q(x) for x ≥ 0, up to 40 at least.
_P = (
    0.3989422804003603, 10.711710208681861, 140.86007534052257, 1173.46202177045, 6772.98963224576,
    27990.723004253214, 82833.58294067223, 169952.06380050967, 221529.49631259107,
    142832.52955995576,
)  # fmt: skip
_Q = (
    1.0, 26.850275678171478, 354.0838476684862, 2968.2833556316345, 17328.45127958456,
    73050.0670213426, 223914.26824373778, 490553.5194455053, 732441.5526919507, 670986.7328577944,
    285665.0591199116,
)  # fmt: skip
_BEYOND = 40.0
"""From here on e^(-x²/2) is 0."""
_FEW_DIGITS = 30.0
"""Up to here rounding x² loses at most one digit."""


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    first, second, *others = coefficients
    total = x + second if first == 1.0 else x * first + second
    for c in others:
        total *= x
        total += c
    return total


def erf_of(x: Any) -> Any:
    """Return erf(x), in x's own dtype."""
    size = _size(x)
    near = size * _quotient(_T, _U, size * size)
    beyond = _quotient(_P, _Q, size * math.sqrt(2.0)) * _bell(size, 1.0)
    y = np.copysign(np.where(size <= 1.0, near, 1.0 - 2.0 * beyond), x)
    return y.astype(x.dtype, copy=False)[()]


def normal(x: Any) -> tuple[Any, Any]:
    """Return the normal distribution's share below x and its density, in x's own dtype.

    The share is that beyond the size of x, with all its digits however small it is, or 1 less it.
    """
    size = _size(x)
    bell = _bell(size, 0.5)
    beyond = overwrite(np.multiply, _quotient(_P, _Q, size), bell)
    below = ~np.signbit(x) - overwrite(np.copysign, beyond, x)
    density = overwrite(np.multiply, bell, _PEAK)
    return below.astype(x.dtype, copy=False)[()], density.astype(x.dtype, copy=False)[()]


_PEAK = 1.0 / math.sqrt(2.0 * math.pi)


def gaussian(x: Any, factor: float) -> Any:
    """Return e^(-factor · x²), in x's own dtype."""
    return _bell(_size(x), factor).astype(x.dtype, copy=False)


def _size(x: Any) -> Any:
    """Return |x| in float64, at most `_BEYOND`."""
    return overwrite(np.minimum, np.absolute(np.asarray(x, np.float64)), _BEYOND)


def _bell(x: Any, factor: float) -> Any:
    """Return e^(-factor · x²).

    Rounding x² would cost as many digits as it has before the point: the exponential is
    taken of a few leading bits of x, whose square is exact, and of the rest.
    """
    square = x * x
    if not (square > _FEW_DIGITS).any():
        return overwrite(np.exp, overwrite(np.multiply, square, -factor))
    lead = np.round(x * 16.0) / 16.0
    y = np.exp(lead * lead * -factor)
    return overwrite(np.multiply, y, np.exp((x - lead) * (x + lead) * -factor))


def _quotient(above: tuple[float, ...], below: tuple[float, ...], x: Any) -> Any:
    y = _polynomial(above, x)
    y /= _polynomial(below, x)
    return y


refuse_warnings(globals())
