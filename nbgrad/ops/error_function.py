"""The error function in NumPy, which lacks it.

Rational approximations of the Cephes library (S. Moshier): relative error below
4e-16 for all x. The coefficients go from the highest power to the constant.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import refuse_warnings

from .base import overwrite

# erf(x) = x · T(x²) / U(x²) for |x| ≤ 1; U's and Q's highest coefficient is 1.
_T = (
    9.60497373987051638749e0,
    9.00260197203842689217e1,
    2.23200534594684319226e3,
    7.00332514112805075473e3,
    5.55923013010394962768e4,
)
_U = (
    1.0,
    3.35617141647503099647e1,
    5.21357949780152679795e2,
    4.59432382970980127987e3,
    2.26290000613890934246e4,
    4.92673942608635921086e4,
)
# 1 - erf(x) = e^(-x²) · P(x) / Q(x) for 1 < x < 8, and · R(x) / S(x) beyond.
_P = (
    2.46196981473530512524e-10,
    5.64189564831068821977e-1,
    7.46321056442269912687e0,
    4.86371970985681366614e1,
    1.96520832956077098242e2,
    5.26445194995477358631e2,
    9.34528527171957607540e2,
    1.02755188689515710272e3,
    5.57535335369399327526e2,
)
_Q = (
    1.0,
    1.32281951154744992508e1,
    8.67072140885989742329e1,
    3.54937778887819891062e2,
    9.75708501743205489753e2,
    1.82390916687909736289e3,
    2.24633760818710981792e3,
    1.65666309194161350182e3,
    5.57535340817727675546e2,
)
_R = (
    5.64189583547755073984e-1,
    1.27536670759978104416e0,
    5.01905042251180477414e0,
    6.16021097993053585195e0,
    7.40974269950448939160e0,
    2.97886665372100240670e0,
)
_S = (
    1.0,
    2.26052863220117276590e0,
    9.39603524938001434673e0,
    1.20489539808096656605e1,
    1.70814450747565897222e1,
    9.60896809063285878198e0,
    3.36907645100081516050e0,
)
_BEYOND = 40.0
"""From here on e^(-x²/2) is 0."""
_FEW_DIGITS = 30.0
"""Up to here rounding x² loses at most one digit."""


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    first, second, *others = coefficients
    total = x * first + second
    for c in others:
        total *= x
        total += c
    return total


def erf_of(x: Any) -> Any:
    """Return erf(x), in x's own dtype."""
    wide = np.asarray(x, np.float64)
    size = overwrite(np.absolute, np.clip(wide, -6.0, 6.0))
    far = -(gaussian(size) * _quotient(_P, _Q, size) - 1.0)
    return np.copysign(np.where(size <= 1.0, _near(size), far), wide).astype(x.dtype, copy=False)[
        ()
    ]


def normal_below(x: Any) -> Any:
    """Return Φ(x), the normal distribution's share below x, in x's own dtype.

    Below 0 it is computed from 1 - erf, which cannot be obtained from erf there.
    """
    wide = np.clip(np.asarray(x, np.float64), -_BEYOND, _BEYOND)
    size = np.absolute(wide) * math.sqrt(0.5)
    ratio = _quotient(_P, _Q, size)
    if (size >= 8.0).any():
        ratio = np.where(size < 8.0, ratio, _quotient(_R, _S, size))
    tail = gaussian(wide, 0.5) * ratio * 0.5
    far = np.where(wide < 0.0, tail, 1.0 - tail)
    near = np.copysign(_near(np.minimum(size, 1.0)), wide) * 0.5 + 0.5
    return np.where(size <= 1.0, near, far).astype(x.dtype, copy=False)[()]


def gaussian(x: Any, factor: float = 1.0) -> Any:
    """Return e^(-factor · x²), in x's own dtype.

    Rounding x² would cost as many digits as it has before the point: the exponential is
    taken of a few leading bits of x, whose square is exact, and of the rest.
    """
    wide = np.clip(np.asarray(x, np.float64), -_BEYOND, _BEYOND)
    square = wide * wide
    if not (square > _FEW_DIGITS).any():
        return overwrite(np.exp, overwrite(np.multiply, square, -factor)).astype(
            x.dtype, copy=False
        )
    lead = np.round(wide * 16.0) / 16.0
    y = np.exp(lead * lead * -factor)
    y *= np.exp((wide - lead) * (wide + lead) * -factor)
    return y.astype(x.dtype, copy=False)


def _near(size: Any) -> Any:
    """Return erf for 0 ≤ x ≤ 1."""
    return size * _quotient(_T, _U, size * size)


def _quotient(above: tuple[float, ...], below: tuple[float, ...], x: Any) -> Any:
    return _polynomial(above, x) / _polynomial(below, x)


refuse_warnings(globals())
