"""What a note adds to an error of Python or NumPy: what a Variable has to do with it."""

from __future__ import annotations

import pytest

from tests.ipython.conftest import Shell
from tests.ipython.test_tracebacks import fail


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("x.cos()", "In nbgrad: ng.cos(x)"),
        ("x.softmax(-1)", "In nbgrad: ng.softmax(x)"),
        ("x.numpy()", "In nbgrad: x.data"),
        ("x.zero_grad()", "In nbgrad: x.cleargrad()"),
    ],
)
def test_names_of_other_libraries(shell: Shell, line: str, note: str) -> None:
    ran = fail(shell, "x = Variable(np.ones(2))", line)
    assert getattr(ran.error, "__notes__", None) == [note]
    assert getattr(shell.run("x.frobnicate").error, "__notes__", []) == []


@pytest.mark.parametrize(
    "line",
    ["0.1 * x.grad.data", "x.data -= 0.1 * x.grad.data", "-x.grad.data", "x.grad.data.sum()"],
)
def test_the_gradient_of_the_book_is_a_variable(shell: Shell, line: str) -> None:
    ran = fail(shell, "x = Variable(np.array([1.0, 2.0])); (x * x).sum().backward()", line)
    assert "x.grad is the array itself: write x.grad, without .data" in ran.out


def test_a_hint_is_given_once(shell: Shell) -> None:
    ran = fail(shell, "x = Variable(np.ones(2))", "x.grad + 1")
    assert ran.out.count("x.grad is None") == 1
    assert shell.run("%tb").out.count("x.grad is None") == 1


@pytest.mark.parametrize("line", ["None + 1", "x.data + None", "y.grad + 1", "z.grad + None"])
def test_no_hint_where_it_is_not_about_a_gradient(shell: Shell, line: str) -> None:
    made = "x = Variable(np.ones(2))\nz = Variable(np.ones(2))\nz.sum().backward()\n"
    ran = fail(shell, made + "class Y: grad = None\ny = Y()", line)
    assert getattr(ran.error, "__notes__", []) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("net.w.grad + 1", "net.w"),
        ("net.all[1].grad + 1", "net.all[1]"),
        ("net.all[-1].grad + 1", "net.all[-1]"),
        ("named['w'].grad + 1", "named['w']"),
        ("named[key].grad + 1", "named[key]"),
        ("for p in net.all: p.data -= 0.1 * p.grad", "p"),
        ("(lambda q: q.grad + 1)(net.w)", "q"),
        ("net.w.grad.shape", "net.w"),
    ],
)
def test_a_hint_finds_what_the_line_calls_it(shell: Shell, line: str, name: str) -> None:
    made = (
        "class Net:\n    def __init__(self):\n        self.w = Variable(np.ones(2))\n"
        "        self.all = [self.w, self.w]\n"
        "net, key = Net(), 'w'\nnamed = {'w': net.w}"
    )
    notes = getattr(fail(shell, made, line).error, "__notes__", [])
    assert [note.partition(" is None")[0] for note in notes] == [f"{name}.grad"]


def test_a_hint_runs_none_of_the_users_code(shell: Shell) -> None:
    made = (
        "seen = []\nclass Net:\n    @property\n    def w(self):\n"
        "        seen.append(1)\n        return Variable(np.ones(2))\nnet = Net()"
    )
    assert getattr(fail(shell, made, "net.w.grad + 1").error, "__notes__", []) == []
    assert shell.names["seen"] == [1]
