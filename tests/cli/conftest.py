"""The command line, as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

Run = Callable[..., subprocess.CompletedProcess[str]]

PYTHON = [sys.executable]
if sys.platform == "linux" and os.geteuid() == 0:
    # Modes of files shall hold for root too: prctl(PR_SET_SECUREBITS, SECBIT_NOROOT), then start.
    start = "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    PYTHON += ["-c", f"import ctypes, os, sys; ctypes.CDLL(None).prctl(28, 1); {start}"]


@pytest.fixture
def modes_hold(tmp_path: Path) -> None:
    """Skip where root may not give its privileges up, as in some containers."""
    (tmp_path / "shut").mkdir(mode=0o500)
    into = [*PYTHON, "-c", "open('shut/file', 'w')"]
    done = subprocess.run(into, cwd=tmp_path, capture_output=True, check=False)
    if done.returncode == 0 and os.name != "nt":
        pytest.skip("root keeps its privileges here")


@pytest.fixture
def nbgrad(tmp_path: Path) -> Run:
    """Return ``nbgrad("demo")``, which runs ``python -m nbgrad demo`` in an empty folder."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        return subprocess.run(
            [*PYTHON, "-m", "nbgrad", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=600,
        )

    return run


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Path]:
    """Return ``script(text)``, which writes train.py into that folder."""

    def write(text: str, name: str = "train.py") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


Script = Callable[..., Path]


def failed(done: Any, code: int = 2) -> str:
    """Check that a run failed in the way people can read; return what it said."""
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("nbgrad trace: ")
    assert done.stderr.rstrip().count("\n") <= 3
    return str(done.stderr)
