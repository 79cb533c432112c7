"""``python -m tests.pyodide``: the tests of the core inside Pyodide, under node.

Without arguments all of them; ``--short`` a choice that takes less than two minutes. What follows is pytest's.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tests.pyodide.packages import (
    FOR_TESTS,
    HERE,
    TESTED,
    install_core,
    node,
    npm,
    pure,
    unpack,
)

ROOT = HERE.parents[1]
WHOLE = ("engine", "ops", "tracing", "calculus", "compiler")
SHORT = (
    "engine/test_backward.py",
    "engine/test_function.py",
    "ops/test_spectral.py",
    "ops/test_values.py",
    "tracing/test_trace.py",
    "tracing/test_files.py",
    "tracing/json/test_writer.py",
    "calculus/test_derivatives.py",
    "compiler/test_run.py",
)


def main(args: list[str]) -> int:
    """Run pytest in Pyodide and return its exit code."""
    short = "--short" in args
    install_core(npm())
    wheels = [*map(str, unpack(TESTED)), *map(str, pure(FOR_TESTS))]
    chosen = [a for a in args if a != "--short"]
    if not any(not a.startswith("-") for a in chosen):
        chosen += [f"tests/{name}" for name in (SHORT if short else WHOLE)]
    report = ROOT / ".reports" / "pyodide.xml"
    report.parent.mkdir(exist_ok=True)
    chosen += ["-q", "--hypothesis-profile=pyodide", "--junitxml=.reports/pyodide.xml"]
    command = [node(), "--stack-size=4000", str(HERE / "run.mjs"), json.dumps(wheels), *chosen]
    return subprocess.run(command, cwd=HERE, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
