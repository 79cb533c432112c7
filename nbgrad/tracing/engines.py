"""Other engines whose passes nbgrad can show, recognised without being imported.

A value of another engine can only exist once that engine is loaded. Its bridge is imported when
the first one is met.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Protocol, TypeGuard

from nbgrad.engine.variable import Variable

_BRIDGES = {"torch": ("Tensor", "nbgrad.bridges.torch")}
"""For each engine the type of its values, and the package that knows it."""


class Tensor(Protocol):
    """A tensor of PyTorch, as type checkers know it without PyTorch."""

    requires_grad: bool

    @property
    def grad_fn(self) -> Any:
        """What made it."""

    def retain_grad(self) -> None:
        """Keep its gradient, though it is not a leaf."""

    def backward(self, *args: Any, **kwargs: Any) -> None:
        """Run the backward pass from it."""


def bridge_of(value: object) -> Any:
    """Return the bridge for the engine that a value belongs to, or None."""
    for engine, (kind, bridge) in _BRIDGES.items():
        loaded = sys.modules.get(engine)
        if loaded is not None and isinstance(value, getattr(loaded, kind, ())):
            return import_module(bridge)
    return None


def loaded_bridges() -> list[Any]:
    """Return the bridges of the engines that are loaded."""
    return [
        import_module(bridge)
        for engine, (kind, bridge) in _BRIDGES.items()
        if hasattr(sys.modules.get(engine), kind)
    ]


def has_pass(value: object) -> TypeGuard[Variable | Tensor]:
    """Whether nbgrad can show the backward pass of a value: a Variable, or PyTorch's tensor."""
    # isinstance() also reads the object's __class__, where a proxy may run any code.
    return issubclass(type(value), Variable) or bridge_of(value) is not None
