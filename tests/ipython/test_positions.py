"""Where nodes were made: cells and lines."""

from __future__ import annotations

from typing import Any

import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics import positions as source
from nbgrad.ipython.positions import Cells
from tests.ipython.conftest import Shell


def where(shell: Shell, name: str = "y") -> source.Source:
    found = shell.names[name].source
    assert isinstance(found, source.Source)
    return found


def test_a_line_of_a_cell(shell: Shell) -> None:
    count = shell.ip.execution_count
    shell.ok("x = Variable(np.array(2.0))\n\ny = ng.square(x)  # here")
    assert str(where(shell)) == f"in [{count}], line 3"
    assert where(shell).text == "y = ng.square(x)  # here"


def test_the_count_of_the_cell_not_of_the_moment(shell: Shell) -> None:
    count = shell.ip.execution_count
    shell.ok("x = Variable(np.array(2.0))")
    for _ in range(3):
        shell.ok("pass")
    assert where(shell, "x").cell == count


def test_the_last_line_counts_where_lines_repeat(shell: Shell) -> None:
    first = shell.ip.execution_count
    shell.ok("def f(x):\n    return ng.square(x)")
    shell.ok("y = f(Variable(np.array(2.0)))")
    assert (where(shell).cell, where(shell).line) == (first, 2)


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("%%no_grad\ny = Variable(np.array(2.0))", 2),
        ("%%no_grad\n\n\ny = Variable(np.array(2.0))", 4),
        ("%time y = Variable(np.array(2.0))", 1),
        ("%%time\ny = Variable(np.array(2.0))", 2),
        ("%%time\nx = 1\ny = Variable(np.array(2.0))", 3),
        ("%%time\n%%no_grad\ny = Variable(np.array(2.0))", 3),
        ("%%no_grad\n%%time\ny = Variable(np.array(2.0))", 3),
        ("%%capture\ny = Variable(np.array(2.0))", 2),
        ("exec('y = Variable(np.array(2.0))')", 1),
        ("y = eval('Variable(np.array(2.0))')", 1),
    ],
)
def test_cells_run_by_magics(shell: Shell, cell: str, line: int) -> None:
    shell.ok("pass")
    count = shell.ip.execution_count
    shell.ok(cell)
    found = where(shell)
    shell.ok("%%time\nz = Variable(np.array(3.0))\nz = z")  # another one since
    assert (found.cell, found.line) == (count, line)
    assert (where(shell).cell, where(shell).line) == (count, line)
    assert "np.array(2.0)" in where(shell).text


def test_a_file_is_not_a_cell(shell: Shell, tmp_path: Any) -> None:
    (tmp_path / "made_here.py").write_text("import nbgrad as ng\ny = ng.as_variable(2.0)\n")
    shell.ok(f"%run {tmp_path / 'made_here.py'}")
    assert where(shell).cell is None
    assert str(where(shell)) == "made_here.py, line 2"


def test_what_is_no_cell_has_no_number(shell: Shell) -> None:
    cells = Cells(shell.ip)
    assert cells.number("train.py") is None
    assert cells.number("<ipython-input-12-0123456789ab>") == 12
    assert cells.number("<stdin>") is None


def test_more_ends_than_starts_do_no_harm(shell: Shell) -> None:
    cells = Cells(shell.ip)
    cells.stop()
    cells.start()
    cells.stop()
    cells.stop()


def test_an_anomaly_names_cell_and_line(shell: Shell) -> None:
    count = shell.ip.execution_count
    shell.ok("x = Variable(np.array(0.0), name='x')")
    ran = shell.run("with ng.detect_anomaly(), np.errstate(divide='ignore'):\n    y = ng.log(x)")
    assert isinstance(ran.error, ng.AnomalyError)
    assert (
        f"log(x () float64) made an infinity out of finite values, in [{count + 1}], line 2"
        in str(ran.error)
    )
