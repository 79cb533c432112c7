"""%load_ext nbgrad, and how all of it is taken back."""

from __future__ import annotations

import warnings
from typing import Any

import nbgrad as ng
from nbgrad.engine import grad_mode as config
from nbgrad.engine.diagnostics import positions as source
from nbgrad.tracing import namespaces
from tests.ipython.conftest import Shell

MAGICS = {("line", n) for n in ("no_grad", "backward", "graph")} | {
    ("cell", n) for n in ("no_grad", "backward")
}


def state(ip: Any) -> dict[str, Any]:
    """Return all that an extension may change, but the user's variables."""
    return {
        "magics": {pair: ip.magics_manager.magics[pair[0]].get(pair[1]) for pair in MAGICS},
        "registry": "NbgradMagics" in ip.magics_manager.registry,
        "text": list(ip.input_transformer_manager.line_transforms),
        "cleanup": list(ip.input_transformer_manager.cleanup_transforms),
        "post": list(ip.input_transformers_post),
        "tree": list(ip.ast_transformers),
        "matchers": list(ip.Completer.custom_matchers),
        "events": {k: list(v) for k, v in ip.events.callbacks.items()},
        "kept": hasattr(ip, "_nbgrad"),
        "enabled": len(source.state.enabled),
        "cell_of": source.state.cell_of,
        "nameless": source.state.nameless,
        "place": source.state.place,
        "namespace": namespaces.notebook,
        "warnings": warnings.showwarning,
        "grad mode": config.process.enable_backprop,
    }


def test_loading_gives_the_names_and_the_magics(bare_shell: Shell) -> None:
    before = set(bare_shell.names)
    ran = bare_shell.ok("%load_ext nbgrad")
    assert ran.out == ran.err == ""
    added = {name for name in set(bare_shell.names) - before if not name.startswith("_")}
    assert added == {"Variable", "Function"}
    assert bare_shell.names["Variable"] is ng.Variable
    assert bare_shell.names["Function"] is ng.Function
    registry = bare_shell.ip.magics_manager.magics
    assert {(kind, name) for kind, name in MAGICS if name in registry[kind]} == MAGICS


def test_unloading_takes_all_of_it_back(bare_shell: Shell) -> None:
    names_before, before = set(bare_shell.names), state(bare_shell.ip)
    bare_shell.ok("%load_ext nbgrad")
    bare_shell.ok("%no_grad on")
    ran = bare_shell.ok("%unload_ext nbgrad")
    assert "recorded" in ran.out  # the mode would be stuck without its magic
    assert state(bare_shell.ip) == before
    added = {n for n in set(bare_shell.names) - names_before if not n.startswith("_")}
    assert added == set()
    assert "not found" in bare_shell.run("%no_grad").err


def test_names_that_the_user_has_stay_as_they_are(bare_shell: Shell) -> None:
    bare_shell.ok("Variable = 'mine'")
    ran = bare_shell.ok("%load_ext nbgrad")
    assert ran.out.strip() == (
        "Variable is yours already and stays as it is; nbgrad's is nbgrad.Variable."
    )
    assert bare_shell.names["Variable"] == "mine"
    bare_shell.ok("%unload_ext nbgrad")
    assert bare_shell.names["Variable"] == "mine"
    assert "Function" not in bare_shell.names


def test_names_that_the_user_imported_are_not_removed(bare_shell: Shell) -> None:
    bare_shell.ok("from nbgrad import Variable")
    assert bare_shell.ok("%load_ext nbgrad").out == ""
    bare_shell.ok("%unload_ext nbgrad")
    assert bare_shell.names["Variable"] is ng.Variable


def test_names_that_the_user_changed_are_not_removed(shell: Shell) -> None:
    shell.ok("class Function: pass")
    shell.ok("%unload_ext nbgrad")
    assert "Function" in shell.names
    assert "Variable" not in shell.names


def test_grad_mode_set_by_the_user_survives_unloading(shell: Shell) -> None:
    shell.ok("ng.Config.enable_backprop = False")
    shell.ok("%unload_ext nbgrad")
    assert config.process.enable_backprop is False


def test_loading_twice_is_harmless(bare_shell: Shell) -> None:
    before = state(bare_shell.ip)
    bare_shell.ok("%load_ext nbgrad")
    once = state(bare_shell.ip)
    bare_shell.ok("%load_ext nbgrad")
    ng.load_ipython_extension(bare_shell.ip)
    assert state(bare_shell.ip) == once
    bare_shell.ok("%unload_ext nbgrad")
    ng.unload_ipython_extension(bare_shell.ip)
    assert state(bare_shell.ip) == before


def test_reloading_works_and_leaves_one_of_each(shell: Shell) -> None:
    before = state(shell.ip)
    for _ in range(3):
        shell.ok("%reload_ext nbgrad")
    after = state(shell.ip)
    for kind in ("text", "tree", "matchers"):
        assert len(after[kind]) == len(before[kind])
    assert after["enabled"] == before["enabled"]
    assert shell.names["Variable"] is ng.Variable
    shell.ok("x = Variable(np.array(2.0)); y = ng.square(x)")
    assert "64" not in shell.ok("y.backward(); x.grad").out
    assert "on" in shell.ok("%no_grad on").out


def test_a_magic_of_somebody_else_is_put_back(bare_shell: Shell) -> None:
    bare_shell.ok("from IPython.core.magic import register_line_magic")
    bare_shell.ok("@register_line_magic\ndef graph(line):\n    return 'theirs'")
    bare_shell.ok("%load_ext nbgrad")
    bare_shell.ok("%unload_ext nbgrad")
    assert bare_shell.ok("%graph y").value == "theirs"


def test_a_magic_that_replaced_ours_stays(shell: Shell) -> None:
    shell.ok("from IPython.core.magic import register_line_magic")
    shell.ok("@register_line_magic\ndef graph(line):\n    return 'theirs'")
    shell.ok("%unload_ext nbgrad")
    assert shell.ok("%graph y").value == "theirs"


def test_reloading_the_modules_of_the_extension_works(shell: Shell) -> None:
    shell.ok(
        "import importlib, nbgrad.ipython.cells as c, nbgrad.ipython.magics as m, "
        "nbgrad.ipython.extension as e\n"
        "for module in (c, m, e): importlib.reload(module)"
    )
    assert "on" in shell.ok("%no_grad on").out
    shell.ok("%no_grad off")
    assert shell.ok("%%no_grad\nng.Config.enable_backprop").value is False
    shell.ok("%reload_ext nbgrad")
    assert shell.ok("%%no_grad\nng.Config.enable_backprop").value is False
    assert len(shell.ip.ast_transformers) == 1


def test_autoreload_does_no_harm(shell: Shell) -> None:
    shell.ok("%load_ext autoreload\n%autoreload 2")
    shell.ok("x = Variable(np.array(2.0)); y = ng.square(x)")
    # Let it believe that two of our modules have changed.
    reloader = shell.ip.magics_manager.registry["AutoreloadMagics"]._reloader
    for module in ("magics", "cells"):
        reloader.modules_mtimes[f"nbgrad.ipython.{module}"] = 0
    assert "on" in shell.ok("%no_grad on").out
    assert reloader.modules_mtimes["nbgrad.ipython.magics"] > 0
    shell.ok("%no_grad off")
    assert shell.ok("%%no_grad\nng.Config.enable_backprop").value is False
    shell.ok("%backward y")
    assert float(shell.names["x"].grad) == 4.0


def test_importing_the_package_anew_does_no_harm(shell: Shell) -> None:
    shell.ok("x = Variable(np.array(2.0)); y = ng.square(x)")
    shell.ok("import importlib; importlib.reload(ng)")
    shell.ok("%backward y")
    assert shell.ok("isinstance(x, ng.Variable)").value is True
    assert float(shell.names["x"].grad) == 4.0


def test_a_function_defined_anew_leaves_old_graphs_alone(shell: Shell) -> None:
    cell = (
        "class Twice(Function):\n"
        "    def forward(self, x): return {n} * x\n"
        "    def backward(self, gy): return {n} * gy"
    )
    shell.ok(cell.format(n=2))
    shell.ok("x = Variable(np.array(1.0)); y = Twice()(x)")
    shell.ok(cell.format(n=3))
    shell.ok("%backward y")
    assert float(shell.names["x"].grad) == 2.0


def test_a_variable_of_an_engine_since_reloaded_says_what_to_do(shell: Shell) -> None:
    shell.ok(
        "class Variable: pass\nVariable.__module__ = 'nbgrad.engine.variable'\nold = Variable()"
    )
    ran = shell.run("%backward old")
    assert "reloaded" in ran.err
    assert "%reload_ext nbgrad" in ran.err
