"""Data: pairs of an example and its label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


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
        rng = np.random.default_rng(1984 if self.train else 2020)
        n, classes = 100, 3
        label = np.repeat(np.arange(classes), n)
        radius = np.tile(np.arange(n) / n, classes)
        angle = label * 4.0 + radius * 4.0 + rng.normal(size=label.size) * 0.2
        points = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
        order = rng.permutation(label.size)
        self.data, self.label = points.astype(np.float32)[order], label[order]


def get_spiral(train: bool = True) -> tuple[Any, Any]:
    """Return the points and labels of `Spiral`."""
    spiral = Spiral(train)
    return spiral.data, spiral.label
