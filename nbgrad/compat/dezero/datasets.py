"""Data: pairs of an example and its label."""

from __future__ import annotations

import ast
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .transforms import Compose, Flatten, Normalize, ToFloat
from .utils import get_file


class Dataset:
    """Examples and labels by index; a subclass fills `data` and `label` in `prepare`."""

    def __init__(
        self,
        train: bool = True,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
    ) -> None:
        self.train = train
        self.transform = transform or (lambda x: x)
        self.target_transform = target_transform or (lambda t: t)
        self.data: Any = None
        self.label: Any = None
        self.prepare()

    def prepare(self) -> None:
        """Fill `data` and, if there are labels, `label`."""

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        label = None if self.label is None else self.target_transform(self.label[index])
        return self.transform(self.data[index]), label

    def __len__(self) -> int:
        return len(self.data)


class Spiral(Dataset):
    """Three spirals of 100 points in the plane, one for each class."""

    def prepare(self) -> None:
        """Draw the points."""
        # As in the book NumPy's global state starts anew, so that what is drawn next is the book's too.
        rng: Any = np.random
        rng.seed(1984 if self.train else 2020)
        n, classes = 100, 3
        label = np.repeat(np.arange(classes), n)
        radius = np.tile(np.arange(n) / n, classes)
        angle = label * 4.0 + radius * 4.0 + rng.randn(label.size) * 0.2
        points = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
        order = rng.permutation(label.size)
        self.data, self.label = points.astype(np.float32)[order], label[order]


def get_spiral(train: bool = True) -> tuple[Any, Any]:
    """Return the points and labels of `Spiral`."""
    spiral = Spiral(train)
    return spiral.data, spiral.label


FLAT = Compose([Flatten(), ToFloat(), Normalize(0.0, 255.0)])
"""Bytes of a picture as numbers from 0 to 1, in one dimension."""


class MNIST(Dataset):
    """Digits, shape (1, 28, 28): flat numbers from 0 to 1 by default. Downloaded once, by `get_file`."""

    def __init__(
        self,
        train: bool = True,
        transform: Callable[[Any], Any] | None = FLAT,
        target_transform: Callable[[Any], Any] | None = None,
    ) -> None:
        super().__init__(train, transform, target_transform)

    def prepare(self) -> None:
        """Read the files."""
        start = "https://ossci-datasets.s3.amazonaws.com/mnist/" + (
            "train" if self.train else "t10k"
        )
        pictures = _read(start + "-images-idx3-ubyte.gz", 16)
        self.data, self.label = (
            pictures.reshape(-1, 1, 28, 28),
            _read(start + "-labels-idx1-ubyte.gz", 8),
        )

    @staticmethod
    def labels() -> dict[int, str]:
        """Return the names of the classes."""
        return {i: str(i) for i in range(10)}


def _read(url: str, head: int) -> Any:
    """Return the bytes of a packed file behind its head."""
    with gzip.open(get_file(url)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=head)


class SinCurve(Dataset):
    """A sine with noise, each value with the next one as its label; a cosine to test."""

    def prepare(self) -> None:
        """Draw the noise from NumPy's global state, as the book does."""
        x = np.linspace(0, 2 * np.pi, 1000)
        noise = np.random.uniform(-0.05, 0.05, size=x.shape)  # noqa: NPY002
        y = np.sin(x) + noise if self.train else np.cos(x)
        self.data, self.label = y[:-1, None], y[1:, None]


class ImageNet(Dataset):
    """The names of the classes of ImageNet."""

    @staticmethod
    def labels() -> dict[int, str]:
        """Return them by index; downloaded once, by `get_file`."""
        gist = "https://gist.githubusercontent.com/yrevar/942d3a0ac09ec9e5eb3a/raw"
        name = "imagenet1000_clsidx_to_labels.txt"
        url = f"{gist}/238f720ff059c1f82f368259d1ca4ffa5dd8f9f5/{name}"
        found: dict[int, str] = ast.literal_eval(Path(get_file(url)).read_text(encoding="utf-8"))
        return found
