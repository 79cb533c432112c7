"""PyTorch's tensors as what a trace keeps of an array.

NumPy has no bfloat16, float8 or sparse arrays: their numbers are widened or filled in to be
summarised, and the dtype keeps its own name. Nothing here keeps a tensor alive.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from struct import pack

import numpy as np
import torch

from nbgrad.tracing.summaries import Budget, Handle, Summary, capture, decode

_NUMPY = frozenset(
    [torch.float64, torch.float32, torch.float16, torch.int64, torch.int32, torch.int16,
     torch.int8, torch.uint8, torch.bool]
)  # fmt: skip
_FLOATS = frozenset([torch.float64, torch.float32])
_FLOAT32 = np.dtype(np.float32).str
_PLAIN = frozenset([torch.Tensor, torch.nn.Parameter])
DENSE_LIMIT = 1 << 24
"""A sparse tensor of at most this many elements is filled in; of a larger one only the values
that are stored are summarised."""


@cache
def dtype_name(dtype: torch.dtype) -> str:
    """Return a dtype's name without the ``torch.``."""
    return str(dtype).removeprefix("torch.")


def handle_of(tensor: torch.Tensor, budget: Budget | None = None) -> Handle:
    """Capture a tensor: see `nbgrad.tracing.summaries.capture`."""
    dtype = tensor.dtype
    if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        return None
    if (
        dtype in _NUMPY
        and type(tensor) in _PLAIN
        and tensor.is_cpu
        and tensor.layout is torch.strided
        and not tensor.is_neg()
        and not tensor._is_zerotensor()
    ):
        if not tensor.ndim and dtype in _FLOATS:  # as `capture` does, in a third of the time
            number = tensor.item()
            return (
                np.float64(number) if dtype is torch.float64 else ((), _FLOAT32, pack("f", number))
            )
        return capture(tensor.detach().numpy(), budget)
    return _summary(tensor.detach())


def is_readable(tensor: torch.Tensor) -> bool:
    """Whether the elements of a tensor can be read; those of some subclasses cannot."""
    if type(tensor) in _PLAIN or torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        return True
    return tensor.is_complex() or tensor.is_nested or decode(handle_of(tensor)).zeros is not None


def _summary(t: torch.Tensor) -> Handle:
    """Capture a tensor that NumPy does not know as it is; where nothing is seen of it, its shape."""
    shape, name = tuple(t.shape), dtype_name(t.dtype)
    hidden = Summary(shape, name, None, None, None, None, None)
    dense = _dense(t)
    if dense is None:
        return hidden
    try:
        wide = dense if dense.dtype in _NUMPY else dense.to(torch.float64)
        array = wide.numpy(force=True)
    except (RuntimeError, TypeError):  # a class of tensors that hides its elements
        return hidden
    return replace(decode(capture(array)), shape=shape, dtype=name)


def _dense(t: torch.Tensor) -> torch.Tensor | None:
    """Return the elements of a tensor of any layout; None where it has none to look at."""
    if t.is_complex() or t.device.type == "meta" or t.is_nested:
        return None
    if t.layout is torch.strided:
        return t
    if t.numel() <= DENSE_LIMIT:
        return t.to_dense()
    stored = t.coalesce().values() if t.layout is torch.sparse_coo else t.values()
    return stored.reshape(-1)


def bits_equal(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two tensors have the same shape, dtype and bits; NaN equals NaN."""
    if a.shape != b.shape or a.dtype != b.dtype or a.layout != b.layout:
        return False
    if a.layout is not torch.strided:
        return torch.equal(a.coalesce().values(), b.coalesce().values())
    try:
        if torch.equal(a, b):
            return True
        return torch.equal(a.isnan(), b.isnan()) and torch.equal(a.nan_to_num(), b.nan_to_num())
    except (RuntimeError, NotImplementedError):  # tensors without elements, on the device meta
        return True
