"""A Variable where Python wants a number: length, truth, float, int, index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import numpy_protocols as dispatch
from .diagnostics.naming import called, in_code


class Conversions:
    """Conversions of a Variable to plain Python, or the reason why there is none."""

    __slots__ = ()

    def item(self: Any) -> float | int:
        """Return the value of a one-element variable as a Python number."""
        return self._number("item()")  # type: ignore[no-any-return]

    def _number(self: Any, asked: str) -> float | int:
        dispatch.refuse_leak(self, asked)
        if self.size != 1:
            raise ValueError(
                f"{asked} needs one element, but {called(self, 'this variable')} has shape "
                f"{self.shape}: use x.data for the array, or x.sum(), x.mean(), x[0] for one of it."
            )
        return self._data.item()  # type: ignore[no-any-return]

    def __len__(self: Any) -> int:
        if not self.ndim:
            raise TypeError("len() of a 0-d Variable: it is one number; its size is x.size.")
        return self.shape[0]  # type: ignore[no-any-return]

    def __iter__(self: Any) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d Variable: it is one number, x.item().")
        return (self[i] for i in range(len(self)))

    def __bool__(self: Any) -> bool:
        if self.size != 1:
            raise ValueError(
                f"The truth value of a Variable of shape {self.shape} is ambiguous: "
                "use (x > 0).any() or (x > 0).all()."
            )
        return bool(self._data)

    def __float__(self: Any) -> float:
        return float(self._number("float()"))

    def __int__(self: Any) -> int:
        return int(self._number("int()"))

    def __index__(self: Any) -> int:
        if self.size == 1 and self.dtype.kind in "iu":
            return int(self._data)
        raise TypeError(
            f"{called(self, 'A Variable')} of dtype {self.dtype} cannot be an index: "
            f"use its integer array, {in_code(self)}.data.astype(int)."
        )

    def __format__(self: Any, spec: str) -> str:
        return format(self._number("a number format"), spec) if spec else str(self)
