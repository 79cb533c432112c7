"""`scipy.integrate`: the solution of an ordinary differential equation, and integrals of samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate

from nbgrad import ops
from nbgrad.calculus import grad
from nbgrad.calculus.tree import leaves_of, with_leaves
from nbgrad.engine.errors import GraphCutError, OperandError, ShapeError, UnsupportedFunctionError
from nbgrad.engine.grad_mode import no_grad
from nbgrad.engine.observer import appointed
from nbgrad.engine.variable import Variable, as_variable
from nbgrad.ops.base import Operation, Value, apply, plain

from .operands import beside

__all__ = ["odeint", "trapezoid"]


def __getattr__(name: str) -> Any:
    return getattr(scipy.integrate, name)


trapezoid = beside(scipy.integrate.trapezoid)(ops.trapezoid)


class Odeint(Operation):
    """y = the solution of dy/dt = f(y, t, a) at several times; x holds its start, the times and a.

    The rule integrates the adjoint equation backwards in time from each of them, together with the
    solution: Chen et al., Neural Ordinary Differential Equations, NeurIPS 2018, appendix C.
    """

    public_name = "odeint"
    symbol = "∫ dt"
    formula = "gx = the adjoint equation, integrated backwards"
    label = property(lambda _: "odeint")

    def __init__(self, rate: Callable[..., Any], n: int, m: int, options: dict[str, Any]) -> None:
        self.rate, self.n, self.m, self.options = rate, n, m, options

    def parts(self, x: Value) -> tuple[Value, Value, Value]:
        """Return the start, the times and the parameters."""
        return x[: self.n], x[self.n : self.n + self.m], x[self.n + self.m :]

    def forward(self, x: Any) -> Any:
        y0, t, a = self.parts(np.asarray(x, float))
        with no_grad():
            y: Any = scipy.integrate.odeint(
                lambda y, s: np.asarray(plain(self.rate(y, s, a)), float), y0, t, **self.options
            )
        return y.astype(x.dtype)

    def adjoint(self, state: Any, s: Any, a: Any) -> Any:
        """Return the rates of the solution, and of the gradients by it, the first time and a."""
        y, g = state[: self.n], state[self.n : 2 * self.n]

        def along(y: Any, s: Any, a: Any) -> Any:
            return -ops.sum(self.rate(y, s, a) * g)

        return ops.concatenate(
            [self.rate(y, s, a), *map(ops.ravel, grad(along, (0, 1, 2))(y, s, a))]
        )

    def gx(self, gy: Value, y: Value, x: Value) -> Value:
        n, (_, t, a) = self.n, self.parts(x)
        g, g_start, g_a = gy[-1], as_variable(np.zeros(1)), a * 0.0
        g_times: list[Variable] = []
        for i in range(self.m - 1, 0, -1):
            g_time = ops.reshape(ops.sum(self.rate(y[i], t[i], a) * gy[i]), (1,))
            g_times.append(g_time)
            start = ops.concatenate([y[i], g, g_start - g_time, g_a])
            back = ops.concatenate([start, t[i - 1 : i + 1][::-1], a])
            operation = Odeint(self.adjoint, start.size, 2, self.options)
            end = as_variable(apply(operation, back if isinstance(x, Variable) else plain(back)))[1]
            g, g_start, g_a = end[n : 2 * n] + gy[i - 1], end[2 * n : 2 * n + 1], end[2 * n + 1 :]
        gx = ops.concatenate([g, g_start, *g_times[::-1], g_a])
        return gx if isinstance(x, Variable) else plain(gx)


NO_ARGUMENT = (
    "odeint: func computes with a Variable that is not among its arguments, and would get no "
    "gradient: give it in args, odeint(func, y0, t, args=(k,)) with func(y, t, k)."
)


def _of_arrays(*args: Any, **options: Any) -> Any:
    try:
        return scipy.integrate.odeint(*args, **options)
    except (GraphCutError, UnsupportedFunctionError) as error:
        raise OperandError(NO_ARGUMENT) from error


@beside(_of_arrays)
def odeint(func: Any, y0: Any, t: Any, args: Any = (), **options: Any) -> Variable:
    """Solution of dy/dt = func(y, t, *args), with y0 at the first time.

    Its gradient is exact up to the tolerances ``rtol`` and ``atol`` of the solver, forward and
    backward in time; a system that is stable one way may not be so the other way.

    Parameters
    ----------
    func : callable
        Takes y, shape (n,), a time and the arguments, as arrays and as Variables.
    y0 : Variable or array, shape (n,)
    t : Variable or array, shape (m,)
        The times, ascending or descending.
    args : tuple
        Variables, arrays and numbers, or lists, tuples and dicts of them; what has no floating
        elements is passed on as it is.
    **options
        Of ``scipy.integrate.odeint`` that concern accuracy: ``rtol``, ``atol``, ``hmax``, ``mxstep`` …

    Returns
    -------
    Variable, shape (m, n)

    Raises
    ------
    ShapeError
        If y0 or t are not of one dimension.
    OperandError
        If func computes with a Variable that is not among its arguments.
    """
    y0, t = ops.atleast_1d(y0), ops.atleast_1d(t)
    if y0.ndim != 1 or t.ndim != 1:
        raise ShapeError(f"odeint: y0 and t are vectors, not of shapes {y0.shape} and {t.shape}.")
    args = args if isinstance(args, tuple) else (args,)
    leaves = leaves_of(args)
    free = {
        i: as_variable(x)
        for i, x in enumerate(leaves)
        if isinstance(x, (Variable, np.ndarray, float)) and as_variable(x).dtype.kind == "f"
    }

    def rate(y: Any, s: Any, a: Any) -> Any:
        given, first = list(leaves), 0
        for i, x in free.items():
            given[i] = a[first : first + x.size].reshape(x.shape)
            first += x.size
        found = func(y, s, *with_leaves(args, iter(given)))
        return ops.array(found) if isinstance(found, (list, tuple)) else found

    found = rate(
        plain(y0),
        plain(t)[0],
        np.concatenate([np.zeros(0), *map(np.ravel, map(plain, free.values()))]),
    )
    if isinstance(found, Variable) and appointed.supervisor.array_taken(found, None):
        raise OperandError(NO_ARGUMENT)
    x = ops.concatenate([y0 * 1.0, t * 1.0, *map(ops.ravel, free.values())])
    return Odeint(rate, y0.size, t.size, options).on(x)
