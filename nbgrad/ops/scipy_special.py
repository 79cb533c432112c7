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

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line, refuse_warnings
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable

from . import activation, arithmetic, exponential, rounding, special
from .activation import Gaussian
from .base import Operand, Operation, Value, apply, within_rules
from .precision import floating
from .scipy_bessel import Bessel


class Rule(NamedTuple):
    """The derivatives of a function: of y and the inputs; None for an order, which has none."""

    text: str
    derivatives: tuple[Callable[..., Value] | None, ...]


def of_scipy(name: str, *xs: Any) -> Any:
    """Return SciPy's function of arrays, in their own dtype; orders are passed as they are.

    ``name`` may end in a place, ``"airy[1]"``, for one of several results.
    """
    function, _, place = name.partition("[")
    ordered = RULES[name].derivatives if name in RULES else (of_scipy,) * len(xs)
    free = [x for x, rule in zip(xs, ordered, strict=True) if rule is not None]
    dtype = _dtype(*free)
    # With an order NumPy 1 may choose a loop of float32, in which the order is not an integer.
    wide = np.result_type(dtype, np.float32 if len(free) == len(xs) else np.float64)
    y = getattr(sys.modules["scipy.special"], function)(
        *(x if rule is None else np.asarray(x, wide) for x, rule in zip(xs, ordered, strict=True))
    )
    return np.asarray(y[int(place[:-1])] if place else y).astype(dtype)[()]


def _dtype(*xs: Any) -> Any:
    """Return the floating dtype of operands, of which a number has none of its own."""
    return np.result_type(*(floating(x) if hasattr(x, "dtype") else np.float16(0) for x in xs))


class _ByRule:
    """What the operations share that compute a function of scipy.special."""

    symbol: str
    formula: str

    def __init__(self, name: str) -> None:
        self.name = name
        self.symbol, self.formula = name, RULES[name].text

    label = property(lambda self: self.name)

    def forward(self, *xs: Any) -> Any:
        return of_scipy(self.name, *xs)

    def derivative_by(self, i: int, y: Value, *xs: Value) -> Value:
        """Return the derivative with respect to operand i."""
        return RULES[self.name].derivatives[i](y, *xs)  # type: ignore[misc]


@within_rules
class OfOne(_ByRule, Operation):
    """y = a function of scipy.special, of one operand."""

    def derivative(self, y: Value, x: Value) -> Value:
        return self.derivative_by(0, y, x)


@within_rules
class OfTwo(_ByRule, Operation):
    """y = a function of scipy.special, of two operands."""

    def derivative0(self, y: Value, x0: Value, x1: Value) -> Value:
        return self.derivative_by(0, y, x0, x1)

    def derivative1(self, y: Value, x0: Value, x1: Value) -> Value:
        return self.derivative_by(1, y, x0, x1)


@within_rules
class OfMany(_ByRule, Operation):
    """y = a function of scipy.special, of three operands or more."""

    def gxi(self, i: int, gy: Value, y: Value, xs: tuple[Value, ...]) -> Value:
        return gy * self.derivative_by(i, y, *xs)


def _operation(name: str) -> Operation:
    operands = len(RULES[name].derivatives)
    return (OfOne if operands == 1 else OfTwo if operands == 2 else OfMany)(name)


@within_rules
class Hazard(Operation):
    """y = φ(x) / Φ(x), also far out where both are 0."""

    def forward(self, x: Any) -> Any:
        return _hazard(np.asarray(x, np.float64)).astype(floating(x).dtype)[()]

    def derivative(self, y: Value, x: Value) -> Value:
        return -y * apply(Excess(), x)


@within_rules
class Excess(Operation):
    """y = x + φ(x) / Φ(x), where both nearly cancel by its asymptotic series in 1 / x."""

    def forward(self, x: Any) -> Any:
        wide = np.asarray(x, np.float64)
        t = np.minimum(wide, -30.0)
        far = np.polyval((110410.0, -8162.0, 706.0, -74.0, 10.0, -2.0, 1.0), 1.0 / (t * t)) / -t
        y = np.where(wide < -30.0, far, wide + _hazard(wide))
        return y.astype(floating(x).dtype)[()]

    def derivative(self, y: Value, x: Value) -> Value:
        return 1.0 - y * apply(Hazard(), x)


def _hazard(x: Any) -> Any:
    return math.sqrt(2.0 / math.pi) / of_scipy("erfcx", x * -math.sqrt(0.5))


@within_rules
class Rise(Operation):
    """y = ψ⁽ⁿ⁾(x0 + x1) − ψ⁽ⁿ⁾(x0), also where x1 is small beside x0.

    The step from x0 to x0 + 1 is taken off first, then for small x1 it is a power series.
    """

    def __init__(self, n: int = 0) -> None:
        self.n = n

    def forward(self, x0: Any, x1: Any) -> Any:
        psi, n = sys.modules["scipy.special"].polygamma, self.n
        a, b = (np.asarray(x, np.float64) for x in (x0, x1))
        c = a + 1.0
        small = np.where(np.abs(b) < 0.1 * np.abs(c), b, 0.0)
        y = sum(psi(n + k, c) * small**k / math.factorial(k) for k in range(1, 16))
        y = np.where(small == b, y, psi(n, c + b) - psi(n, c))
        y -= (-1.0) ** n * math.factorial(n) * np.expm1(-(n + 1) * np.log1p(b / a)) / a ** (n + 1)
        return y.astype(_dtype(x0, x1))[()]

    def derivative0(self, y: Value, x0: Value, x1: Value) -> Value:
        return apply(Rise(self.n + 1), x0, x1)

    def derivative1(self, y: Value, x0: Value, x1: Value) -> Value:
        n = self.n + 1
        return _of("zeta", n + 1.0, x0 + x1) * (-((-1.0) ** n) * math.factorial(n))


def _of(name: str, *xs: Value) -> Value:
    """Return a function of scipy.special inside a rule."""
    return apply(_operation(name), *(x if hasattr(x, "dtype") else np.asarray(x)[()] for x in xs))


def _bessel(name: str, *order: float) -> Callable[..., Value]:
    """Return the derivative of a Bessel function, whose order is given here or as an operand."""
    return lambda _, *xs: apply(Bessel(name), *(np.float64(v) for v in order), *xs)


def _share(_: Value, a: Value, b: Value) -> Value:
    return -apply(Rise(), a, b)


def _bell(x: Value, factor: float) -> Value:
    return apply(Gaussian(factor), x)


def gamma_log_density(a: Any, x: Value) -> Value:
    """Return the logarithm of the density of the gamma distribution of shape a."""
    return apply(exponential.XLogY(), a - 1.0, x) - x - _of("gammaln", a)


def beta_log_density(a: Any, b: Any, x: Value) -> Value:
    """Return the logarithm of the density of the beta distribution of shapes a and b."""
    logs = apply(exponential.XLogY(), a - 1.0, x) + _of("xlog1py", b - 1.0, -x)
    return logs - _of("betaln", a, b)


def t_log_density(df: Any, t: Value) -> Value:
    """Return the logarithm of the density of Student's distribution."""
    half = (df + 1.0) * 0.5
    scale = _of("gammaln", half) - _of("gammaln", df * 0.5) - np.log(df * math.pi) * 0.5
    return scale - half * np.log1p(t * t / df)


def _density(logarithm: Callable[..., Value]) -> Callable[..., Value]:
    return lambda *xs: np.exp(logarithm(*xs))


_gamma_density, _beta_density = _density(gamma_log_density), _density(beta_log_density)
_t_density = _density(t_log_density)


def _f_density(n: Any, m: Any, x: Value) -> Value:
    """Return the density of the F distribution of n and m degrees of freedom."""
    below = n * x + m
    return _beta_density(n * 0.5, m * 0.5, n * x / below) * (n * m) / (below * below)


def _gamma_by_x(_: Value, a: Any, x: Value) -> Value:
    return _gamma_density(a, x)


def _beta_by_x(_: Value, a: Any, b: Any, x: Value) -> Value:
    return _beta_density(a, b, x)


def _binomial_by_p(_: Value, k: Any, n: Any, p: Value) -> Value:
    return _beta_density(np.floor(k) + 1.0, n - np.floor(k), p)


def _inverted(rule: Callable[..., Value]) -> Callable[..., Value]:
    """Return the derivative of the inverse in the last operand, whose value is y."""
    return lambda y, *xs: 1.0 / rule(y, *xs[:-1], y)


def _of_large(x: Value, sign: float) -> Value:
    """Return x · y for the functions y of Dawson (sign 1) and erfcx (-1), less its limit at ∞.

    From the asymptotic series in u = 1 / (2x²), whose factors are 1, 3, 15, 105, …
    """
    u = 0.5 / (x * x)
    return ((((u * 945.0 * sign + 105.0) * u * sign + 15.0) * u * sign + 3.0) * u * sign + 1.0) * u


def _boxcox_by_lambda(log: Value, power: Value) -> Value:
    """Return the derivative of (e^(λ · ln x) − 1) / λ by λ, also at 0."""
    return log * log * _exprel_slope(power * log)


def _exprel_slope(x: Value) -> Value:
    """Return the derivative of (eˣ − 1) / x, also at 0.

    SciPy's ₁F₁ does not return for large arguments; from 720 on the value is inf.
    """
    return _of("hyp1f1", 2.0, 3.0, np.minimum(x, 1000.0)) * 0.5


def _before(n: Any) -> Any:
    """Return the order before, of which there is none before 0."""
    return np.maximum(n - 1, 0)


_sinc = names_users_line(np.sinc)
_ROOT_PI, _ROOT_TWO_PI = math.sqrt(math.pi), math.sqrt(2.0 * math.pi)

RULES = {
    "logit": Rule("gx = gy · (1 / x + 1 / (1 − x))", (lambda y, x: 1.0 / x + 1.0 / (1.0 - x),)),
    "gammaln": Rule("gx = gy · ψ(x)", (lambda y, x: _of("psi", x),)),
    "gamma": Rule("gx = gy · y · ψ(x)", (lambda y, x: y * _of("psi", x),)),
    "rgamma": Rule("gx = −gy · y · ψ(x)", (lambda y, x: -y * _of("psi", x),)),
    "loggamma": Rule("gx = gy · ψ(x)", (lambda y, x: _of("psi", x),)),
    "gammasgn": Rule("gx = 0", (lambda y, x: y * 0.0,)),
    "poch": Rule("gx0 = gy · y · (ψ(x0 + x1) − ψ(x0)); gx1 = gy · y · ψ(x0 + x1)",
        (lambda y, a, m: y * (_of("psi", a + m) - _of("psi", a)), lambda y, a, m: y * _of("psi", a + m))),
    "binom": Rule("gx0 = gy · y · (ψ(x0 + 1) − ψ(x0 − x1 + 1)); gx1 = gy · y · (ψ(x0 − x1 + 1) − ψ(x1 + 1))",
        (lambda y, n, k: y * (_of("psi", n + 1.0) - _of("psi", n - k + 1.0)),
         lambda y, n, k: y * (_of("psi", n - k + 1.0) - _of("psi", k + 1.0)))),
    "gammainc": Rule("gx1 = gy · x1^(x0 − 1) · e^−x1 / Γ(x0)", (None, _gamma_by_x)),
    "gammaincinv": Rule("gx1 = gy · Γ(x0) · e^y / y^(x0 − 1)", (None, _inverted(_gamma_by_x))),
    "betainc": Rule("gx2 = gy · x2^(x0 − 1) · (1 − x2)^(x1 − 1) / B(x0, x1)", (None, None, _beta_by_x)),
    "betaincinv": Rule("gx2 = gy · B(x0, x1) / (y^(x0 − 1) · (1 − y)^(x1 − 1))", (None, None, _inverted(_beta_by_x))),
    "stdtr": Rule("gx1 = gy · density(x1)", (None, lambda y, df, t: _t_density(df, t))),
    "stdtrit": Rule("gx1 = gy / density(y)", (None, lambda y, df, p: 1.0 / _t_density(df, y))),
    "chdtr": Rule("gx1 = gy · density(x1)", (None, lambda y, v, x: _gamma_density(v * 0.5, x * 0.5) * 0.5)),
    "chdtri": Rule("gx1 = −gy / density(y)", (None, lambda y, v, p: -2.0 / _gamma_density(v * 0.5, y * 0.5))),
    "gdtr": Rule("gx0 = gy · x2 · density(x0 · x2); gx2 = gy · x0 · density(x0 · x2)",
        (lambda y, a, b, x: _gamma_density(b, a * x) * x, None, lambda y, a, b, x: _gamma_density(b, a * x) * a)),
    "fdtr": Rule("gx2 = gy · density(x2)", (None, None, lambda y, n, m, x: _f_density(n, m, x))),
    "fdtri": Rule("gx2 = gy / density(y)", (None, None, lambda y, n, m, p: 1.0 / _f_density(n, m, y))),
    "pdtrc": Rule("gx1 = gy · x1^x0 · e^−x1 / x0!", (None, lambda y, k, m: _gamma_density(np.floor(k) + 1.0, m))),
    "pdtri": Rule("gx1 = −gy · x0! · e^y / y^x0", (None, lambda y, k, p: -1.0 / _gamma_density(np.floor(k) + 1.0, y))),
    "bdtrc": Rule("gx2 = gy · x2^x0 · (1 − x2)^(x1 − x0 − 1) / B(x0 + 1, x1 − x0)", (None, None, _binomial_by_p)),
    "bdtri": Rule("gx2 = −gy · B(x0 + 1, x1 − x0) / (y^x0 · (1 − y)^(x1 − x0 − 1))", (None, None, lambda y, k, n, p: -1.0 / _binomial_by_p(y, k, n, y))),
    "nbdtr": Rule("gx2 = gy · x2^(x1 − 1) · (1 − x2)^x0 / B(x1, x0 + 1)",
        (None, None, lambda y, k, n, p: _beta_density(n, np.floor(k) + 1.0, p))),
    "psi": Rule("gx = gy · ζ(2, x)", (lambda y, x: _of("zeta", 2.0, x),)),
    "zeta": Rule("gx1 = −gy · x0 · ζ(x0 + 1, x1)", (None, lambda y, n, x: -n * _of("zeta", n + 1.0, x))),
    "beta": Rule("gx0 = gy · y · (ψ(x0) − ψ(x0 + x1)); gx1 = gy · y · (ψ(x1) − ψ(x0 + x1))",
        (lambda y, a, b: y * _share(y, a, b), lambda y, a, b: y * _share(y, b, a))),
    "betaln": Rule("gx0 = gy · (ψ(x0) − ψ(x0 + x1)); gx1 = gy · (ψ(x1) − ψ(x0 + x1))",
        (_share, lambda y, a, b: _share(y, b, a))),
    "erfc": Rule("gx = −gy · 2/√π · e^(−x²)", (lambda y, x: _bell(x, 1.0) * (-2.0 / _ROOT_PI),)),
    "erfcx": Rule("gx = gy · (2 · x · y − 2/√π)", (lambda y, x: np.where(np.greater(x, 50.0), _of_large(x, -1.0) * (-2.0 / _ROOT_PI), x * y * 2.0 - 2.0 / _ROOT_PI),)),
    "erfinv": Rule("gx = gy · √π/2 · e^(y²)", (lambda y, x: np.exp(y * y) * (_ROOT_PI / 2.0),)),
    "xlog1py": Rule("gx0 = gy · ln(1 + x1); gx1 = gy · x0 / (1 + x1)",
        (lambda y, a, b: np.log1p(b), lambda y, a, b: a / (b + 1.0))),
    "entr": Rule("gx = −gy · (ln x + 1)", (lambda y, x: -(np.log(x) + 1.0),)),
    "rel_entr": Rule("gx0 = gy · (ln(x0 / x1) + 1); gx1 = −gy · x0 / x1", (lambda y, a, b: np.log(a) - np.log(b) + 1.0, lambda y, a, b: -(a / b))),
    "kl_div": Rule("gx0 = gy · ln(x0 / x1); gx1 = gy · (1 − x0 / x1)",
        (lambda y, a, b: np.log(a / b), lambda y, a, b: 1.0 - a / b)),
    "ndtr": Rule("gx = gy · φ(x)", (lambda y, x: _bell(x, 0.5) / _ROOT_TWO_PI,)),
    "ndtri": Rule("gx = gy / φ(y)", (lambda y, x: np.exp(y * y * 0.5) * _ROOT_TWO_PI,)),
    "log_ndtr": Rule("gx = gy · φ(x) / Φ(x)", (lambda y, x: apply(Hazard(), x),)),
    "ndtri_exp": Rule("gx = gy · Φ(y) / φ(y)", (lambda y, x: 1.0 / apply(Hazard(), y),)),
    "owens_t": Rule("gx0 = −gy · φ(x0) · erf(x0 · x1 / √2) / 2; gx1 = gy · e^(−x0² · (1 + x1²) / 2) / (2π · (1 + x1²))",
        (lambda y, h, a: _bell(h, 0.5) * apply(activation.Erf(), h * a * math.sqrt(0.5)) * (-0.5 / _ROOT_TWO_PI),
         lambda y, h, a: np.exp(h * h * (a * a + 1.0) * -0.5) / ((a * a + 1.0) * (2.0 * math.pi)))),
    "erfi": Rule("gx = gy · 2/√π · e^(x²)", (lambda y, x: np.exp(x * x) * (2.0 / _ROOT_PI),)),
    "dawsn": Rule("gx = gy · (1 − 2 · x · y)", (lambda y, x: np.where(np.greater(np.abs(x), 50.0), -_of_large(x, 1.0), 1.0 - x * y * 2.0),)),
    "fresnel[0]": Rule("gx = gy · sin(π/2 · x²)", (lambda y, x: np.sin(x * x * (math.pi / 2.0)),)),
    "fresnel[1]": Rule("gx = gy · cos(π/2 · x²)", (lambda y, x: np.cos(x * x * (math.pi / 2.0)),)),
    "sici[0]": Rule("gx = gy · sin x / x", (lambda y, x: _sinc(x / math.pi),)),
    "sici[1]": Rule("gx = gy · cos x / x", (lambda y, x: np.cos(x) / x,)),
    "shichi[0]": Rule("gx = gy · sinh x / x", (lambda y, x: (_of("exprel", x) + _of("exprel", -x)) * 0.5,)),
    "shichi[1]": Rule("gx = gy · cosh x / x", (lambda y, x: np.cosh(x) / x,)),
    "exp1": Rule("gx = −gy · e^−x / x", (lambda y, x: -np.exp(-x) / x,)),
    "expi": Rule("gx = gy · e^x / x", (lambda y, x: np.exp(x) / x,)),
    "expn": Rule("gx1 = −gy · E(x0 − 1, x1)", (None,
        lambda y, n, x: np.where(np.greater(n, 1), -_of("expn", np.maximum(n - 1, 1), x), (y * (n - 1.0) - np.exp(-x)) / x))),
    "exprel": Rule("gx = gy · (e^x − y) / x", (lambda y, x: _exprel_slope(x),)),
    "exp10": Rule("gx = gy · y · ln 10", (lambda y, x: y * math.log(10.0),)),
    "cosm1": Rule("gx = −gy · sin x", (lambda y, x: -np.sin(x),)),
    "powm1": Rule("gx0 = gy · x1 · x0^(x1 − 1); gx1 = gy · (y + 1) · ln x0",
        (lambda y, a, b: b * a ** (b - 1.0), lambda y, a, b: (y + 1.0) * np.log(a))),
    "sindg": Rule("gx = gy · π / 180 · cos x°", (lambda y, x: _of("cosdg", x) * (math.pi / 180.0),)),
    "cosdg": Rule("gx = −gy · π / 180 · sin x°", (lambda y, x: _of("sindg", x) * (-math.pi / 180.0),)),
    "tandg": Rule("gx = gy · π / 180 · (1 + y²)", (lambda y, x: (y * y + 1.0) * (math.pi / 180.0),)),
    "cotdg": Rule("gx = −gy · π / 180 · (1 + y²)", (lambda y, x: (y * y + 1.0) * (-math.pi / 180.0),)),
    "spence": Rule("gx = gy · ln x / (1 − x)", (lambda y, x: -1.0 / _of("exprel", np.log(x)),)),
    "wrightomega": Rule("gx = gy · y / (1 + y)", (lambda y, x: y / (y + 1.0),)),
    "boxcox": Rule("gx0 = gy · x0^(x1 − 1); gx1 = gy · (x0^x1 · (x1 · ln x0 − 1) + 1) / x1²",
        (lambda y, x, p: x ** (p - 1.0), lambda y, x, p: _boxcox_by_lambda(np.log(x), p))),
    "boxcox1p": Rule("gx0 = gy · (1 + x0)^(x1 − 1); gx1 = gy · ((1 + x0)^x1 · (x1 · ln(1 + x0) − 1) + 1) / x1²",
        (lambda y, x, p: (x + 1.0) ** (p - 1.0), lambda y, x, p: _boxcox_by_lambda(np.log1p(x), p))),
    "inv_boxcox": Rule("gx0 = gy · y^(1 − x1); gx1 = −gx0 · (y^x1 · (x1 · ln y − 1) + 1) / x1²",
        (lambda y, x, p: y ** (1.0 - p), lambda y, x, p: -_boxcox_by_lambda(np.log(y), p) * y ** (1.0 - p))),
    "inv_boxcox1p": Rule("gx0 = gy · (1 + y)^(1 − x1); gx1 = −gx0 · ((1 + y)^x1 · (x1 · ln(1 + y) − 1) + 1) / x1²",
        (lambda y, x, p: (y + 1.0) ** (1.0 - p),
         lambda y, x, p: -_boxcox_by_lambda(np.log1p(y), p) * (y + 1.0) ** (1.0 - p))),
    "huber": Rule("gx0 = gy · max(|x1| − x0, 0); gx1 = gy · clip(x1, −x0, x0)",
        (lambda y, d, r: np.maximum(np.abs(r) - d, 0.0), lambda y, d, r: np.clip(r, -d, d))),
    "pseudo_huber": Rule("gx0 = gy · (2 · y / x0 − x1² / √(x0² + x1²)); gx1 = gy · x0 · x1 / √(x0² + x1²)",
        (lambda y, d, r: y * 2.0 / d - r * r / np.hypot(d, r), lambda y, d, r: d * r / np.hypot(d, r))),
    "ellipk": Rule("gx = gy · π/8 · ₂F₁(3/2, 3/2, 2, x)", (lambda y, m: _of("hyp2f1", 1.5, 1.5, 2.0, m) * (math.pi / 8.0),)),
    "ellipkm1": Rule("gx = −gy · π/8 · ₂F₁(3/2, 3/2, 2, 1 − x)",
        (lambda y, p: _of("hyp2f1", 1.5, 1.5, 2.0, 1.0 - p) * (-math.pi / 8.0),)),
    "ellipe": Rule("gx = −gy · π/8 · ₂F₁(1/2, 3/2, 2, x)", (lambda y, m: _of("hyp2f1", 0.5, 1.5, 2.0, m) * (-math.pi / 8.0),)),
    "hyp0f1": Rule("gx1 = gy · ₀F₁(x0 + 1, x1) / x0", (None, lambda y, v, x: _of("hyp0f1", v + 1.0, x) / v)),
    "hyp1f1": Rule("gx2 = gy · x0 / x1 · ₁F₁(x0 + 1, x1 + 1, x2)",
        (None, None, lambda y, a, b, x: _of("hyp1f1", a + 1.0, b + 1.0, x) * (a / b))),
    "hyperu": Rule("gx2 = −gy · x0 · U(x0 + 1, x1 + 1, x2)",
        (None, None, lambda y, a, b, x: _of("hyperu", a + 1.0, b + 1.0, x) * -a)),
    "hyp2f1": Rule("gx3 = gy · x0 · x1 / x2 · ₂F₁(x0 + 1, x1 + 1, x2 + 1, x3)",
        (None, None, None, lambda y, a, b, c, x: _of("hyp2f1", a + 1.0, b + 1.0, c + 1.0, x) * (a * b / c))),
    "eval_legendre": Rule("gx1 = gy · C(x0 − 1, 3/2, x1)", (None, lambda y, n, x: _of("eval_gegenbauer", n - 1, 1.5, x))),
    "eval_chebyt": Rule("gx1 = gy · x0 · U(x0 − 1, x1)", (None, lambda y, n, x: _of("eval_chebyu", n - 1, x) * n)),
    "eval_chebyu": Rule("gx1 = gy · 2 · C(x0 − 1, 2, x1)", (None, lambda y, n, x: _of("eval_gegenbauer", n - 1, 2.0, x) * 2.0)),
    "eval_gegenbauer": Rule("gx2 = gy · 2 · x1 · C(x0 − 1, x1 + 1, x2)",
        (None, None, lambda y, n, a, x: _of("eval_gegenbauer", n - 1, a + 1.0, x) * (2.0 * a))),
    "eval_hermite": Rule("gx1 = gy · 2 · x0 · H(x0 − 1, x1)", (None, lambda y, n, x: _of("eval_hermite", _before(n), x) * (2.0 * n))),
    "eval_hermitenorm": Rule("gx1 = gy · x0 · He(x0 − 1, x1)", (None, lambda y, n, x: _of("eval_hermitenorm", _before(n), x) * n)),
    "eval_laguerre": Rule("gx1 = −gy · L(x0 − 1, 1, x1)", (None, lambda y, n, x: -_of("eval_genlaguerre", n - 1, 1.0, x))),
    "eval_genlaguerre": Rule("gx2 = −gy · L(x0 − 1, x1 + 1, x2)",
        (None, None, lambda y, n, a, x: -_of("eval_genlaguerre", n - 1, a + 1.0, x))),
    "eval_jacobi": Rule("gx3 = gy · (x0 + x1 + x2 + 1) / 2 · P(x0 − 1, x1 + 1, x2 + 1, x3)", (None, None, None,
        lambda y, n, a, b, x: _of("eval_jacobi", n - 1, a + 1.0, b + 1.0, x) * ((n + a + b + 1.0) * 0.5))),
    "airy[0]": Rule("gx = gy · Ai′(x)", (lambda y, x: _of("airy[1]", x),)),
    "airy[1]": Rule("gx = gy · x · Ai(x)", (lambda y, x: x * _of("airy[0]", x),)),
    "airy[2]": Rule("gx = gy · Bi′(x)", (lambda y, x: _of("airy[3]", x),)),
    "airy[3]": Rule("gx = gy · x · Bi(x)", (lambda y, x: x * _of("airy[2]", x),)),
    "i1": Rule("gx = gy · (I₀(x) + I₂(x)) / 2", (lambda y, x: (apply(special.BesselI(0), x) + apply(special.BesselI(2), x)) * 0.5,)),
    "iv": Rule("gx1 = gy · (I(x0 − 1, x1) + I(x0 + 1, x1)) / 2", (None, _bessel("iv"))),
    "i0e": Rule("gx = gy · (I₁(x) · e^−|x| − sign x · y)", (_bessel("ive", 0.0),)),
    "i1e": Rule("gx = gy · ((I₀(x) + I₂(x)) · e^−|x| / 2 − sign x · y)", (_bessel("ive", 1.0),)),
    "ive": Rule("gx1 = gy · ((I(x0 − 1, x1) + I(x0 + 1, x1)) · e^−|x1| / 2 − sign x1 · y)", (None, _bessel("ive"))),
    "j0": Rule("gx = −gy · J₁(x)", (_bessel("jv", 0.0),)),
    "j1": Rule("gx = gy · (J₀(x) − J₂(x)) / 2", (_bessel("jv", 1.0),)),
    "jv": Rule("gx1 = gy · (J(x0 − 1, x1) − J(x0 + 1, x1)) / 2", (None, _bessel("jv"))),
    "y0": Rule("gx = −gy · Y₁(x)", (_bessel("yv", 0.0),)),
    "y1": Rule("gx = gy · (Y₀(x) − Y₂(x)) / 2", (_bessel("yv", 1.0),)),
    "yn": Rule("gx1 = gy · (Y(x0 − 1, x1) − Y(x0 + 1, x1)) / 2", (None, _bessel("yv"))),
    "yv": Rule("gx1 = gy · (Y(x0 − 1, x1) − Y(x0 + 1, x1)) / 2", (None, _bessel("yv"))),
    "kv": Rule("gx1 = −gy · (K(x0 − 1, x1) + K(x0 + 1, x1)) / 2", (None, _bessel("kv"))),
    "kn": Rule("gx1 = −gy · (K(x0 − 1, x1) + K(x0 + 1, x1)) / 2", (None, _bessel("kv"))),
    "k0": Rule("gx = −gy · K₁(x)", (_bessel("kv", 0.0),)),
    "k1": Rule("gx = −gy · (K₀(x) + K₂(x)) / 2", (_bessel("kv", 1.0),)),
    "kve": Rule("gx1 = gy · (y − (K(x0 − 1, x1) + K(x0 + 1, x1)) · e^x1 / 2)", (None, _bessel("kve"))),
    "k0e": Rule("gx = gy · (y − K₁(x) · e^x)", (_bessel("kve", 0.0),)),
    "k1e": Rule("gx = gy · (y − (K₀(x) + K₂(x)) · e^x / 2)", (_bessel("kve", 1.0),)),
    "jve": Rule("gx1 = gy · (J(x0 − 1, x1) − J(x0 + 1, x1)) / 2", (None, _bessel("jve"))),
    "yve": Rule("gx1 = gy · (Y(x0 − 1, x1) − Y(x0 + 1, x1)) / 2", (None, _bessel("yve"))),
}  # fmt: skip
"""By SciPy's name: `digamma` is psi and `jn` is jv there."""
OTHER_TAILS = {
    "gammainc": "gammaincc", "gammaincinv": "gammainccinv", "betainc": "betaincc",
    "betaincinv": "betainccinv", "chdtr": "chdtrc", "gdtr": "gdtrc", "fdtr": "fdtrc",
    "pdtrc": "pdtr", "bdtrc": "bdtr", "nbdtr": "nbdtrc", "erfinv": "erfcinv",
}  # fmt: skip
"""Functions f and their names for 1 - f, or for the inverse of that."""


def _of_other_tail(rule: Rule) -> Rule:
    def negated(derivative: Callable[..., Value]) -> Callable[..., Value]:
        return lambda y, *xs: -derivative(y, *xs)

    derivatives = (d and negated(d) for d in rule.derivatives)
    return Rule(rule.text.replace("= gy", "= −gy"), tuple(derivatives))


RULES |= {other: _of_other_tail(RULES[name]) for name, other in OTHER_TAILS.items()}


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
    "round": rounding.rint,
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
    if f"{name}[0]" in RULES:
        parts = [_caller(f"{name}[{i}]") for i in range(ufunc.nout)]
        return lambda *xs: tuple(part(*xs) for part in parts)  # type: ignore[return-value]
    return _caller(name) if name in RULES else None


def check_order(name: str, i: int, x: Any) -> None:
    """Raise an OperandError if operand i, which has no derivative, is a Variable."""
    if isinstance(x, Variable):
        raise OperandError(
            f"{name} has no derivative with respect to its order or shape (operand {i}): "
            "give it as a number or an array."
        )


def _caller(name: str) -> Callable[..., Variable]:
    """Return the function of a rule."""
    derivatives = RULES[name].derivatives
    operation = _operation(name)

    def call(*xs: Operand) -> Variable:
        for i, (x, rule) in enumerate(zip(xs, derivatives, strict=False)):
            if rule is None:
                check_order(name, i, x)
        return operation.on(*(np.asarray(x) if isinstance(x, int) else x for x in xs))

    call.__name__ = name
    return call


refuse_warnings(globals())
