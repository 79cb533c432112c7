"""Tab completion of the magics' arguments."""

from __future__ import annotations

import pytest

from nbgrad.ipython.completion import candidates, variables_in
from tests.ipython.conftest import Kernel, Shell

NAMES = ["x", "loss", "layer"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("%no_grad ", ["on", "off", "status"]),
        ("%no_grad o", ["on", "off"]),
        ("%no_grad s", ["status"]),
        ("%no_grad on ", []),
        ("%no_grad x", []),
        ("%%no_grad ", []),
        ("  %no_grad of", ["off"]),
        (
            "%backward ",
            ["x", "loss", "layer", "--order", "--retain", "--no-apply", "--modules", "--sweep"],
        ),
        ("%backward l", ["loss", "layer"]),
        ("%backward --", ["--order", "--retain", "--no-apply", "--modules", "--sweep"]),
        ("%backward --retain --", ["--order", "--no-apply", "--modules", "--sweep"]),
        ("%backward --sweep ", ["x=", "loss=", "layer="]),
        ("%backward --sweep l", ["loss=", "layer="]),
        ("%backward --sweep x=", []),
        ("%backward --sweep x=-3:3:31 l", ["loss", "layer"]),
        ("%backward --order ", ["generation", "naive", "sequence"]),
        ("%backward --order n", ["naive"]),
        ("%backward --order naive l", ["loss", "layer"]),
        ("%%backward ", ["--order", "--retain", "--no-apply", "--modules", "--sweep"]),
        ("%backward (x + l", ["loss", "layer"]),
        ("%backward x.su", []),
        ("%backward (l", []),
        ("%graph l", ["loss", "layer"]),
        ("%graph ", NAMES),
    ],
)
def test_what_may_come_next(line: str, found: list[str]) -> None:
    assert (candidates(line, NAMES) or []) == found


@pytest.mark.parametrize("line", ["", "%no_grad", "no_grad o", "x = %no_gradient ", "%time l"])
def test_other_lines_are_left_alone(line: str) -> None:
    assert candidates(line, NAMES) is None


def test_only_variables_that_the_user_named(shell: Shell) -> None:
    shell.ok("x = Variable(np.array(1.0)); _hidden = x; number = 3.0")
    assert variables_in(shell.names) == ["x"]


def complete(shell: Shell, line: str) -> list[str]:
    return list(shell.ip.complete("", line, len(line))[1])


def test_a_terminal_completes(shell: Shell) -> None:
    shell.ok("loss = Variable(np.array(1.0)); lost = 3")
    assert sorted(complete(shell, "%no_grad o")) == ["off", "on"]
    assert complete(shell, "%backward lo") == ["loss"]
    assert "--retain" in complete(shell, "%backward --r")
    shell.ok("%unload_ext nbgrad")
    assert sorted(complete(shell, "%no_grad o")) != ["off", "on"]


def test_a_notebook_completes(kernel: Kernel) -> None:
    kernel.ok("weight = Variable(np.array(1.0))")
    for code, wanted in (("%no_grad st", ["status"]), ("%backward weig", ["weight"])):
        reply = kernel.client.complete(code, reply=True, timeout=600)["content"]
        start, end = reply["cursor_start"], reply["cursor_end"]
        results = [code[:start] + match + code[end:] for match in reply["matches"]]
        assert results == [code.rpartition(" ")[0] + " " + word for word in wanted]
