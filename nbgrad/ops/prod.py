"""Products over axes, and of all elements but one: without a division, at any magnitude.

The elements before and after each one are multiplied separately, in log₂ n steps. Factors are
kept as mantissa and exponent: a product that overflows or underflows on the way is right if
the result is within range.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine.variable import Variable

from .axes import Axis, first_of, reduced_last
from .base import Operand, OverAxes, Value, apply, within_rules
from .reduction import Reduction, chosen
from .shape import assigned

_MAX_EXACT_EXPONENT = 1000
"""Up to this power of 2 a float64 number has all its digits."""
_LEAST_EXACT = 2.0**-_MAX_EXACT_EXPONENT
_HUGE_EXPONENT = 2**15
"""An exponent beyond that of any number: 0 or ∞."""


class Prod(Reduction):
    """y = the product of all x."""

    def forward(self, x: Any) -> Any:
        y: Any = np.multiply.reduce(x, axis=self.axis, keepdims=self.keepdims)  # type: ignore[call-overload]
        if x.dtype.kind == "f" and x.size and not (np.isfinite(y) & (y != 0)).all() and np.all(x):
            # An intermediate product was out of range; the result may be within it.
            whole = first_of(_along_rows(_whole_products, self.axis, x), self.axis)
            y = whole.reshape(np.shape(y))[()]
        return y

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return self.unreduced(gy, x.shape) * apply(Others(self.axis), x)


@within_rules
class Others(OverAxes):
    """y = for each element the product of the others over axes."""

    def forward(self, x: Any) -> Any:
        return _along_rows(_others, self.axis, x)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return apply(Pairs(self.axis), x, gy)


@within_rules
class Pairs(OverAxes):
    """y = for each j the sum over all other i of g at i times the product of all x but i and j."""

    def forward(self, x: Any, g: Any) -> Any:
        return _along_rows(_pairs, self.axis, x, g)

    def gx0(self, gy: Value, y: Value, x: Value, g: Value) -> Value:
        return _along_rows(_triples, self.axis, x, g, gy)

    def gx1(self, gy: Value, y: Value, x: Value, g: Value) -> Value:
        return apply(Pairs(self.axis), x, gy)


def _along_rows(function: Callable[..., Any], axis: Axis, x: Value, *others: Value) -> Value:
    """Call a function of arrays whose last axis is what an operation reduces."""
    order, lead = reduced_last(x.shape, axis)
    moved = [a.transpose(order) for a in (x, *others)]
    y = function(*(a.reshape([*lead, x.size // max(int(np.prod(lead)), 1)]) for a in moved))
    return y.reshape(moved[0].shape).transpose([order.index(i) for i in range(x.ndim)])


def _others(rows: Any) -> Any:
    wide = np.asarray(rows, np.result_type(rows, np.float64))
    one = np.ones_like(wide[..., :1])
    before = np.concatenate([one, wide[..., :-1]], axis=-1)
    after = np.concatenate([one, wide[..., :0:-1]], axis=-1)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # looked at below
        np.multiply.accumulate(before, axis=-1, out=before)
        np.multiply.accumulate(after, axis=-1, out=after)
    if (_has_digits(before) and _has_digits(after)) or _stays_within(rows):
        before *= after[..., ::-1]
        return before.astype(rows.dtype)
    return _whole(others_in_parts(rows)).astype(rows.dtype)


def others_in_parts(rows: Any) -> Any:
    """Return for each element of a row the product of the others, as mantissa and exponent."""
    factors = _parts(rows)
    left, right = (_before(f, _times, (1.0, 0)) for f in (factors, _reversed(factors)))
    return _times(left, _reversed(right))


def _has_digits(products: Any) -> bool:
    """Whether no product is near the ends of float64, or 0."""
    size = np.absolute(products)
    return bool(size.min(initial=1.0) > _LEAST_EXACT and size.max(initial=1.0) < 1.0 / _LEAST_EXACT)


def _stays_within(rows: Any) -> bool:
    """Whether no product of neighbours that are not 0 is near the ends of float64."""
    sizes = np.absolute(rows)
    if sizes.all():
        return False  # the products themselves have been looked at
    before = np.log2(sizes + (sizes == 0), dtype=np.float64).cumsum(axis=-1)
    with np.errstate(invalid="ignore"):  # of an infinite element
        after = before[..., -1:] - before
    return bool(
        max(np.absolute(part).max(initial=0) for part in (before, after)) < _MAX_EXACT_EXPONENT
    )


def _whole_products(rows: Any) -> Any:
    """Return the product of each row at its first place."""
    parts = _parts(rows)
    last = _times(
        tuple(p[..., -1:] for p in _before(parts, _times, (1.0, 0))),
        tuple(p[..., -1:] for p in parts),
    )
    return np.broadcast_to(_whole(last), rows.shape).astype(rows.dtype)


def _pairs(rows: Any, g: Any) -> Any:
    factors = (*_parts(rows), *_parts(g))
    first = (1.0, 0, 0.0, -_HUGE_EXPONENT)
    before, after = (_before(f, _dual_times, first) for f in (factors, _reversed(factors)))
    return _whole(_dual_times(before, _reversed(after))[2:]).astype(rows.dtype)


def _triples(rows: Value, g: Value, h: Value) -> Value:
    """Return for each l the sum over i ≠ j of g at i, h at j and all x but i, j and l."""
    factors = (rows, g, h, rows * 0.0)
    first = (1.0, 0.0, 0.0, 0.0)
    before, after = (_before(f, _twice_dual_times, first) for f in (factors, _reversed(factors)))
    return _twice_dual_times(before, _reversed(after))[3]


Parts = tuple[Value, ...]


def _before(factors: Parts, times: Callable[[Parts, Parts], Parts], first: Parts) -> Parts:
    """Multiply all factors before each place of a row; ``first`` is the factor that changes nothing."""
    n = factors[0].shape[-1]
    one = [
        np.full((*f.shape[:-1], min(n, 1)), c, f.dtype) for f, c in zip(factors, first, strict=True)
    ]
    products: Parts = tuple(
        np.concatenate([c, f[..., :-1]], axis=-1) for c, f in zip(one, factors, strict=True)
    )
    step = 1
    while step < n:
        further = times(
            tuple(p[..., step:] for p in products), tuple(p[..., :-step] for p in products)
        )
        products = tuple(
            np.concatenate([p[..., :step], f], axis=-1)
            for p, f in zip(products, further, strict=True)
        )
        step *= 2
    return products


def _reversed(parts: Parts) -> Parts:
    return tuple(p[..., ::-1] for p in parts)


def _parts(x: Any) -> Parts:
    """Return mantissa and exponent; 0 has the exponent -_HUGE_EXPONENT, NaN and ∞ have 0."""
    mantissa, exponent = np.frexp(np.asarray(x, np.result_type(x, np.float64)))
    exponent = np.where(np.isfinite(mantissa), exponent, 0).astype(np.int64)
    return mantissa, np.where(mantissa == 0, -_HUGE_EXPONENT, exponent)


def _whole(parts: Parts) -> Any:
    return np.ldexp(parts[0], np.clip(parts[1], -_HUGE_EXPONENT, _HUGE_EXPONENT).astype(np.intc))


def _times(a: Parts, b: Parts) -> Parts:
    mantissa, exponent = _parts(a[0] * b[0])
    return mantissa, exponent + a[1] + b[1]


def _dual_times(a: Parts, b: Parts) -> Parts:
    """Multiply a0 + a1·ε and b0 + b1·ε with ε² = 0, each part a mantissa and an exponent."""
    left, right = _times((a[0], a[1]), (b[2], b[3])), _times((a[2], a[3]), (b[0], b[1]))
    exponent = np.maximum(left[1], right[1])
    down = [
        np.clip(part[1] - exponent, -_HUGE_EXPONENT, 0).astype(np.intc) for part in (left, right)
    ]
    mantissa, more = _parts(np.ldexp(left[0], down[0]) + np.ldexp(right[0], down[1]))
    return (*_times((a[0], a[1]), (b[0], b[1])), mantissa, exponent + more)


def _twice_dual_times(a: Parts, b: Parts) -> Parts:
    """Multiply a0 + a1·ε + a2·δ + a3·εδ and b's with ε² = δ² = 0."""
    return (
        a[0] * b[0],
        a[0] * b[1] + a[1] * b[0],
        a[0] * b[2] + a[2] * b[0],
        a[0] * b[3] + a[1] * b[2] + a[2] * b[1] + a[3] * b[0],
    )


def prod(
    x: Operand,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    dtype: Any = None,
    initial: Operand | None = None,
    where: Any = None,
) -> Variable:
    """Product over axes. Its derivatives are right for zeros among the elements too."""
    y = Prod(axis, keepdims).on(chosen(x, where, 1.0, dtype))
    return y if initial is None else y * assigned(initial, y.dtype)
