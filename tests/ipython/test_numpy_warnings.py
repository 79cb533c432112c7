"""A warning of NumPy's names the line of the cell that led to it, once for each line."""

from __future__ import annotations

import re
import sys
import warnings

import pytest

from tests.ipython.conftest import Shell


def show(message, category, filename, lineno, file=None, line=None) -> None:
    sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))


@pytest.fixture
def warned(shell: Shell) -> Shell:
    """Let warnings be shown as Python does, not gathered as pytest does."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = show
        shell.ok("%reload_ext nbgrad")
        shell.ok("x = Variable(np.array([0.0, 1.0]), name='x'); big = x + 1e308")
        yield shell


def lines(text: str) -> list[int]:
    """Return the lines of cells that warned; no line of the library's may."""
    assert "nbgrad" not in re.sub(r"ng\.", "", text), text
    return [int(n) for n in re.findall(r":(\d+): RuntimeWarning", text)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("a = 1\ny = ng.log(x)\nz = np.log(x)", [2, 3]),
        ("y = 1.0 / x", [1]),
        ("pass\ny = big * 10.0\nz = big * 10.0", [2, 3]),
        ("for i in range(3):\n    y = ng.log(x)", [2]),
        ("def f(x):\n    return ng.sqrt(x - 1.0)\ny = f(x)\nz = f(x)", [2]),
        ("y = ng.sqrt(x).sum()\ny.backward()", [2]),
        ("y = ng.sqrt(x).sum()\n\nng.trace(y)", [3]),
        ("y = np.log(np.zeros(1))\nng.log(x)", [1, 2]),  # NumPy's own line is the user's
        ("with np.errstate(all='ignore'):\n    ng.log(x)", []),
    ],
)
def test_the_users_line(warned: Shell, cell: str, expected: list[int]) -> None:
    for _ in range(2):  # a cell that runs again warns again
        ran = warned.run(cell)
        assert ran.error is None
        assert lines(ran.err) == expected
        if expected:
            assert cell.splitlines()[expected[0] - 1].strip() in ran.err


def test_the_filters_are_the_users(warned: Shell) -> None:
    warned.ok("import warnings; warnings.simplefilter('ignore')")
    assert warned.ok("ng.log(x)").err == ""
    warned.ok("warnings.simplefilter('always')")
    assert len(lines(warned.ok("for i in range(3):\n    ng.log(x)").err)) == 3
    warned.ok("warnings.simplefilter('error')")
    assert isinstance(warned.run("ng.log(x)").error, RuntimeWarning)
