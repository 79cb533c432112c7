"""A Variable that a layer learns."""

from __future__ import annotations

from nbgrad.engine.variable import Variable


class Parameter(Variable):
    """A Variable that layers find among their attributes, and optimizers change."""

    __slots__ = ()
