"""Order statistics over axes: what stands at a place, or between two places, of the sorted elements.

The gradient goes to the elements at those places, in the proportion of the interpolation. Equal
elements stand in the order in which they come.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import names_users_line
from nbgrad.engine.variable import Variable

from .axes import Axis, as_rows, norm_axis
from .base import (
    Operand,
    Operation,
    Value,
    apply,
    as_input,
    as_operand,
    as_parameter,
    plain,
    within_rules,
)
from .comparison import where
from .indexing import AddAt
from .precision import floating, joint_dtype
from .rearranging import take_along_axis
from .shape import moveaxis


class Quantile(Operation, numpy=np.quantile):
    """y = the q-th quantile of the elements."""

    numpy: ClassVar[Any]
    skips_nan: ClassVar[bool] = False
    whole: ClassVar[float] = 1.0

    def __init__(
        self, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
    ) -> None:
        self.q, self.axis, self.method, self.keepdims = q, axis, method, keepdims

    @names_users_line
    def forward(self, x: Any) -> Any:
        if x.dtype.kind != "f" and self.of(np.zeros(1, x.dtype), 0, False).dtype == x.dtype:
            return self.of(x, self.axis, self.keepdims)  # elements as they are
        x = floating(x)
        return self.of(x, self.axis, self.keepdims).astype(x.dtype)

    def of(self, x: Any, axis: Axis, keepdims: bool) -> Any:
        """Call NumPy's function, whose nanquantile mixes the axes of a q of several dimensions."""
        q = np.ravel(self.q) if np.ndim(self.q) > 1 else self.q
        y = self.numpy(x, q, axis=axis, method=self.method, keepdims=keepdims)
        return y.reshape(*np.shape(self.q), *y.shape[1:]) if q is not self.q else y[()]

    def place(self, n: int) -> Any:
        """Return where the results stand among n sorted elements, as fractions of an index."""
        return np.reshape(self.of(np.arange(float(n)), 0, False), -1)

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        return self.to_elements(gy, x)

    def to_elements(self, gy: Value, x: Value, change: Value = None) -> Value:
        """Return the gradient of x, where q is its number and a change: 0, which has derivatives."""
        values = plain(x)
        if not values.size:
            return np.zeros(x.shape, plain(gy).dtype)
        places, counts = self._sorted(values)
        at = self._places(places.shape, counts)
        low = np.floor(at).astype(np.intp)
        high = np.minimum(low + 1, places.shape[-1] - 1)
        share = (at - low).astype(plain(gy).dtype)
        if isinstance(change, Variable):
            change = change.reshape((-1, *(1,) * (at.ndim - 1)))
            share = share + change * self._rate(at, places, counts)
        g = gy.reshape(at.shape)
        gx: Any = 0.0
        for i, part in ((low, 1.0 - share), (high, share)):
            gx = gx + apply(AddAt(_picked(places, i), (values.size,)), g * part)
        return self._with_nan(gx.reshape(x.shape), values)

    def slope(self, x: Value) -> Value:
        """Return the derivative with respect to q: for each q, and each row."""
        places, counts = self._sorted(plain(x))
        at = self._places(places.shape, counts)
        last = np.maximum((places.shape[-1] if counts is None else counts) - 1, 0)
        low = np.minimum(np.floor(at).astype(np.intp), np.maximum(last - 1, 0))
        below, above = (x.reshape(-1)[_picked(places, i)] for i in (low, np.minimum(low + 1, last)))
        return (above - below) * self._rate(at, places, counts).astype(joint_dtype(plain(x)))

    def _rate(self, at: Any, places: Any, counts: Any) -> Any:
        """Return the derivative of the places with respect to q."""
        if self.method not in BETWEEN:
            return np.zeros(at.shape)
        n = places.shape[-1] if counts is None else counts
        alpha, beta = BETWEEN[self.method]
        q = np.reshape(self.q, (-1, *(1,) * (at.ndim - 1))) / self.whole
        rate = n + 1.0 - alpha - beta
        place = rate * q + alpha - 1.0
        return np.where((place >= 0.0) & (place <= n - 1.0), rate / self.whole, 0.0)

    def _sorted(self, values: Any) -> tuple[Any, Any]:
        """Return the places of each row's elements in ascending order, and how many are no nan."""
        places = np.arange(values.size).reshape(values.shape)
        rows, places = (as_rows(a, self.axis) for a in (values, places))
        places = np.take_along_axis(places, np.argsort(rows, axis=-1, kind="stable"), -1)
        return places, (~np.isnan(rows)).sum(axis=-1) if self.skips_nan else None

    def _places(self, shape: tuple[int, ...], counts: Any) -> Any:
        """Return where results stand: for each q, and each row."""
        if counts is None:
            at = self.place(shape[-1])
            return np.broadcast_to(at.reshape(-1, *(1,) * (len(shape) - 1)), (at.size, *shape[:-1]))
        at = np.zeros((self.place(1).size, *shape[:-1]))
        for n in np.unique(counts):
            if n:
                at[:, counts == n] = self.place(int(n))[:, None]
        return at

    def _with_nan(self, gx: Value, values: Any) -> Value:
        """Return nan for the gradients where a result is nan."""
        nan = np.isnan(values)
        if not nan.any():
            return gx
        over = np.all if self.skips_nan else np.any
        bad = over(nan, axis=self.axis, keepdims=True)
        return np.where(bad, np.nan, gx)


def _picked(places: Any, i: Any) -> Any:
    """Return the i-th places of rows, for each q."""
    return np.take_along_axis(places[None], i[..., None], -1)[..., 0]


BETWEEN = {
    "linear": (1.0, 1.0),
    "hazen": (0.5, 0.5),
    "weibull": (0.0, 0.0),
    "median_unbiased": (1.0 / 3.0, 1.0 / 3.0),
    "normal_unbiased": (3.0 / 8.0, 3.0 / 8.0),
    "interpolated_inverted_cdf": (0.0, 1.0),
}
"""Methods that read off a line between elements, with the plotting positions α and β of the place
(n + 1 - α - β) q + α among n, counted from 1; others are constant between their jumps."""


@within_rules
class QuantileOf(Operation):
    """y = the q-th quantile of the elements, with q an operand.

    At an element the derivative with respect to q is that on its right, at the last one on its left.
    """

    public_name = symbol = "quantile"
    formula = "gx0 = gy at the elements interpolated, by their weights, else 0; gx1 = gy · slope"

    def __init__(self, kind: type[Quantile], axis: Axis, method: str, keepdims: bool) -> None:
        self.kind, self.settings = kind, (axis, method, keepdims)

    label = property(lambda self: self.kind.public_name)

    def of(self, q: Value) -> Quantile:
        """Return the operation for the numbers of q."""
        return self.kind(plain(q), *self.settings)

    def forward(self, x: Any, q: Any) -> Any:
        return self.of(q).forward(x)

    def gx0(self, gy: Value, y: Value, x: Value, q: Value) -> Value:
        return self.of(q).to_elements(gy, x, q - plain(q))

    def gx1(self, gy: Value, y: Value, x: Value, q: Value) -> Value:
        if not plain(x).size:
            return np.zeros(q.shape, plain(gy).dtype)
        g = gy.reshape(-1) * self.of(q).slope(x).reshape(-1)
        return g.reshape((*q.shape, -1)).sum(axis=-1)


class Percentile(Quantile, numpy=np.percentile, whole=100.0):
    """y = the q-th percentile of the elements."""


class Median(Quantile, numpy=np.median):
    """y = the element in the middle, or the mean of the two in the middle."""

    def __init__(self, axis: Axis = None, keepdims: bool = False) -> None:
        super().__init__(0.5, axis, keepdims=keepdims)

    def of(self, x: Any, axis: Axis, keepdims: bool) -> Any:
        """Call NumPy's function."""
        return np.asarray(self.numpy(x, axis=axis, keepdims=keepdims))[()]


class NanQuantile(Quantile, numpy=np.nanquantile, skips_nan=True):
    """y = the q-th quantile of the elements without nan."""


class NanPercentile(Quantile, numpy=np.nanpercentile, skips_nan=True, whole=100.0):
    """y = the q-th percentile of the elements without nan."""


class NanMedian(Median, numpy=np.nanmedian, skips_nan=True):
    """y = the median of the elements without nan."""


_PARAMETERS = """

Parameters
----------
q : Variable, float or array of floats
    {between}; of several, the result has a leading axis. Its gradient is the slope between the
    elements: at an element that on its right, at the last one that on its left.
method : str
    How to interpolate between two elements, by NumPy's names: "linear", "lower",
    "higher", "nearest", "midpoint", "median_unbiased", …
weights : array, of x's shape or, for one axis, of its length, optional
    How much each element counts; with method="inverted_cdf" and NumPy 2. They get no gradient.
"""


def _with_q(operation: type[Quantile], line: str, between: str) -> Callable[..., Variable]:
    """Return the public function of an operation that takes q."""

    def function(
        x: Operand,
        q: Any,
        axis: Axis = None,
        method: str = "linear",
        keepdims: bool = False,
        *,
        weights: Any = None,
    ) -> Variable:
        q, axis = as_operand(q), norm_axis(axis)
        if isinstance(q, Variable) and weights is None:
            return QuantileOf(operation, axis, method, keepdims).on(x, q)
        q = np.asarray(plain(q))[()]
        if weights is not None:
            return _weighted(operation.numpy, as_input(x), q, axis, method, keepdims, weights)
        return operation(q, axis, method, keepdims).on(x)

    function.__doc__ = line + _PARAMETERS.format(between=between)
    return function


def _weighted(
    function: Any, x: Variable, q: Any, axis: Axis, method: str, keepdims: bool, weights: Any
) -> Variable:
    """Return the elements of x that NumPy's function with weights chooses: it interpolates none."""
    values = np.asarray(as_parameter(x))
    settings = {"axis": axis, "method": method, "weights": np.asarray(plain(weights))}
    chosen = np.asarray(function(values, q, **settings, keepdims=keepdims))
    rows = as_rows(x, axis)
    outer = rows.shape[:-1]
    same = as_rows(values, axis) == chosen.reshape(-1, *outer, 1)
    index = np.moveaxis(same.argmax(axis=-1), 0, -1)
    found = moveaxis(take_along_axis(rows, index, -1), -1, 0).reshape(chosen.shape)
    return where(np.isnan(chosen), np.nan, found) if np.isnan(chosen).any() else found


quantile = _with_q(Quantile, "The q-th quantile over axes.", "From 0 to 1")
percentile = _with_q(Percentile, "The q-th percentile over axes.", "From 0 to 100")
nanquantile = _with_q(NanQuantile, "The q-th quantile over axes, ignoring nan.", "From 0 to 1")
nanpercentile = _with_q(
    NanPercentile, "The q-th percentile over axes, ignoring nan.", "From 0 to 100"
)


def median(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Median over axes: the element in the middle, or the mean of the two in the middle."""
    return Median(norm_axis(axis), keepdims).on(x)


def nanmedian(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Median over axes, ignoring nan."""
    return NanMedian(norm_axis(axis), keepdims).on(x)
