"""NumPy functions that answer with plain arrays: there is nothing to differentiate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine import dispatch, recording
from nbgrad.engine.variable import Variable

from .base import plain
from .rearranging import full

PLAIN: tuple[Callable[..., Any], ...] = (
    np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.full_like, np.empty_like,
    np.isnan, np.isfinite, np.isinf, np.signbit, np.logical_and, np.logical_or, np.logical_not,
    np.logical_xor, np.any, np.all, np.allclose, np.isclose, np.array_equal, np.argmax,
    np.argmin, np.argsort, np.argwhere, np.nonzero, np.flatnonzero, np.count_nonzero,
    np.searchsorted, np.nanargmax, np.nanargmin, np.argpartition, np.lexsort, np.digitize,
    np.isin, np.isneginf, np.isposinf, np.imag, np.angle, np.iscomplexobj, np.isrealobj,
    np.iscomplex, np.isreal,
    np.array_equiv, np.diag_indices_from, np.tril_indices_from, np.triu_indices_from,
    np.result_type, np.shares_memory, np.may_share_memory, np.array_repr, np.array_str,
    np.array2string,
)  # fmt: skip


def _without_graph(value: Any) -> Any:
    if isinstance(value, Variable):
        return plain(value) if recording.running else value.data
    if isinstance(value, (list, tuple)):
        return type(value)(_without_graph(v) for v in value)
    return value


def on_data(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a NumPy function work on the arrays of Variables."""

    def call(*args: Any, **kwargs: Any) -> Any:
        named = {k: _without_graph(v) for k, v in kwargs.items()}
        return function(*(_without_graph(a) for a in args), **named)

    call.__name__ = function.__name__
    return call


def full_like(a: Any, fill_value: Any, dtype: Any = None, **kwargs: Any) -> Any:
    """Call NumPy's `full_like`; of a Variable's value make a recorded `full`."""
    if not isinstance(fill_value, Variable):
        return on_data(np.full_like)(a, fill_value, dtype=dtype, **kwargs)
    like = np.empty_like(_without_graph(a), dtype, **kwargs)
    return full(like.shape, fill_value, like.dtype)


for _function in PLAIN:
    dispatch.numpy_twins[_function] = on_data(_function)
    if getattr(_function, "nin", 0) == 2:
        for _method in ("reduce", "accumulate", "reduceat"):
            dispatch.numpy_twins[_function, _method] = on_data(getattr(_function, _method))
dispatch.numpy_twins[np.full_like] = full_like
