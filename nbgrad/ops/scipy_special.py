"""Functions of scipy.special, on a Variable: ``scipy.special.gammaln(x)``.

SciPy is never imported here. Its functions are ufuncs, so a call with a Variable comes to
`call_ufunc`, and then the module is loaded; the value is what SciPy's own function gives.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from . import activation, arithmetic, exponential, special
from .activation import Gaussian
from .base import Operand, Operation, Value, apply, floating, within_rules


class Rule(NamedTuple):
    """The derivatives of a function: of y and the inputs; None for an order, which has none."""

    text: str
    derivatives: tuple[Callable[..., Value] | None, ...]


def of_scipy(name: str, *xs: Any) -> Any:
    """Return SciPy's function of arrays, in their own dtype."""
    function = getattr(sys.modules["scipy.special"], name)
    dtype = np.result_type(*(floating(x) if hasattr(x, "dtype") else np.float16(0) for x in xs))
    y = function(*(np.asarray(x, np.result_type(dtype, np.float32)) for x in xs))
    return y.astype(dtype)


@within_rules
class OfOne(Operation):
    """y = a function of scipy.special, of one operand."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.symbol, self.formula = name, RULES[name].text  # type: ignore[misc]

    label = property(lambda self: self.name)

    def forward(self, x: Any) -> Any:
        return of_scipy(self.name, x)

    def derivative(self, y: Value, x: Value) -> Value:
        (rule,) = RULES[self.name].derivatives
        return rule(y, x)  # type: ignore[misc]


@within_rules
class OfTwo(Operation):
    """y = a function of scipy.special, of two operands."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.symbol, self.formula = name, RULES[name].text  # type: ignore[misc]

    label = property(lambda self: self.name)

    def forward(self, x0: Any, x1: Any) -> Any:
        return of_scipy(self.name, x0, x1)

    def derivative0(self, y: Value, x0: Value, x1: Value) -> Value:
        return RULES[self.name].derivatives[0](y, x0, x1)  # type: ignore[misc]

    def derivative1(self, y: Value, x0: Value, x1: Value) -> Value:
        return RULES[self.name].derivatives[1](y, x0, x1)  # type: ignore[misc]


@within_rules
class Hazard(Operation):
    """y = φ(x) / Φ(x), also far out where both are 0."""

    def forward(self, x: Any) -> Any:
        scaled = of_scipy("erfcx", -floating(x) * math.sqrt(0.5))
        return (math.sqrt(2.0 / math.pi) / scaled).astype(floating(x).dtype)

    def derivative(self, y: Value, x: Value) -> Value:
        return -y * (x + y)


def _of(name: str, *xs: Value) -> Value:
    """Return a function of scipy.special inside a rule."""
    operation = (OfOne if len(xs) == 1 else OfTwo)(name)
    return apply(operation, *(x if hasattr(x, "dtype") else np.float64(x) for x in xs))


def _between(name: str, sign: float, half: float = 0.5) -> Callable[..., Value]:
    """Return the derivative of a Bessel function: by those of the orders before and after."""
    return lambda y, v, x: (_of(name, v - 1.0, x) + _of(name, v + 1.0, x) * sign) * half


def _share(_: Value, a: Value, b: Value) -> Value:
    return _of("psi", a) - _of("psi", a + b)


def _bell(x: Value, factor: float) -> Value:
    return apply(Gaussian(factor), x)


def _gamma_density(a: Any, x: Value) -> Value:
    """Return the density of the gamma distribution of shape a: by logarithms, which stay small."""
    return np.exp((a - 1.0) * np.log(x) - x - _of("gammaln", a))


_ROOT_PI, _ROOT_TWO_PI = math.sqrt(math.pi), math.sqrt(2.0 * math.pi)

RULES = {
    "logit": Rule("gx = gy / (x · (1 − x))", (lambda y, x: 1.0 / (x * (1.0 - x)),)),
    "gammaln": Rule("gx = gy · ψ(x)", (lambda y, x: _of("psi", x),)),
    "gamma": Rule("gx = gy · y · ψ(x)", (lambda y, x: y * _of("psi", x),)),
    "rgamma": Rule("gx = −gy · y · ψ(x)", (lambda y, x: -y * _of("psi", x),)),
    "gammainc": Rule("gx1 = gy · x1^(x0 − 1) · e^−x1 / Γ(x0)", (None, lambda y, a, x: _gamma_density(a, x))),
    "gammaincc": Rule("gx1 = −gy · x1^(x0 − 1) · e^−x1 / Γ(x0)", (None, lambda y, a, x: -_gamma_density(a, x))),
    "psi": Rule("gx = gy · ζ(2, x)", (lambda y, x: _of("zeta", 2.0, x),)),
    "zeta": Rule("gx1 = −gy · x0 · ζ(x0 + 1, x1)", (None, lambda y, n, x: -n * _of("zeta", n + 1.0, x))),
    "beta": Rule("gx0 = gy · y · (ψ(x0) − ψ(x0 + x1)); gx1 = gy · y · (ψ(x1) − ψ(x0 + x1))",
        (lambda y, a, b: y * _share(y, a, b), lambda y, a, b: y * _share(y, b, a))),
    "betaln": Rule("gx0 = gy · (ψ(x0) − ψ(x0 + x1)); gx1 = gy · (ψ(x1) − ψ(x0 + x1))",
        (_share, lambda y, a, b: _share(y, b, a))),
    "erfc": Rule("gx = −gy · 2/√π · e^(−x²)", (lambda y, x: _bell(x, 1.0) * (-2.0 / _ROOT_PI),)),
    "erfcx": Rule("gx = gy · (2 · x · y − 2/√π)", (lambda y, x: x * y * 2.0 - 2.0 / _ROOT_PI,)),
    "erfinv": Rule("gx = gy · √π/2 · e^(y²)", (lambda y, x: np.exp(y * y) * (_ROOT_PI / 2.0),)),
    "erfcinv": Rule("gx = −gy · √π/2 · e^(y²)", (lambda y, x: np.exp(y * y) * (-_ROOT_PI / 2.0),)),
    "xlog1py": Rule("gx0 = gy · ln(1 + x1); gx1 = gy · x0 / (1 + x1)",
        (lambda y, a, b: np.log1p(b), lambda y, a, b: a / (b + 1.0))),
    "entr": Rule("gx = −gy · (ln x + 1)", (lambda y, x: -(np.log(x) + 1.0),)),
    "rel_entr": Rule("gx0 = gy · (ln(x0 / x1) + 1); gx1 = −gy · x0 / x1",
        (lambda y, a, b: np.log(a / b) + 1.0, lambda y, a, b: -(a / b))),
    "kl_div": Rule("gx0 = gy · ln(x0 / x1); gx1 = gy · (1 − x0 / x1)",
        (lambda y, a, b: np.log(a / b), lambda y, a, b: 1.0 - a / b)),
    "ndtr": Rule("gx = gy · φ(x)", (lambda y, x: _bell(x, 0.5) / _ROOT_TWO_PI,)),
    "ndtri": Rule("gx = gy / φ(y)", (lambda y, x: np.exp(y * y * 0.5) * _ROOT_TWO_PI,)),
    "log_ndtr": Rule("gx = gy · φ(x) / Φ(x)", (lambda y, x: apply(Hazard(), x),)),
    "i1": Rule("gx = gy · (I₀(x) + I₂(x)) / 2", (lambda y, x: (_of("iv", 0.0, x) + _of("iv", 2.0, x)) * 0.5,)),
    "iv": Rule("gx1 = gy · (I(x0 − 1, x1) + I(x0 + 1, x1)) / 2", (None, _between("iv", 1.0))),
    "i0e": Rule("gx = gy · (I₁(x) · e^−|x| − sign x · y)", (lambda y, x: _of("ive", 1.0, x) - y * np.sign(x),)),
    "i1e": Rule("gx = gy · ((I₀(x) + I₂(x)) · e^−|x| / 2 − sign x · y)",
        (lambda y, x: (_of("ive", 0.0, x) + _of("ive", 2.0, x)) * 0.5 - y * np.sign(x),)),
    "ive": Rule("gx1 = gy · ((I(x0 − 1, x1) + I(x0 + 1, x1)) · e^−|x1| / 2 − sign x1 · y)",
        (None, lambda y, v, x: _between("ive", 1.0)(y, v, x) - y * np.sign(x))),
    "j0": Rule("gx = −gy · J₁(x)", (lambda y, x: -_of("jv", 1.0, x),)),
    "j1": Rule("gx = gy · (J₀(x) − J₂(x)) / 2", (lambda y, x: (_of("jv", 0.0, x) - _of("jv", 2.0, x)) * 0.5,)),
    "jv": Rule("gx1 = gy · (J(x0 − 1, x1) − J(x0 + 1, x1)) / 2", (None, _between("jv", -1.0))),
    "y0": Rule("gx = −gy · Y₁(x)", (lambda y, x: -_of("yv", 1.0, x),)),
    "y1": Rule("gx = gy · (Y₀(x) − Y₂(x)) / 2", (lambda y, x: (_of("yv", 0.0, x) - _of("yv", 2.0, x)) * 0.5,)),
    "yn": Rule("gx1 = gy · (Y(x0 − 1, x1) − Y(x0 + 1, x1)) / 2", (None, _between("yv", -1.0))),
    "yv": Rule("gx1 = gy · (Y(x0 − 1, x1) − Y(x0 + 1, x1)) / 2", (None, _between("yv", -1.0))),
    "kv": Rule("gx1 = −gy · (K(x0 − 1, x1) + K(x0 + 1, x1)) / 2", (None, _between("kv", 1.0, -0.5))),
}  # fmt: skip
"""By SciPy's name: `digamma` is psi and `jn` is jv there."""


def log_expit(x: Operand) -> Variable:
    """Logarithm of the logistic function."""
    return arithmetic.neg(activation.softplus(arithmetic.neg(x)))


SAME: dict[str, Callable[..., Variable]] = {
    "expit": activation.sigmoid,
    "log_expit": log_expit,
    "erf": activation.erf,
    "xlogy": exponential.xlogy,
    "i0": special.i0,
    "exp2": exponential.exp2,
    "expm1": exponential.expm1,
    "log1p": exponential.log1p,
    "cbrt": arithmetic.cbrt,
}
"""Functions that nbgrad has without SciPy."""


def twin_of(ufunc: Any) -> Callable[..., Variable] | None:
    """Return what answers a ufunc of scipy.special, or None for any other."""
    modules = (sys.modules.get(name) for name in ("scipy.special", "scipy.special._ufuncs"))
    if not any(getattr(module, ufunc.__name__, None) is ufunc for module in modules):
        return None
    name = ufunc.__name__.lstrip("_")  # zeta is a Python function about a ufunc _zeta
    if name in SAME:
        return SAME[name]
    if name not in RULES:
        return None
    derivatives = RULES[name].derivatives
    operation = (OfOne if len(derivatives) == 1 else OfTwo)(name)

    def call(*xs: Operand) -> Variable:
        for x, rule in zip(xs, derivatives, strict=False):
            if rule is None and isinstance(x, Variable):
                raise OperandError(
                    f"{name} has no derivative with respect to its order: give it as a number."
                )
        return operation.on(*xs)

    call.__name__ = name
    return call
