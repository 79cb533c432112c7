"""What if a leaf had another value: forward and backward again, with nothing changed for the user."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from tests.tracing.graphs import Cube, SumAndDifference, diamond, variable


def formula(x: Any, w: Any) -> ng.Variable:
    s, d = SumAndDifference()(ng.sin(x) * 2.0, w)
    return ng.sum(ng.tanh(s * d)) + Cube()(x)


def test_every_take_is_what_the_code_gives_for_that_value() -> None:
    x, w = variable(0.5, "x"), variable(1.5, "w")
    swept = ng.sweep(formula(x, w), x, np.linspace(-1, 1, 7))
    assert swept.axis == "x"
    for value, trace in zip(np.linspace(-1, 1, 7), swept, strict=True):
        again, other = variable(value, "x"), variable(1.5, "w")
        y = formula(again, other)
        y.backward()
        assert trace.root.value.value == y.item()
        assert trace.gradient("x") == float(again.grad)
        assert trace.gradient("w") == float(other.grad)
    assert (x.grad, w.grad, x.item()) == (None, None, 0.5)


def test_arrays_dtypes_and_names() -> None:
    x = ng.Variable(np.ones(3, np.float32), name="x")
    y = ng.sum(x * x)
    values = [np.zeros(3), np.array([1, 2, 3]), np.full(3, 0.5)]
    swept = ng.sweep(y, "x", values)
    assert swept.at == [0, 1, 2]
    assert [t.root.value.value for t in swept] == [0.0, 14.0, 0.75]
    assert {t.variables["x"].dtype for t in swept} == {"float32"}
    assert swept[1].gradient("x").values == (2.0, 4.0, 6.0)


def test_the_graph_stays_as_it_is_and_the_gradients_too() -> None:
    x, y = diamond()
    y.backward()
    before = (x.data.copy(), x.grad.copy(), y.data.copy())
    swept = ng.sweep(y, x, [1.0, 3.0])
    assert [t.gradient("x").value for t in swept] == [8.0, 216.0]
    assert (x.data, x.grad, y.data) == before
    x.cleargrad()
    y.backward()
    assert x.grad == 64.0


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_is_left_after_an_error_or_an_interrupt(error: type[BaseException]) -> None:
    class Stops(ng.Function):
        def forward(self, x):
            if x > 1:
                raise error("oh")
            return x * 1.0

        def backward(self, gy):
            return gy

    x = variable(0.5, "x")
    y = Stops()(x)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    with ng.no_grad(), pytest.raises(error):
        ng.sweep(y, x, [0.0, 2.0])
    assert not np.any(np.random.get_state()[1] - state)  # noqa: NPY002
    assert (x.item(), x.grad, ng.Config.enable_backprop) == (0.5, None, True)
    y.backward()
    assert x.grad == 1.0


def bad() -> dict[str, tuple[Any, type[Exception], str]]:
    x, y = diamond()
    a = y.creator.inputs[0]
    other = variable(1.0, "other")
    w = ng.Variable(np.ones((2, 3)), "w")
    i = ng.Variable(np.array(3), "i")
    return {
        "another graph's leaf": (lambda: ng.sweep(y, other, [1.0]), TypeError, "other is not a leaf of this graph. Its leaves are x"),
        "an unknown name": (lambda: ng.sweep(y, "z", [1.0]), TypeError, "'z' is not a leaf of this graph"),
        "not a leaf": (lambda: ng.sweep(y, a, [1.0]), TypeError, "b is computed by Square"),
        "a number for a leaf": (lambda: ng.sweep(y, 3, [1.0]), TypeError, "not int"),
        "a constant": (lambda: ng.sweep(x * 2.0, "2.0", [1.0]), TypeError, "2.0 is a constant"),
        "text": (lambda: ng.sweep(y, x, ["three"]), TypeError, "'three' is not one of them"),
        "one text": (lambda: ng.sweep(y, x, "123"), TypeError, "several values"),
        "one number": (lambda: ng.sweep(y, x, 3.0), TypeError, "several values"),
        "complex": (lambda: ng.sweep(y, x, [1j]), TypeError, "complex128"),
        "an array for a number": (lambda: ng.sweep(y, x, [[1.0, 2.0]]), ValueError, r"x has shape \(\), and the value has shape \(2,\)"),
        "another shape": (lambda: ng.sweep(ng.sum(w * w), w, [np.ones((3, 2))]), ValueError, r"\(2, 3\)"),
        "a fraction for an integer": (lambda: ng.sweep(i * 2.0, i, [0.5]), TypeError, r"int\d\d numbers"),
        "no values": (lambda: ng.sweep(y, x, []), ValueError, "no values"),
        "a leaf alone": (lambda: ng.sweep(x, x, [1.0]), RuntimeError, "no function made"),
        "a number": (lambda: ng.sweep(3.0, x, [1.0]), TypeError, "float"),
        "endless": (lambda: ng.sweep(y, x, iter(int, 1)), ValueError, "at most 10,000"),
    }  # fmt: skip


@pytest.mark.parametrize("name", bad())
def test_bad_input_is_a_sentence_and_changes_nothing(name: str) -> None:
    call, error, said = bad()[name]
    with pytest.raises(error, match=said) as caught:
        call()
    assert isinstance(caught.value, (ng.NbgradError, ValueError))
    assert len(str(caught.value)) < 300


class _AllEqual(ng.Variable):
    def __eq__(self, _: object) -> bool:
        return True

    __hash__ = None


def test_leaves_that_say_that_they_are_equal_are_told_apart() -> None:
    x, w = _AllEqual(np.array(2.0), "x"), _AllEqual(np.array(3.0), "w")
    series = ng.sweep(x * w + x, x, [1.0, 5.0])
    assert [t.root.value.value for t in series] == [4.0, 20.0]
