"""`nbgrad.compat.dezero.core` has the names of DeZero's ``core``."""

from __future__ import annotations

import numpy as np

import nbgrad.compat.dezero as dezero
from nbgrad.compat.dezero import core, functions, utils


def test_the_names_of_core() -> None:
    core.setup_variable()
    x = core.Parameter(np.array(2.0))
    y = core.add(core.rsub(x, 5.0), core.rdiv(x, 6.0))  # (5 - x) + 6 / x
    y.backward()
    assert (float(y.data), float(x.grad)) == (6.0, -2.5)
    assert core.Variable is dezero.Variable
    assert functions.batch_nrom is functions.batch_norm
    assert utils.sum_to(np.ones((2, 3)), (1, 3)).tolist() == [[2.0, 2.0, 2.0]]
