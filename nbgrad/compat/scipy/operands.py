"""Which function answers a call: that for Variables, or SciPy's own where there is none among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from nbgrad.calculus.tree import leaves_of
from nbgrad.engine.variable import Variable

P = ParamSpec("P")
R = TypeVar("R")


def has_variable(args: Any, kwargs: dict[str, Any]) -> bool:
    """Whether there is a Variable among the arguments of a call, or in a list or dict among them."""
    return any(isinstance(leaf, Variable) for leaf in leaves_of([args, kwargs]))


def beside(scipys: Callable[..., Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function answer the calls of SciPy's that have a Variable, and SciPy's all others."""

    def paired(ours: Callable[P, R]) -> Callable[P, R]:
        @wraps(ours)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            y: R = (ours if has_variable(args, kwargs) else scipys)(*args, **kwargs)
            return y

        return called

    return paired
