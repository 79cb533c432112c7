"""Choices by condition."""

from __future__ import annotations

import numpy as np

import nbgrad as ng


def test_choices_that_are_not_taken_do_no_harm() -> None:
    """The gradient of log where x is negative is nan: it must not reach what chose something else."""
    x = ng.Variable(np.array([-1.0, 0.5, 4.0]))
    with np.errstate(all="ignore"):
        np.select([x > 1, x < 0], [np.log(x), -x], 0.0).sum().backward()
    assert x.grad.tolist() == [-1, 0, 0.25]
    x.cleargrad()
    np.piecewise(x, [x > 0, x > 1], [np.log, np.sqrt, lambda v: v * 2]).sum().backward()
    assert x.grad.tolist() == [2, 2, 0.25]
