"""What distributions share: how they are moved and stretched, and what is asked of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from functools import wraps
from typing import Any, TypeAlias, TypeVar

import numpy as np

from nbgrad import ops
from nbgrad.compat.scipy.operands import has_variable
from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable, as_variable

Formula: TypeAlias = Callable[..., Any]
Method = TypeVar("Method", bound=Formula)


def asked(method: Method) -> Method:
    """Let a method answer calls that have a Variable; any other is answered by SciPy's."""

    @wraps(method)
    def called(self: Family, *args: Any, **kwargs: Any) -> Any:
        if has_variable(args, kwargs):
            return method(self, *args, **kwargs)
        return self.__getattr__(method.__name__)(*args, **kwargs)

    return called  # type: ignore[return-value]


class Family:
    """Distributions of one name: what is not here, such as `rvs`, is SciPy's own."""

    name: str

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        import scipy.stats

        return getattr(getattr(scipy.stats, self.name), attribute)

    def _given(self, names: tuple[str, ...], defaults: Any, args: Any, kwargs: Any) -> Any:
        """Return the parameters by name; refuse others than these."""
        given = {**defaults, **dict(zip(names, args, strict=False)), **kwargs}
        if given.keys() != set(names) or len(args) > len(names):
            found = ", ".join([f"{len(args)} by position", *kwargs])
            raise OperandError(
                f"{self.name}: the parameters are {', '.join(names)}; given were {found}."
            )
        return given


class Density(Family):
    """Distributions that have a density."""

    logpdf: Formula

    @asked
    def pdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the density at x; it takes what `logpdf` takes."""
        return ops.exp(self.logpdf(x, *args, **kwargs))


@dataclass(eq=False, repr=False)
class Continuous(Density):
    """A family of distributions, moved by `loc` and stretched by `scale`.

    Parameters
    ----------
    name : str
        SciPy's.
    shapes : tuple of str
        The names of its shape parameters.
    support : (float, float)
        The ends between which the density is not 0.
    log_density : callable
        From z and the shapes, as Variables, the logarithm of the standard density.
    up_to, beyond : callable
        From z and the shapes the standard probability of a number up to z, and above it.
    quantile : callable
        From q and the shapes the standard number up to which the probability is q.

    Notes
    -----
    The methods take x, or a probability q, of any shape, then the shape parameters, `loc` and
    `scale`, by position or by name, as in SciPy. All are Variables, arrays or numbers that broadcast
    together, and the result has their common shape. Other parameters are an OperandError.
    """

    name: str
    shapes: tuple[str, ...] = ()
    support: tuple[float, float] = (-math.inf, math.inf)
    _: KW_ONLY
    log_density: Formula
    up_to: Formula
    beyond: Formula
    quantile: Formula

    @asked
    def logpdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the logarithm of the density at x."""
        z, scale, shapes = self._standard(x, args, kwargs)
        inside, middle = self._inside(z)
        given = map(as_variable, shapes)
        y = self.log_density(ops.where(inside, z, middle), *given) - ops.log(scale)
        return as_variable(y) if inside.all() else ops.where(inside, y, -math.inf)

    @asked
    def cdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the probability of a number up to x."""
        return self._probability(self.up_to, 1.0, x, args, kwargs)

    @asked
    def sf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the probability of a number above x."""
        return self._probability(self.beyond, 0.0, x, args, kwargs)

    @asked
    def logcdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the logarithm of `cdf`."""
        return ops.log(self.cdf(x, *args, **kwargs))

    @asked
    def logsf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the logarithm of `sf`."""
        return ops.log(self.sf(x, *args, **kwargs))

    @asked
    def ppf(self, q: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the number up to which the probability is q."""
        loc, scale, shapes = self._parameters(args, kwargs)
        return as_variable(self.quantile(as_variable(q), *shapes) * scale + loc)

    def _probability(self, of: Any, above: float, x: Any, args: Any, kwargs: Any) -> Variable:
        z, _, shapes = self._standard(x, args, kwargs)
        inside, middle = self._inside(z)
        y = as_variable(of(ops.where(inside, z, middle), *shapes))
        outside = np.where(z.data < self.support[0], 1.0 - above, above)
        return y if inside.all() else ops.where(inside, y, outside)

    def _inside(self, z: Variable) -> tuple[Any, float]:
        """Return which numbers are in the support, and one that is."""
        low, high = self.support
        middle = 0.5 * (max(low, -1.0) + min(high, low + 1.0 if low > -math.inf else 1.0))
        return (z.data >= low) & (z.data <= high), middle

    def _standard(self, x: Any, args: Any, kwargs: Any) -> tuple[Variable, Any, list[Any]]:
        loc, scale, shapes = self._parameters(args, kwargs)
        return (as_variable(x) - loc) / scale, scale, shapes

    def _parameters(self, args: Any, kwargs: Any) -> tuple[Any, Variable, list[Any]]:
        names, defaults = (*self.shapes, "loc", "scale"), {"loc": 0.0, "scale": 1.0}
        given = self._given(names, defaults, args, kwargs)
        return given["loc"], as_variable(given["scale"]), [given[name] for name in self.shapes]


@dataclass(eq=False, repr=False)
class Counts(Family):
    """A family of distributions of whole numbers.

    Parameters
    ----------
    name : str
        SciPy's.
    parameters : tuple of str
        The names of its parameters.
    log_mass : callable
        From a count in the support and the parameters the logarithm of its probability.
    up_to : callable
        From the same the probability of a number up to it.
    last : callable
        From the parameters the largest number of the support.

    Notes
    -----
    The methods take counts k of any shape, which get no gradient, then the parameters and `loc`, by
    position or by name, as in SciPy; these broadcast together. Others are an OperandError.
    """

    name: str
    parameters: tuple[str, ...]
    _: KW_ONLY
    log_mass: Formula
    up_to: Formula
    last: Formula = lambda *_: math.inf

    @asked
    def logpmf(self, k: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the logarithm of the probability of the count k."""
        n, parameters = self._read(k, args, kwargs)
        whole = (n >= 0) & (n <= self.last(*parameters)) & (n == np.floor(n))
        y = self.log_mass(np.where(whole, n, 0.0), *parameters)
        return as_variable(y) if whole.all() else ops.where(whole, y, -math.inf)

    @asked
    def pmf(self, k: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the probability of the count k."""
        return ops.exp(self.logpmf(k, *args, **kwargs))

    @asked
    def cdf(self, k: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the probability of a count up to k."""
        n, parameters = self._read(k, args, kwargs)
        inside = (n >= 0) & (n < self.last(*parameters))
        y = self.up_to(np.where(inside, np.floor(n), 0.0), *parameters)
        return as_variable(y) if inside.all() else ops.where(inside, y, np.where(n < 0, 0.0, 1.0))

    @asked
    def sf(self, k: Any, *args: Any, **kwargs: Any) -> Variable:
        """Return the probability of a count above k."""
        return 1.0 - self.cdf(k, *args, **kwargs)

    def _read(self, k: Any, args: Any, kwargs: Any) -> tuple[Any, list[Any]]:
        given = self._given((*self.parameters, "loc"), {"loc": 0}, args, kwargs)
        return np.asarray(k) - given["loc"], [given[name] for name in self.parameters]
