"""The commonest mistakes in a notebook: what is said, where, and what is shown of the way there.

`mistakes.txt` is the table: two cells and the words. What a script says of the same mistakes is in
`tests/engine/diagnostics/test_messages.py`.
"""

from __future__ import annotations

import os
import re
import traceback
from pathlib import Path
from typing import NamedTuple

import pytest

import nbgrad as ng
from tests.engine.diagnostics.test_messages import MISTAKES as OF_SCRIPTS
from tests.ipython.conftest import Kernel, Ran, Shell

LIBRARY = f"{os.sep}nbgrad{os.sep}"
_SECTION = re.compile(
    r"^## (?P<title>.+)\nIn \[2\]: (?P<made>.+(?:\n   \.\.\..*)*)\n"
    r"In \[3\]: (?P<fails>.+(?:\n   \.\.\..*)*)\n(?P<says>(?:.+\n)+)",
    re.MULTILINE,
)


class Mistake(NamedTuple):
    """A cell that makes something, a cell whose last line fails, and what is said."""

    made: str
    fails: str
    says: str


def table() -> dict[str, Mistake]:
    text = Path(__file__).with_name("mistakes.txt").read_text(encoding="utf-8")
    found = {}
    for section in _SECTION.finditer(text):
        made, fails = (section[k].replace("\n   ...: ", "\n") for k in ("made", "fails"))
        found[section["title"]] = Mistake(made, fails, section["says"].strip())
    assert len(found) == text.count("## ")
    return found


TABLE = table()


def said(error: BaseException | None) -> str:
    assert error is not None
    return "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", [])])


def places(shown: str) -> list[tuple[int, int]]:
    """Return cell and line of each frame that a traceback shows, outermost first."""
    return [(int(n), int(k)) for n, k in re.findall(r"Cell In ?\[(\d+)\], line (\d+)", shown)]


def fail(shell: Shell, made: str, fails: str) -> Ran:
    assert shell.ip.execution_count == 2
    shell.ok(made)
    ran = shell.run(fails)
    assert ran.error is not None
    return ran


def test_every_mistake_of_a_script_is_met_in_a_cell_too() -> None:
    assert [title for title in OF_SCRIPTS if title not in TABLE] == []


@pytest.mark.parametrize("title", TABLE)
def test_what_happened_where_and_the_fix(shell: Shell, title: str) -> None:
    mistake = TABLE[title]
    ran = fail(shell, mistake.made, mistake.fails)
    assert said(ran.error) == mistake.says
    assert ran.out.rstrip().endswith(mistake.says.partition(": ")[2])
    assert places(ran.out) == [(3, mistake.fails.count("\n") + 1)]
    assert LIBRARY not in ran.out


def test_the_way_through_the_users_own_functions_is_shown(shell: Shell) -> None:
    ran = fail(
        shell,
        "def model(x):\n    h = x * 2.0\n    return h + w\nw = Variable(np.ones(3))",
        "x = Variable(np.array([1.0, 2.0]))\nmodel(x)",
    )
    assert places(ran.out) == [(3, 2), (2, 3)]
    assert LIBRARY not in ran.out
    assert "add(h (2,) float64, w (3,) float64)" in ran.out
    assert "made: h in [2], line 2; w in [2], line 4" in ran.out


@pytest.mark.parametrize(
    ("made", "fails", "way", "note"),
    [
        (
            (
                "class Rule(Function):\n    def forward(self, x):\n        return x ** n\n"
                "x = Variable(np.array(2.0))"
            ),
            "Rule()(x)",
            [(3, 1), (2, 3)],
            "in the forward of Rule(x () float64), made: x in [2], line 4",
        ),
        (
            (
                "class Rule(Function):\n    def forward(self, x): return x**2\n"
                "    def backward(self, gy):\n        return gy * n\n"
                "x = Variable(np.array(2.0))\ny = Rule()(x)"
            ),
            "z = y * 2.0\nz.backward()",
            [(3, 2), (2, 4)],
            (
                "in the backward of Rule(x () float64) → y () float64, generation 0, "
                "made in [2], line 6"
            ),
        ),
    ],
    ids=["forward", "backward"],
)
def test_an_error_in_ones_own_rule_ends_there(
    shell: Shell, made: str, fails: str, way: list[tuple[int, int]], note: str
) -> None:
    ran = fail(shell, made, fails)
    assert isinstance(ran.error, NameError)
    assert places(ran.out) == way
    assert LIBRARY not in ran.out
    assert ran.out.rstrip().endswith(f"NameError: name 'n' is not defined\n{note}")


# ---------------------------------------------------------------- what is left out, and what not

SHAPES = ("x = Variable(np.ones(2))\nw = Variable(np.ones(3))", "x + w")


@pytest.mark.parametrize("mode", ["Plain", "Context"])
def test_the_modes_of_ipython_leave_the_librarys_lines_out(shell: Shell, mode: str) -> None:
    shell.ip.run_line_magic("xmode", mode)
    ran = fail(shell, *SHAPES)
    assert places(ran.out) == [(3, 1)]
    assert LIBRARY not in ran.out


def test_verbose_shows_every_line(shell: Shell) -> None:
    shell.ip.run_line_magic("xmode", "Verbose")
    ran = fail(shell, *SHAPES)
    assert f"{LIBRARY}engine{os.sep}operation.py" in ran.out


def test_the_exception_itself_keeps_the_whole_way(shell: Shell) -> None:
    error = fail(shell, *SHAPES).error
    assert error is not None
    files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    assert any(LIBRARY in file for file in files)


def test_what_the_library_did_not_raise_on_purpose_is_shown_in_full(shell: Shell) -> None:
    ran = shell.run("from nbgrad.engine.diagnostics import positions\npositions.resolve(5)")
    assert isinstance(ran.error, TypeError)
    assert f"{LIBRARY}engine{os.sep}diagnostics{os.sep}positions.py" in ran.out


def test_what_python_runs_for_the_library_is_left_out_too(shell: Shell) -> None:
    ran = fail(shell, "def f(x):\n    return x.shift()", "ng.grad(f)([1.0, 2.0])")
    assert isinstance(ran.error, AttributeError)
    assert places(ran.out) == [(3, 1), (2, 2)]
    assert "contextlib" not in ran.out


def test_what_python_runs_for_the_user_is_shown(shell: Shell) -> None:
    ran = fail(shell, "import copy\ny = Variable(np.ones(2)) * 2.0", "copy.copy(y)")
    assert isinstance(ran.error, ng.NonLeafCopyError)
    assert f"{os.sep}copy.py" in ran.out
    assert LIBRARY not in ran.out


def test_where_one_error_came_from_another_neither_shows_the_librarys_lines(shell: Shell) -> None:
    ran = fail(
        shell,
        "class Rule(Function):\n    def forward(self, x): return x**2\n"
        "    def backward(self, gy):\n        return float(self.inputs[0]) * gy\n"
        "x = Variable(np.array(2.0))\ny = Rule()(x)",
        "y.backward(create_graph=True)",
    )
    assert isinstance(ran.error, ng.SecondOrderError)
    assert "direct cause" in ran.out
    assert places(ran.out)[-1] == (3, 1)
    assert (2, 4) in places(ran.out)
    assert LIBRARY not in ran.out


def test_unloading_gives_the_tracebacks_back(bare_shell: Shell) -> None:
    before = dict(vars(bare_shell.ip.InteractiveTB))
    bare_shell.ok("%load_ext nbgrad")
    bare_shell.ok("%unload_ext nbgrad")
    assert vars(bare_shell.ip.InteractiveTB).keys() == before.keys()
    assert LIBRARY in bare_shell.run("ng.Variable([1.0])").out


# ---------------------------------------------------------------- no errors, but often asked


def test_backward_twice_says_what_was_there_before(shell: Shell) -> None:
    shell.ok("x = Variable(np.array(3.0))\ny = x * x\ny.backward()")
    assert "x.grad 12 = 6 from before + 6" in shell.ok("%backward y").out


def test_mixed_dtypes_are_seen_in_the_repr(shell: Shell) -> None:
    shell.ok("x = Variable(np.ones(2, 'f4'))\nw = Variable(np.ones(2))\ny = x * w\ny.backward()")
    chips = [
        re.findall(r'<code class="ng-chip">(\w+)</code>', shell.names[n]._repr_html_())[0]
        for n in ("x", "w", "y")
    ]
    assert chips == ["float32", "float64", "float64"]
    assert [shell.names[n].grad.dtype.name for n in ("x", "w")] == ["float32", "float64"]


def test_a_name_that_stands_for_another_variable_now_is_an_old_one(shell: Shell) -> None:
    shell.ok("x = Variable(np.array(2.0))\ny = x * x")
    shell.ok("x = Variable(np.array(3.0))\ny.backward()")
    assert "mul(old x = 2, old x = 2)" in shell.ok("%graph y").out
    assert "old x.grad 8 = 4 from before + 4" in shell.ok("%backward y").out


def test_an_error_calls_a_variable_as_the_cell_reaches_it(shell: Shell) -> None:
    ran = fail(
        shell,
        "class Linear:\n    def __init__(self, n, m):\n        self.w = Variable(np.ones((n, m)))\n"
        "first, params = Linear(2, 3), [Variable(np.ones((2, 4))), Variable(np.ones((5, 5)))]\n"
        "named = {'b': Variable(np.ones(7))}",
        "try:\n    first.w @ params[1]\nexcept ng.ShapeError as error:\n    seen = str(error)\n"
        "params[0] + named['b']",
    )
    assert shell.names["seen"].startswith(
        "matmul(first.w (2, 3) float64, params[1] (5, 5) float64): the last axis of first.w has 3"
    )
    assert str(ran.error).startswith("add(params[0] (2, 4) float64, named['b'] (7,) float64): ")


def test_an_error_calls_what_nobody_holds_as_the_line_did_that_made_it(shell: Shell) -> None:
    ran = fail(
        shell,
        "class Linear:\n    def __init__(self):\n        self.w = Variable(np.ones(2))\n"
        "def model(x):\n    h = Linear().w * x\n    return h + np.ones(3)",
        "model(Variable(np.ones(2)))",
    )
    assert said(ran.error).startswith("ShapeError: add(h (2,) float64, array (3,) float64): ")
    ran = shell.run("Linear().w + np.ones(3)")
    assert said(ran.error).startswith("ShapeError: add(self.w (2,) float64, array (3,) float64): ")
    assert "made: self.w in [2], line 3" in said(ran.error)


def test_an_error_names_an_old_one_too(shell: Shell) -> None:
    ran = fail(
        shell,
        "x = Variable(np.ones(2))\ny = x * x",
        "x = Variable(np.ones(3))\ny.creator.inputs[0] + x",
    )
    assert str(ran.error).startswith("add(old x (2,) float64, x (3,) float64): ")
    assert "made: old x in [2], line 1; x in [3], line 1" in said(ran.error)


def test_a_kernel_shows_the_same(kernel: Kernel) -> None:
    made = kernel.ok("x = Variable(np.ones(2))\nw = Variable(np.ones(3))").count
    seen = kernel.run("x + w")
    assert places(seen.traceback) == [(seen.count, 1)]
    assert LIBRARY not in seen.traceback
    assert seen.traceback.rstrip().endswith(f"made: x in [{made}], line 1; w in [{made}], line 2")
    seen = kernel.run("x.data -= 0.1 * x.grad")
    assert "x.grad is None (not computed yet)" in seen.traceback


def test_errors_that_have_nothing_to_do_with_it_are_as_before(shell: Shell) -> None:
    ran = shell.run("1 / 0")
    assert places(ran.out) == [(2, 1)]
    assert said(ran.error) == "ZeroDivisionError: division by zero"


def test_while_no_grad_is_on_for_all_cells_the_fix_is_to_switch_it_off(shell: Shell) -> None:
    shell.ok("x = Variable(np.ones(2))\n%no_grad on")
    shell.ok("y = x * 2.0")
    fix = "Recording is off: switch it on, ng.Config.enable_backprop = True or %no_grad off, then"
    assert f"(made under no_grad): {fix} compute it again." in said(shell.run("y.grad + 1").error)
    assert said(shell.run("y.backward()").error).endswith(f"{fix} compute it again.")
