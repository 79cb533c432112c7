"""What if a leaf had another value, now: the user's own stay as they are until they are told."""

from __future__ import annotations

import gc
import warnings
import weakref
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.errors import NbgradError
from nbgrad.tracing.takes.what_if import WhatIf
from tests.tracing.graphs import diamond, variable


def test_other_values_and_back() -> None:
    x, y = diamond()
    copies = WhatIf(y)
    assert copies.set("x", 3.0).gradient("x") == 216.0
    assert copies.set(x, 1).gradient("x") == 8.0
    assert copies.changed == ["x"]
    assert copies.reset().gradient("x") == 64.0
    assert (x.item(), x.grad, copies.changed) == (2.0, None, [])


def test_an_element_of_an_array() -> None:
    w = ng.Variable(np.arange(6.0).reshape(2, 3), name="w")
    y = ng.sum(w * w)
    copies = WhatIf(y)
    assert copies.set("w", 10.0, index=4).gradient("w").values == (0, 2, 4, 6, 20, 10)
    assert copies.set("v0", 1.0, index=0).gradient("w").values == (2, 2, 4, 6, 20, 10)
    assert w.data[1, 1] == 4.0


def test_steps_of_descent_are_those_of_a_loop_and_kept_on_demand() -> None:
    x, w = variable(3.0, "x"), variable(0.5, "w")
    y = ng.square(x * w - 2.0)
    copies = WhatIf(y)
    found = copies.descend(np.float32(0.01), steps=np.int64(5))
    values = {"x": 3.0, "w": 0.5}
    for _ in range(5):
        slope = 2 * (values["x"] * values["w"] - 2.0)
        values = {
            "x": values["x"] - 0.01 * slope * values["w"],
            "w": values["w"] - 0.01 * slope * values["x"],
        }
    assert found.variables["x"].value.value == pytest.approx(values["x"])
    assert (x.item(), w.item(), x.grad) == (3.0, 0.5, None)
    assert sorted(copies.keep()) == ["w", "x"]
    assert x.item() == pytest.approx(values["x"])
    assert (copies.changed, x.grad) == ([], None)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda c: c.set("z", 1.0), "'z' is not a leaf of this graph"),
        (lambda c: c.set("x", "three"), "'three' is not one of them"),
        (lambda c: c.set("x", None), "None is not one of them"),
        (lambda c: c.set("x", [1.0, 2.0]), "the value has shape"),
        (lambda c: c.set("x", 1.0, index=3), "1 element: there is no number 3"),
        (lambda c: c.descend("fast"), "learning rate is a number"),
        (lambda c: c.descend(0.1, steps=0), "from 1 to 1000"),
    ],
)
def test_what_does_not_fit_is_a_sentence_and_changes_nothing(call: Any, said: str) -> None:
    x, y = diamond()
    copies = WhatIf(y)
    copies.set("x", 3.0)
    with pytest.raises(ng.NbgradError, match=said):
        call(copies)
    assert (copies.changed, x.item()) == (["x"], 2.0)


def test_nothing_is_kept_alive_and_what_is_gone_says_so() -> None:
    _, y = diamond()
    stepper = ng.Stepper(y)
    alive = weakref.ref(y)
    del y
    gc.collect()
    assert alive() is None
    with pytest.raises(ng.NoGraphError, match="run its cell again"):
        stepper.what_if("x", 3.0)
    stepper.close()


def test_what_an_expression_gave_is_kept_as_long_as_its_stepper_unless_it_is_large() -> None:
    x = ng.Variable(np.array(2.0), name="x")
    stepper = ng.Stepper(ng.square(x) + 1)
    gc.collect()
    stepper.what_if("x", 3.0)
    assert stepper.trace.root.value.value == 10.0
    stepper.close()
    many = ng.Variable(np.ones(1_200_000), name="many")
    stepper = ng.Stepper(ng.sum(many))
    stepper.what_if("many", 3.0, index=1)
    stepper.get_state()
    gc.collect()
    with pytest.raises(ng.NoGraphError, match="Give it a name"):
        stepper.what_if("many", 3.0, index=1)
    stepper.close()


def test_variables_are_called_as_before_also_those_without_a_name() -> None:
    x = y = ng.Variable(np.array(0.5), name="x")
    for _ in range(33):
        y = ng.sin(y) * x
    stepper = ng.Stepper(y)
    names = [v.name for v in stepper.trace.variables]
    assert {"sin(x)", "v17"} < set(names)  # the expression of a deep one would be too long
    for _ in range(2):
        stepper.what_if("x", 0.6)
        assert [v.name for v in stepper.trace.variables] == names
    assert [v.name for v in ng.sweep(y, x, [0.7])[0].variables] == names
    stepper.close()


def test_numbers_out_of_range_are_shown_and_warn_of_nothing() -> None:
    x = ng.Variable(np.array(2.0), name="x")
    y = ng.log(x) / x**3
    stepper = ng.Stepper(y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for value in (0.0, -1.0, np.nan, np.inf, 1e300):
            ng.sweep(y, x, [value])
            stepper.what_if("x", value)
            stepper.descend(1e300, 3)
    stepper.close()


def test_a_check_by_finite_difference() -> None:
    x, w = ng.Variable(np.array(2.0), name="x"), ng.Variable(np.array([[1.0, 2], [3, 4]]), name="w")
    n = ng.Variable(np.array([1, 2]), name="n")
    y = ng.sum(ng.sin(w) * x) + ng.sum(n * x)
    what_if = WhatIf(y)
    y.backward()
    for leaf in (x, w):
        for k, wanted in enumerate(np.ravel(leaf.grad)):
            assert what_if.check(leaf.name, k) == pytest.approx(wanted, rel=1e-6)
    what_if.set("x", 3.0)
    assert what_if.check("w", 1) == pytest.approx(3 * np.cos(2.0), rel=1e-6)
    assert what_if.changed == ["x"]
    for leaf, index, said in (("w", 4, "has 4 elements"), ("n", 0, "whole numbers"), ("q", 0, "q")):
        with pytest.raises(NbgradError, match=said):
            what_if.check(leaf, index)
    assert float(x.data) == 2.0


def test_a_check_is_right_at_every_magnitude_and_in_every_dtype() -> None:
    cases = [
        (ng.log, 1e-10, "float64"), (ng.reciprocal, 1e-10, "float64"), (ng.sqrt, 1e-12, "float64"),
        (ng.sin, 1e5, "float64"), (ng.exp, 300.0, "float64"), (lambda x: x**3, 1e100, "float64"),
        (lambda x: x + 1000.0, 1e-10, "float64"), (ng.log, 1e-3, "float32"),
        (lambda x: x**3, 2.0, "float16"),
    ]  # fmt: skip
    for f, at, dtype in cases:
        x = ng.Variable(np.array(at, dtype), name="x")
        y = f(x)
        y.backward()
        assert WhatIf(y).check("x") == pytest.approx(float(x.grad), rel=1e-3)
