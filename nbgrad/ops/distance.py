"""How far apart arrays are: losses of differences and of distributions, and the cosine of an angle."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from nbgrad.engine.variable import Variable

from .base import Keeping, Operand, Value, apply, overwrite, plain, usually
from .comparison import Clip, minimum
from .kink import slope_at_zero
from .loss import Loss
from .norm import Norm, bounds
from .precision import floating, joint_dtype, narrowed, number, vanishing, widened
from .shape import summed_to


class DifferenceLoss(Loss):
    """A loss of d = x0 - x1, by its terms and their derivative: a factor times their slope."""

    factor: ClassVar[float] = 1.0

    def forward(self, x0: Any, x1: Any) -> Any:
        d = _difference(x0, x1)
        _check_shapes(d, x0, x1)
        wide = widened(d)
        self.kept = (x0, x1), wide
        return narrowed(self.reduced(self.terms(wide)), d)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return summed_to(self._pulled(gy, y, x0, x1, 1.0), np.shape(plain(x0)))

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        return summed_to(self._pulled(gy, y, x0, x1, -1.0), np.shape(plain(x1)))

    def _pulled(self, gy: Value, y: Value, x0: Value, x1: Value, sign: float) -> Value:
        d = self.kept_for(x0, x1)
        if d is None:
            d = widened(_difference(x0, x1))
        return self.slope(d) * (self.share(gy, plain(d).size) * (sign * self.factor))

    def terms(self, d: Any) -> Any:
        """Return the losses of differences."""
        raise NotImplementedError

    def slope(self, d: Value) -> Value:
        """Return their derivatives, without the factor."""
        raise NotImplementedError


def _difference(x0: Value, x1: Value) -> Value:
    """Return x0 - x1; of unsigned integers too it may be negative."""
    if np.result_type(plain(x0), plain(x1)).kind == "f":
        return x0 - x1
    return x0 * 1.0 - x1 * 1.0


def _check_shapes(both: Any, x0: Any, x1: Any) -> None:
    """Refuse predictions (n, 1) with targets (n,): their difference is (n, n)."""
    shape = np.shape(both)
    if shape != np.shape(x0) and shape != np.shape(x1):
        raise ValueError(
            f"predictions {np.shape(x0)} and targets {np.shape(x1)} would broadcast to "
            f"{np.shape(both)}: reshape one of them to the other's shape"
        )


class MeanSquaredError(DifferenceLoss):
    """y = Σ (x0 - x1)² / n."""

    factor = 2.0

    def forward(self, x0: Any, x1: Any) -> Any:
        y = super().forward(x0, x1)
        if self.reduction == "mean" and not usually(np.isfinite(y)):
            d = widened(_difference(x0, x1))
            if np.isinf(y) and np.isfinite(d).all():
                largest = np.absolute(d).max()
                y = (np.mean((d / largest) ** 2) * largest * largest).astype(y.dtype)
        return y

    def terms(self, d: Any) -> Any:
        return d * d

    def slope(self, d: Value) -> Value:
        return d


class L1Loss(DifferenceLoss):
    """y = Σ |x0 - x1| / n."""

    def terms(self, d: Any) -> Any:
        return np.absolute(d)

    def slope(self, d: Value) -> Value:
        return np.sign(plain(d))

    def _pulled(self, gy: Value, y: Value, x0: Value, x1: Value, sign: float) -> Value:
        g = super()._pulled(gy, y, x0, x1, sign)
        slope = slope_at_zero(gy, y)
        if slope is None:
            return g
        d = _difference(x0, x1)
        return g + d * (self.share(self.share(slope, d.size), d.size) * sign)


class HuberLoss(DifferenceLoss):
    """y = Σ (d² / 2 where |d| ≤ delta, else delta · (|d| - delta / 2)) / n, with d = x0 - x1."""

    def __init__(self, delta: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.delta = delta

    def terms(self, d: Any) -> Any:
        near = self.slope(d)
        return overwrite(np.multiply, overwrite(np.add, near * -0.5, d), near)

    def slope(self, d: Value) -> Value:
        return apply(Clip(-self.delta, self.delta), d)


class KLDivergence(Loss):
    """y = Σ x1 · (ln x1 - x0) / n."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__("mean" if reduction == "batchmean" else reduction)
        self.reduction = reduction

    def rule_text(self, rule: str) -> str:
        if self.reduction == "batchmean":
            return rule.replace(" / n", " / len(x0)")
        return super().rule_text(rule)

    def forward(self, x0: Any, x1: Any) -> Any:
        ratio = _log(x1) - x0
        _check_shapes(ratio, x0, x1)
        wide = widened(ratio)
        hidden = np.equal(x1, 0).any()
        y = self.reduced(vanishing(x1, wide) if hidden else overwrite(np.multiply, wide, x1))
        return narrowed(y / len(wide) if self.reduction == "batchmean" else y, ratio)

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        g, shape = x1 * self._share(-gy, x0, x1), np.shape(plain(x0))
        if np.size(plain(g)) < math.prod(shape):  # one row of targets for all predictions
            g = g * np.ones(shape, g.dtype)
        return summed_to(g, shape)

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        slope = _log(x1) - x0 + np.not_equal(plain(x1), 0)
        return summed_to(slope * self._share(gy, x0, x1), np.shape(plain(x1)))

    def _share(self, gy: Value, x0: Value, x1: Value) -> Value:
        x = plain(x0 if np.size(plain(x0)) > np.size(plain(x1)) else x1)
        return widened(gy) / len(x) if self.reduction == "batchmean" else self.share(gy, np.size(x))


def _log(x: Value) -> Value:
    """Return ln x; 0 where x is 0 and so hides it."""
    zero = np.equal(plain(x), 0)
    return np.log(np.where(zero, 1.0, x) if zero.any() else x)


class CosineSimilarity(Keeping):
    """y = Σ x0 · x1 / (‖x0‖ · ‖x1‖), along an axis."""

    def __init__(self, axis: int = -1, eps: float = 1e-8) -> None:
        self.axis, self.eps = axis, eps

    def _parts(self, x: Value) -> tuple[Value, Value, Value | None]:
        """Return a vector, what its length counts as, and by what it is shorter than x.

        A short one, or one with a fourth power out of range, is divided by its length, and so is a
        Variable, whose further derivatives have higher powers.
        """
        x = widened(floating(x))
        if not isinstance(x, Variable):
            with np.errstate(over="ignore", under="ignore"):
                length = np.sqrt(np.add.reduce(x * x, axis=self.axis, keepdims=True))
            low, high = bounds(x.dtype, 4.0)
            ordinary = (length > max(low, self.eps)) & (length < high)
            if usually(np.logical_and.reduce(ordinary, axis=None)):
                return x, length, None
        length = np.maximum(apply(Norm(None, self.axis, True), x), number(self.eps, plain(x)))
        return x / length, number(1, plain(x)), length

    def forward(self, x0: Any, x1: Any) -> Any:
        (v0, n0, _), (v1, n1, _) = parts = self._parts(x0), self._parts(x1)
        self.kept = (x0, x1), parts
        y = np.add.reduce(v0 * v1, axis=self.axis, keepdims=True) / (n0 * n1)
        return y.squeeze(self.axis).astype(joint_dtype(x0, x1))[()]

    def gx0(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        own, other = self.kept_for(x0, x1) or (self._parts(x0), self._parts(x1))
        return summed_to(self._pulled(gy, y, own, other), np.shape(plain(x0)))

    def gx1(self, gy: Value, y: Value, x0: Value, x1: Value) -> Value:
        other, own = self.kept_for(x0, x1) or (self._parts(x0), self._parts(x1))
        return summed_to(self._pulled(gy, y, own, other), np.shape(plain(x1)))

    def _pulled(self, gy: Value, y: Value, own: Any, other: Any) -> Value:
        (v, n, rest), (v1, n1, _) = own, other
        g = np.expand_dims(widened(gy), self.axis)
        along = g * np.expand_dims(y, self.axis)
        if rest is None:
            return v1 * (g / (n * n1)) - v * (along / (n * n))
        short = np.equal(plain(rest), self.eps)  # then its length counts as a number
        return (v1 * (g / n1) - v * (np.where(short, 0.0, along) if short.any() else along)) / rest


def mean_squared_error(x0: Operand, x1: Operand, *, reduction: str = "mean") -> Variable:
    """Mean of the squared differences of all elements, as PyTorch's ``mse_loss``.

    Parameters
    ----------
    x0, x1 : Variable or array
        Predictions and targets, of one shape; one of them may broadcast to the other.

    Raises
    ------
    ShapeError
        If the shapes do not fit, or are (n, 1) and (n,), which would compare all with all.
    """
    return MeanSquaredError(reduction).on(x0, x1)


def huber_loss(x0: Operand, x1: Operand, delta: Operand = 1.0, reduction: str = "mean") -> Variable:
    """Huber loss: half the squared difference up to delta, and linear beyond.

    Parameters
    ----------
    x0, x1 : Variable, array or number
        Predictions and targets, of one shape.
    delta : Variable, array or float
    """
    op = HuberLoss(delta, reduction)
    if not isinstance(delta, Variable):
        return op.on(x0, x1)
    far = L1Loss("none").on(x0, x1)
    near = minimum(far, delta)
    y: Variable = (far - near * 0.5) * near
    return y if reduction == "none" else y.mean() if reduction == "mean" else y.sum()


def l1_loss(x0: Operand, x1: Operand, reduction: str = "mean") -> Variable:
    """Absolute error |x0 - x1|.

    Parameters
    ----------
    x0, x1 : Variable, array or number
        Predictions and targets, of one shape.
    """
    return L1Loss(reduction).on(x0, x1)


def kl_div(x: Operand, t: Operand, reduction: str = "mean") -> Variable:
    """Kullback-Leibler divergence t · (ln t - x) of distributions, x as logarithms.

    Parameters
    ----------
    x, t : Variable or array
        Logarithms of predicted probabilities, and probabilities, of one shape.
    reduction : {"mean", "sum", "batchmean", "none"}
        The mathematical divergence is "batchmean", a sum divided by the length of the first axis.
    """
    return KLDivergence(reduction).on(x, t)


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
    return CosineSimilarity(axis, eps).on(x0, x1)
