"""Derivatives against finite differences, to second order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.differences import EPS, difference, size_of_results
from nbgrad.engine.errors import DataTypeError, NbgradError, OperandError, unfit
from nbgrad.engine.grad_mode import no_grad
from nbgrad.engine.rules import raw_values
from nbgrad.engine.scope_guard import ErrorState
from nbgrad.engine.variable import Variable, as_variable

from .derivatives import grad
from .recorded import name_of, recorded


class GradcheckError(NbgradError, AssertionError):
    """A derivative that finite differences contradict."""


@dataclass(frozen=True)
class Tolerance:
    """How close is close enough, and how far to step."""

    step: float
    rtol: float
    atol: float


@dataclass(frozen=True)
class Mismatch:
    """The element where two derivatives differ most."""

    argument: int
    index: tuple[int, ...]
    analytic: float
    numeric: float


_ORDERS = {1: "first", 2: "second"}


def gradcheck(
    f: Callable[..., Any],
    *arrays: Any,
    order: int = 2,
    step: float = 1e-6,
    rtol: float = 1e-4,
    atol: float = 0.0,
    seed: int = 0,
) -> bool:
    """Compare the derivatives of ``f(*arrays)`` with central differences.

    Each element of f's results gets a random weight, so that one number is left to
    differentiate; for the second order, each element of the gradient again.

    Parameters
    ----------
    f : callable
        Returns a Variable, or a tuple of them, of any shapes.
    *arrays : array, number or Variable
        Computed with in float64.
    order : {1, 2}
        How far to check.
    step : float
        Of the differences, relative to each element; where that is too short or too long,
        absolute.
    rtol, atol : float
        The derivatives may differ by ``atol + rtol · |numeric|``, and by the error of the
        differences themselves, which is estimated.
    seed : int
        Of the random weights.

    Returns
    -------
    bool
        True.

    Raises
    ------
    GradcheckError
        An `AssertionError` that names the worst index, both values and the operation.

    Examples
    --------
    >>> gradcheck(lambda x: x**2, np.array([1.0, 2.0]))
    True
    """
    if order not in _ORDERS:
        raise OperandError(f"gradcheck: order is 1 or 2, not {order!r}.")
    if not arrays:
        raise OperandError("gradcheck needs the arrays to call the function with.")
    values = [_as_float64(x) for x in arrays]
    tolerance = Tolerance(step, rtol, atol)
    for n in range(1, order + 1):
        worst = _compare(f, values, n, tolerance, seed)
        if worst is not None:
            raise GradcheckError(_report(f, values, n, worst, tolerance, seed))
    return True


def _as_float64(x: Any) -> Any:
    return np.array(as_variable(x).data, np.float64)


def _compare(
    f: Callable[..., Any], values: list[Any], order: int, tolerance: Tolerance, seed: int
) -> Mismatch | None:
    """Return the worst element of a derivative, if it is beyond the tolerance."""
    outputs = _weighted(f, seed)
    if order == 2:
        gradient = grad(_sum_of(outputs), tuple(range(len(values))))
        outputs = _weighted(gradient, seed + 1)
    # no_grad of the caller: what f reaches outside does not matter here.
    with no_grad(), ErrorState(all="ignore"):
        analytic = grad(_sum_of(outputs), tuple(range(len(values))))(*values)
    worst, most = None, 0.0
    for k, x in enumerate(values):
        for index in np.ndindex(x.shape):
            numeric, error, size = difference(_plain(outputs), values, k, index, tolerance.step)
            a = float(analytic[k][index])
            off = abs(a - numeric)
            allowed = tolerance.atol + tolerance.rtol * abs(numeric) + error
            if a == numeric or off <= allowed or (np.isnan(a) and np.isnan(numeric)):
                continue
            if np.isnan(off):
                return Mismatch(k, index, a, numeric)
            if off > most and off > allowed + _cancelled(
                _plain(_weighted(f, seed)), values, k, index, tolerance.step, size, order
            ):
                worst, most = Mismatch(k, index, a, numeric), off
    return worst


def _cancelled(
    outputs: Callable[..., list[Any]],
    values: list[Any],
    k: int,
    index: tuple[int, ...],
    step: float,
    size: float,
    order: int,
) -> float:
    """Return what terms that cancel in a derivative leave: relative to f's results of an element."""
    with ErrorState(all="ignore"):
        return float(
            64
            * EPS
            * size_of_results(outputs, values, k, index, step * size)
            / np.float64(size)
            / np.float64(size) ** (order - 1)
        )


def _weighted(f: Callable[..., Any], seed: int) -> Callable[..., list[Any]]:
    """Let f return a list of its results, each element times a random weight."""

    def outputs(*args: Any) -> list[Any]:
        results = f(*args)
        rng = np.random.default_rng(seed)
        results = results if isinstance(results, (tuple, list)) else (results,)
        for y in results:
            try:
                as_variable(y)
            except DataTypeError:
                raise OperandError(
                    f"gradcheck needs a function that returns Variables; {name_of(f)} returned "
                    f"{unfit(y)}."
                ) from None
        return [y * rng.uniform(0.5, 1.5, np.shape(y)) for y in results]

    return outputs


def _sum_of(outputs: Callable[..., list[Any]]) -> Callable[..., Any]:
    """Add all elements up, so that one number is left."""

    def number(*args: Any) -> Any:
        total: Any = 0.0
        for y in outputs(*args):
            total = total + y.sum()
        return total

    return number


def _plain(outputs: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Let a function return arrays, and record nothing."""

    def arrays(*args: Any) -> list[Any]:
        with no_grad():
            return [y.data if isinstance(y, Variable) else np.asarray(y) for y in outputs(*args)]

    return arrays


def _report(
    f: Callable[..., Any],
    values: list[Any],
    order: int,
    worst: Mismatch,
    tolerance: Tolerance,
    seed: int,
) -> str:
    shape = values[worst.argument].shape
    where = f" at index {worst.index} of {shape}" if shape else ""
    return (
        f"gradcheck of {name_of(f)}: the {_ORDERS[order]} derivative by argument {worst.argument}"
        f"{where} is {worst.analytic:.9g}, but finite differences give {worst.numeric:.9g}. "
        f"{_blame(f, values, order, tolerance, seed)}"
    )


def _blame(
    f: Callable[..., Any], values: list[Any], order: int, tolerance: Tolerance, seed: int
) -> str:
    """Name the operation whose own rule is wrong, by checking each one alone."""
    results = _results_of(f, values)
    for y, function in results:
        inputs = [np.array(x, np.float64) for x in raw_values(y._inputs)]
        if sum(x.size for x in inputs) > _LARGEST:
            continue
        try:
            with ErrorState(all="ignore"):  # of inputs that f holds constant too
                wrong = _compare(function, inputs, order, tolerance, seed) is not None
        except (NbgradError, ArithmeticError, ValueError, TypeError):
            continue
        if wrong:
            shapes = ", ".join(str(x.shape) for x in inputs)
            return f"The rule of {y._op.label} is wrong, on inputs of shape {shapes}."
    names = ", ".join(dict.fromkeys(y._op.label for y, _ in results))
    return f"No operation alone is wrong; it uses: {names}." if names else "Nothing was recorded."


_LARGEST = 10_000


def _results_of(f: Callable[..., Any], values: list[Any]) -> list[tuple[Variable, Any]]:
    """Return the functions that a call records with a result of each, the last first."""
    found: dict[int, tuple[Variable, Any]] = {}
    call = recorded(f, tuple(values), {}, tuple(range(len(values))))
    waiting = list(call.result if isinstance(call.result, (tuple, list)) else (call.result,))
    while waiting:
        y = waiting.pop()
        creator = y.creator if isinstance(y, Variable) else None
        if creator is not None and id(creator) not in found:
            found[id(creator)] = y, creator
            waiting.extend(y._inputs)
    return list(found.values())
