"""Every kind of small array in a repr."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from tests.views.repr.shown import leaf, shown


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (np.zeros((0, 3)), "no elements, shape (0, 3)"),
        (np.zeros((2, 0, 4)), "no elements, shape (2, 0, 4)"),
        (np.arange(24.0).reshape(2, 3, 4), "[1]"),
        (np.arange(16.0).reshape(2, 2, 2, 2), "[1, 0]"),
        (np.arange(20), "16"),
        (np.array(7), "7"),
        (np.array(0.1 + 0.2), "0.30000000000000004"),
        (np.array(0.1, np.float32), "0.1"),
        (np.array(-0.0), "-0.0"),
        (np.float16([1.5, 2.5]), "2.5"),
        (np.ones((5, 5))[::2, ::-2], "1"),
        (np.arange(3.0).astype(">f8"), "2"),
        (np.array([1e-9, 1.0]), "1e-9"),
        (np.zeros((1,) * 20), "0"),
    ],
)
def test_every_kind_of_small_array(data: np.ndarray, said: str) -> None:
    assert said in shown(leaf(data))


def test_no_data() -> None:
    assert "None holds no data yet" in shown(ng.Variable(None, name="later"))
