"""The scenes that the front end's unit tests run on: ``python tests/views/stepper/scenes.py`` writes them.

`test_scene` holds that they are what the library writes today, so both sides test the same.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np

import nbgrad as ng
from nbgrad.views.stepper.scene import scene

FOLDER = Path(__file__).parents[3] / "js" / "test" / "fixtures"


def variable(data: Any, name: str) -> ng.Variable:
    return ng.Variable(np.asarray(data), name=name)


def named(y: ng.Variable, name: str) -> ng.Variable:
    y.name = name
    return y


def diamond(name: str = "x") -> ng.Variable:
    a = named(ng.square(variable(2.0, name)), "a")
    return named(named(ng.square(a), "b") + named(ng.square(a), "c"), "y")


def twice() -> ng.Variable:
    x = variable(3.0, "x")
    return named(x * x, "y")


def kept() -> ng.Variable:
    x = variable(2.0, "x")
    ng.square(x).backward()
    return named(ng.square(x), "z")


def not_a_number() -> ng.Variable:
    with np.errstate(all="ignore"):
        logs = named(ng.log(variable([1.0, 0.0, -1.0], "x")), "l")
        return named(ng.sum(logs * logs), "loss")


def net() -> ng.Variable:
    rng = np.random.default_rng(0)
    x, t = variable(rng.normal(size=(16, 3)), "X"), variable(rng.normal(size=(16, 1)), "t")
    w1, b1 = variable(rng.normal(size=(3, 8)), "W1"), variable(np.zeros(8), "b1")
    w2, b2 = variable(rng.normal(size=(8, 1)), "W2"), variable(np.zeros(1), "b2")
    y = ng.tanh(x @ w1 + b1) @ w2 + b2
    return named(ng.mean_squared_error(y, t), "loss")


MAKERS = {
    "diamond": diamond,
    "hostile": lambda: diamond("<script>alert(1)</script>"),
    "twice": twice,
    "kept": kept,
    "nan": not_a_number,
    "net": net,
}


def trace_of(name: str) -> ng.Trace:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return ng.trace(MAKERS[name](), names={})


def make(name: str) -> dict[str, Any]:
    return scene(trace_of(name))


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in MAKERS:
        text = json.dumps(make(name), ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
