"""Gradient flow: how much of the gradient reaches each parameter and each module.

It shows vanishing and exploding gradients and dead units: for each parameter the norm of its
gradient, that norm over the norm of the parameter, and the share of entries that are exactly
zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import format as fmt
from .model import Parts, Summary, VariableInfo
from .module_calls import ancestors
from .trouble import of_gradient

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TROUBLES = ("nan", "inf", "exploding", "vanishing", "dead", "none")
"""What can be wrong with a gradient, the worst first."""
MIN_PARAMETERS = 3
"""From this many parameters on, views show the flow."""
MIN_DEAD_SHARE = 0.5
"""A gradient with at least this share of zeros is called dead."""


@dataclass(frozen=True)
class FlowRow:
    """The gradient of one parameter, or of all parameters of one module.

    Attributes
    ----------
    name : str
    kind : str
        ``"parameter"`` or ``"module"``.
    norm : float or None
        Of the gradient; None where none arrived, or no element is finite.
    ratio : float or None
        The norm over that of the parameter; None where that is zero or not known.
    zeros : float or None
        Share of the gradient's entries that are zero.
    size : int
        Number of entries.
    trouble : str
        ``"none"`` (no gradient arrived), ``"nan"``, ``"inf"``, ``"vanishing"``,
        ``"exploding"``, ``"dead"``, or empty.
    """

    name: str
    kind: str
    norm: float | None
    ratio: float | None
    zeros: float | None
    size: int
    trouble: str = ""


class Flow(list[FlowRow]):
    """The rows of a trace's gradient flow, in the order of the forward pass."""

    @property
    def parameters(self) -> list[FlowRow]:
        """The rows of parameters."""
        return [row for row in self if row.kind == "parameter"]

    @property
    def modules(self) -> list[FlowRow]:
        """The rows of modules."""
        return [row for row in self if row.kind == "module"]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the norms of the parameters' gradients, on a logarithmic scale.

        Parameters
        ----------
        ax : matplotlib Axes, optional

        Raises
        ------
        MissingDependencyError
            If matplotlib is not installed.
        """
        from .plots import plot_flow

        axes: Axes = plot_flow(self.parameters, ax)
        return axes

    def __str__(self) -> str:
        lines = [("", "norm", "norm / parameter", "zeros", "")]
        for row in self:
            if row.kind == "parameter":
                zeros = "" if row.zeros is None else f"{100 * row.zeros:.0f} %"
                numbers = fmt.number(row.norm), fmt.number(row.ratio)
                lines.append((row.name, *numbers, zeros, row.trouble))
        return "\n".join(fmt.in_columns(lines, right={1, 2, 3}))


def flow(parts: Parts) -> Flow:
    """Return the gradient flow of a trace: a row per parameter, then one per module."""
    first: dict[str, int] = {}
    for k, f in enumerate(parts.functions):
        at = k if f.sequence is None else f.sequence
        for x in f.inputs:
            first[x] = min(first.get(x, at), at)
    leaves = [v for v in parts.variables if v.kind == "leaf"]
    leaves.sort(key=lambda v: first.get(v.id, 0))
    rows = [_row(parts, v) for v in leaves]
    found: dict[str, list[FlowRow]] = {}
    for row in rows:
        for path in ancestors(row.name.rpartition(".")[0]):
            found.setdefault(path, []).append(row)
    return Flow([*rows, *(_together(path, inside) for path, inside in found.items())])


def _row(parts: Parts, v: VariableInfo) -> FlowRow:
    gradient = parts.gradient(v.id)
    size = math.prod(v.shape)
    if gradient is None:
        return FlowRow(v.name, "parameter", None, None, None, size, "none")
    zeros = gradient.share_of_zeros
    trouble = of_gradient(gradient, parts.seed)
    if not trouble and zeros is not None and zeros >= MIN_DEAD_SHARE:
        trouble = "dead"
    return FlowRow(
        v.name, "parameter", gradient.norm, _ratio(gradient, v.value), zeros, size, trouble
    )


def _ratio(gradient: Summary, value: Summary | None) -> float | None:
    norm = None if value is None else value.norm
    return gradient.norm / norm if gradient.norm is not None and norm else None


def _together(name: str, rows: list[FlowRow]) -> FlowRow:
    """Return the row of a module from those of its parameters."""
    size = sum(row.size for row in rows)
    norms = [row.norm for row in rows if row.norm is not None]
    values = [row.norm / row.ratio for row in rows if row.norm and row.ratio]
    norm = math.hypot(*norms) if norms else None
    whole = math.hypot(*values) if values else 0.0
    known = [row for row in rows if row.zeros is not None]
    zeros = sum((row.zeros or 0.0) * row.size for row in known) / size if known and size else None
    return FlowRow(
        name, "module", norm, norm / whole if norm is not None and whole else None, zeros, size,
        min((row.trouble for row in rows), key=(*TROUBLES, "").index),
    )  # fmt: skip
