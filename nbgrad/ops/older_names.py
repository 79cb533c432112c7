"""Functions under names that NumPy 2 has dropped: ``np.product``, ``np.alltrue``."""

from __future__ import annotations

import numpy as np

from nbgrad.engine import dispatch

from . import plain, table  # noqa: F401 (they register today's names)

OLDER_NAMES = {
    "product": np.prod,
    "cumproduct": np.cumprod,
    "round_": np.round,
    "alltrue": np.all,
    "sometrue": np.any,
    "in1d": np.isin,
}
"""For each older name NumPy's function of today."""

for _name, _function in OLDER_NAMES.items():
    if _name in vars(np):
        dispatch.numpy_twins[vars(np)[_name]] = dispatch.numpy_twins[_function]
