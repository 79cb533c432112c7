"""Functions to compile, and their arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

import nbgrad as ng


def variable(*values: float) -> ng.Variable:
    return ng.Variable(np.array(values, float))


def net(w0: Any, w1: Any, x: Any) -> Any:
    return (ng.tanh(x @ w0) @ w1).sum()


def net_arguments() -> tuple[ng.Variable, ng.Variable, np.ndarray]:
    rng = np.random.default_rng(1)
    return (
        ng.Variable(rng.normal(size=(3, 4))),
        ng.Variable(rng.normal(size=(4, 2))),
        rng.normal(size=(5, 3)),
    )


def square_sum(x: Any) -> Any:
    return (x * x).sum()
