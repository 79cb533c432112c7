"""SciPy with its functions written in Python on Variables too; SciPy must be installed.

``from nbgrad.compat.scipy import special, linalg, signal, stats`` in place of ``from scipy import …``, or
``from nbgrad.compat import scipy``: the functions that convert their operands to arrays, which would
lose the graph, are recorded here. Every other name is SciPy's own, and so is a call without a Variable,
which returns arrays. The ufuncs of ``scipy.special``
(`gammaln`, `erf`, `expit` …) and ``scipy.optimize.minimize`` take Variables and gradients as they are.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nbgrad.ops.alternatives import PACKAGES


def __getattr__(name: str) -> Any:
    scipy = import_module("scipy")
    return import_module(f"{__name__}.{name}") if name in PACKAGES else getattr(scipy, name)
