"""Stale notebooks: cells run again, autoreload, %reload_ext. It works, or says what to do."""

from __future__ import annotations

import importlib
import os
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import nbgrad as ng
from nbgrad.engine import grad_mode as config
from nbgrad.engine.diagnostics import positions as source
from tests.ipython.conftest import Kernel, Shell

RULE = (
    "class Times(Function):\n"
    "    def forward(self, x): return {n} * x\n"
    "    def backward(self, gy): return {n} * gy"
)
MADE = "x = Variable(np.array(1.0))\ny = Times()(x)"
OLD_RULE = (
    "Times has been defined again since it made y (in [3], line 2): the graph goes back through the "
    "old Times. Run the cell that makes y again to use the new one."
)
CHANGED_RULE = (
    "Times has been changed since it made y (in [{n}], line 2): its forward ran as it was then, and "
    "its backward runs as it is now. Run the cell that makes y again."
)


def recorded(shell: Shell, code: str) -> list[warnings.WarningMessage]:
    """Run a cell, and return its warnings as a notebook shows them: each once for a line."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("default")
        shell.ok(code)
    return [w for w in seen if issubclass(w.category, ng.StaleGraphWarning)]


def warned(shell: Shell, code: str) -> list[str]:
    """Run a cell, and return what it warns of."""
    return [str(w.message) for w in recorded(shell, code)]


@pytest.fixture
def redefined(shell: Shell) -> Shell:
    """Cells 2 to 4: a rule, a graph, and the rule again with another number in it."""
    shell.ok(RULE.format(n=2))
    shell.ok(MADE)
    shell.ok(RULE.format(n=3))
    return shell


# ---------------------------------------------------------------- a cell is run again


def test_a_graph_goes_back_through_the_class_that_made_it_and_says_so(redefined: Shell) -> None:
    assert warned(redefined, "y.backward()") == [OLD_RULE]
    assert redefined.names["x"].grad == 2.0


def test_a_new_graph_uses_the_new_class_without_a_word(redefined: Shell) -> None:
    assert warned(redefined, "z = Times()(x); z.backward()") == []
    assert redefined.names["x"].grad == 3.0


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("1 + 1\nfor _ in range(3):\n    y.backward()", 3),
        ("%backward y", 1),
        ("%%backward\n\ny", 3),
        ("ng.trace(y)", 1),
    ],
)
def test_the_warning_stands_at_the_users_line_and_once(
    redefined: Shell, cell: str, line: int
) -> None:
    count = redefined.ip.execution_count
    (warning,) = recorded(redefined, cell)
    assert warning.filename.startswith(f"<ipython-input-{count}-")
    assert warning.lineno == line


@pytest.mark.parametrize(
    "again",
    [
        RULE.format(n=2),
        "# moved\n\n" + RULE.format(n=2),
        "class Other(Function): pass",
        "def Times(): return 5",
        "Times = np.ones(3)",
        "del Times",
    ],
    ids=["the same", "further down", "another class", "a function", "an array", "nothing"],
)
def test_what_is_no_new_definition_is_none(shell: Shell, again: str) -> None:
    shell.ok(RULE.format(n=2))
    shell.ok(MADE)
    shell.ok(again)
    assert warned(shell, "y.backward()") == []
    assert shell.names["x"].grad == 2.0


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("    n = 2\n", "    n = 3\n"),
        ("    def helper(self): return 2\n", "    def helper(self): return 3\n"),
        ("    def helper(self, k=2): return k\n", "    def helper(self, k=3): return k\n"),
        ("", "    def helper(self): return 3\n"),
        ("    f = staticmethod(lambda x: 2 * x)\n", "    f = staticmethod(lambda x: 3 * x)\n"),
    ],
    ids=["attribute", "method", "default", "new method", "static"],
)
def test_any_part_of_a_class_counts(shell: Shell, first: str, again: str) -> None:
    body = "\n".join(RULE.format(n=2).split("\n")[1:])
    shell.ok(f"class Times(Function):\n{first}{body}")
    shell.ok(MADE)
    shell.ok(f"class Times(Function):\n{again}{body}")
    assert warned(shell, "y.backward()") == [OLD_RULE]


def test_a_base_class_counts_too(shell: Shell) -> None:
    shell.ok(RULE.format(n=2).replace("Times", "Base") + "\nclass Times(Base): pass")
    shell.ok(MADE)
    shell.ok(RULE.format(n=3).replace("Times", "Base"))
    assert warned(shell, "y.backward()") == [OLD_RULE]
    assert shell.names["x"].grad == 2.0


def test_a_class_that_extends_the_older_one_of_its_name(shell: Shell) -> None:
    shell.ok(RULE.format(n=2))
    shell.ok(MADE)
    shell.ok("class Times(Times):\n    def backward(self, gy): return super().backward(gy) + 1")
    assert warned(shell, "z = Times()(x)\nz.backward()") == []
    assert shell.names["x"].grad == 3.0
    assert warned(shell, "y.backward()") == [OLD_RULE]
    assert shell.names["x"].grad == 5.0


def test_a_stand_in_of_another_name_is_no_new_definition(shell: Shell) -> None:
    shell.ok(RULE.format(n=2) + "\nclass Counted(Times): count = 0")
    shell.ok(MADE)
    shell.ok("Times = Counted")
    assert warned(shell, "y.backward()\nTimes()(x).backward()") == []
    assert shell.names["x"].grad == 4.0


def test_classes_of_functions_are_never_stale(shell: Shell) -> None:
    body = RULE.format(n="n").replace("\n", "\n    ")
    shell.ok(f"def make(n):\n    {body}\n    return Times()")
    shell.ok("x = Variable(np.array(1.0))\ny = make(2)(make(3)(x))")
    assert warned(shell, "y.backward()") == []
    assert shell.names["x"].grad == 6.0


def test_as_an_error_it_stops_the_pass_and_changes_nothing(redefined: Shell) -> None:
    ran = redefined.run(
        "import warnings\nwith warnings.catch_warnings():\n"
        "    warnings.simplefilter('error', ng.StaleGraphWarning)\n    y.backward()"
    )
    assert isinstance(ran.error, ng.StaleGraphWarning)
    assert redefined.names["x"].grad is None


def test_an_error_in_an_old_rule_says_that_it_is_old(shell: Shell) -> None:
    shell.ok(RULE.format(n=2).replace("2 * gy", "gy, gy"))
    shell.ok(MADE)
    shell.ok(RULE.format(n=2))
    with pytest.warns(ng.StaleGraphWarning, match=re.escape(OLD_RULE)):
        error = shell.run("y.backward()").error
    assert isinstance(error, ng.GradientCountError)
    assert getattr(error, "__notes__", None) == [
        (
            "in the backward of Times(x () float64) → y () float64, generation 0, "
            "made in [3], line 2; Times has been defined again since"
        )
    ]


def test_the_repr_says_so(redefined: Shell) -> None:
    said = "Times has been defined again since"
    assert said in redefined.names["y"]._repr_html_()
    assert said in redefined.names["y"].creator._repr_html_()
    redefined.ok("z = Times()(x)")
    assert said not in redefined.names["z"]._repr_html_()
    assert said not in redefined.names["z"].creator._repr_html_()


def test_a_second_derivative_says_so_too(redefined: Shell) -> None:
    assert warned(redefined, "(y * y).backward(create_graph=True)") == [OLD_RULE]


def test_a_subclass_of_variable_defined_again_leaves_its_leaves_usable(shell: Shell) -> None:
    cell = "class Parameter(Variable):\n    kind = 'weights'"
    shell.ok(cell)
    shell.ok("w = Parameter(np.array(2.0))\ny = w * w")
    shell.ok(cell)
    assert warned(shell, "z = y + w * Parameter(np.array(3.0))\nz.backward()") == []
    assert shell.names["w"].grad == 7.0


# ---------------------------------------------------------------- a module is edited

MODULE = "import nbgrad as ng\n" + RULE.replace("Function", "ng.Function")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Write a module of rules, which a cell can import as `rules`."""
    path = tmp_path / "rules.py"
    write(path, 2)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield path
    sys.modules.pop("rules", None)


def write(path: Path, n: int, above: str = "") -> None:
    """Edit a module; its time is set, since two edits may fall into one tick of the clock."""
    time = path.stat().st_mtime + 10 if path.exists() else 1e9
    path.write_text(
        f"{above}{MODULE.format(n=n)}\n\n{MODULE.format(n=7).replace('Times', 'Untouched')}\n",
        encoding="utf-8",
    )
    os.utime(path, (time, time))
    importlib.invalidate_caches()


def test_autoreload_puts_the_new_backward_behind_the_old_forward(
    shell: Shell, module: Path
) -> None:
    shell.ok("%load_ext autoreload\n%autoreload 2\nimport rules")
    count = shell.ip.execution_count
    shell.ok("x = Variable(np.array(1.0))\ny = rules.Times()(x)")
    write(module, 5)
    assert warned(shell, "y.backward()") == [CHANGED_RULE.format(n=count)]
    assert shell.names["y"].data == 2.0
    assert shell.names["x"].grad == 5.0
    shell.ok("x.cleargrad()")
    assert warned(shell, "y = rules.Times()(x)\ny.backward()") == []
    assert (shell.names["y"].data, shell.names["x"].grad) == (5.0, 5.0)


def test_autoreload_of_a_module_in_which_a_class_only_moved(shell: Shell, module: Path) -> None:
    shell.ok("%load_ext autoreload\n%autoreload 2\nfrom rules import Times, Untouched")
    shell.ok("x = Variable(np.array(1.0))\ny = Untouched()(x)")
    write(module, 5, above="# a remark\n\n")
    assert warned(shell, "y.backward()") == []
    assert shell.names["x"].grad == 7.0
    assert warned(shell, "z = Times()(x)\nz.backward()") == []
    assert shell.names["z"].data == 5.0  # it did reload


def test_a_leaf_from_before_autoreload_goes_on(shell: Shell, module: Path) -> None:
    module.write_text(
        "import nbgrad as ng\nclass Parameter(ng.Variable):\n    def double(self): return self * 2.0"
    )
    shell.ok("%load_ext autoreload\n%autoreload 2\nimport rules")
    shell.ok("w = rules.Parameter(np.array(1.0))\ny = w.double()")
    module.write_text(module.read_text().replace("2.0", "3.0"))
    os.utime(module, (2e9, 2e9))
    shell.ok("y.backward()\nz = w.double()\nz.backward()")
    assert isinstance(shell.names["w"], shell.names["rules"].Parameter)
    assert (shell.names["z"].data, shell.names["w"].grad) == (3.0, 5.0)


def test_importlib_reload_leaves_the_old_class_behind(shell: Shell, module: Path) -> None:
    shell.ok("import importlib, rules\nfrom rules import Times")
    shell.ok(MADE)
    write(module, 5)
    shell.ok("rules = importlib.reload(rules)")
    assert isinstance(shell.names["rules"], ModuleType)
    assert warned(shell, "y.backward()") == [OLD_RULE]
    assert shell.names["x"].grad == 2.0


# ---------------------------------------------------------------- the extension is loaded again


@pytest.mark.parametrize("times", [1, 2])
def test_reloading_leaves_live_graphs_as_they_are(shell: Shell, times: int) -> None:
    shell.ok(RULE.format(n=2))
    shell.ok(MADE)
    for _ in range(times):
        assert warned(shell, "%reload_ext nbgrad") == []
    assert warned(shell, "z = y * y\nz.backward()") == []
    assert shell.names["x"].grad == 8.0
    assert str(shell.names["y"].source) == "in [3], line 2"
    assert shell.ok("%no_grad status").out.startswith("no_grad is off")
    ran = shell.run("y + Variable(np.ones(2)).reshape(3)")
    assert "made" in ran.out
    assert f"{os.sep}nbgrad{os.sep}" not in ran.out


@pytest.mark.parametrize("times", [1, 2])
def test_reloading_while_no_grad_is_on_says_that_it_is_off_again(shell: Shell, times: int) -> None:
    shell.ok("%no_grad on")
    said = [shell.ok("%reload_ext nbgrad").out.strip() for _ in range(times)]
    assert said == ["no_grad is off again: operations are recorded.", ""][:times]
    assert config.process.enable_backprop
    shell.ok("x = Variable(np.array(3.0))\n(x * x).backward()")
    assert shell.names["x"].grad == 6.0


def test_unloading_and_loading_again(shell: Shell) -> None:
    shell.ok("x = Variable(np.array(3.0))\ny = x * x")
    shell.ok("%no_grad on")
    shell.ok("%unload_ext nbgrad")
    assert not source.state.enabled
    shell.ok("unseen = ng.square(x)")  # between the two nothing is noted, and all works
    shell.ok("%load_ext nbgrad")
    count = shell.ip.execution_count
    shell.ok("seen = ng.square(x)\n(y + unseen + seen).backward()")
    assert shell.names["x"].grad == 18.0
    assert [str(shell.names[n].source) for n in ("y", "unseen", "seen")] == [
        "in [2], line 2",
        "None",
        f"in [{count}], line 1",
    ]
    assert shell.names["Variable"] is ng.Variable


def test_a_variable_of_another_import_of_the_package_says_what_to_do(shell: Shell) -> None:
    before = {name: m for name, m in sys.modules.items() if name.partition(".")[0] == "nbgrad"}
    shell.ok("x = Variable(np.array(3.0))")
    try:
        for name in before:
            del sys.modules[name]
        shell.ok("import nbgrad as new")
        error = shell.run("new.Variable(np.array(1.0)) + x").error
    finally:
        sys.modules.update(before)
    assert str(error) == (
        "add cannot take a Variable made before nbgrad was imported again (make it anew) as an "
        "operand: give it a Variable, an array or a number; np.array(...) makes an array of a list."
    )


def test_a_kernel_says_so_too(kernel: Kernel) -> None:
    kernel.ok(RULE.format(n=2))
    made = kernel.ok(MADE).count
    kernel.ok(RULE.format(n=3))
    seen = kernel.ok("y.backward()\nx.grad")
    assert OLD_RULE.replace("in [3]", f"in [{made}]") in seen.err
    assert seen.text == "array(2.)"
