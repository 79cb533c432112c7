"""Models: layers put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import functions as F  # noqa: N812 (the book's name)
from . import utils
from .layers import Conv2d, Layer, Linear


class Model(Layer):
    """A layer that is a whole net."""

    def plot(self, *inputs: Any, to_file: Any = "model.png") -> Any:
        """Save a drawing of the graph for these inputs; see `utils.plot_dot_graph`."""
        return utils.plot_dot_graph(self.forward(*inputs), to_file=to_file)


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


class VGG16(Model):
    """A convolutional net of 16 layers for pictures, shape (n, 3, 224, 224), of 1000 classes.

    Source: K. Simonyan and A. Zisserman, arXiv:1409.1556 (2014).

    Parameters
    ----------
    pretrained : bool
        Load weights, which `utils.get_file` downloads once: 490 MB.
    """

    WEIGHTS_PATH = "https://github.com/koki0702/dezero-models/releases/download/v0.1/vgg16.npz"
    BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
    """Channels, and how many convolutions, of the blocks between which pictures are halved."""

    def __init__(self, pretrained: bool = False) -> None:
        super().__init__()
        for i, (channels, n) in enumerate(self.BLOCKS, 1):
            for j in range(1, n + 1):
                setattr(self, f"conv{i}_{j}", Conv2d(channels, kernel_size=3, stride=1, pad=1))
        self.fc6, self.fc7, self.fc8 = Linear(4096), Linear(4096), Linear(1000)
        if pretrained:
            self.load_weights(utils.get_file(self.WEIGHTS_PATH))

    def forward(self, x: Any) -> Any:
        """Return the scores of the classes."""
        for i, (_, n) in enumerate(self.BLOCKS, 1):
            for j in range(1, n + 1):
                x = F.relu(getattr(self, f"conv{i}_{j}")(x))
            x = F.pooling(x, 2, 2)
        x = F.flatten(x)
        for layer in (self.fc6, self.fc7):
            x = F.dropout(F.relu(layer(x)))
        return self.fc8(x)

    @staticmethod
    def preprocess(image: Any, size: Any = (224, 224), dtype: Any = np.float32) -> Any:
        """Return a picture of Pillow as an array: blue, green, red, less their means."""
        image = image.convert("RGB")
        pixels = np.asarray(image.resize(size) if size else image, dtype=dtype)
        means = np.array([103.939, 116.779, 123.68], dtype=dtype)
        return (pixels[:, :, ::-1] - means).transpose(2, 0, 1)
