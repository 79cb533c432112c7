"""`import nbgrad` loads NumPy and the standard library, and nothing that only a notebook needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.architecture.tree import ROOT

LOADED = """
import sys
sys.path.insert(0, {root!r})
import numpy
before = set(sys.modules)
import nbgrad
nbgrad.{use}
import json
print(json.dumps(sorted(set(sys.modules) - before)))
"""

# The first import of all writes the compiled modules that the others read, as users have them.
COMPILED = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def run(program: str) -> str:
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, env=COMPILED, capture_output=True, text=True, check=True, timeout=600
    )
    return done.stdout


def loaded(use: str) -> set[str]:
    return set(json.loads(run(LOADED.format(root=str(ROOT), use=use))))


def tops(modules: set[str]) -> set[str]:
    """Return the packages that are not of the standard library."""
    names = {name.partition(".")[0] for name in modules}
    return {name for name in names if name not in sys.stdlib_module_names and name[:1] != "_"}


def test_import_nbgrad_loads_numpy_alone() -> None:
    assert tops(loaded("__version__")) <= {"nbgrad", "numpy"}


def test_import_nbgrad_loads_no_view() -> None:
    late = ("nbgrad.views", "nbgrad.tracing", "nbgrad.ipython", "nbgrad.cli.main")
    assert [name for name in loaded("__version__") if name.startswith(late)] == []


def test_a_trace_as_text_loads_numpy_alone() -> None:
    use = "trace(nbgrad.square(nbgrad.Variable(__import__('numpy').array(2.0)))).__str__()"
    assert tops(loaded(use)) <= {"nbgrad", "numpy"}
