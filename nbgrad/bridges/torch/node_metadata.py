"""What `watch` saw of a function, kept in the metadata of PyTorch's own node and freed with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils.weak import WeakIdKeyDictionary

from nbgrad.tracing.summaries import Handle

from .graph import Node

_KEY = "nbgrad"


@dataclass
class Seen:
    """What was seen when a function ran.

    Attributes
    ----------
    position : tuple or None
        The user's line, as `nbgrad.engine.diagnostics.positions` keeps it.
    module : str
        The module call that it ran in: ``layers.0.linear1``; the second call of one module
        is ``cell#2``.
    values : dict
        Captured values of its outputs, by number.
    kinds : mapping
        The class of each module of the watched model, by path.
    noted : bool
        Whether anybody watched.
    """

    position: Any = None
    module: str = ""
    values: dict[int, Handle] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    noted: bool = True


NOTHING = Seen(noted=False)


def seen_of(node: Node) -> Seen:
    """Return what was seen of a function; an empty record where nothing was."""
    found: Seen = node.metadata.get(_KEY, NOTHING)
    return found


def keep(node: Node, seen: Seen) -> None:
    """Keep on a node what was seen of its function."""
    node.metadata[_KEY] = seen


_detached: Any = WeakIdKeyDictionary()
"""How and where a tensor was cut off from the graph, as long as it lives."""


def keep_detached(tensor: torch.Tensor, how: str, position: Any) -> None:
    """Keep how and where a tensor was cut off from the graph."""
    _detached[tensor] = (how, position)


def detached_at(tensor: torch.Tensor) -> tuple[str, Any] | None:
    """Return how and where a watched tensor was cut off; None where that was not seen."""
    found: tuple[str, Any] | None = _detached.get(tensor)
    return found
