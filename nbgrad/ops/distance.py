"""Losses and similarities that are short expressions of other operations."""

from __future__ import annotations

from nbgrad.engine.variable import Variable, as_variable

from .base import Operand, alike
from .comparison import clip, maximum
from .exponential import xlogy
from .loss import checked_reduction
from .norm import norm
from .rearranging import take_along_axis
from .reduction import sum_


def _reduced(terms: Variable, reduction: str, name: str) -> Variable:
    """Return the terms, their sum or their mean."""
    checked_reduction(reduction, name)
    if reduction == "none":
        return terms
    return terms.mean() if reduction == "mean" else terms.sum()


def _difference(x0: Operand, x1: Operand) -> Variable:
    """Return x0 - x1, of lists and numbers too."""
    first, second = alike([x0, x1])
    difference: Variable = as_variable(first) - second
    return difference


def huber_loss(x0: Operand, x1: Operand, delta: float = 1.0, reduction: str = "mean") -> Variable:
    """Huber loss: half the squared difference up to delta, and linear beyond.

    Parameters
    ----------
    x0, x1 : Variable, array or number
        Predictions and targets, of one shape.
    """
    d = _difference(x0, x1)
    near = clip(d, -delta, delta)
    return _reduced(near * (d - near * 0.5), reduction, "huber_loss")


def l1_loss(x0: Operand, x1: Operand, reduction: str = "mean") -> Variable:
    """Absolute error |x0 - x1|.

    Parameters
    ----------
    x0, x1 : Variable, array or number
        Predictions and targets, of one shape.
    """
    return _reduced(abs(_difference(x0, x1)), reduction, "l1_loss")


def nll_loss(x: Operand, t: Operand, reduction: str = "mean") -> Variable:
    """Negative log-likelihood of labels, from the logarithms of probabilities.

    Parameters
    ----------
    x : Variable or array, shape (..., classes)
        Logarithms, as `log_softmax` gives.
    t : array of int, shape (...)
    """
    labels = as_variable(alike([t])[0]).data[..., None]
    return _reduced(-take_along_axis(x, labels, -1)[..., 0], reduction, "nll_loss")


def kl_div(x: Operand, t: Operand, reduction: str = "mean") -> Variable:
    """Kullback-Leibler divergence t · (ln t - x) of distributions, x as logarithms.

    Parameters
    ----------
    x, t : Variable or array
        Logarithms of predicted probabilities, and probabilities, of one shape.
    reduction : {"mean", "sum", "batchmean", "none"}
        The mathematical divergence is "batchmean", a sum divided by the length of the first axis.
    """
    x, t = alike([x, t])
    terms = xlogy(t, t) - as_variable(t) * x
    if reduction == "batchmean":
        y: Variable = terms.sum() / terms.shape[0]
        return y
    return _reduced(terms, reduction, "kl_div")


def cosine_similarity(x0: Operand, x1: Operand, axis: int = -1, eps: float = 1e-8) -> Variable:
    """Cosine of the angle between vectors along an axis.

    Parameters
    ----------
    x0, x1 : Variable or array
        That broadcast.
    eps : float
        Shorter vectors count as this long.

    Returns
    -------
    Variable
        Of the shape that both broadcast to, without the axis.
    """
    x0, x1 = alike([x0, x1])
    lengths = [maximum(norm(x, axis=axis, keepdims=True), eps) for x in (x0, x1)]
    return sum_((x0 / lengths[0]) * (x1 / lengths[1]), axis)
