"""Activation functions, elementwise: finite for any finite x."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nbgrad.engine.errors import ShapeError, describe
from nbgrad.engine.operation import unary, unary_keeping
from nbgrad.engine.variable import Variable

from .axes import axis_of
from .base import (
    Keeping,
    Operand,
    Operation,
    Value,
    apply,
    as_input,
    keep,
    one_of,
    overwrite,
    plain,
    within_rules,
)
from .comparison import Clip, clip
from .error_function import erf_of, gaussian, normal
from .precision import digits_left, floating, has_nan, mended, number, smallest, vanishing


class Sigmoid(Operation):
    """y = 1 / (1 + e⁻ˣ)."""

    def forward(self, x: Any) -> Any:
        x = floating(x)
        one = number(1, x)
        with np.errstate(over="ignore"):
            y = one / (np.exp(-x) + one)
        return mended(y, smallest(y.dtype), np.exp, x, False)  # e⁻ˣ overflows first

    def derivative(self, y: Value, x: Value) -> Value:
        return apply(SigmoidSlope(), y, x)


@within_rules
class SigmoidSlope(Operation):
    """y = σ(x) · σ(-x), from σ(x) and x."""

    def forward(self, sigmoid: Any, x: Any) -> Any:
        y = sigmoid * (1.0 - sigmoid)
        return mended(y, digits_left(y), _sigmoid_slope, x)

    def gx0(self, gy: Value, y: Value, sigmoid: Value, x: Value) -> Value | None:
        return None  # the whole gradient comes through x

    def gx1(self, gy: Value, y: Value, sigmoid: Value, x: Value) -> Value:
        return -(gy * y * np.tanh(x * 0.5))


def _sigmoid_slope(x: Any) -> Any:
    e = np.exp(-np.absolute(floating(x)))
    return e / (e + 1.0) ** 2


class Relu(Operation):
    """y = max(x, 0)."""

    def forward(self, x: Any) -> Any:
        return np.maximum(x, number(0, x))

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return keep(~(plain(x) <= 0), gy)  # nan passes on


class LeakyRelu(Operation):
    """y = x where x > 0, else slope · x."""

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = slope

    def forward(self, x: Any) -> Any:
        x = floating(x)
        return x * self.derivative(x, x)

    def derivative(self, y: Value, x: Value) -> Value:
        return one_of(plain(x) <= 0, number(self.slope, y), number(1, y))


class Softplus(Operation):
    """y = ln(1 + eˣ)."""

    def forward(self, x: Any) -> Any:
        x = floating(x)
        return overwrite(np.add, above_rectifier(x), np.maximum(x, number(0, x)))

    def derivative(self, y: Value, x: Value) -> Value:
        # The sigmoid of x, by y: exact also where it is tiny.
        return -overwrite(np.expm1, -y)


def above_rectifier(x: Any) -> Any:
    """Return ln(1 + e^-|x|): by as much are the softplus of x and that of -x above their relu."""
    e = overwrite(np.exp, overwrite(np.negative, np.absolute(x)))
    return overwrite(np.log1p, e)


class Gelu(Keeping):
    """y = x · Φ(x), with the normal distribution's Φ."""

    def forward(self, x: Any) -> Any:
        x = floating(x)
        below, density = normal(x)
        # All of the slope: what is kept with a later x would be neither's, if x changes in place.
        self.kept = (x,), _gelu_slope(x, below, density)
        return vanishing(below, x)

    def derivative(self, y: Value, x: Value) -> Value:
        slope = self.kept_for(x)
        return apply(GeluSlope(), x) if slope is None else slope


def _gelu_slope(x: Any, below: Any, density: Any) -> Any:
    return overwrite(np.add, vanishing(density, x), below)


@within_rules
class GeluSlope(Operation):
    """y = Φ(x) + x · φ(x)."""

    def forward(self, x: Any) -> Any:
        x = floating(x)
        return _gelu_slope(x, *normal(x))

    def derivative(self, y: Value, x: Value) -> Value:
        return vanishing(apply(Gaussian(0.5), x), 2.0 - x * x) * _PEAK_OF_DENSITY


class Erf(Operation):
    """y = 2/√π · ∫₀ˣ e^(-t²) dt."""

    def forward(self, x: Any) -> Any:
        return erf_of(floating(x))

    def derivative(self, y: Value, x: Value) -> Value:
        return apply(Gaussian(1.0), x) * _TWO_OVER_ROOT_PI


@within_rules
class Gaussian(Operation):
    """y = e^(-factor · x²)."""

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def forward(self, x: Any) -> Any:
        return gaussian(floating(x), self.factor)

    def derivative(self, y: Value, x: Value) -> Value:
        return vanishing(y, x * (-2.0 * self.factor))


class Elu(Operation):
    """y = x where x > 0, else alpha · (eˣ - 1)."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        x = floating(x)
        below = np.expm1(np.minimum(x, number(0, x)))
        if self.alpha != 1:
            below = overwrite(np.multiply, below, number(self.alpha, x))
        # One of both is 0; -0.0, which leaves that of the other as it is.
        return overwrite(np.add, below, np.maximum(x, number(-0.0, x)))

    def derivative(self, y: Value, x: Value) -> Value:
        slope = overwrite(np.exp, apply(_UP_TO_0, x))  # 1 above
        if self.alpha != 1:
            factor = one_of(plain(x) > 0, number(1, y), number(self.alpha, y))
            slope = overwrite(np.multiply, slope, factor)
        return slope


class Silu(Keeping):
    """y = x · σ(x)."""

    def forward(self, x: Any) -> Any:
        x = floating(x)
        sigmoid = _SIGMOID.forward(x)
        self.kept = (x,), sigmoid
        return vanishing(sigmoid, x)

    def derivative(self, y: Value, x: Value) -> Value:
        sigmoid = self.kept_for(x)
        if sigmoid is None:
            sigmoid = apply(_SIGMOID, x)
        slope = vanishing(apply(SigmoidSlope(), sigmoid, x), x)
        return overwrite(np.add, slope, sigmoid)


class Glu(Keeping):
    """y = a · σ(b), where a and b are the halves of x along an axis."""

    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def _halves(self, x: Value) -> tuple[Value, Value]:
        before, n = (slice(None),) * (self.axis % x.ndim), x.shape[self.axis] // 2
        first, second = (*before, slice(None, n)), (*before, slice(n, None))
        return x[first], x[second]

    def forward(self, x: Any) -> Any:
        a, b = self._halves(floating(x))
        sigmoid = _SIGMOID.forward(b)
        self.kept = (x,), sigmoid
        return a * sigmoid

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        a, b = self._halves(x)
        sigmoid = self.kept_for(x)
        if sigmoid is None:
            sigmoid = apply(_SIGMOID, b)
        g = gy * sigmoid, gy * a * apply(SigmoidSlope(), sigmoid, b)
        return np.concatenate(g, axis=self.axis)


class Softsign(Keeping):
    """y = x / (1 + |x|)."""

    def forward(self, x: Any) -> Any:
        x = floating(x)
        divisor = overwrite(np.add, np.absolute(x), number(1, x))
        with np.errstate(invalid="ignore"):
            y = x / divisor
        self.kept = (x,), divisor
        return np.where(np.isinf(x), np.sign(x), y)[()] if has_nan(y) else y

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        divisor = self.kept_for(x)
        if divisor is None:
            divisor = np.absolute(x) + 1.0
        return gy / divisor / divisor


_SIGMOID = Sigmoid()
_UP_TO_0 = Clip(None, 0.0)
_PEAK_OF_DENSITY = 1.0 / math.sqrt(2.0 * math.pi)
_TWO_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)


def leaky_relu(x: Operand, slope: float = 0.01) -> Variable:
    """Leaky rectifier, elementwise: x where x > 0, else slope · x.

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.
    """
    return LeakyRelu(slope).on(x)


def elu(x: Operand, alpha: Operand = 1.0) -> Variable:
    """Exponential linear unit, elementwise: x where x > 0, else alpha · (eˣ - 1)."""
    if isinstance(alpha, (int, float)):
        return Elu(alpha).on(x)
    y: Variable = relu(x) + np.expm1(clip(x, None, 0.0)) * alpha
    return y


def selu(x: Operand) -> Variable:
    """Self-normalizing unit, elementwise: scale · elu(x, alpha) with fixed numbers.

    Source: G. Klambauer et al., Self-normalizing neural networks, arXiv:1706.02515 (2017).
    """
    return elu(x, _SELU_ALPHA) * _SELU_SCALE


def hardtanh(x: Operand, min: float = -1.0, max: float = 1.0) -> Variable:  # noqa: A002
    """Clip to a range, elementwise."""
    return clip(x, min, max)


def glu(x: Operand, axis: int = -1) -> Variable:
    """Gated linear unit: the first half along an axis times the sigmoid of the second.

    Raises
    ------
    AxisError
        If there is no such axis.
    ShapeError
        If the axis has an odd length.
    """
    x = as_input(x)
    axis = axis_of(x, axis, "glu")
    if x.shape[axis] % 2:
        raise ShapeError(
            f"glu: axis {axis} of {describe(x)} has {x.shape[axis]} elements, which cannot be "
            "halved. Give an axis of even length."
        )
    return Glu(axis).on(x)


_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805
silu = unary_keeping(Silu, "Sigmoid-weighted unit (swish), elementwise: x · σ(x).")
softsign = unary_keeping(Softsign, "Soft sign, elementwise: x / (1 + |x|).")
sigmoid = unary(Sigmoid(), "Logistic function, elementwise: 1 / (1 + e⁻ˣ).")
relu = unary(Relu(), "Rectifier, elementwise: max(x, 0).")
softplus = unary(Softplus(), "Smooth rectifier, elementwise: ln(1 + eˣ).")
gelu = unary_keeping(Gelu, "Gaussian error linear unit, elementwise: x · Φ(x), not approximated.")
erf = unary(Erf(), "Error function, elementwise, to double precision.")
