"""How a Variable or a Function is displayed in a notebook.

The views are registered in `nbgrad/__init__.py` and imported when something is first displayed.
Without them the text repr is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from math import prod
from typing import Any

import numpy as np

MAX_ELEMENTS = 2000
"""An array's text has up to this many elements; NumPy's own is bounded along each axis only."""

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


def text(data: Any) -> str:
    """Return an array's text: NumPy's, or the first and last elements of one with many axes."""
    if data.ndim <= 4:  # NumPy shows at most six along each
        return str(data)
    options = np.get_printoptions()
    edge = options["edgeitems"]
    if (
        data.size <= options["threshold"]
        or prod(min(n, 2 * edge) for n in data.shape) <= MAX_ELEMENTS
    ):
        return str(data)
    ends = [data.flat[:edge], data.flat[data.size - edge :]]
    shown = np.array2string(np.concatenate([ends[0], ends[1][:1], ends[1]]), threshold=0)
    return f"{shown}, shape={data.shape}"
