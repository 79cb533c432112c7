"""Losses: one number for how far predictions are from targets, the mean over all of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine.operation import binary
from nbgrad.engine.variable import Variable

from .activation import Sigmoid
from .base import Operand, Operation, Value, apply, floating, number, overwrite, plain
from .shape import summed_to
from .softmax import LogSoftmax, Softmax


class MeanSquaredError(Operation):
    """y = Σ (x0 - x1)² / n."""

    def forward(self, x0: Any, x1: Any) -> Any:
        d = x0 - x1
        _check_shapes(d, x0, x1)
        return np.mean(d * d)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        d = x0 - x1
        return summed_to(overwrite(np.multiply, d, gy * _weight(d, 2.0)), np.shape(plain(x0)))

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        d = x1 - x0
        return summed_to(overwrite(np.multiply, d, gy * _weight(d, 2.0)), np.shape(plain(x1)))


def _check_shapes(both: Any, x0: Any, x1: Any) -> None:
    """Refuse predictions (n, 1) with targets (n,): their difference is (n, n)."""
    if np.shape(both) not in (np.shape(x0), np.shape(x1)):
        raise ValueError(
            f"predictions {np.shape(x0)} and targets {np.shape(x1)} would broadcast to "
            f"{np.shape(both)}: reshape one of them to the other's shape"
        )


def _weight(x: Value, factor: float = 1.0) -> float:
    return factor / max(int(plain(x).size), 1)


class SoftmaxCrossEntropy(Operation):
    """y = -Σ t · ln softmax(x) / n."""

    def forward(self, x: Any, t: Any) -> Any:
        log_p = LogSoftmax(-1).forward(x)
        if not is_label(x, t):
            if np.shape(t) != x.shape:
                raise ValueError(f"scores {x.shape} need targets {x.shape[:-1]} or {x.shape}")
            return -np.sum(log_p * t) / x.dtype.type(rows(x))
        labels = np.asarray(t)
        classes = x.shape[-1]
        if labels.size and (labels.min() < 0 or labels.max() >= classes):
            raise IndexError(
                f"labels from {labels.min()} to {labels.max()} for {classes} classes: "
                f"they count from 0 to {classes - 1}"
            )
        return -np.mean(np.take_along_axis(log_p, labels[..., None], -1))

    def gx0(self, gy: Value, y: Value, x: Value, t: Value) -> Value:
        p = apply(Softmax(-1), x)
        if is_label(x, t):
            hot = np.zeros(x.shape, plain(p).dtype)
            np.put_along_axis(hot, np.asarray(plain(t))[..., None], 1.0, -1)
            return overwrite(np.subtract, p, hot) * (gy / rows(x))
        return (p * t.sum(axis=-1, keepdims=True) - t) * (gy / rows(x))

    def gx1(self, gy: Value, y: Value, x: Value, t: Value) -> Value | None:
        if is_label(x, t):
            return None
        return apply(LogSoftmax(-1), x) * -(gy / rows(x))


def is_label(x: Value, t: Value) -> bool:
    """Whether targets are class numbers rather than a probability for each class."""
    labels = np.asarray(plain(t))
    return labels.dtype.kind in "iu" and labels.shape == x.shape[:-1]


def rows(x: Value) -> int:
    """Return how many predictions there are."""
    return int(np.prod(x.shape[:-1])) or 1


class BinaryCrossEntropy(Operation):
    """y = -Σ (t · ln x + (1 - t) · ln(1 - x)) / n."""

    def __init__(self, from_logits: bool = False) -> None:
        self.from_logits = from_logits

    def forward(self, x: Any, t: Any) -> Any:
        x = floating(x)
        if np.shape(x - t) != x.shape:
            raise ValueError(f"targets {np.shape(t)} do not broadcast to predictions {x.shape}")
        if self.from_logits:
            return np.mean(np.logaddexp(x, number(0, x)) - x * t)
        if np.any((x < 0) | (x > 1)):
            raise ValueError("probabilities lie between 0 and 1; for scores give from_logits=True")
        return -np.mean(_log(x) * t + _log(1.0 - x) * (1.0 - t))

    def gx0(self, gy: Value, y: Value, x: Value, t: Value) -> Value:
        if self.from_logits:
            d = apply(Sigmoid(), x) - t
        else:
            d = (x - t) / overwrite(np.maximum, x * (1.0 - x), _SMALLEST)
        return overwrite(np.multiply, d, gy * _weight(x))

    def gx1(self, gy: Value, y: Value, x: Value, t: Value) -> Value:
        d = -x if self.from_logits else _log(1.0 - x) - _log(x)
        return summed_to(overwrite(np.multiply, d, gy * _weight(x)), t.shape)


# PyTorch's bounds: a probability of exactly 0 or 1 gives large, finite numbers.
_SMALLEST = 1e-12
_E_TO_MINUS_100 = math.exp(-100.0)


def _log(p: Value) -> Value:
    """Return ln p, at least -100."""
    return np.log(np.maximum(p, _E_TO_MINUS_100))


mean_squared_error = binary(
    MeanSquaredError(),
    "mean_squared_error",
    """Mean of the squared differences of all elements, as PyTorch's ``mse_loss``.

Parameters
----------
x0, x1 : Variable or array
    Predictions and targets, of one shape; one of them may broadcast to the other.

Returns
-------
Variable, shape ()

Raises
------
ShapeError
    If the shapes do not fit, or are (n, 1) and (n,), which would compare all with all.
""",
)


def softmax_cross_entropy(x: Operand, t: Operand) -> Variable:
    """Mean of -ln p, where p is the softmax of the scores at the right class.

    As PyTorch's ``cross_entropy``. Any finite score gives a finite loss and gradient.

    Parameters
    ----------
    x : Variable or array, shape (..., classes)
        Scores, not probabilities.
    t : array of int, shape (...), or Variable or array, shape (..., classes)
        The right classes, counted from 0; or the probability of each class.

    Returns
    -------
    Variable, shape ()

    Raises
    ------
    ShapeError, OperationIndexError
        If targets and scores do not fit, or a class is not there.
    """
    return SoftmaxCrossEntropy().on(x, t)


def binary_cross_entropy(x: Operand, t: Operand, from_logits: bool = False) -> Variable:
    """Mean of -(t · ln p + (1 - t) · ln(1 - p)).

    Parameters
    ----------
    x : Variable or array, any shape
        Probabilities p (as PyTorch's ``binary_cross_entropy``: logarithms are held at -100);
        with ``from_logits`` scores whose sigmoid is p, which is exact for any score.
    t : Variable or array
        Targets from 0 to 1, of x's shape.
    from_logits : bool

    Returns
    -------
    Variable, shape ()

    Raises
    ------
    ShapeError
        If the shapes do not fit, or a probability is not between 0 and 1.
    """
    return BinaryCrossEntropy(from_logits).on(x, t)
