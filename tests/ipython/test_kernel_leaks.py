"""A real kernel: subshells beside the main shell, and outputs that are gone keep nothing alive."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

import ipykernel
import pytest

from tests.ipython.conftest import Kernel, kernel
from tests.robustness.random_programs import FUZZ

__all__ = ["kernel"]  # a fixture

TIMES = 1000 if FUZZ else 240
MODE = "ng.Config.enable_backprop"


@pytest.fixture(autouse=True)
def _recording(kernel: Kernel) -> None:
    kernel.ok("ng.Config.enable_backprop = True")


# ---------------------------------------------------------------- subshells


class Shell:
    """The main shell of a kernel, or since ipykernel 7 a second one with a thread of its own."""

    def __init__(self, kernel: Kernel, *, second: bool) -> None:
        self.client = kernel.client
        self.id = self.control("create_subshell_request")["subshell_id"] if second else None

    def control(self, kind: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        message = self.client.session.msg(kind, content or {})
        self.client.control_channel.send(message)
        return reply_to(message, self.client.get_control_msg)

    def start(self, code: str, wanted: str = "None") -> Any:
        """Send a cell without waiting for its end."""
        content = {
            "code": code,
            "silent": False,
            "store_history": False,
            "user_expressions": {"wanted": wanted},
            "allow_stdin": False,
            "stop_on_error": False,  # else what follows a failed cell at once is turned down
        }
        message = self.client.session.msg("execute_request", content)
        if self.id is not None:
            message["header"]["subshell_id"] = self.id
        self.client.shell_channel.send(message)
        return message

    def end(self, message: Any) -> str:
        """Wait for a cell; return what the expression is worth after it."""
        content = reply_to(message, self.client.get_shell_msg)
        assert content["status"] == "ok", content
        return str(content["user_expressions"]["wanted"]["data"]["text/plain"])

    def run(self, code: str, wanted: str = "None") -> str:
        return self.end(self.start(code, wanted))


early: dict[str, Any] = {}
"""Replies that came before somebody waited for them: shells share one channel."""


def reply_to(message: Any, receive: Any) -> dict[str, Any]:
    wanted = message["header"]["msg_id"]
    while wanted not in early:
        reply = receive(timeout=600)
        early[reply["parent_header"].get("msg_id")] = reply["content"]
    return dict(early.pop(wanted))


if ipykernel.version_info >= (7,):

    @pytest.fixture
    def main(kernel: Kernel) -> Shell:
        return Shell(kernel, second=False)

    @pytest.fixture
    def second(kernel: Kernel) -> Iterator[Shell]:
        made = Shell(kernel, second=True)
        yield made
        made.control("delete_subshell_request", {"subshell_id": made.id})

    def test_a_subshell_is_a_thread_of_its_own(main: Shell, second: Shell) -> None:
        here = "__import__('threading').get_ident()"
        assert main.run("", here) != second.run("", here)

    def test_no_grad_is_the_same_for_both_shells(main: Shell, second: Shell) -> None:
        for one, other in ((main, second), (second, main)):
            one.run("%no_grad on")
            assert other.run("", MODE) == "False"
            assert one.run("", MODE) == "False"
            other.run("%no_grad off")
            assert one.run("", MODE) == "True"

    @pytest.mark.parametrize("head", ["", "import asyncio; await asyncio.sleep(0)\n"])
    @pytest.mark.parametrize("turned", [False, True])
    def test_a_cell_under_no_grad_reaches_no_other_shell(
        main: Shell, second: Shell, head: str, turned: bool
    ) -> None:
        """One shell is inside its cell while the other one runs its own."""
        inner, outer = (main, second) if turned else (second, main)
        main.run("import threading; inside, leave = threading.Event(), threading.Event()")
        body = f"{head}inside.set()\nleave.wait(600)\nhere = {MODE}"
        sent = inner.start(f"%%no_grad\n{body}", "here")
        code = f"assert inside.wait(600)\ny = ng.square(Variable(np.array(2.0)))\nthere = {MODE}"
        assert outer.run(code, "there, y.creator is not None") == "(True, True)"
        outer.run("leave.set()")
        assert inner.end(sent) == "False"
        assert inner.run("", MODE) == outer.run("", MODE) == "True"

    def test_a_cell_that_fails_in_a_subshell_restores(main: Shell, second: Shell) -> None:
        failing = second.start("%%no_grad\n1 / 0")
        assert reply_to(failing, second.client.get_shell_msg)["status"] == "error"
        assert second.run("", MODE) == main.run("", MODE) == "True"

    def test_both_shells_go_back_to_one_leaf(main: Shell, second: Shell) -> None:
        main.run(
            "import threading, sys; sys.setswitchinterval(1e-6)\n"
            "x = Variable(np.array(3.0), 'x'); go = threading.Barrier(2)"
        )
        work = "{0} = ng.square(x)\ngo.wait(600)\nfor _ in range(500): {0}.backward()"
        sent = [shell.start(work.format(y)) for shell, y in ((main, "y"), (second, "z"))]
        for shell, message in zip((main, second), sent, strict=True):
            shell.end(message)
        assert main.run("sys.setswitchinterval(0.005)", "float(x.grad)") == "6000.0"


# ---------------------------------------------------------------- memory

# IPython's %reset out forgets the outputs themselves, but not a second list of _, __ and ___.
FORGET = "%reset -f out\nfor n in ('_', '__', '___'): get_ipython().user_ns_hidden.pop(n, None)"


def gone(kernel: Kernel, make: str, forget: str = FORGET) -> None:
    """Show something, let go of it with the collector off, and ask for the graph behind it."""
    kernel.ok("import gc, weakref; gc.collect(); gc.disable()")
    try:
        kernel.ok(
            "x = Variable(np.ones(3), 'x'); h = ng.tanh(x); y = ng.sum(h * h)\n"
            "refs = [weakref.ref(v) for v in (h, y)]"
        )
        shown = kernel.ok(make)
        assert shown.results or shown.displays
        assert kernel.ok("sum(r() is not None for r in refs)").text == "2"
        kernel.ok("del h, y")
        kernel.ok(forget)
        assert kernel.ok("sum(r() is not None for r in refs)").text == "0", make
    finally:
        kernel.ok("gc.enable()")


@pytest.mark.parametrize(
    "make",
    [
        "y",
        "y.creator",
        "ng.graph(y)",
        "ng.trace(y)",
        "display(y)",
        "ng.Stepper(y)",
        "%backward y",
        "%graph y",
        "%%backward\ny",
    ],
)
def test_what_was_shown_keeps_no_graph_alive_once_its_output_is_gone(
    kernel: Kernel,
    make: str,
) -> None:
    gone(kernel, make)


@pytest.mark.parametrize("make", ["ng.graph(y)", "t = ng.trace(y); t", "s = ng.Stepper(y); s"])
def test_a_graph_a_trace_and_a_stepper_hold_no_variable_at_all(
    kernel: Kernel,
    make: str,
) -> None:
    """Their outputs may stay."""
    gone(kernel, make, forget="pass")


# Two caches of Python's own grow for long, to an end: that of the attributes of classes, which
# keeps names alive and has new ones for each class that anywidget makes, is emptied here; and
# 3.10 gives a piece of code its cache when it is called for the 1024th time, whichever round
# that is. And a thread of the kernel's sends what was shown: it has to have done so.
COUNT = """
import gc, sys, threading, weakref
show = get_ipython().display_formatter.format
forget_attributes = getattr(sys, '_clear_internal_caches', None) or sys._clear_type_cache
def make():
    x = Variable(np.ones(3), 'x')
    return ng.sum(ng.tanh(x) * x)
def work():
    y = make()
    show(y); show(y.creator); show(ng.trace(y)); show(ng.graph(y))
    return [weakref.ref(y)]
def widgets():
    y = make()
    s = ng.Stepper(y)
    s.step = 1
    show(s)
    s.close()
    return [weakref.ref(v) for v in (s, s._plans, y)]
def blocks():
    sent = threading.Event()
    get_ipython().kernel.iopub_thread.schedule(sent.set)
    assert sent.wait(600)
    found = gc.collect()  # which also empties Python's own lists of spare objects
    forget_attributes()
    return found, sys.getallocatedblocks()
def grown(action, times):
    _, before = blocks()
    gc.disable()
    try:
        refs = [ref for _ in range(times) for ref in action()]
        alive = sum(ref() is not None for ref in refs)
        del refs
    finally:
        gc.enable()
    found, after = blocks()
    return alive, found, after - before
kept = []
def leaking():
    kept.extend(object() for _ in range(20))
    return []
"""
ROUNDS = 6


class Round(NamedTuple):
    """What many runs leave: objects alive, cycles that the collector found, and blocks."""

    alive: int
    found: int
    blocks: int


def rounds(kernel: Kernel, action: str) -> list[Round]:
    """Run an action again and again, until a round leaves no block for every second run.

    What leaks does so in every round; what fills up comes to an end.
    """
    kernel.ok(f"{COUNT}\ngrown({action}, 60)")
    ran: list[Round] = []
    while not ran or (ran[-1].blocks >= TIMES / 2 and len(ran) < ROUNDS):
        left = kernel.ok(f"grown({action}, {TIMES})").text
        ran.append(Round(*ast.literal_eval(left)))
    return ran


def test_hundreds_of_displays_in_a_kernel_leave_nothing(kernel: Kernel) -> None:
    ran = rounds(kernel, "work")
    assert all(r.alive == 0 for r in ran), ran
    assert all(r.found < TIMES / 2 for r in ran), ran  # a kernel's own threads make a few
    assert ran[-1].blocks < TIMES / 2, ran


def test_steppers_shown_and_closed_in_a_kernel_leave_nothing(kernel: Kernel) -> None:
    kernel.ok("from ipywidgets.widgets import widget; before = len(widget._instances)")
    ran = rounds(kernel, "widgets")
    assert kernel.ok("len(widget._instances) - before").text == "0"
    assert all(r.alive == 0 for r in ran), ran
    assert ran[-1].blocks < TIMES / 2, ran


@pytest.mark.parametrize("cell", ["%backward z", "%%backward\nz * 2.0"])
def test_a_cell_run_again_leaves_one_stepper(kernel: Kernel, cell: str) -> None:
    kernel.ok("x = Variable(np.array(2.0)); z = x * x")
    count = "import gc; sum(type(o).__name__ == 'Stepper' for o in gc.get_objects())"
    before = int(kernel.ok(count).text)
    for _ in range(5):
        kernel.ok(cell)
        kernel.ok("del z; z = x * x")
    assert int(kernel.ok(count).text) - before == 1


def test_what_is_counted_would_show_a_leak(kernel: Kernel) -> None:
    """Twenty objects more per run are seen, whatever the kernel lets go of meanwhile."""
    ran = rounds(kernel, "leaking")
    assert len(ran) == ROUNDS
    assert all(r.blocks >= TIMES / 2 for r in ran), ran
