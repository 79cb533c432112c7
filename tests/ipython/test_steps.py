"""%backward, %%backward and %graph in a terminal's IPython."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.ipython.conftest import Shell

DIAMOND = """
x = Variable(np.array(2.0))
a = ng.square(x)
b = ng.square(a)
c = ng.square(a)
y = b + c
"""


@pytest.fixture
def diamond(shell: Shell) -> Shell:
    shell.ok(DIAMOND)
    return shell


def grad(shell: Shell, name: str) -> Any:
    value = shell.names[name].grad
    return None if value is None else float(value)


def test_a_terminal_shows_the_trace_as_text(diamond: Shell) -> None:
    ran = diamond.ok("%backward y")
    assert "64" in ran.out
    assert "16" in ran.out
    assert ran.value is None
    assert grad(diamond, "x") == 64.0
    assert grad(diamond, "a") is None


def test_names_are_those_of_the_user(diamond: Shell) -> None:
    out = diamond.ok("%backward y").out
    for name in "xabcy":
        assert name in out
    assert "v0" not in out


def test_a_second_pass_adds_once_more(diamond: Shell) -> None:
    diamond.ok("%backward y")
    diamond.ok("%backward y")
    assert grad(diamond, "x") == 128.0


def test_retain_keeps_the_gradients_of_intermediates(diamond: Shell) -> None:
    diamond.ok("%backward y --retain")
    assert grad(diamond, "a") == 16.0
    assert grad(diamond, "y") == 1.0


@pytest.mark.parametrize("line", ["--no-apply y", "y --no-apply", "--order naive y"])
def test_looking_changes_no_gradient(diamond: Shell, line: str) -> None:
    out = diamond.ok(f"%backward {line}").out
    assert ("96" if "naive" in line else "64") in out
    assert grad(diamond, "x") is None


@pytest.mark.parametrize(
    "expression",
    ["(a * b).sum()", "ng.square(a) + c", "{'k': y}['k']", "[y, a][0]", "(-y)", "y  +  0", "y;"],
)
def test_an_expression_is_fine(diamond: Shell, expression: str) -> None:
    diamond.ok(f"%backward {expression}")
    assert grad(diamond, "x") is not None


@pytest.mark.parametrize("options", ["", "--retain", "--order=generation --retain"])
def test_an_expression_stays_as_written(diamond: Shell, options: str) -> None:
    diamond.ok(
        "d = {'a  b': y, 'a': y, '--retain': y, 'a --modules #': y}\n"
        "def f(v, *args, s=''):\n    return v * float(len(s))"
    )
    x = 64.0
    for expression, gradient in (
        ("d['a  b']", x),
        ("d['--retain']", x),
        ("d['a --modules #']", x),
        ("-y", -x),
        ("y -x.sum()", x - 1),
        ("y  -   x", x - 1),
        ("f(y, -1, s='a')", x),
        ("f(y, s='a -b')", 4 * x),
        ("f(y, s='{y} $y')", 6 * x),
        ("f(y, s='a --retain')", 10 * x),
        ("y - -x", x + 1),
        ("[y][-1]  if  -1 else x", x),
    ):
        for line in (f"{options} {expression}", f"{expression} {options};"):
            diamond.ok("x.cleargrad()")
            diamond.ok(f"%backward {line}")
            assert grad(diamond, "x") == gradient, line


def test_a_comment_is_no_option(diamond: Shell) -> None:
    for line in ("y # --no-apply", "y  # it's --order naive", "--retain y # --modules"):
        diamond.ok("x.cleargrad()")
        diamond.ok(f"%backward {line}")
        assert grad(diamond, "x") == 64.0, line


def test_local_variables_of_a_function_are_found(shell: Shell) -> None:
    shell.ok(
        "def f():\n"
        "    inner = Variable(np.array(3.0))\n"
        "    z = ng.square(inner)\n"
        "    get_ipython().run_line_magic('backward', 'z')\n"
        "    return inner.grad\n"
        "g = f()"
    )
    assert float(shell.names["g"]) == 6.0


def test_a_node_made_by_the_expression_stands_in_the_cell(diamond: Shell) -> None:
    count = diamond.ip.execution_count
    diamond.ok("saved = []\nkeep = lambda v: saved.append(v) or v\n%backward keep(ng.square(y))")
    assert str(diamond.names["saved"][0].source) == f"in [{count}], line 3"


# ---------------------------------------------------------------- the cell magic


def test_the_cell_magic_steps_through_the_last_expression(shell: Shell) -> None:
    ran = shell.ok(f"%%backward{DIAMOND}y")
    assert "64" in ran.out
    assert grad(shell, "x") == 64.0
    assert ran.value is None


def test_the_cell_magic_takes_an_assignment_for_its_variable(shell: Shell) -> None:
    shell.ok(f"%%backward --retain{DIAMOND}")
    assert grad(shell, "a") == 16.0


def test_the_cell_magic_awaits(shell: Shell) -> None:
    shell.ok(f"%%backward\nimport asyncio{DIAMOND}await asyncio.sleep(0, y)")
    assert grad(shell, "x") == 64.0


def test_a_cell_without_a_last_expression_is_not_run(shell: Shell) -> None:
    ran = shell.run("%%backward\ndone = 1\nfor i in range(2):\n    i")
    assert ran.err.startswith("UsageError: %%backward: the last line")
    assert "Nothing was run" in ran.err
    assert "done" not in shell.names


@pytest.mark.parametrize("line", ["--order upwards", "y", "--fast", "--order"])
def test_wrong_options_of_the_cell_magic_run_nothing(shell: Shell, line: str) -> None:
    ran = shell.run(f"%%backward {line}\ndone = 1\nVariable(np.array(1.0))")
    assert ran.err.startswith("UsageError: %%backward")
    assert "done" not in shell.names


def test_calling_the_cell_magic_from_python(shell: Shell) -> None:
    shell.ip.run_cell_magic("backward", "--retain", DIAMOND)
    assert grad(shell, "a") == 16.0


def test_under_no_grad_it_says_why_not(shell: Shell) -> None:
    ran = shell.run(f"%%backward\n%%no_grad{DIAMOND}y")
    assert "no_grad" in ran.err
    assert "Traceback" not in ran.err + ran.out


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%backward", "needs a variable"),
        ("%backward nothing", "The Variables here: x, a, b, c and y."),
        ("%backward yy", "Did you mean y?"),
        ("%backward 3", "3 is not a Variable but int"),
        ("%backward np.sin", "is not a Variable but ufunc"),
        ("%backward y +", "is not an expression"),
        ("%backward y --order upwards", "upwards"),
        ("%backward y --order=upwards", "upwards"),
        ("%backward y --order", "--order needs a value"),
        ("%backward y --fast", "Usage: %backward"),
        ("%backward --fast y", "Usage: %backward"),
        ("%backward 'unclosed", "unterminated string"),
        ("%backward 1 / 0", "ZeroDivisionError"),
        ("%backward ng.no_grad(ng.square)(x)", "no_grad"),
        ("%graph", "needs a variable"),
        ("%graph nothing", "The Variables here: x, a, b, c and y."),
        ("%graph 3", "3 is not a Variable but int"),
    ],
)
def test_bad_input_is_a_sentence_and_changes_nothing(diamond: Shell, line: str, said: str) -> None:
    ran = diamond.run(line)
    assert ran.err.startswith("UsageError: %")
    assert said in ran.err
    assert "Traceback" not in ran.err + ran.out
    assert grad(diamond, "x") is None


def test_no_variables_yet(shell: Shell) -> None:
    assert "There are no Variables yet" in shell.run("%backward y").err


def test_a_rule_that_fails_is_named_with_its_line(diamond: Shell) -> None:
    diamond.ok(
        "class Half(Function):\n"
        "    def forward(self, x): return x / 2\n"
        "    def backward(self, gy):\n"
        "        raise ValueError('not today')\n"
    )
    count = diamond.ip.execution_count - 1
    ran = diamond.run("%backward Half()(y)")
    assert "ValueError: not today" in ran.err
    assert "Half" in ran.err
    assert f"in [{count}], line 4: raise ValueError('not today')" in ran.err
    assert "Traceback" not in ran.err + ran.out
    assert grad(diamond, "x") is None


def test_an_interrupt_stays_an_interrupt(diamond: Shell) -> None:
    diamond.ok("def stop(): raise KeyboardInterrupt")
    assert isinstance(diamond.run("%backward stop()").error, KeyboardInterrupt)


# ---------------------------------------------------------------- in a notebook


@pytest.fixture
def displayed(diamond: Shell, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let the front end show HTML; return what is displayed."""
    seen: list[Any] = []
    monkeypatch.setattr("nbgrad.ipython.steps.display", seen.append)
    monkeypatch.setattr("nbgrad.ipython.magics.display", seen.append)
    diamond.ip.display_formatter.active_types = ["text/plain", "text/html"]
    return seen


def test_a_notebook_shows_a_stepper(diamond: Shell, displayed: list[Any]) -> None:
    ran = diamond.ok("%backward y\nprint('after')")
    assert [type(shown).__name__ for shown in displayed] == ["Stepper"]
    assert ran.out == "after\n"
    assert grad(diamond, "x") == 64.0


def test_a_cell_that_runs_again_closes_what_it_showed(diamond: Shell, displayed: list[Any]) -> None:
    def run(code: str, cell: str | None = None) -> None:
        assert diamond.ip.run_cell(code, cell_id=cell).success

    def alive() -> list[bool]:
        return [shown.comm is not None for shown in displayed]

    run("%backward y", "one")
    run("%backward y", "two")
    run("%%backward\ny", "three")
    run("for v in (b, c):\n    %backward v", "four")
    assert alive() == [True] * 5
    run("%backward -y", "two")  # edited
    assert alive() == [True, False, True, True, True, True]
    run("1 / 1", "three")
    run("for v in (b,):\n    %backward v", "four")
    assert alive() == [True, False, False, False, False, True, True]
    run("%backward y")  # a front end that tells no id
    run("%backward y")
    assert alive()[-2:] == [False, True]
    assert alive()[0]


def test_without_anywidget_a_notebook_shows_the_story(
    diamond: Shell, displayed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "nbgrad.views.stepper.widget", None)
    ran = diamond.ok("%backward y")
    assert [type(shown).__name__ for shown in displayed] == ["Trace"]
    assert "without buttons" in ran.err
    assert grad(diamond, "x") == 64.0


def test_graph_shows_a_drawing(diamond: Shell, displayed: list[Any]) -> None:
    diamond.ok("%graph y")
    diamond.ok("%graph ng.square(y)")
    assert [type(shown).__name__ for shown in displayed] == ["Graph", "Graph"]
    assert grad(diamond, "x") is None


def test_graph_in_a_terminal_is_text(diamond: Shell) -> None:
    assert diamond.ok("%graph y").out.strip()


def test_arrays_go_too(shell: Shell) -> None:
    shell.ok("w = Variable(np.ones((3, 4))); x = Variable(np.arange(4.0)); z = (w * x).sum()")
    shell.ok("%backward z")
    np.testing.assert_array_equal(shell.names["x"].grad, np.full(4, 3.0))


def test_a_tensors_pass_in_pytorchs_order_with_its_modules_closed(shell: Shell) -> None:
    pytest.importorskip("torch")
    shell.ok(
        "import torch\nnet = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())\n"
        "loss = net(torch.ones(1, 2)).sum()"
    )
    shown = shell.ok("%backward --order sequence loss --modules=1 --no-apply").out
    assert "as its engine ran it" in shown
    assert "Linear → 0.addmm" in shown
    assert "addmm → " in shell.ok("%backward loss --no-apply").out
    shell.ok("x = Variable(np.array(2.0))")
    assert "not 'sequence'" in shell.run("%backward x * x --order sequence").err
    assert "no modules" in shell.run("%backward x * x --modules 1").err
    assert "--modules needs a depth" in shell.run("%backward loss --modules").err
