"""DeZero's models: VGG16 has the book's weights, a model is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import nbgrad.compat.dezero as dezero
from nbgrad.compat.dezero import layers as L

RNG = np.random.default_rng(0)


def test_vgg16_has_the_books_weights() -> None:
    net = dezero.models.VGG16()
    names = [name for name, _ in net.named_params()]
    assert len(names) == 32
    assert names[:2] == ["conv1_1/W", "conv1_1/b"]
    assert names[-1] == "fc8/b"
    for layer, channels in (("conv5_3", 512), ("conv2_1", 128)):
        assert getattr(net, layer).out_channels == channels
    for name, size in (("fc6", 8), ("fc7", 8)):  # small ones, so that it takes no time
        setattr(net, name, L.Linear(size))
    with dezero.test_mode(), dezero.no_grad():
        assert net(RNG.normal(size=(1, 3, 32, 32)).astype(np.float32)).shape == (1, 1000)


class Picture:
    """What `preprocess` asks of Pillow."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels

    def convert(self, mode: str) -> Picture:
        assert mode == "RGB"
        return self

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.pixels.astype(dtype)


def test_vgg16_takes_blue_green_red_without_their_means() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[..., 0] = 200  # red
    found = dezero.models.VGG16.preprocess(Picture(pixels), size=None)
    assert found.shape == (3, 2, 2)
    np.testing.assert_allclose(found[:, 0, 0], [-103.939, -116.779, 200 - 123.68], rtol=1e-6)


def test_a_model_is_drawn(tmp_path: Path) -> None:
    model = dezero.MLP((4, 2))
    model.plot(RNG.normal(size=(2, 3)), to_file=tmp_path / "net.svg")
    assert "<svg" in (tmp_path / "net.svg").read_text(encoding="utf-8")
    assert "sigmoid" in dezero.utils.get_dot_graph(model(RNG.normal(size=(2, 3))))
