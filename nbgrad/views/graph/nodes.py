"""A graph as plain data, for drawings: what stands on each card, and what joins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nbgrad.tracing import format as fmt

__all__ = ["Edge", "Node", "brief", "brief_grad", "brief_norm"]


@dataclass(frozen=True, slots=True)
class Node:
    """A variable or a function of a graph, as plain data.

    Attributes
    ----------
    id : str
        ``v0, v1, …`` and ``f0, f1, …``, counted in the order of the forward pass.
    kind : str
        ``"variable"`` or ``"function"``.
    name : str
        A variable's name, empty when it has none; a function's class.
    generation : int
    role : str
        Of a variable: ``"leaf"``, ``"intermediate"``, ``"constant"`` or ``"unused"``
        (an output that nothing behind the result consumed). Of a function: empty.
    shape : tuple of int, or None
    dtype : str
    value, grad : str
        In short: a number, a shape, a norm; empty when there is none.
    grad_state : str
        ``"none"``, ``"value"`` or ``"freed"``.
    label, symbol, rule : str
        Of a function: name with parameters, what a drawing shows, backward rule.
    source : str
        Where it was made.
    second : bool
        Made by an earlier backward pass, under ``create_graph=True``.
    module : str
        Of a module that is shown closed: its path; else empty.
    folded : int
        How many functions it stands for.
    cut : bool
        There is more behind it that is not in the graph.
    """

    id: str
    kind: str
    name: str
    generation: int
    role: str = ""
    shape: tuple[int, ...] | None = None
    dtype: str = ""
    value: str = ""
    grad: str = ""
    grad_state: str = "none"
    label: str = ""
    symbol: str = ""
    rule: str = ""
    source: str = ""
    second: bool = False
    module: str = ""
    folded: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """From a variable into a function, or from a function to its output; ``x + x`` has two."""

    source: str
    target: str
    input: int | None = None


def brief(array: Any) -> str:
    """Write a value for a card: the number, or the shape."""
    return fmt.shape(array.shape) if array.shape else fmt.number(float(array))


def brief_grad(array: Any, norm: float) -> str:
    """Write a gradient for a card: the number, or the norm; of a large array the shape."""
    array = np.asarray(array)
    if not array.ndim:
        return fmt.number(float(array))
    if array.size > norm:
        return fmt.shape(array.shape)
    x = array.astype(np.float64).ravel()
    with np.errstate(all="ignore"):
        top = float(np.abs(x).max(initial=0.0)) or 1.0
        length = top * float(np.linalg.norm(x / top)) if x.size else None
    return brief_norm(length, nan=bool(np.isnan(x).any()), inf=bool(np.isinf(x).any()))


def brief_norm(norm: float | None, *, nan: bool, inf: bool) -> str:
    """Write a gradient for a card: its norm, ``‖–‖`` without an element, or what is wrong."""
    if nan or inf:
        return "nan" if nan else "inf"
    return f"‖{fmt.number(norm)}‖"
