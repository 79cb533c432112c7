"""%no_grad and %%no_grad in a terminal's IPython."""

from __future__ import annotations

import threading

import pytest

from nbgrad.engine import grad_mode as config
from tests.ipython.conftest import Shell

OFF = "no_grad is off: operations are recorded, and backward() works."
ON = "no_grad is on: operations are not recorded, and backward() has no graph."


def test_it_toggles_and_prints_the_state(shell: Shell) -> None:
    assert ON in shell.ok("%no_grad").out
    assert not config.process.enable_backprop
    assert OFF in shell.ok("%no_grad").out
    assert config.process.enable_backprop


@pytest.mark.parametrize("word", ["on", "ON", " on "])
def test_on_means_that_nothing_is_recorded(shell: Shell, word: str) -> None:
    assert ON in shell.ok(f"%no_grad {word}").out
    shell.ok("x = Variable(np.array(2.0)); y = ng.square(x)")
    assert shell.names["y"].creator is None
    assert ON in shell.ok("%no_grad on").out  # twice is still on
    assert OFF in shell.ok("%no_grad off").out
    shell.ok("y = ng.square(x)")
    assert shell.names["y"].creator is not None


def test_status_changes_nothing(shell: Shell) -> None:
    assert OFF in shell.ok("%no_grad status").out
    assert OFF in shell.ok("%no_grad status").out
    shell.ok("%no_grad on")
    assert ON in shell.ok("%no_grad status").out
    assert not config.process.enable_backprop


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("word", ["maybe", "on off", "--on", "'on'", "{on}", "0"])
def test_a_bad_argument_prints_the_usage_and_changes_nothing(
    shell: Shell, word: str, before: bool
) -> None:
    config.process.enable_backprop = before
    ran = shell.run(f"%no_grad {word}")
    assert ran.err.startswith(f"UsageError: %no_grad on|off|status: {word!r} is none of these.")
    assert "Nothing was changed" in ran.err
    assert (OFF if before else ON) in ran.err
    assert "Traceback" not in ran.err + ran.out
    assert config.process.enable_backprop is before


def test_the_state_holds_in_other_threads(shell: Shell) -> None:
    shell.ok("%no_grad on")
    seen: list[bool] = []
    thread = threading.Thread(target=lambda: seen.append(config.is_recording()))
    thread.start()
    thread.join()
    assert seen == [False]


def test_status_says_when_a_with_goes_first(shell: Shell) -> None:
    ran = shell.ok("with ng.no_grad():\n    %no_grad status")
    assert OFF in ran.out
    assert "here operations are not recorded" in ran.out
    ran = shell.ok("%%no_grad\n%no_grad off")
    assert "here operations are not recorded" in ran.out


# ---------------------------------------------------------------- the cell magic


def test_the_cell_runs_under_no_grad_and_the_next_does_not(shell: Shell) -> None:
    ran = shell.ok("%%no_grad\nx = Variable(np.array(2.0))\ny = ng.square(x)\ny")
    assert shell.names["y"].creator is None
    assert ran.value is shell.names["y"]
    assert "variable(4.0)" in ran.out
    assert shell.ok("ng.Config.enable_backprop").value is True


def test_only_the_last_expression_is_displayed(shell: Shell) -> None:
    ran = shell.ok("%%no_grad\n'first'\n'last'")
    assert "last" in ran.out
    assert "first" not in ran.out
    assert shell.ok("%%no_grad\n'hidden';").out == ""
    assert shell.ok("%%no_grad\nz = 1").out == ""
    assert shell.ok("%%no_grad\nfor i in range(3):\n    i").out == ""


@pytest.mark.parametrize("mode", ["all", "last", "last_expr", "none", "last_expr_or_assign"])
def test_what_is_displayed_follows_the_setting_of_ipython(shell: Shell, mode: str) -> None:
    cell = "'first'\n'last'\nlate = 'assigned'"
    shell.ip.ast_node_interactivity = mode
    wanted = shell.ok(cell).out.split()
    seen = shell.ok("%%no_grad\n" + cell).out.split()
    words = {"'first'", "'last'", "'assigned'"}
    assert words & set(seen) == words & set(wanted)


def test_history_and_outputs_are_those_of_any_cell(shell: Shell) -> None:
    cell = "%%no_grad\n6 * 7"
    shell.ok(cell)
    assert shell.ok("_").value == 42
    assert shell.ok("len(Out)").value >= 1
    assert 42 in shell.names["Out"].values()
    assert cell in shell.names["In"] or any("6 * 7" in text for text in shell.names["In"])


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("1 / 0", ZeroDivisionError),
        ("raise KeyboardInterrupt", KeyboardInterrupt),
        ("raise SystemExit(3)", SystemExit),
        ("raise GeneratorExit", GeneratorExit),
        ("import sys; sys.exit()", SystemExit),
    ],
)
@pytest.mark.filterwarnings("ignore:To exit")
def test_recording_is_restored_whatever_happens(
    shell: Shell, statement: str, kind: type[BaseException]
) -> None:
    ran = shell.run(f"%%no_grad\nmode = ng.Config.enable_backprop\n{statement}\nlater = 1")
    assert isinstance(ran.error, kind)
    assert shell.names["mode"] is False
    assert "later" not in shell.names
    assert config.override.get() is None
    assert shell.ok("ng.Config.enable_backprop").value is True


def test_a_syntax_error_runs_nothing(shell: Shell) -> None:
    ran = shell.run("%%no_grad\ndone = 1\nx = = 2")
    assert isinstance(ran.error, SyntaxError)
    assert "line 3" in ran.out + ran.err
    assert "done" not in shell.names


def test_a_traceback_counts_the_lines_of_the_cell(shell: Shell) -> None:
    ran = shell.run("%%no_grad\nx = 1\n\ndef f():\n    return 1 / 0\n\nf()")
    text = ran.out + ran.err
    assert "line 7" in text
    assert "line 5" in text
    assert "1 / 0" in text
    assert "nbgrad" not in text.replace("%%no_grad", "").replace("'%%no_grad'", "")


def test_await_works_and_is_under_no_grad(shell: Shell) -> None:
    cell = (
        "%%no_grad\n"
        "import asyncio\n"
        "await asyncio.sleep(0)\n"
        "x = Variable(np.array(3.0))\n"
        "y = await asyncio.sleep(0, ng.square(x))\n"
        "y.creator is None and ng.Config.enable_backprop"
    )
    assert shell.ok(cell).value is False
    assert shell.ok("ng.Config.enable_backprop").value is True


def test_all_kinds_of_statements_run(shell: Shell) -> None:
    cell = '''%%no_grad

from __future__ import annotations
text = """
  kept
    as it is
"""
def f(a: NoSuchName) -> int: return a
class C:
    """Doc."""
for i in range(3):
    if i == 1: break
else:
    i = None
total = 0
total += 1
%env
!echo hello
del total
"""a string
at the end"""
'''
    ran = shell.ok(cell)
    assert shell.names["text"] == "\n  kept\n    as it is\n"
    assert shell.names["i"] == 1
    assert shell.names["C"].__doc__ == "Doc."
    assert ran.value == "a string\nat the end"


def test_a_function_made_in_the_cell_records_when_called_later(shell: Shell) -> None:
    shell.ok("%%no_grad\ndef f(x):\n    return ng.square(x)")
    shell.ok("y = f(Variable(np.array(2.0)))")
    assert shell.names["y"].creator is not None


@pytest.mark.parametrize(
    "outer", ["%%no_grad\n%%time", "%%time\n%%no_grad", "%%no_grad\n\n%%capture"]
)
def test_it_goes_with_other_cell_magics(shell: Shell, outer: str) -> None:
    shell.ok(f"{outer}\ny = ng.square(Variable(np.array(2.0)))\ny")
    assert shell.names["y"].creator is None
    assert shell.ok("ng.Config.enable_backprop").value is True


@pytest.mark.parametrize("line", ["%%no_grad on", "%%no_grad  nonsense here"])
def test_arguments_are_refused_before_anything_runs(shell: Shell, line: str) -> None:
    ran = shell.run(f"{line}\nran = True")
    assert "UsageError: %%no_grad takes no argument" in ran.err
    assert "Nothing was run" in ran.err
    assert "ran" not in shell.names


def test_an_empty_cell_says_so(shell: Shell) -> None:
    assert "cell body is empty" in shell.run("%%no_grad\n").err


def test_calling_the_magic_from_python(shell: Shell) -> None:
    shell.ip.run_cell_magic("no_grad", "", "y = ng.square(Variable(np.array(2.0)))\n")
    assert shell.names["y"].creator is None
    assert config.is_recording()


def test_a_terminal_waits_for_the_end_of_the_cell(shell: Shell) -> None:
    assert shell.ip.check_complete("%%no_grad")[0] == "incomplete"
    assert shell.ip.check_complete("%%no_grad\nx = 1")[0] == "incomplete"
    assert shell.ip.check_complete("%%no_grad\nx = 1\n\n")[0] == "complete"


def test_help_has_examples(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[str] = []
    monkeypatch.setattr("IPython.core.page.page", lambda text, *a, **k: pages.append(str(text)))
    shell.ok("%no_grad?")
    shell.ok("%%no_grad?")
    for page in pages:
        assert "%no_grad on" in page
        assert "%%no_grad" in page
    assert len(pages) == 2
