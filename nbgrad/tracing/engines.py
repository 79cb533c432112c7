"""Other engines, whose passes nbgrad shows too: recognised without being imported.

A value of another engine can only exist once that engine is loaded. Its bridge is imported when
the first one is met.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from nbgrad.engine.variable import Variable

_BRIDGES = {"torch": ("Tensor", "nbgrad.bridges.torch")}
"""For each engine the type of its values, and the package that knows it."""


def bridge_of(value: object) -> Any:
    """Return the bridge to the engine that a value is of, or None."""
    for engine, (kind, bridge) in _BRIDGES.items():
        loaded = sys.modules.get(engine)
        if loaded is not None and isinstance(value, getattr(loaded, kind, ())):
            return import_module(bridge)
    return None


def has_pass(value: object) -> bool:
    """Whether nbgrad can show the backward pass of a value: a Variable, or PyTorch's tensor."""
    # isinstance() asks the object for its class too, and a proxy may run anything then.
    return issubclass(type(value), Variable) or bridge_of(value) is not None
