"""Running a script as Python would, and what becomes of its failures."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from nbgrad.cli import main as cli
from nbgrad.cli.demo import DIAMOND
from tests.cli.conftest import Run, Script, failed


def test_the_script_is_run_as_python_would(nbgrad: Run, script: Script, tmp_path: Path) -> None:
    script("value = 5.0\n", "helper.py")
    script(
        "import pickle, sys\n"
        "from pathlib import Path\n"
        "import numpy as np\n"
        "import nbgrad as ng\n"
        "import helper\n"
        "class Thing: pass\n"
        "pickle.loads(pickle.dumps(Thing()))\n"
        "print(__name__, sys.argv, Path(__file__).name, Path(sys.path[0]).resolve() == Path(__file__).resolve().parent)\n"
        "if __name__ == '__main__':\n"
        "    x = ng.Variable(np.array(helper.value))\n"
        "    y = ng.square(x)\n"
        "    sys.exit(0)\n"
    )
    done = nbgrad("trace", "train.py:y", "-o", "y.json", "--", "--epochs", "3")
    assert done.returncode == 0, done
    assert done.stdout.startswith("__main__ ['train.py', '--epochs', '3'] train.py True\n")
    assert (tmp_path / "y.json").exists()


def test_a_script_in_another_folder(nbgrad: Run, tmp_path: Path) -> None:
    folder = tmp_path / "my scripts"
    folder.mkdir()
    (folder / "helper.py").write_text("value = 3.0\n")
    (folder / "go.py").write_text(
        "import helper, nbgrad as ng\ny = ng.square(ng.as_variable(helper.value))\n"
    )
    assert nbgrad("trace", "my scripts/go.py:y", "-o", "y.json").returncode == 0


def test_a_script_that_changes_the_folder(nbgrad: Run, script: Script, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    script(DIAMOND + "import os\nos.chdir('elsewhere')\n")
    assert nbgrad("trace", "train.py:y", "-o", "y.json").returncode == 0
    functions = json.loads((tmp_path / "y.json").read_text(encoding="utf-8"))["functions"]
    assert functions[-1]["source"] == {"file": "train.py", "line": 8, "text": "y = b + c"}


def test_a_warning_of_numpys_names_the_line_of_the_script(nbgrad: Run, script: Script) -> None:
    script(DIAMOND + "z = ng.log(x - 2.0)\nz = ng.log(x - 2.0)\nz = np.log(0.0) * y\n")
    done = nbgrad("trace", "train.py:y")
    assert done.returncode == 0
    warned = [line for line in done.stderr.splitlines() if "RuntimeWarning" in line]
    places = [line.partition(": RuntimeWarning")[0].rpartition("/")[2] for line in warned]
    assert places == ["train.py:9", "train.py:10", "train.py:11"]


def test_a_warning_in_the_pass_names_the_line_that_made_the_variable(
    nbgrad: Run, script: Script
) -> None:
    script(DIAMOND + "z = x * 1e-160\nw = 1.0 / z\nloss = w * w\n")
    lines = DIAMOND.count("\n")
    done = nbgrad("trace", "train.py:loss")
    assert done.returncode == 0
    assert f"train.py:{lines + 3}: RuntimeWarning: overflow" in done.stderr
    assert "runpy" not in done.stderr


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (
            "x = 1\ny = x / 0\n",
            ["failed at line 2", "(y = x / 0)", "ZeroDivisionError: division by zero"],
        ),
        ("x = = 1\n", ["not valid Python", "line 1"]),
        ("import sys\nsys.exit(3)\n", ["ended itself", "exit code 3"]),
        ("raise SystemExit('no data')\n", ["ended itself", "no data"]),
        ("import no_such_module\n", ["line 1", "no_such_module"]),
        ("import json\njson.loads('{')\n", ["line 2", "JSONDecodeError"]),
        ("# -*- coding: utf-8 -*-\n'\\ud800'.encode()\n", ["line 2", "UnicodeEncodeError"]),
        ("def f(): f()\nf()\n", ["RecursionError"]),
        ("class B(BaseException): pass\nraise B('x')\n", ["line 2", "B: x"]),
        ("raise GeneratorExit\n", ["line 1", "GeneratorExit"]),
        ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E\n", ["line 3", "E: <exc"]),
        (
            "class C:\n    def f(*a): 1 / 0\n    __eq__ = __str__ = f\nraise SystemExit(C())\n",
            ["ended itself", "<exception str() failed>"],
        ),
        ("import sys\nsys.stdout = sys.stderr = None\n1 / 0\n", ["line 3"]),
    ],
)
def test_a_script_that_fails(
    nbgrad: Run, script: Script, tmp_path: Path, program: str, said: list[str]
) -> None:
    script(program)
    (tmp_path / "steps.html").write_text("mine")
    text = failed(nbgrad("trace", "train.py:y", "-o", "steps.html"), code=1)
    for part in said:
        assert part in text
    assert (tmp_path / "steps.html").read_text() == "mine"


def test_running_in_this_process_leaves_it_as_it_was(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbgrad.engine.diagnostics import positions as source

    script("import sys\nsys.path.insert(0, 'elsewhere')\n1 / 0\n")
    monkeypatch.chdir(tmp_path)
    before = sys.argv, list(sys.path), sys.modules["__main__"], set(source.state.enabled)
    assert cli.main(["trace", "train.py:y"]) == 1
    assert (sys.argv, list(sys.path), sys.modules["__main__"], set(source.state.enabled)) == before
