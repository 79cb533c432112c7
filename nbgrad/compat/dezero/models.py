"""Models: layers put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import functions as F  # noqa: N812 (the book's name)
from .layers import Layer, Linear


class Model(Layer):
    """A layer that is a whole net; ``nbgrad.graph(model(x))`` draws it."""


class Sequential(Model):
    """Layers one after the other."""

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        super().__init__()
        self.layers = list(layers)
        for i, layer in enumerate(layers):
            setattr(self, f"l{i}", layer)

    def forward(self, x: Any) -> Any:
        """Return what the last layer gives."""
        for layer in self.layers:
            x = layer(x)
        return x


class MLP(Model):
    """Fully connected layers with an activation function between them."""

    def __init__(
        self, fc_output_sizes: tuple[int, ...], activation: Callable[[Any], Any] = F.sigmoid
    ) -> None:
        super().__init__()
        self.activation = activation
        self.layers = [Linear(size) for size in fc_output_sizes]
        for i, layer in enumerate(self.layers):
            setattr(self, f"l{i}", layer)

    def forward(self, x: Any) -> Any:
        """Return what the last layer gives."""
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)
