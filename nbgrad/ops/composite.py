"""NumPy functions that are short expressions of the table's operations, and have no name here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from nbgrad.engine import dispatch
from nbgrad.engine.diagnostics.messages import names_itself

from .diagonal import diagonal, trace
from .indexing import bincount
from .joining import fftshift, ifftshift
from .matrices import cross
from .polynomials import poly, polyadd, polyder, polydiv, polyfit, polyint, polymul, polysub, vander
from .rearranging import partition, trim_zeros
from .stacking import apply_along_axis, apply_over_axes

_OF_NUMPY = (
    apply_along_axis, apply_over_axes, bincount, partition, poly, polyadd, polyder, polydiv, polyfit,
    polyint, polymul, polysub, trace, trim_zeros, vander,
)  # fmt: skip
COMPOSITES: dict[str, Callable[..., Any]] = {f"np.{f.__name__}": f for f in _OF_NUMPY} | {
    "np.linalg.trace": partial(trace, axis1=-2, axis2=-1),
    "np.linalg.diagonal": partial(diagonal, axis1=-2, axis2=-1),
    "np.linalg.cross": cross,
    "np.fft.fftshift": fftshift,
    "np.fft.ifftshift": ifftshift,
}
"""By NumPy's name: those in ``np.linalg`` are there since NumPy 2."""

for _name, _composite in COMPOSITES.items():
    _, *_module, _last = _name.split(".")
    _twin = getattr(getattr(np, *_module) if _module else np, _last, None)
    if _twin is not None:
        dispatch.numpy_twins[_twin] = names_itself(_name, _composite)
