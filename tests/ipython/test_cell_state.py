"""Nothing that a cell switched on outlasts it, but for what the magics set."""

from __future__ import annotations

import numpy as np
import pytest

from nbgrad.engine.grad_mode import override
from nbgrad.engine.observer import watching
from tests.ipython.conftest import Shell

LEFT = {
    "by hand": "mode = ng.no_grad(); mode.__enter__()",
    "by a generator": "g = held(ng.no_grad()); next(g)",
    "by a generator of a generator": "g = held(ng.enable_grad()); h = held(ng.no_grad()); next(g); next(h)",
    "by detect_anomaly": "watch = ng.detect_anomaly(); watch.__enter__()",
    "within a cell": "get_ipython().run_cell('mode = ng.no_grad(); mode.__enter__()')\n"
    "print(ng.Config.enable_backprop)",
    "by an error": "mode = ng.no_grad(); mode.__enter__(); 1 / 0",
    "by Ctrl-C": "mode = ng.no_grad(); mode.__enter__(); raise KeyboardInterrupt",
    "under await": "import asyncio\nmode = ng.no_grad(); mode.__enter__(); await asyncio.sleep(0)",
}


@pytest.mark.filterwarnings("ignore::nbgrad.GradModeWarning")
@pytest.mark.parametrize("how", LEFT)
def test_nothing_outlasts_its_cell(shell: Shell, how: str) -> None:
    shell.ok("def held(mode):\n    with mode:\n        yield")
    ran = shell.run(LEFT[how])
    assert override.get() is None
    assert watching.get() is None
    if how == "within a cell":
        assert "True" in ran.out
    assert (
        "variable(4.0)"
        in shell.ok("x = Variable(np.array(2.0)); y = x * x; y.backward(); print(y)").out
    )
    assert "4.0" in shell.ok("print(x.grad)").out
    shell.ok("globals().pop('g', None); globals().pop('h', None); import gc; gc.collect()")
    assert override.get() is None


def test_what_the_magics_set_stays(shell: Shell) -> None:
    shell.ok("%no_grad on")
    shell.ok("mode = ng.enable_grad(); mode.__enter__()")
    assert "no_grad is on" in shell.ok("%no_grad status").out
    assert "False" in shell.ok("print(ng.Config.enable_backprop)").out
    shell.ok("%no_grad off")
    assert "True" in shell.ok("print(ng.Config.enable_backprop)").out
    shell.ok("ng.Config.enable_backprop = False")
    assert "False" in shell.ok("print(ng.Config.enable_backprop)").out
    shell.ok("ng.Config.enable_backprop = True")


def test_how_numpy_warns_is_as_before_and_the_users_own_stays(shell: Shell) -> None:
    shell.ok("from nbgrad.engine.diagnostics.numpy_warnings import at_users_line")
    before = np.geterr()
    shell.ok("at_users_line(over='raise').__enter__()")
    assert (np.geterr(), np.geterrcall()) == (before, None)
    with np.errstate():
        shell.ok("np.seterr(over='raise')")
        assert np.geterr()["over"] == "raise"
