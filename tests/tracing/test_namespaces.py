"""Names come from the lines that ask, and from the globals where nobody's line does."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.tracing import namespaces
from tests.engine.hooks import hooked
from tests.tracing.graphs import variable

ROOT = Path(__file__).resolve().parents[2]

DIAMOND = """
import numpy as np
import nbgrad as ng
x = ng.Variable(np.array(2.0))
a = x**2
b = a**2
c = a**2
y = b + c
"""
TABLE = """\
backward of y: 4 functions in 3 generations

gen  function  upstream  sends back  gradient
     seed                            y.grad 1
  2  Add → y   1         1 to b      b.grad 1
                         1 to c      c.grad 1
  1  Pow → b   1         8 to a      a.grad 8
     Pow → c   1         8 to a      a.grad 16 = 8 + 8
  0  Pow → a   16        64 to x     x.grad 64
"""


def run(folder: Path, program: str) -> str:
    (folder / "script.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "script.py"],
        cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return done.stdout


def test_a_plain_script(tmp_path: Path) -> None:
    assert run(tmp_path, DIAMOND + "print(ng.trace(y))") == TABLE
    assert TABLE in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "end",
    [
        "print(ng.trace(y))",
        "show(y)",
        "import threading; t = threading.Thread(target=show, args=(y,)); t.start(); t.join()",
        "import functools; functools.reduce(lambda _, y: show(y), [0, y])",
    ],
)
def test_a_function(tmp_path: Path, end: str) -> None:
    lines = "".join(f"    {line}\n" for line in (DIAMOND + end).splitlines())
    program = (
        f"import nbgrad as ng\ndef show(y):\n    print(ng.trace(y))\ndef main():\n{lines}main()"
    )
    found = set(re.findall(r"(\w+)\.grad", run(tmp_path, program)))
    if "Thread" in end:  # whose frames end at `show`
        assert "y" in found
    else:
        assert found == set("yxabc")


def test_an_app_that_a_server_has_imported(tmp_path: Path) -> None:
    """Shiny and Solara ask for a view when no line of the app is running."""
    (tmp_path / "app.py").write_text(DIAMOND + "trace = ng.trace(y)\nview = ng.graph")
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "server.py").write_text(
        "import html, re\ndef serve(obj):\n"
        "    return re.sub('<[^>]*>', ' ', html.unescape(obj._repr_html_()))\n"
        "def shown(app):\n    return [serve(app.y), serve(app.trace), str(app.view(app.y))]\n"
    )
    said = run(
        tmp_path,
        "import sys; sys.path.insert(0, 'site-packages')\nimport app, server\n"
        "for text in server.shown(app): print(' '.join(text.split()))",
    )
    for text in said.splitlines():
        assert not re.search(r"\bv\d\b", text), text
        for name in "yxabc":
            assert re.search(rf"\b{name}\b", text), (name, text)
    assert "obj" not in said


def test_the_nearest_name_goes_first() -> None:
    weight = variable(2.0)

    def inner(w: ng.Variable) -> list[str]:
        return [v.name for v in ng.trace(w * 3.0, apply=False).variables]

    assert inner(weight)[0] == "w"
    other = weight
    assert ng.trace(other * 3.0, apply=False).variables[0].name == "weight"


def shown_names(_y: ng.Variable) -> list[str]:
    return [v.name for v in ng.trace(_y, apply=False).variables]


def test_a_class_body_and_what_a_debugger_evaluates() -> None:
    u = variable(2.0)

    class Model:
        w = variable(3.0)
        y = u * w
        found = shown_names(y)

    assert Model.found == ["u", "w", "y"]
    seen: dict[str, object] = {"p": variable(2.0)}  # of a frame where a debugger stopped
    exec("q = p * u\nfound = shown(q)", {"u": u, "shown": shown_names}, seen)
    assert seen["found"] == ["p", "u", "q"]
    assert eval("shown(q)", {"shown": shown_names}, seen) == ["p", "u", "q"]


def test_asking_keeps_nothing_alive() -> None:
    """Before Python 3.13 a frame whose locals were looked at keeps them."""
    gc.disable()
    try:
        x = variable(2.0)
        y = ng.square(x)
        trace = ng.trace(y)
        assert [v.name for v in trace.variables] == ["x", "y"]
        assert "y" in (y._repr_html_() or "")
        gone = [weakref.ref(x), weakref.ref(y)]
        del x, y
        assert [ref() for ref in gone] == [None, None]
    finally:
        gc.enable()


def test_locals_that_somebody_holds_stay() -> None:
    x = variable(2.0)
    held = locals()
    ng.trace(x * x, apply=False)
    assert held["x"] is x


def test_no_proxy_is_asked() -> None:
    class Proxy:
        @property
        def __class__(self) -> type:  # as those of Flask and Django
            raise RuntimeError("outside of a request")

    x, proxy = variable(2.0), Proxy()
    assert ng.trace(x * 1.0, apply=False).variables[0].name == "x"
    assert type(proxy) is Proxy


def test_the_search_is_bounded() -> None:
    def deep(n: int) -> list[str]:
        if n:
            return deep(n - 1)
        x = ng.Variable(np.array(2.0))
        return [v.name for v in ng.trace(x * x, apply=False).variables]

    assert deep(500)[0] == "x"
    assert (
        sum(1 for _ in namespaces.namespaces())
        <= 2 * namespaces.MAX_FRAMES + namespaces.MAX_MODULES + 2
    )


def test_a_debugger_that_stopped_in_a_function_finds_its_locals_after_it_asked_for_names():
    """Python writes the dict of the locals back into the function when the debugger goes on."""
    seen = []

    def stop(frame, event, arg):
        if event == "line" and frame.f_lineno == frame.f_code.co_firstlineno + 2:
            seen.extend(name for space in namespaces.namespaces() for name in space if name == "x")
        return stop

    def function():
        x = ng.Variable(np.array(2.0))
        return x.data

    with hooked("trace", stop):
        found = function()
    assert found == 2.0
    assert "x" in seen
