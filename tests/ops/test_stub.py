"""What editors and type checkers see of the public functions is what they are."""

from __future__ import annotations

import inspect
import pydoc

import nbgrad as ng
from nbgrad import ops
from nbgrad.ops.row import TABLE
from nbgrad.ops.stub import FILE, stub


def test_the_stub_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == stub(), "run: python -m nbgrad.ops.stub"


def test_the_stub_runs_and_has_the_names_and_parameters_of_the_functions() -> None:
    found: dict[str, object] = {"__name__": "nbgrad.ops", "__package__": "nbgrad.ops"}
    exec(compile(stub(), FILE.name, "exec", flags=0, dont_inherit=True), found)
    assert found["__all__"] == ops.__all__
    for name in TABLE:
        shown, real = (inspect.signature(f) for f in (found[name], getattr(ng, name)))
        assert list(shown.parameters) == list(real.parameters)
        assert [p.kind for p in shown.parameters.values()] == [
            p.kind for p in real.parameters.values()
        ]
        assert inspect.getdoc(found[name]) == inspect.getdoc(getattr(ng, name))


def test_signatures() -> None:
    shown = {
        ng.exp: "(x: 'Operand') -> 'Variable'",
        ng.mul: "(x0: 'Operand', x1: 'Operand') -> 'Variable'",
        ng.logsumexp: "(x: 'Operand', axis: 'Axis' = None, keepdims: 'bool' = False) -> 'Variable'",
    }
    assert {f: str(inspect.signature(f)) for f in shown} == shown


def test_help_shows_shapes_rule_and_twins() -> None:
    said = " ".join(pydoc.plain(pydoc.render_doc(ng.sum)).split()).replace("( ", "(")
    parts = "sum(x: ", "x : Variable, array or number, any shape", "gx = gy", "np.sum"
    for part in (*parts, "Of x's shape without the axes"):
        assert part in said
