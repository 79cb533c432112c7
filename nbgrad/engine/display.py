"""How a Variable or a Function shows itself in a notebook.

The engine draws nothing: `nbgrad/__init__.py` says where the views are, and they are
loaded when something is first displayed. Without them the text repr is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

renderers: dict[str, str] = {}
"""For "variable" and "function": ``"module:name"`` of a function that returns HTML."""


def html(kind: str, obj: Any) -> str | None:
    """Return an object's HTML, or None where there is no renderer for it."""
    target = renderers.get(kind)
    if target is None:
        return None
    module, _, name = target.partition(":")
    try:
        render: Callable[[Any], str] = getattr(import_module(module), name)
    except ModuleNotFoundError:
        return None
    return render(obj)
