"""Drawings of graphs, files from the network, sizes of convolutions."""

from __future__ import annotations

import os
import urllib.request
from pathlib import Path
from typing import Any

from nbgrad.engine.arrays import sum_to_shape as sum_to

from .functions import _pair as pair
from .functions import get_conv_outsize, get_deconv_outsize

__all__ = [
    "cache_dir", "get_conv_outsize", "get_deconv_outsize", "get_dot_graph", "get_file", "pair",
    "plot_dot_graph", "sum_to",
]  # fmt: skip

cache_dir = str(Path("~/.dezero").expanduser())
"""Where `get_file` keeps what it has downloaded: DeZero's own folder."""


def get_dot_graph(output: Any, verbose: bool = True) -> str:  # noqa: ARG001 (the book's)
    """Return the graph of a Variable as DOT text."""
    return str(_graph(output).to_dot().source)


def plot_dot_graph(output: Any, verbose: bool = True, to_file: Any = "graph.png") -> Any:  # noqa: ARG001
    """Save a drawing of a Variable's graph, and return the graph, which a notebook shows.

    Parameters
    ----------
    output : Variable
    verbose : bool
        A drawing has shapes and dtypes in any case.
    to_file : path
        ``.svg`` and ``.dot`` need nothing else, ``.png`` and ``.pdf`` Graphviz's program ``dot``.
    """
    graph = _graph(output)
    graph.save(to_file)
    return graph


def _graph(output: Any) -> Any:
    from nbgrad.views.graph.graph import graph  # imported late: training needs no views

    return graph(output)


def get_file(url: str, file_name: str | None = None) -> str:
    """Return the path of a file in `cache_dir`, which is downloaded if it is not there.

    Raises
    ------
    OSError
        If the file cannot be had.
    """
    path = Path(cache_dir, file_name or url.rpartition("/")[2])
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            urllib.request.urlretrieve(url, part)  # noqa: S310 (the caller's own address)
            part.replace(path)
        except OSError as error:
            raise OSError(
                f"{url} cannot be downloaded ({error}): put the file at {path}."
            ) from error
        finally:
            part.unlink(missing_ok=True)
    return str(path)
