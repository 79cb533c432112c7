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
from nbgrad.tracing.format import added, aligned, number
from nbgrad.tracing.json.table import number_json
from nbgrad.tracing.narration.interface import MESSAGES
from nbgrad.views.stepper.scene import scene
from nbgrad.views.stepper.series import series_scene
from tests.fixtures import make as fixtures

FRONT_END = Path(__file__).parents[3] / "js"
FOLDER = FRONT_END / "test" / "fixtures"


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


NUMBERS = [
    0.0, -0.0, 1.0, 16.0, -3.0, 0.1, 1 / 3, -2 / 3, 123456.789, 99999.5, 999999.4, 999999.7, 1e6,
    1234567.0, 12345678.9, 2.5, 1.0625, 0.00012345, 1e-5, 1.2e-7, 5e-324, 1.7976931348623157e308,
    1e21, 1e22, 123.0625, 1e-101, 0.99996, 9.9999e-5, float("nan"), float("inf"), -float("inf"),
]  # fmt: skip
SUMS = [
    [8.0, 8.0], [123456.789, 123456.789], [1 / 3, 1 / 3], [1 / 3, 1 / 3, 1 / 3], [1e300, 1e-300],
    [1e20, 1.0], [0.1, 0.2], [5.0, -8.0], [1e-9, 1.0], [12345678.9, 1.1], [1e308, 1e308],
    [float("nan"), 1.0], [0.1234567, 12.34567, -3.0], [1e-120, 2e-120], [3.14159e-5, 2.71828],
]  # fmt: skip
TABLES = [
    [0.5, -0.25, 1.0], [1e-9, 1.0], [1000.0, 2000.5], [0.0, -0.0], [float("nan"), 1.5],
    [123456.0, 1.0], [0.001, 12.0, -3.25],
]  # fmt: skip


def numbers() -> dict[str, Any]:
    """Return how Python writes numbers, sums and tables; the front end writes the same."""
    words = [number_json(v) for v in NUMBERS]
    written = [added(terms, sum(terms)) for terms in SUMS]
    return {
        "numbers": [[w, number(v)] for w, v in zip(words, NUMBERS, strict=True)],
        "sums": [
            [[number_json(t) for t in terms], number_json(sum(terms)), list(shown)]
            for terms, shown in zip(SUMS, written, strict=True)
        ],
        "tables": [[[number_json(v) for v in row], aligned(row)] for row in TABLES],
    }


def files() -> dict[Path, Any]:
    """Return every file that the front end is built from or tested on, with its content."""
    found: dict[Path, Any] = {FOLDER / f"{name}.json": make(name) for name in MAKERS}
    found[FOLDER / "numbers.json"] = numbers()
    found[FOLDER / "series.json"] = series_scene(fixtures.series())
    found[FRONT_END / "src" / "messages.json"] = MESSAGES
    return found


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, content in files().items():
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
