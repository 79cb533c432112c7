"""A Variable that a layer learns."""

from __future__ import annotations

from typing import NoReturn

from nbgrad.engine.variable import Variable

from .cuda import as_cupy


class Parameter(Variable):
    """A Variable that layers find among their attributes, and optimizers change."""

    __slots__ = ()

    def to_gpu(self) -> NoReturn:
        """Refuse, as `as_cupy` does."""
        as_cupy(self)
