"""Second derivatives at a norm of 0, where ‖x‖² is smooth and ‖x‖ is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.backward import backward
from nbgrad.engine.sentinels import State
from nbgrad.engine.variable import Variable

from .base import Value


def slope_at_zero(gy: Value, y: Value) -> Any:
    """Return ∂gy/∂y where y and gy are both 0, and 0 elsewhere; None if there is no such place.

    A length y of x passes gy · x / y on to x. Where both are 0, gy / y is this slope in the
    limit, and what x gets grows with it: it counts for the derivative, not for the value.
    """
    if not isinstance(gy, Variable) or gy._op is None or isinstance(gy._op, State):
        return None
    both = (y._data == 0) & (gy._data == 0)
    if not both.any():
        return None
    seen = _Seen(y)
    backward(gy, observer=seen, apply=False)
    return None if seen.gradient is None else np.where(both, seen.gradient, 0.0)


def with_slope(g: Value, gy: Value, y: Value, x: Value) -> Value:
    """Return the gradient g of x, with what `slope_at_zero` adds to it."""
    slope = slope_at_zero(gy, y)
    return g if slope is None else g + x * slope


class _Seen:
    """An observer of a pass that keeps the gradient of one variable, and of others like it."""

    def __init__(self, y: Variable) -> None:
        self.y = y
        self.gradient: Any = None

    def begin(self, root: Variable, seed: Any) -> None:
        """Ignore the start of the pass."""

    def called(self, node: Any, gys: Any, arrivals: list[Any]) -> None:
        """Keep the gradient with which y's rule ran, in ‖x‖ · ‖x‖ of both lengths."""
        if node is self.y or _alike(node, self.y):
            self.gradient = gys[0] if self.gradient is None else self.gradient + gys[0]


def _parameters(op: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(op).items() if name != "kept"}


def _alike(a: Any, b: Any, depth: int = 3) -> bool:
    """Whether two variables are the same operations of the same inputs."""
    if a is b:
        return True
    if not (depth and isinstance(a, Variable) and isinstance(b, Variable)):
        return False
    if type(a._op) is not type(b._op) or a._op is None or isinstance(a._op, State):
        return False
    try:
        if a._op is not b._op and _parameters(a._op) != _parameters(b._op):
            return False
    except ValueError:  # arrays among the parameters
        return False
    xs, others = a._inputs, b._inputs
    return len(xs) == len(others) and all(map(_alike, xs, others, [depth - 1] * len(xs)))
