"""What ``FILE.py:NAME`` may name, and where the script may stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nbgrad import Trace
from nbgrad.cli.main import main

TRAIN = """
from {dots}data import value
import nbgrad as ng
x = ng.Variable(value)
calls = []
class Trainer:
    def __init__(self):
        self.loss = x * x
        self.by_name = {{"a:b": x * x * x}}
        self.main = {{"loss": x * 4.0}}
    def fit(self, n):
        inner = self.loss * float(n)
        return 0
@calls.append
def decorated():
    pass
def main():
    for n in (2, 3):
        w = ng.Variable(value)
        loss = x * w * float(n)
        both = [loss, loss * 2.0]
def early(stop):
    if stop:
        return
    loss = x * 5.0
def never():
    loss = x
main()
early(False), early(True)
t = Trainer()
t.fit(2), t.fit(3)
d = {{"l": x * x, 3: [x * 7.0], (1, "a"): x * 8.0}}
loss = x * 9.0
globals()[1] = 2  # a name that is not a string
"""
GRADIENTS = {
    "loss": 9.0,
    "main.loss": 6.0,  # of the last round
    "main.both[-1]": 12.0,
    "early.loss": 5.0,  # of the call that has it
    "t.loss": 4.0,
    "t.by_name['a:b']": 12.0,
    "t.main['loss']": 4.0,
    "Trainer.fit.inner": 12.0,
    "d['l']": 4.0,
    "d[3][0]": 7.0,
    "d[(1, 'a')]": 8.0,
    "d[1, 'a']": 8.0,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make scripts: one alone, in packages, and in folders without an __init__.py."""
    monkeypatch.chdir(tmp_path)
    for path, dots in (
        ("train.py", ""),
        ("pkg/train.py", "."),
        ("pkg/sub/train.py", ".."),
        ("bare/train.py", "."),
        ("bare/deep/train.py", ".."),
    ):
        place = tmp_path / path
        place.parent.mkdir(exist_ok=True)
        place.write_text(TRAIN.format(dots=dots))
    for path in ("data.py", "pkg/data.py", "bare/data.py"):
        (tmp_path / path).write_text("import numpy as np\nvalue = np.array(2.0)\n")
    for path in ("pkg/__init__.py", "pkg/sub/__init__.py"):
        (tmp_path / path).touch()
    (tmp_path / "pkg/__main__.py").write_text("from . import data\nfrom .train import loss\n")
    (tmp_path / "broken.py").write_text("import numpy as np\n1 / 0\n")
    return tmp_path


@pytest.fixture(autouse=True)
def _modules_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test imports its own package of these names."""
    import sys

    for name in [*sys.modules]:
        if name.partition(".")[0] in {"pkg", "bare", "data", "broken"}:
            monkeypatch.delitem(sys.modules, name)


def gradient(folder: Path, *arguments: str) -> float:
    """Trace a target; return the gradient of x."""
    assert main(["trace", *arguments, "-o", str(folder / "out.json")]) == 0
    trace = Trace.load(folder / "out.json")
    x = next(v.id for v in trace.variables if v.name == "x")
    return float(trace.gradient(x).value)


def test_globals_locals_attributes_and_items(folder: Path, capsys: Any) -> None:
    for name, expected in GRADIENTS.items():
        assert gradient(folder, f"train.py:{name}") == expected, name
    print(len(GRADIENTS), "targets")


@pytest.mark.parametrize(
    "target",
    [
        ["pkg/train.py:main.loss"],
        ["pkg/sub/train.py:main.loss"],
        ["bare/train.py:main.loss"],
        ["bare/deep/train.py:main.loss"],
        ["-m", "pkg.train:main.loss"],
        ["-m", "pkg.sub.train:main.loss"],
        ["-m", "train:main.loss"],
        ["-m", "bare.train:main.loss"],
    ],
)
def test_relative_imports_and_modules(folder: Path, target: list[str]) -> None:
    assert gradient(folder, *target) == 6.0


def test_a_package_runs_its_main(folder: Path) -> None:
    assert main(["trace", "-m", "pkg:loss", "-o", "out.json"]) == 0


@pytest.mark.parametrize(
    ("target", "code", "said"),
    [
        (["train.py:losss"], 2, "no name 'losss' at its end. Did you mean loss?"),
        (["train.py:main.nope"], 2, "main() in train.py has no local 'nope' when it returns"),
        (["train.py:never.loss"], 2, "never() in train.py did not run to its end"),
        (["train.py:t.nope"], 2, "t in train.py, which is a Trainer, has no attribute 'nope'"),
        (["train.py:d['x']"], 2, "d in train.py, which is a dict, has no item 'x'. It has 'l'"),
        (["train.py:d[3][7]"], 2, "d[3] in train.py, which is a list, has no item 7"),
        (["train.py:x.data"], 2, "x.data in train.py is not a Variable but ndarray"),
        (["train.py:f(x)"], 2, "does not name a variable: write FILE.py:NAME"),
        (["train.py:d[x]"], 2, "does not name a variable"),
        (["-m", "pkg.nope:loss"], 2, "there is no module pkg.nope"),
        (["-m", "nope.x:loss"], 2, "there is no module nope.x"),
        (["-m", "pkg.sub:loss"], 2, "pkg.sub is a package without __main__"),
        (["-m", "pkg.train"], 2, "does not name a variable: write MODULE:NAME"),
        (["-m", "broken:x"], 1, "broken failed at line 2 (1 / 0): ZeroDivisionError"),
    ],
)
def test_what_cannot_be_traced(
    folder: Path, target: list[str], code: int, said: str, capsys: Any
) -> None:
    assert main(["trace", *target]) == code
    text = capsys.readouterr().err
    assert text.startswith("nbgrad trace: ")
    assert said in text
    assert "Traceback" not in text
