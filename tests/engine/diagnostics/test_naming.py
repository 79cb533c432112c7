"""What a variable is called in an error: its own name, else the one that the running code has."""

from __future__ import annotations

import dis
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.diagnostics.naming import assigned_name, called, in_code


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("w = v(1)\nfound = called(w, '?')", "w"),
        ("w = v(1, 'bias')\nfound = called(w, '?')", "bias"),
        ("w = v(1)\nfound = called(w, '?', search=False)", "?"),
        ("found = called(v(1), '?')", "?"),
        ("_w = v(1)\nfound = called(_w, '?')", "?"),
        ("params = [v(1), v(2)]\nfound = called(params[1], '?')", "params[1]"),
        ("params = {'W': v(1)}\nfound = called(params['W'], '?')", "params['W']"),
        ("class Net: pass\nnet = Net()\nnet.w = v(1)\nfound = called(net.w, '?')", "net.w"),
        ("class S: __slots__ = ('w',)\ns = S()\ns.w = v(1)\nfound = called(s.w, '?')", "s.w"),
        (
            "d = {'layers': [{1: v(1)}]}\nfound = called(d['layers'][0][1], '?')",
            "d['layers'][0][1]",
        ),
        ("d = {}\nd['d'] = [d, v(1)]\nfound = called(d['d'][1], '?')", "d['d'][1]"),
        ("d = [list(range(10**5)), {0: v(1)}]\nfound = called(d[1][0], '?')", "d[1][0]"),
        ("d = [v(0)] * 99 + [[v(1)]]\nfound = called(d[99][0], '?')", "d[99][0]"),
        ("def f():\n    inner = v(1)\n    return called(inner, '?')\nfound = f()", "?"),
        ("w = v(1)\ndef f(x):\n    return called(x, '?')\nfound = f(w)", "w"),
        ("w = v(1, 'two words')\nfound = in_code(w)", "w"),
        ("found = in_code(v(1, 'two words'))", "x"),
        ("found = in_code(v(1, 'bias'))", "bias"),
    ],
)
def test_the_running_code_is_searched_for_a_name(code: str, name: str) -> None:
    def v(value: float, own: str | None = None) -> ng.Variable:
        return ng.Variable(np.array(float(value)), own)

    names: dict[str, Any] = {"v": v, "called": called, "in_code": in_code}
    exec(code, names)
    assert names["found"] == name


@pytest.mark.parametrize(
    ("line", "name"),
    [("y = f(x)", "y"), ("y = z = f(x)", "y"), ("net.w = f(x)", "net.w"), ("g(f(x))", None)],
)
def test_the_name_that_gets_the_value_of_a_call(line: str, name: str | None) -> None:
    code = compile(line, "cell", "exec")
    calls = [i.offset for i in dis.get_instructions(code) if i.opname in ("CALL", "CALL_FUNCTION")]
    assert assigned_name(code, calls[0]) == name
