"""What is done to an example before it is used: for pictures of Pillow, and for arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .functions import _pair


class Compose:
    """Several transforms, one after the other."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]] = ()) -> None:
        self.transforms = list(transforms)

    def __call__(self, img: Any) -> Any:
        """Apply them."""
        for transform in self.transforms:
            img = transform(img)
        return img


_SWAPPED = (0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0)
"""Red, green and blue made of blue, green and red: rows of four factors, as Pillow takes them."""


class Convert:
    """A picture in another mode: ``"RGB"``, ``"BGR"``, ``"L"`` …."""

    def __init__(self, mode: str = "RGB") -> None:
        self.mode = mode

    def __call__(self, img: Any) -> Any:
        """Return the converted picture."""
        if self.mode != "BGR":
            return img.convert(self.mode)
        return img.convert("RGB").convert("RGB", _SWAPPED)


class Resize:
    """A picture in another size, by bilinear interpolation unless a mode of Pillow is given."""

    def __init__(self, size: Any, mode: int = 2) -> None:
        self.size, self.mode = _pair(size), mode

    def __call__(self, img: Any) -> Any:
        """Return the resized picture."""
        return img.resize(self.size, self.mode)


class CenterCrop:
    """The middle of a picture."""

    def __init__(self, size: Any) -> None:
        self.size = _pair(size)

    def __call__(self, img: Any) -> Any:
        """Return the part of the picture."""
        start = [(n - m) // 2 for n, m in zip(img.size, self.size, strict=True)]
        return img.crop((*start, start[0] + self.size[0], start[1] + self.size[1]))


class ToArray:
    """A picture as an array, shape (channels, height, width)."""

    def __init__(self, dtype: Any = np.float32) -> None:
        self.dtype = dtype

    def __call__(self, img: Any) -> Any:
        """Return the array; one that is an array already stays as it is."""
        if isinstance(img, np.ndarray):
            return img
        return np.moveaxis(np.atleast_3d(np.asarray(img)), 2, 0).astype(self.dtype)


class Normalize:
    """(x - mean) / std: numbers, or one for each channel."""

    def __init__(self, mean: Any = 0, std: Any = 1) -> None:
        self.mean, self.std = mean, std

    def __call__(self, array: Any) -> Any:
        """Return the normalized array."""
        mean, std = (
            v if np.isscalar(v) else np.asarray(v, array.dtype).reshape(-1, *[1] * (array.ndim - 1))
            for v in (self.mean, self.std)
        )
        return (array - mean) / std


class Flatten:
    """An array in one dimension."""

    def __call__(self, array: Any) -> Any:
        """Return the flat array."""
        return array.flatten()


class AsType:
    """An array in another dtype."""

    def __init__(self, dtype: Any = np.float32) -> None:
        self.dtype = dtype

    def __call__(self, array: Any) -> Any:
        """Return the converted array."""
        return array.astype(self.dtype)


ToFloat = AsType


class ToInt(AsType):
    """An array of integers."""

    def __init__(self, dtype: Any = int) -> None:
        super().__init__(dtype)
