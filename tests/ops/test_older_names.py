"""NumPy 1's names mean what NumPy calls them today; NumPy 2 has none of them."""

from __future__ import annotations

import warnings

import numpy as np

import nbgrad as ng
from nbgrad.engine.dispatch import numpy_twins
from nbgrad.ops.older_names import OLDER_NAMES


def test_a_dropped_name_gives_what_the_new_one_gives() -> None:
    x = ng.Variable(np.array([0.5, 2.0]))
    for name, today in OLDER_NAMES.items():
        assert today in numpy_twins
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old = getattr(np, name, today)
            args = (x, x) if name == "in1d" else (x,)
            y, expected = old(*args), today(*args)
        if isinstance(y, ng.Variable):
            y, expected = y.data, expected.data
        np.testing.assert_array_equal(y, expected)
