"""``np.r_[x, 1.0]`` and ``np.c_[x, y]``, which make an array of each item and join the arrays.

NumPy asks no protocol there but that for an array, and keeps a subclass: so x gives an array that
knows its Variable, and that answers `numpy.concatenate` with the Variable in its place.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

_joining: Any = type(np.r_).__getitem__


class Carrier(np.ndarray[Any, Any]):
    """The array of a Variable, reshaped or not, on its way to `numpy.concatenate`."""

    variable: Any = None

    def __array_finalize__(self, origin: Any) -> None:
        self.variable = getattr(origin, "variable", None)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function is not np.concatenate or self.variable is None:
            return super().__array_function__(function, types, args, kwargs)
        arrays, *rest = args
        return np.concatenate([_carried(a) for a in arrays], *rest, **kwargs)


def carrier(x: Any) -> Carrier | None:
    """Return what a Variable gives to ``np.r_`` and ``np.c_`` for its array; None to others."""
    frame = sys._getframe(2)
    inner = frame.f_code.co_name == "<listcomp>"  # a frame of its own until Python 3.12
    joining = frame.f_back if inner else frame
    if joining is None or joining.f_code is not _joining.__code__:
        return None
    if joining.f_locals["self"].concatenate is not np.concatenate:  # np.ma.mr_ has its own
        return None
    # An element of a list among the items would be copied from its array, without the Variable.
    if all(frame.f_locals.get(name) is not x for name in ("item", "obj")):
        return None
    array: Carrier = x._array().view(Carrier)
    array.variable = x
    return array


def _carried(array: Any) -> Any:
    """Return the Variable in the shape that its array was given, with axes of length one."""
    x = getattr(array, "variable", None)
    if x is None:
        return array
    return x if x.shape == array.shape else x.reshape(array.shape)
