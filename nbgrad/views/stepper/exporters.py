"""What a trace can be saved as besides JSON; `nbgrad.tracing.files` says for which endings."""

from __future__ import annotations

from pathlib import Path

from nbgrad.tracing.files import write_text
from nbgrad.tracing.trace import Trace

__all__ = ["save_html", "save_svg"]


def save_html(trace: Trace, path: Path) -> None:
    """Save a trace as a page that steps without a kernel."""
    from .page import save_page

    save_page(trace, path)


def save_svg(trace: Trace, path: Path) -> None:
    """Save the drawing of a trace: the graph, with the gradients of its pass."""
    from nbgrad.views.graph.graph import Graph

    write_text(path, Graph.from_trace(trace).to_svg() + "\n")
