"""python -m nbgrad demo, --version, and no command at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.cli.demo import diamond, small_net
from tests.cli.conftest import ROOT, Run


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_demo_prints_the_diamond_and_writes_two_pages(nbgrad: Run, tmp_path: Path) -> None:
    done = nbgrad("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "64" in done.stdout
    assert "16" in done.stdout
    assert "nbgrad-demo.html" in done.stdout
    assert "%load_ext nbgrad" in done.stdout
    assert names(tmp_path) == ["nbgrad-demo-net.html", "nbgrad-demo.html"]
    for page in tmp_path.iterdir():
        assert page.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")


def test_demo_again_replaces_its_pages(nbgrad: Run, tmp_path: Path) -> None:
    nbgrad("demo")
    assert nbgrad("demo").returncode == 0
    assert len(names(tmp_path)) == 2


def test_demo_into_a_folder_or_a_file(nbgrad: Run, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    assert nbgrad("demo", "-o", "pages").returncode == 0
    assert names(tmp_path / "pages") == ["nbgrad-demo-net.html", "nbgrad-demo.html"]
    assert nbgrad("demo", "-o", "one.html").returncode == 0
    assert names(tmp_path) == ["one-net.html", "one.html", "pages"]


@pytest.mark.parametrize("output", ["demo.pdf", "nowhere/demo.html", "nowhere/", "plain"])
def test_demo_into_nowhere(nbgrad: Run, tmp_path: Path, output: str) -> None:
    done = nbgrad("demo", "-o", output)
    assert done.returncode == 2
    assert done.stderr.startswith("nbgrad demo: ")
    assert "Traceback" not in done.stderr
    assert names(tmp_path) == []


def test_a_terminal_without_symbols(nbgrad: Run) -> None:
    done = nbgrad("demo", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "64" in done.stdout


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    program = f"{sys.executable} -m nbgrad demo | head -n 1"
    done = subprocess.run(
        program, shell=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""


def test_version(nbgrad: Run) -> None:
    done = nbgrad("--version")
    assert (done.returncode, done.stdout) == (0, f"nbgrad {ng.__version__}\n")


def test_no_command_shows_the_help(nbgrad: Run) -> None:
    done = nbgrad()
    assert done.returncode == 0
    assert "demo" in done.stdout
    assert "trace" in done.stdout


def test_an_unknown_command_is_a_sentence(nbgrad: Run) -> None:
    done = nbgrad("dmeo")
    assert done.returncode == 2
    assert "dmeo" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_graphs_are_what_they_say() -> None:
    y = diamond()
    y.backward(retain_grad=True)
    assert float(y.data) == 32.0
    loss = small_net()
    loss.backward()
    assert np.isfinite(loss.data)


def test_numpy_alone_is_enough(tmp_path: Path) -> None:
    """An environment with NumPy and nothing else: the packages of this one are hidden."""
    alone = tmp_path / "alone"
    alone.mkdir()
    numpy = Path(np.__file__).parent
    for part in (numpy, numpy.with_name("numpy.libs")):
        if part.exists():
            (alone / part.name).symlink_to(part)
    (alone / "nbgrad").symlink_to(ROOT / "nbgrad")
    venv.create(tmp_path / "empty", with_pip=False, symlinks=True)
    python = next(
        p for p in (tmp_path / "empty").glob("*/python*") if p.parent.name in {"bin", "Scripts"}
    )
    (tmp_path / "s.py").write_text("import nbgrad as ng\ny = ng.square(ng.as_variable(3.0))\n")
    for arguments in (["demo"], ["trace", "s.py:y", "-o", "y.html"], ["--version"]):
        done = subprocess.run(
            [str(python), "-m", "nbgrad", *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": str(alone), "PATH": ""},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), arguments
    shutil.rmtree(tmp_path / "empty")
