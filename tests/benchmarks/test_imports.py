"""What `import nbgrad` takes once NumPy is imported.

Time of the importing thread alone: an idle thread of OpenBLAS spins meanwhile.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
from typing import Any

import pytest

from .conftest import ROWS, RUNS, Ratio

ROUNDS = 7
COMPILED = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""The first import of all writes what the others read."""


def once(module: str) -> float:
    """Seconds that a module's import takes in a fresh interpreter that has NumPy."""
    script = f"import time, numpy; t = time.thread_time(); import {module}; "
    command = [sys.executable, "-W", "ignore", "-c", script + "print(time.thread_time() - t)"]
    done = subprocess.run(command, env=COMPILED, check=True, capture_output=True, text=True)
    return float(done.stdout)


def over_numpy(*modules: str) -> list[float]:
    """Return the median seconds of each module's import, measured in turns."""
    times: dict[str, list[float]] = {module: [] for module in modules}
    for _ in range(ROUNDS):
        for module, seconds in times.items():
            seconds.append(once(module))
    return [statistics.median(seconds) for seconds in times.values()]


def test_import_over_numpy(benchmark: Any) -> None:
    once("nbgrad")
    runs = tuple(over_numpy("nbgrad")[0] * 1e3 / 20 for _ in range(RUNS))
    ROWS.append(Ratio("import nbgrad over import numpy", "budget of 20 ms", runs, 1.0))
    benchmark.pedantic(lambda: once("nbgrad"), rounds=1)


@pytest.mark.skipif(importlib.util.find_spec("autograd") is None, reason="no autograd")
def test_import_against_autograd(benchmark: Any) -> None:
    runs = []
    for _ in range(RUNS):
        ours, other = over_numpy("nbgrad", "autograd.numpy")
        runs.append(ours / other)
    ROWS.append(Ratio("import over NumPy", "HIPS autograd", tuple(runs), 1.0, 0.5))
    benchmark.pedantic(lambda: once("autograd.numpy"), rounds=1)
