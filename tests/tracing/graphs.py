"""Small graphs that several tests use."""

from __future__ import annotations

from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad.tracing.narration.story import Story

TOLD = (
    "title", "subtitle", "alt", "forward", "generation", "function", "next_generation",
    "next_function", "worked",
)  # fmt: skip


def variable(value: object, name: str | None = None) -> ng.Variable:
    return ng.Variable(np.array(value, dtype=float), name)


def whole_story(trace: ng.Trace, lang: str = "en") -> dict[str, Any]:
    """Return all that the narrator says of a trace."""
    story = Story(trace, lang)
    return {part: getattr(story, part) for part in TOLD}


def diamond(value: float = 2.0) -> tuple[ng.Variable, ng.Variable]:
    """Return x and y of a = x², y = a² + a², all named."""
    x = variable(value, "x")
    a = ng.square(x)
    b, c = ng.square(a), ng.square(a)
    y = b + c
    a.name, b.name, c.name, y.name = "abcy"
    return x, y


class Cube(ng.Function):
    def forward(self, x):
        return x**3

    def backward(self, gy):
        (x,) = self.inputs
        return 3 * x.data**2 * gy


class SumAndDifference(ng.Function):
    """Two outputs, of which tests drop or ignore one."""

    def forward(self, a, b):
        return a + b, a - b

    def backward(self, gs, gd):
        return gs + gd, gs - gd
