"""Without views/, ipython/ and js/, what is left is a working library."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE, ROOT

PROGRAM = """
import numpy as np
import nbgrad as ng

assert ng.__file__.startswith({here!r}), ng.__file__
x = ng.Variable(np.array(2.0), name="x")
a = x * x
y = ng.square(a) + ng.square(a)
trace = ng.trace(y)
assert float(x.grad) == 64.0, x.grad
assert "64" in str(trace)
assert ng.grad(lambda t: t * t * t)(np.array(2.0)) == 12.0
try:
    ng.Stepper(y)
except ImportError as error:
    print(error)
else:
    raise AssertionError("there is no widget here, and nobody said so")
"""


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the package without its upper layers, and the tests of the lower ones."""
    folder = tmp_path_factory.mktemp("core")
    without = shutil.ignore_patterns("views", "ipython", "__pycache__")
    shutil.copytree(PACKAGE, folder / "nbgrad", ignore=without)
    for name in ("engine", "ops"):
        shutil.copytree(ROOT / "tests" / name, folder / "tests" / name, ignore=without)
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "tests")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def run(core: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=core, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_program_runs_without_the_views(core: Path) -> None:
    said = run(core, "-c", PROGRAM.format(here=str(core)))
    assert "Stepper" in said


@pytest.mark.slow
def test_the_engine_and_every_operation_work_without_the_views(core: Path) -> None:
    # What takes long says the same about the engine in its own run: memory, and Ctrl-C anywhere.
    quick = ["-m", "not slow and not hypothesis", "-k", "not ctrl_c", "-p", "no:cacheprovider"]
    quick += [f"--ignore=tests/engine/test_{name}.py" for name in ("memory", "reference_counting")]
    operations = [f"tests/ops/test_{name}.py" for name in ("table", "numpy", "values")]
    said = run(core, "-m", "pytest", "-q", "-x", *quick, "tests/engine", *operations)
    assert " passed" in said
