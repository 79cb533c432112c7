"""DeZero's data sets, from files and made."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

import nbgrad.compat.dezero as dezero


def test_data_of_the_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dezero.utils, "cache_dir", str(tmp_path))
    for name, head in (("images-idx3", 16 + 2 * 784), ("labels-idx1", 8 + 2)):
        with gzip.open(tmp_path / f"train-{name}-ubyte.gz", "wb") as file:
            file.write(bytes([255]) * head)
    digits = dezero.datasets.MNIST()
    assert len(digits) == 2
    x, t = digits[0]
    assert (x.shape, x.dtype, x.max(), t) == ((784,), np.float32, 1.0, 255)
    assert digits.labels()[7] == "7"
    (tmp_path / "imagenet1000_clsidx_to_labels.txt").write_text("{0: 'tench'}")
    assert dezero.datasets.ImageNet.labels() == {0: "tench"}
    curve = dezero.datasets.SinCurve(train=False)
    np.testing.assert_array_equal(curve.data[1:], curve.label[:-1])
    # The first of the book's points, in the book's order.
    x, t = dezero.datasets.get_spiral()
    np.testing.assert_allclose(x[0], [-0.1398138850927353, -0.007216573692858219], rtol=1e-6)
    assert t[0] == 1
    following = np.random.rand()  # noqa: NPY002
    dezero.datasets.Spiral()
    assert np.random.rand() == following  # noqa: NPY002
