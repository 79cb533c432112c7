"""Plots with matplotlib, which is imported when one is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nbgrad.engine.errors import MissingDependencyError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {
    "": "#4269d0", "vanishing": "#9a6700", "exploding": "#c4320a", "dead": "#57606a",
    "nan": "#b42318", "inf": "#b42318", "none": "#8c959f",
}  # fmt: skip


def pyplot() -> Any:
    """Import `matplotlib.pyplot`.

    Raises
    ------
    MissingDependencyError
        If matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot as plt
    except ImportError as error:
        raise MissingDependencyError(
            "plot() needs matplotlib, which is not installed here: pip install matplotlib"
        ) from error
    return plt


def plot_flow(rows: Sequence[Any], ax: Axes | None = None) -> Any:
    """Plot the norm of each parameter's gradient, marked where something is wrong.

    ``rows`` are those of `flow.Flow.parameters`.
    """
    axes: Any = ax
    if ax is None:
        size = min(max(5.0, 1.2 + 0.32 * len(rows)), 14.0), 4.2
        axes = pyplot().subplots(figsize=size, layout="constrained")[1]
    places = range(len(rows))
    norms = [row.norm or 0.0 for row in rows]
    colours = [COLOURS[row.trouble] for row in rows]
    axes.bar(places, norms, color=colours, width=0.7)
    if any(norms):
        axes.set_yscale("log")
    axes.set_xticks(places, [row.name for row in rows], rotation=90, fontsize=8)
    axes.set_ylabel("norm of the gradient")
    axes.grid(axis="y", alpha=0.3)
    for i, row in enumerate(rows):
        if row.trouble:
            axes.annotate(
                "no gradient" if row.trouble == "none" else row.trouble,
                (i, norms[i] or axes.get_ylim()[0]), xytext=(0, 4), textcoords="offset points",
                ha="center", rotation=90, va="bottom", fontsize=7, color=COLOURS[row.trouble],
            )  # fmt: skip
    return axes
