"""DeZero's transforms of arrays and of Pillow's images."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad.compat.dezero as dezero

RNG = np.random.default_rng(0)


def test_transforms() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    t = dezero.transforms
    done = t.Compose([t.ToFloat(), t.Normalize([1.0, 2.0], 2.0), t.Flatten()])(pixels)
    expected = (pixels - np.array([1.0, 2.0])[:, None, None]) / 2
    np.testing.assert_allclose(done, expected.ravel())
    assert t.ToInt()(done).dtype == int
    image = pytest.importorskip("PIL.Image").fromarray(RNG.integers(0, 255, (6, 8, 3), np.uint8))
    cut = t.Compose([t.Convert("BGR"), t.CenterCrop(4), t.ToArray()])(image)
    np.testing.assert_array_equal(cut, np.asarray(image)[1:5, 2:6, ::-1].transpose(2, 0, 1))
    assert t.Resize((3, 2))(image).size == (3, 2)
