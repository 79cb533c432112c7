"""python -m nbgrad trace FILE.py:NAME."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nbgrad.cli import main as cli
from nbgrad.cli.demo import DIAMOND
from nbgrad.tracing.files import exporters
from tests.cli.conftest import ROOT, Run, Script, failed


@pytest.mark.parametrize("name", ["steps.html", "steps.json", "steps.svg", "STEPS.HTML"])
def test_it_writes_the_trace(nbgrad: Run, script: Script, tmp_path: Path, name: str) -> None:
    script(DIAMOND)
    done = nbgrad("trace", "train.py:y", "-o", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert name in done.stdout
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert "64" in text
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "__pycache__") == sorted(
        [name, "train.py"]
    )
    if name.endswith(".json"):
        data = json.loads(text)
        assert data["schema"] == "nbgrad-trace"
        assert {v["name"] for v in data["variables"]} == set("xabcy")
        assert {f["source"]["file"] for f in data["functions"]} == {"train.py"}


def test_without_an_output_it_prints_the_trace(nbgrad: Run, script: Script, tmp_path: Path) -> None:
    script(DIAMOND)
    done = nbgrad("trace", "train.py:y")
    assert done.returncode == 0
    assert "64" in done.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["train.py"]


def test_the_order_and_what_is_retained(nbgrad: Run, script: Script, tmp_path: Path) -> None:
    script(DIAMOND)
    assert "96" in nbgrad("trace", "train.py:y", "--order", "naive").stdout
    nbgrad("trace", "train.py:y", "--retain", "-o", "kept.json")
    assert json.loads((tmp_path / "kept.json").read_text())["retain_grad"] is True


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("nowhere.py:y", ["there is no file nowhere.py", "looked in"]),
        ("train.py:z", ["has no name 'z'", "x, a, b, c and y"]),
        ("train.py:yy", ["Did you mean y?"]),
        ("train.py:number", ["number in train.py is not a Variable but float", "x, a, b, c and y"]),
        ("train.py", ["'train.py' does not name a variable", "FILE.py:NAME", "train.py:loss"]),
        ("train.py:", ["FILE.py:NAME"]),
        ("train.py:not a name", ["FILE.py:NAME"]),
        (".:y", ["is a folder"]),
    ],
)
def test_what_cannot_be_traced(
    nbgrad: Run, script: Script, tmp_path: Path, target: str, said: list[str]
) -> None:
    script(DIAMOND + "number = 3.0\n")
    (tmp_path / "steps.html").write_text("mine")
    text = failed(nbgrad("trace", target, "-o", "steps.html"))
    for part in said:
        assert part in text
    assert (tmp_path / "steps.html").read_text() == "mine"


def test_an_error_of_nbgrad_keeps_its_words(nbgrad: Run, script: Script) -> None:
    script("import numpy as np, nbgrad as ng\nx = ng.Variable([1, 2])\n")
    text = failed(nbgrad("trace", "train.py:x"), code=1)
    assert "line 2" in text
    assert "np.array(...)" in text


def test_nothing_to_go_back_through(nbgrad: Run, script: Script) -> None:
    script(DIAMOND + "with ng.no_grad():\n    z = ng.square(x)\n")
    assert "no_grad" in failed(nbgrad("trace", "train.py:z", "-o", "z.html"))


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("steps.pdf", [".pdf", *exporters]),
        ("steps", ["without an ending"]),
        ("folder", ["is a folder", "steps.html"]),
        ("nowhere/steps.html", ["there is no folder nowhere"]),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_the_script_runs(
    nbgrad: Run, script: Script, tmp_path: Path, output: str, said: list[str]
) -> None:
    script("open('ran', 'w').close()\n" + DIAMOND)
    (tmp_path / "folder").mkdir()
    text = failed(nbgrad("trace", "train.py:y", "-o", output))
    for part in said:
        assert part in text
    assert not (tmp_path / "ran").exists()


# Folders have no such mode on Windows.
@pytest.mark.usefixtures("modes_hold")
@pytest.mark.parametrize("output", ["mine.html"] + ["locked/s.html"] * (os.name != "nt"))
def test_what_is_write_protected_is_refused_before_the_script_runs(
    nbgrad: Run, script: Script, tmp_path: Path, output: str
) -> None:
    script("open('ran', 'w').close()\n" + DIAMOND)
    (tmp_path / "mine.html").write_text("mine")
    (tmp_path / "mine.html").chmod(0o400)
    (tmp_path / "locked").mkdir(mode=0o500)
    text = failed(nbgrad("trace", "train.py:y", "-o", output))
    assert f"{output.partition('/')[0]} is write-protected" in text
    assert not (tmp_path / "ran").exists()


def test_a_disk_that_fails_leaves_the_old_file(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from nbgrad import Trace

    script(DIAMOND)
    (tmp_path / "steps.json").write_text("mine")
    monkeypatch.chdir(tmp_path)

    def full(self: Trace, path: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Trace, "save", full)
    assert cli.main(["trace", "train.py:y", "-o", "steps.json"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert (tmp_path / "steps.json").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")
@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("trace train.py:y >&-", 2, "there is no standard output to print to. Write a file"),
        ("trace train.py:y -o y.html >&-", 0, ""),
        ("trace train.py:y > /dev/full", 2, "cannot print to standard output: No space left"),
        ("trace train.py:nope >&- 2>&-", 2, ""),
        ("demo > /dev/full", 2, "No space left"),
        ("> /dev/full", 2, "No space left"),
        ("--version > /dev/full", 2, "No space left"),
        ("--version >&-", 2, "no standard output"),
        ("trace closes.py:y", 2, "cannot print to standard output: it is closed"),
        ("trace quiet.py:y", 0, ""),
        ("trace loop.py:y", 2, "cannot read loop.py: Too many levels of symbolic links"),
        ("trace train.py:y -o loop.html", 2, "Too many levels of symbolic links"),
        (f"trace train.py:y -o {'x' * 300}.html", 2, "File name too long"),
        ("trace base.py:y", 1, "backward() of y failed: B: oops"),
    ],
)  # fmt: skip
def test_there_is_no_traceback(
    script: Script, tmp_path: Path, line: str, code: int, said: str
) -> None:
    if "full" in line and not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    script(DIAMOND)
    script(DIAMOND + "import sys\nsys.stdout.close()\n", "closes.py")
    script(
        DIAMOND + "import sys, warnings\nsys.stdout = sys.stderr = None\nnp.seterr(all='raise')\n"
        "warnings.simplefilter('error')\nsys.setrecursionlimit(150)\n",
        "quiet.py",
    )
    script(
        "import numpy as np, nbgrad as ng\nclass B(BaseException): pass\n"
        "class F(ng.Function):\n    def forward(self, x): return x * 1\n"
        "    def backward(self, gy): raise B('oops')\ny = F()(ng.Variable(np.array(2.0)))\n",
        "base.py",
    )
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "loop.html").symlink_to("loop.html")
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m nbgrad {line}', sys.executable],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == code, done
    assert said in done.stderr
    assert done.stderr.count("\n") <= 2
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps a folder that is in use")
def test_a_working_directory_that_is_gone(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    path = script(DIAMOND)
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for target, output in ((f"{path}:y", "y.html"), ("train.py:y", str(tmp_path / "y.html"))):
        assert cli.main(["trace", target, "-o", output]) == 2
        text = capsys.readouterr().err
        assert (
            "working directory does not exist" in text or "no folder" in text or "No such" in text
        )
    assert cli.main(["trace", "-m", "train:y"]) == 2
    assert cli.main(["trace", f"{path}:y", "-o", str(tmp_path / "y.html")]) == 0
    assert (tmp_path / "y.html").exists()
