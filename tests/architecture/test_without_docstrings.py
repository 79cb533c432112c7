"""nbgrad works under ``python -OO``, which takes docstrings and asserts away."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil
import numpy as np
import nbgrad as ng

x = ng.Variable(np.array([0.0, 1.0]), "x")
y = ng.tanh(x).sum() + ng.softmax_cross_entropy(x, np.array(1))
y.backward()
print(str(ng.trace(y)).splitlines()[0], ng.grad(lambda x: x * x)(2.0), x._repr_html_()[:4])
for module in pkgutil.walk_packages(ng.__path__, "nbgrad."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def test_every_module_is_imported_and_a_pass_runs() -> None:
    command = [sys.executable, "-OO", "-c", PROGRAM]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("backward of y")
    assert "4.0" in done.stdout
