"""Losses: how far predictions are from targets, the mean over all of them by default."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine.arrays import ordinary, to_raw, wide_sum
from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from .activation import Sigmoid, Softplus, above_rectifier
from .base import Keeping, Operand, Value, alike, apply, called_as_a_whole, plain, usually
from .precision import floating, least, narrowed, number, vanishing, widened
from .reduction import Mean
from .shape import summed_to
from .softmax import LogSoftmax, Softmax, balanced, log_softmax_of, total, where_balanced


class Loss(Keeping):
    """What has a loss for each prediction, and their mean, their sum or all of them as its value."""

    def __init__(self, reduction: str = "mean") -> None:
        if reduction not in ("mean", "sum", "none"):
            raise OperandError(
                f"{self.public_name}: reduction is 'mean', 'sum' or 'none', not {reduction!r}."
            )
        self.reduction = reduction

    def rule_text(self, rule: str) -> str:
        rule = super().rule_text(rule)
        return rule if self.reduction == "mean" else rule.replace(" / n", "")

    def reduced(self, terms: Any, number: float | None = None) -> Any:
        """Return the terms, their sum, or their mean: their sum divided by a number."""
        if self.reduction == "none":
            return terms
        if self.reduction == "mean" and number is None:
            return _MEAN.forward(terms) if terms.size else _mean_of_none(terms)
        total = wide_sum(terms, None)
        if self.reduction != "mean":
            return total
        if number:
            return total / terms.dtype.type(number)
        with np.errstate(invalid="ignore"):
            return total / terms.dtype.type(0)

    def share(self, gy: Value, number: float) -> Value:
        """Return the gradient of each term; float16 cannot hold the number of them."""
        return widened(gy) / (number or 1) if self.reduction == "mean" else gy


_MEAN = Mean()
_mean_of_none = names_users_line(np.mean)


def _as_weights(weight: Any) -> Any:
    """Return the weights of classes as an array."""
    return np.array(ordinary(plain(weight), "A weight cannot be", OperandError))


class SoftmaxCrossEntropy(Loss):
    """y = -Σ t · ln softmax(x) / n."""

    def __init__(
        self,
        weight: Any = None,
        reduction: str = "mean",
        ignore_index: int = -100,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction)
        self.weight = None if weight is None else _as_weights(weight)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing
        if not isinstance(ignore_index, (int, np.integer)):
            raise OperandError(
                f"softmax_cross_entropy: ignore_index is an integer label, not {ignore_index!r}."
            )
        if not 0 <= label_smoothing <= 1:
            raise OperandError(
                f"softmax_cross_entropy: label_smoothing is from 0 to 1, not {label_smoothing!r}."
            )

    def rule_text(self, rule: str) -> str:
        if self.weight is not None or self.label_smoothing:
            weight = "" if self.weight is None else " · weight"
            rule = (
                "gx0 = gy / n · (softmax x0 · Σ s − s), s = ((1 − label_smoothing) · x1 as "
                f"probabilities + label_smoothing / classes){weight}; "
                f"gx1 = −gy / n · (1 − label_smoothing){weight} · ln softmax x0"
            )
        return super().rule_text(rule)

    def forward(self, x: Any, t: Any) -> Any:
        log_p, *shares = log_softmax_of(widened(floating(x)), -1)
        self.kept = (x,), shares
        x = floating(x)
        if self._is_plain(x, t):
            terms, number = self._picked(log_p, t), float(math.prod(t.shape))
        else:
            terms, number = self._terms(x, log_p, t), self.number(x, t)
        y = self.reduced(terms, number)
        return to_raw(narrowed(y, x))

    def _is_plain(self, x: Value, t: Value) -> bool:
        """Whether no target is ignored and all have the same weight."""
        if self.label_smoothing or self.weight is not None or not is_label(x, t):
            return False
        labels = plain(t)
        if self.ignore_index >= 0 and not usually(
            np.logical_and.reduce(labels != self.ignore_index, axis=None)
        ):
            return False
        return bool(usually(np.minimum.reduce(labels, axis=None, initial=0) >= 0))

    def _picked(self, log_p: Any, labels: Any) -> Any:
        try:
            return -picked(log_p, labels)
        except (IndexError, ValueError):
            self._check(log_p, labels)
            raise

    def _terms(self, x: Any, log_p: Any, t: Any) -> Any:
        self._check(x, t)
        if self.label_smoothing or self.weight is not None or not is_label(x, t):
            shares = self.shares(x, t)
            # A class that no target has counts for nothing, also where its score is -∞.
            terms = -np.add.reduce(vanishing(shares, log_p), axis=-1)
        else:
            kept = t != self.ignore_index
            labels = np.where(kept, t, 0)
            terms = -np.where(kept, picked(log_p, labels), 0)
        return np.asarray(terms, log_p.dtype)

    def _check(self, x: Any, t: Any) -> None:
        classes = x.shape[-1] if x.ndim else 0
        if not classes:
            raise ValueError(f"scores {x.shape} have no classes: their last axis holds them")
        if self.weight is not None and self.weight.shape != (classes,):
            raise ValueError(f"weight {self.weight.shape} needs one number for {classes} classes")
        if not is_label(x, t):
            if np.shape(t) != x.shape:
                raise ValueError(f"scores {x.shape} need targets {x.shape[:-1]} or {x.shape}")
            return
        check_range(np.asarray(t)[np.asarray(t) != self.ignore_index], classes)

    def shares(self, x: Value, t: Value) -> Value:
        """Return the factor of each class's -ln p: smoothed and weighted targets."""
        if is_label(x, t):
            labels = np.asarray(plain(t))
            kept = labels != self.ignore_index
            every = kept.all()
            shares = at_labels(plain(x), 1.0, labels if every else np.where(kept, labels, 0))
            shares = self._smoothed(shares, x.shape[-1])
            return shares if every else shares * kept[..., None]
        return self._smoothed(t, x.shape[-1])

    def _smoothed(self, shares: Value, classes: int) -> Value:
        if self.label_smoothing:
            shares = shares * (1.0 - self.label_smoothing) + self.label_smoothing / classes
        return shares if self.weight is None else shares * self.weight

    def number(self, x: Value, t: Value) -> float:
        """Return the divisor of the mean: the number of predictions, weighted by class."""
        if not is_label(x, t):
            return float(math.prod(x.shape[:-1]))
        labels = np.asarray(plain(t))
        kept = labels != self.ignore_index
        if self.weight is None:
            return float(np.count_nonzero(kept))
        return float(self.weight[labels[kept]].sum())

    def gx0(self, gy: Value, y: Value, x: Value, t: Value) -> Value:
        if isinstance(gy, Variable):
            p, shares = apply(Softmax(-1), x), self.shares(x, t)
            g = p * total(shares, -1) - shares
            return balanced(g, p, -1) * self._share(gy, x, t)
        e, whole = self.kept_for(x) or log_softmax_of(widened(floating(x)), -1)[1:]
        if self._is_plain(x, t):
            share = _for_all(self.share(gy, float(math.prod(t.shape))), gy)
            return called_as_a_whole(less_labels, e, whole, share, t)
        return called_as_a_whole(less_shares, e, whole, self._share(gy, x, t), self.shares(x, t))

    def gx1(self, gy: Value, y: Value, x: Value, t: Value) -> Value | None:
        if is_label(x, t):
            return None
        g = apply(LogSoftmax(-1), x) * (self._share(gy, x, t) * (self.label_smoothing - 1.0))
        return g if self.weight is None else g * self.weight

    def _share(self, gy: Value, x: Value, t: Value) -> Value:
        number = self.number(x, t)
        if not number and np.any(np.asarray(plain(t)) != self.ignore_index):
            number = np.nan  # the weights of the targets add up to 0: the mean is nan or infinite
        return _for_all(self.share(gy, number), gy)


def _for_all(share: Value, gy: Value) -> Value:
    """Let the gradient of each prediction be that of all its classes."""
    return share[..., None] if gy.ndim else share


class NegativeLogLikelihood(Loss):
    """y = -Σ x at the class t / n."""

    def forward(self, x: Any, t: Any) -> Any:
        if not (x.ndim and is_label(x, t)):
            raise ValueError(f"logarithms {x.shape} need labels {x.shape[:-1]}, integers")
        check_range(t, x.shape[-1])
        return self.reduced(-picked(x, t), t.size)

    def gx0(self, gy: Value, y: Value, x: Value, t: Value) -> Value:
        share = -self.share(gy, t.size)
        if isinstance(gy, Variable):
            return _for_all(share, gy) * called_as_a_whole(at_labels, plain(x), 1, plain(t))
        return called_as_a_whole(at_labels, x, share, t)

    def gx1(self, gy: Value, y: Value, x: Value, t: Value) -> Value | None:
        return None


def at_labels(x: Any, values: Any, labels: Any) -> Any:
    """Return values at each row's label and 0 elsewhere, in x's shape; float16 as float32."""
    g = np.zeros(x.shape, x.dtype if x.dtype.char in "fd" else np.result_type(x, np.float32))
    by_rows(g)[in_rows(labels)] = values if np.ndim(values) == 0 else values.reshape(-1)
    return g


def picked(x: Any, labels: Any) -> Any:
    """Return each row's element at its label."""
    return by_rows(x)[in_rows(labels)].reshape(labels.shape)


def less_labels(e: Any, whole: Any, share: Any, labels: Any) -> Any:
    """Return (p - 1) · share at each row's label and p · share elsewhere, where p = e / whole."""
    if is_certain(whole):
        p = e / whole
        g = np.array(p, order="C")
        by_rows(g)[in_rows(labels)] -= 1
        return where_balanced(g, p, -1) * share
    g = np.multiply(e, share / whole, order="C")
    by_rows(g)[in_rows(labels)] -= share.reshape(-1)
    return g


def less_shares(e: Any, whole: Any, share: Any, shares: Any) -> Any:
    """Return (p · Σ shares - shares) · share, where p = e / whole."""
    if is_certain(whole):
        p = e / whole
        return where_balanced(p * total(shares, -1) - shares, p, -1) * share
    return e * (total(shares, -1) * share / whole) - shares * share


def is_certain(whole: Any) -> bool:
    """Whether a largest share, 1 / whole, may be more than `where_balanced` leaves as it is."""
    return not least(whole) >= 1.12  # nan counts, and hides others


def by_rows(x: Any) -> Any:
    """Return a view with one row for each prediction."""
    return x.reshape(-1, x.shape[-1])


def in_rows(labels: Any) -> tuple[Any, Any]:
    """Return the index of each row's label: several times as quick as `numpy.take_along_axis`."""
    return np.arange(labels.size), labels.reshape(-1)


def check_range(labels: Any, classes: int) -> None:
    """Refuse labels that are no class."""
    if not labels.size:
        return
    low, high = labels.item(labels.argmin()), labels.item(labels.argmax())
    if low < 0 or high >= classes:
        raise IndexError(
            f"labels from {low} to {high} for {classes} classes: they count from 0 to {classes - 1}"
        )


def is_label(x: Value, t: Value) -> bool:
    """Whether targets are class numbers rather than a probability for each class."""
    t = plain(t)
    return np.result_type(t).kind in "iu" and np.shape(t) == x.shape[:-1]


class BinaryCrossEntropy(Loss):
    """y = -Σ (t · ln x + (1 - t) · ln(1 - x)) / n."""

    def __init__(
        self, from_logits: bool = False, pos_weight: Any = None, reduction: str = "mean"
    ) -> None:
        self.from_logits = from_logits
        super().__init__(reduction)
        self.pos_weight = None if pos_weight is None else _as_weights(pos_weight)

    def rule_text(self, rule: str) -> str:
        return super().rule_text(
            _CROSS_ENTROPY.get((self.from_logits, self.pos_weight is not None), rule)
        )

    def forward(self, x: Any, t: Any) -> Any:
        x = floating(x)
        if np.shape(t) != x.shape and np.shape(x - t) != x.shape:
            raise ValueError(f"targets {np.shape(t)} do not broadcast to predictions {x.shape}")
        wide = widened(x)
        if self.from_logits:
            zero, above = number(0, wide), above_rectifier(wide)
            terms = vanishing(self.hits(t), np.maximum(-wide, zero) + above)
            terms = terms + vanishing(1.0 - t, np.maximum(wide, zero) + above)
        else:
            if np.any((x < 0) | (x > 1)):
                raise ValueError(
                    "probabilities lie between 0 and 1; for scores give from_logits=True"
                )
            terms = -(self.hits(t) * _log(wide) + (1.0 - t) * _log_of_rest(wide))
        return self.reduced(terms).astype(x.dtype)

    def hits(self, t: Value) -> Value:
        """Return the targets by what each counts."""
        return t if self.pos_weight is None else t * self.pos_weight

    def gx0(self, gy: Value, y: Value, x: Value, t: Value) -> Value:
        if self.from_logits:
            # Not σ(x) - t, which has no digits left where σ(x) is nearly t.
            d = apply(_SIGMOID, x) * (1.0 - t) - apply(_SIGMOID, -floating(x)) * self.hits(t)
        else:
            wide = widened(x)
            d = (1.0 - t) / _not_zero(1.0 - wide) - self.hits(t) / _not_zero(wide)
        return d * self.share(gy, plain(x).size)

    def gx1(self, gy: Value, y: Value, x: Value, t: Value) -> Value:
        if not self.from_logits:
            d = _log_of_rest(x) - self.hits(_log(x))
        elif self.pos_weight is None:
            d = -floating(x)
        else:
            d = apply(_SOFTPLUS, -floating(x)) * self.pos_weight - apply(_SOFTPLUS, x)
        return summed_to(d * self.share(gy, plain(x).size), np.shape(plain(t)))


_SIGMOID, _SOFTPLUS = Sigmoid(), Softplus()
_CROSS_ENTROPY = {
    (True, False): "gx0 = gy / n · (σ(x0) − x1); gx1 = −gy / n · x0",
    (False, True): "gx0 = gy / n · ((1 − x1) / (1 − x0) − pos_weight · x1 / x0); "
    "gx1 = gy / n · (ln(1 − x0) − pos_weight · ln x0)",
    (True, True): "gx0 = gy / n · ((1 − x1) · σ(x0) − pos_weight · x1 · σ(−x0)); "
    "gx1 = gy / n · (pos_weight · ln(1 + e^(−x0)) − ln(1 + e^x0))",
}
"""The rules, by whether there are scores and whether there is a weight."""

# PyTorch's bounds: a probability of exactly 0 or 1 gives large, finite numbers.
_SMALLEST = 1e-12
_LEAST_LOGARITHM = -100.0


def _not_zero(p: Value) -> Value:
    zero = plain(p) == 0
    return np.where(zero, _SMALLEST, p) if zero.any() else p


def _log(p: Value) -> Value:
    """Return ln p, at least -100."""
    zero = plain(p) == 0
    if zero.any():
        return np.where(zero, _LEAST_LOGARITHM, _log(np.where(zero, 1.0, p)))
    return np.maximum(np.log(p), _LEAST_LOGARITHM)


def _log_of_rest(p: Value) -> Value:
    """Return ln(1 - p), at least -100, with the digits that 1 - p would lose."""
    one = plain(p) == 1
    if one.any():
        return np.where(one, _LEAST_LOGARITHM, np.log1p(np.where(one, 0.0, -p)))
    return np.log1p(-p)


def nll_loss(x: Operand, t: Operand, reduction: str = "mean") -> Variable:
    """Negative log-likelihood of labels, from the logarithms of probabilities.

    Parameters
    ----------
    x : Variable or array, shape (..., classes)
        Logarithms, as `log_softmax` gives.
    t : array of int, shape (...)

    Raises
    ------
    ShapeError, OperationIndexError
        If the labels do not fit, or a class is not there.
    """
    return NegativeLogLikelihood(reduction).on(x, *alike([t]))


def softmax_cross_entropy(
    x: Operand,
    t: Operand,
    *,
    weight: Any = None,
    reduction: str = "mean",
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Variable:
    """Mean of -ln p, where p is the softmax of the scores at the right class.

    As PyTorch's ``cross_entropy``. Any finite score gives a finite loss and gradient.

    Parameters
    ----------
    x : Variable or array, shape (..., classes)
        Scores, not probabilities.
    t : array of int, shape (...), or Variable or array, shape (..., classes)
        The right classes, counted from 0; or the probability of each class.
    weight : array, shape (classes,), optional
        By what the loss of each class is multiplied; the mean divides by the weights of the
        right classes.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all predictions.
    ignore_index : int
        A class in t that stands for no class: its predictions count for nothing.
    label_smoothing : float, from 0 to 1
        How much of each target is given to all classes in equal parts.

    Returns
    -------
    Variable, shape ()
        Of shape (...) with ``reduction="none"``.

    Raises
    ------
    ShapeError, OperationIndexError
        If targets, weights and scores do not fit, or a class is not there.
    """
    t = np.asarray(t) if type(t) is int else t  # beside scores it would be a float
    return SoftmaxCrossEntropy(weight, reduction, ignore_index, label_smoothing).on(x, t)


def binary_cross_entropy(
    x: Operand,
    t: Operand,
    from_logits: bool = False,
    *,
    pos_weight: Any = None,
    reduction: str = "mean",
) -> Variable:
    """Mean of -(t · ln p + (1 - t) · ln(1 - p)).

    Parameters
    ----------
    x : Variable or array, any shape
        Probabilities p (as PyTorch's ``binary_cross_entropy``: logarithms are held at -100);
        with ``from_logits`` scores whose sigmoid is p, which is exact for any score.
    t : Variable or array
        Targets from 0 to 1, of x's shape.
    pos_weight : number or array, that broadcasts to x, optional
        By what the first term is multiplied: more than 1 for a rare class.

    Returns
    -------
    Variable, shape ()
        Of x's shape with ``reduction="none"``.

    Raises
    ------
    ShapeError
        If the shapes do not fit, or a probability is not between 0 and 1.
    """
    return BinaryCrossEntropy(from_logits, pos_weight, reduction).on(x, t)
