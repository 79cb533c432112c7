"""Where Python wants a number, or several: length, truth, float, int, index, bytes, a format."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from . import recording
from .diagnostics.naming import called, in_code
from .errors import OperandError, ShapeError
from .observer import appointed
from .replays import refuse_leak


class Conversions:
    """Conversions of a Variable to what plain Python computes with."""

    __slots__ = ()

    def item(self: Any, *index: Any) -> float | int:
        """Return the value of a one-element variable, or of one element, as a Python number."""
        chosen = self
        if len(index) == 1:
            chosen = self[index[0]] if isinstance(index[0], tuple) else self.ravel()[index[0]]
        elif index:
            chosen = self[index]
        return chosen._number("item()")  # type: ignore[no-any-return]

    @property
    def _mask(self) -> Any:
        """Refuse to be an operand of a masked array, whose operators would take the array silently.

        `numpy.ma` asks any operand for its mask.
        """
        ask = sys._getframe(1)
        by = ask.f_back.f_code.co_name if ask.f_back is not None else ""
        if ask.f_code.co_name == "getmask" and (by in ("__call__", "power") or by[:3] == "__i"):
            raise OperandError(
                "A Variable cannot be an operand of a MaskedArray, which computes by rules of its "
                "own: write np.asarray(masked) or masked.filled(value) in its place."
            )
        raise AttributeError("A Variable has no mask.")

    def _number(self: Any, asked: str) -> float | int:
        refuse_leak(self, asked)
        if self.size != 1:
            advice = ""
            if asked in ("float()", "int()", "complex()"):
                asked, advice = appointed.supervisor.asked_by(asked, in_code(self))
            raise ShapeError(
                f"{asked} needs one element, but {called(self, 'this variable')} has shape "
                f"{self.shape}: {advice}use x.data for the array, or x.sum(), x.mean(), x[0] for "
                "one of it."
            )
        recording.looked(self, asked)
        return self._data.item()  # type: ignore[no-any-return]

    def __len__(self: Any) -> int:
        if not self.ndim:
            raise OperandError("len() of a 0-d Variable: it is one number; its size is x.size.")
        return self.shape[0]  # type: ignore[no-any-return]

    def __iter__(self: Any) -> Iterator[Any]:
        if not self.ndim:
            raise OperandError("iteration over a 0-d Variable: it is one number, x.item().")
        return (self[i] for i in range(len(self)))

    def __bool__(self: Any) -> bool:
        if self.size != 1:
            raise ShapeError(
                f"The truth value of a Variable of shape {self.shape} is ambiguous: "
                "use (x > 0).any() or (x > 0).all()."
            )
        recording.looked(self, "its truth value")
        return bool(self._data)

    def __float__(self: Any) -> float:
        number = float(self._number("float()"))
        appointed.supervisor.number_taken(self, "__float__")
        return number

    def __int__(self: Any) -> int:
        number = int(self._number("int()"))
        appointed.supervisor.number_taken(self, "__int__")
        return number

    __trunc__ = __int__

    def __complex__(self: Any) -> complex:
        number = complex(self._number("complex()"))
        appointed.supervisor.number_taken(self, "__complex__")
        return number

    def __bytes__(self: Any) -> bytes:
        recording.looked(self, "bytes()")
        return self._array().tobytes()  # type: ignore[no-any-return]

    def __index__(self: Any) -> int:
        if self.size == 1 and self.dtype.kind in "iu":
            recording.looked(self, "an index")
            appointed.supervisor.number_taken(self, "__index__")
            return int(self._data)
        raise OperandError(
            f"{called(self, 'A Variable')} of dtype {self.dtype} cannot be an index: "
            f"use its integer array, {in_code(self)}.data.astype(int)."
        )

    def __format__(self: Any, spec: str) -> str:
        return format(self._number("a number format"), spec) if spec else str(self)
