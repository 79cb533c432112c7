"""The fuzz targets: which there are, and what guides each.

A target is a module with ``target(data)``, which raises when something does not hold,
``seeds()``, and ``mutate(data, most, seed)``, which stands in for libFuzzer where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


@dataclass(frozen=True)
class Target:
    """How a target is fuzzed.

    Attributes
    ----------
    most : int
        Longest input, in bytes.
    guides : tuple of str
        The packages whose branches guide the fuzzer.
    structured : bool
        Its own mutations, which keep JSON well-formed, go before libFuzzer's.
    """

    most: int
    guides: tuple[str, ...]
    structured: bool = False


TARGETS = {
    "trace": Target(24_000, ("nbgrad.tracing",), structured=True),
    "file": Target(24_000, ("nbgrad.tracing", "json")),
    "magics": Target(200, ("nbgrad.ipython", "IPython.core.magic_arguments", "argparse")),
    "views": Target(24_000, ("nbgrad.views", "nbgrad.tracing"), structured=True),
    "markup": Target(1000, ("nbgrad.views", "nbgrad.tracing", "html")),
    "dot": Target(1000, ("nbgrad.views", "nbgrad.tracing", "graphviz")),
}


def load(name: str) -> ModuleType:
    """Return a target's module."""
    return import_module(f"tests.fuzz.target_{name}")
