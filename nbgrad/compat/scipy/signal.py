"""`scipy.signal`: convolution and correlation in any number of dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from nbgrad import ops
from nbgrad.engine.errors import OperandError, ShapeError
from nbgrad.engine.variable import Variable
from nbgrad.ops import signals
from nbgrad.ops.base import Operation, alike

from .operands import beside

__all__ = ["convolve", "convolve2d", "correlate", "fftconvolve"]


def __getattr__(name: str) -> Any:
    return getattr(scipy.signal, name)


class Convolve(signals.Convolve):
    """y = x0 and x1 multiplied at opposite distances and summed, over all axes."""

    public_name = "convolve"
    symbol = "∗"
    formula = "gx0 = gy correlated with x1; gx1 = gy correlated with x0"

    def __init__(self, mode: str = "full", method: str = "auto") -> None:
        super().__init__(mode)
        self.method = method

    def forward(self, x0: Any, x1: Any) -> Any:
        dtype = np.result_type(x0, x1)
        wide = np.result_type(dtype, np.float32)
        y = scipy.signal.convolve(x0.astype(wide), x1.astype(wide), self.mode, self.method)
        return y.astype(dtype if dtype.kind == "f" else wide)

    def before(self, n0: int, n1: int) -> int:
        """Return how many places are cut off at the start: SciPy's "same" is as long as x0."""
        return (n1 - 1) // 2 if self.mode == "same" else super().before(n0, n1)

    def valid(self) -> Operation:
        """Return the convolution at the places of full overlap."""
        return Convolve("valid", self.method)


@beside(scipy.signal.convolve)
def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Variable:
    """Convolution of two arrays with the same number of axes.

    Parameters
    ----------
    in1, in2 : Variable or array
    mode : {"full", "same", "valid"}
        All places where they overlap, as many as in1 has, or only those of full overlap.
    method : {"auto", "direct", "fft"}

    Raises
    ------
    ShapeError
        If the numbers of axes differ, or for another mode.
    """
    if mode not in ("full", "same", "valid"):
        raise ShapeError(f"convolve: mode is 'full', 'same' or 'valid', not {mode!r}.")
    x0, x1 = alike([in1, in2])
    if x0.ndim != x1.ndim:
        raise ShapeError(
            f"convolve: shapes {x0.shape} and {x1.shape} differ in their number of axes."
        )
    if not x0.ndim:
        return ops.mul(x0, x1)
    return Convolve(mode, method).on(x0, x1)


@beside(scipy.signal.correlate)
def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Variable:
    """Cross-correlation of two arrays with the same number of axes; see `convolve`."""
    return convolve(in1, ops.flip(in2), mode, method)


@beside(scipy.signal.fftconvolve)
def fftconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Variable:
    """Convolution by way of Fourier transforms, over all axes; see `convolve`.

    Raises
    ------
    OperandError
        If axes are given.
    """
    if axes is not None:
        raise OperandError(
            "fftconvolve on a Variable takes no axes: it goes over all. For some of them convolve "
            "each slice and put them together, ng.stack([...], axis)."
        )
    return convolve(in1, in2, mode, "fft")


@beside(scipy.signal.convolve2d)
def convolve2d(
    in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0
) -> Variable:
    """Convolution of two matrices.

    Parameters
    ----------
    in1, in2 : Variable or array
    mode : {"full", "same", "valid"}
        See `convolve`.
    boundary : {"fill", "wrap", "symm"}
        What is around in1: `fillvalue`, or in1 again, or its reflection.
    fillvalue : number

    Raises
    ------
    OperandError
        For another boundary.
    """
    if boundary not in BOUNDARIES:
        raise OperandError(f"convolve2d: boundary is {', '.join(BOUNDARIES)}, not {boundary!r}.")
    if mode == "valid" or (boundary == "fill" and fillvalue == 0):
        return convolve(in1, in2, mode, "direct")
    margins = [(n - 1, n - 1) for n in np.shape(in2)]
    if mode == "same":
        margins = [(after - after // 2, after // 2) for _, after in margins]
    how = {"constant_values": fillvalue} if boundary == "fill" else {}
    padded = ops.pad(in1, margins, BOUNDARIES[boundary], **how)
    return convolve(padded, in2, "valid", "direct")


BOUNDARIES = {"fill": "constant", "wrap": "wrap", "symm": "symmetric"}
"""SciPy's words, and NumPy's."""
