"""DeZero's ``core``: Variable, Function and the arithmetic that its operators stand for."""

from typing import Any, NoReturn

from nbgrad.engine.arrays import as_array
from nbgrad.engine.function import Function
from nbgrad.engine.grad_mode import no_grad
from nbgrad.engine.variable import Variable, as_variable
from nbgrad.ops import add, div, mul, neg, pow, sub  # noqa: A004 (DeZero's own name)

from .cuda import as_cupy
from .train import Config, test_mode, using_config

__all__ = [
    "Config", "Function", "Parameter", "Variable", "add", "as_array", "as_variable", "div", "mul",
    "neg", "no_grad", "pow", "rdiv", "rsub", "setup_variable", "sub", "test_mode", "using_config",
]  # fmt: skip


class Parameter(Variable):
    """A Variable that layers find among their attributes, and optimizers change."""

    __slots__ = ()

    def to_gpu(self) -> NoReturn:
        """Refuse, as `as_cupy` does."""
        as_cupy(self)


def rsub(x0: Any, x1: Any) -> Variable:
    """Return x1 - x0."""
    return sub(x1, x0)


def rdiv(x0: Any, x1: Any) -> Variable:
    """Return x1 / x0."""
    return div(x1, x0)


def setup_variable() -> None:
    """Do nothing: a Variable has its operators already."""
