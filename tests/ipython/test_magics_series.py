"""%backward --sweep and %%history in a terminal's IPython."""

from __future__ import annotations

import pytest

from tests.ipython.conftest import Shell

LOOP = """
w = Variable(np.array(4.0))
for _ in range(5):
    loss = ng.square(w)
    w.cleargrad()
    loss.backward()
    w.data = w.data - 0.25 * w.grad
"""


def test_a_sweep_shows_the_values_side_by_side(shell: Shell) -> None:
    shell.ok("x = Variable(np.array(2.0)); y = ng.square(x)")
    for line in ("%backward --sweep x=-3:3:7 y", "%backward y --sweep=x=-3,0,3"):
        out = shell.ok(line).out
        assert "takes by x" in out
        assert "-6" in out
    assert shell.names["x"].grad is None
    assert float(shell.names["x"].data) == 2.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--sweep y", "--sweep needs a leaf and its values"),
        ("--sweep x= y", "is written x=-3:3:31"),
        ("--sweep x=1:2 y", "is written x=-3:3:31"),
        ("--sweep x=a:b:3 y", "is written x=-3:3:31"),
        ("--sweep x=0:inf:3 y", "is written x=-3:3:31"),
        ("--sweep x=1:2:1 y", "2 to 1000 values"),
        ("--sweep x=1:2:99999 y", "2 to 1000 values"),
        ("--sweep q=1:2:3 y", "'q' is not a leaf of this graph. Its leaves are x."),
        ("--sweep y=1:2:3 y", "y is computed by Square"),
    ],
)
def test_a_sweep_that_cannot_be_is_a_sentence(shell: Shell, options: str, said: str) -> None:
    shell.ok("x = Variable(np.array(2.0)); y = ng.square(x)")
    ran = shell.run(f"%backward {options}")
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert shell.names["x"].grad is None


def test_a_cell_records_every_backward_in_it(shell: Shell) -> None:
    ran = shell.ok(f"%%history{LOOP}")
    assert "loss, 5 takes by iteration" in ran.out
    assert "w.grad" in ran.out
    assert float(shell.names["w"].data) == 0.125
    ran = shell.ok(f"%%history --every 2 --keep 10{LOOP}w.data")
    assert "3 takes by iteration" in ran.out
    assert float(ran.value) == 0.125
    again = shell.ok("%%history\nl = ng.square(w)\nl.backward()")
    assert "1 take by iteration" in again.out


def test_a_cell_that_fails_shows_what_it_recorded(shell: Shell) -> None:
    ran = shell.run(f"%%history{LOOP}    if _ == 2: raise KeyError('stop')")
    assert isinstance(ran.error, KeyError)
    assert "3 takes by iteration" in ran.out
    after = shell.ok("loss.backward()")
    assert "take" not in after.out


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%%history --every 0\nran = True", "every must be 1 at least"),
        ("%%history --keep 1\nran = True", "keep must be 2 at least"),
        ("%%history --all\nran = True", "'--all' is not understood"),
    ],
)
def test_options_are_refused_before_anything_runs(shell: Shell, cell: str, said: str) -> None:
    ran = shell.run(cell)
    assert said in ran.err
    assert "Nothing was run" in ran.err
    assert "ran" not in shell.names


def test_a_cell_without_a_pass_says_so(shell: Shell) -> None:
    assert "no backward() ran in this cell" in shell.ok("%%history\nx = 3").out


def test_a_cell_shows_the_passes_of_pytorch(shell: Shell) -> None:
    modes = pytest.importorskip("torch")._C._len_torch_function_stack
    shell.ok("import torch; w = torch.tensor(4.0, requires_grad=True)")
    loop = "for _ in range(3):\n    loss = w * w; w.grad = None; loss.backward()\n"
    assert "loss, 3 takes by iteration" in shell.ok(f"%%history\n{loop}").out
    failed = shell.run(f"%%history\n{loop}    if _ == 1: raise KeyError('stop')")
    assert "loss, 2 takes by iteration" in failed.out
    assert modes() == 0
    unseen = shell.ok("%%history\nloss = w * w; loss.backward(inputs=[w])")
    assert "no backward() ran in this cell that nbgrad can show" in unseen.out
