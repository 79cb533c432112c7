"""A built-in operation as the Function object that a user meets, and leaves from elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.variable import restore
from tests.engine.tiny import leaf


def test_the_backward_of_a_creator_can_be_called_on_arrays_and_on_variables() -> None:
    x, w = leaf(2.0), leaf(5.0)
    assert ng.square(x).creator.backward(np.array(3.0)) == 12.0
    assert tuple(map(float, (x * w).creator.backward(np.array(3.0)))) == (15.0, 6.0)
    y = ng.exp(x)
    gx = y.creator.backward(leaf(3.0))
    assert isinstance(gx, ng.Variable)
    assert gx.data == pytest.approx(3 * np.exp(2.0))


def test_an_operation_that_was_not_called_has_nothing_to_go_back_to() -> None:
    with pytest.raises(ng.NbgradError, match="was not called yet"):
        type(ng.square(leaf(2.0)).creator)().backward(np.array(1.0))


def test_an_operation_takes_a_list_and_counts_its_operands() -> None:
    x = leaf(2.0)
    (y,) = type(ng.square(x).creator)()([x])
    assert y.data == 4.0
    with pytest.raises(ng.OperandError, match="takes 2 operands, but got 1: "):
        type((x * x).creator)()(x)


def test_a_creator_of_none_makes_a_leaf() -> None:
    y = ng.square(leaf(2.0))
    y.creator = None
    assert (y.creator, y.generation) == (None, 0)
    y.backward()
    assert y.grad == 1.0


def test_leaves_of_a_newer_version_and_of_an_unknown_form_say_what_to_do() -> None:
    with pytest.raises(ng.DataTypeError, match="pickled by a newer nbgrad, with 2 more fields"):
        restore(ng.Variable, np.ones(2), None, "x", True, "later", "too")
    with pytest.raises(ng.DataTypeError, match="in a form that this nbgrad does not know"):
        ng.Variable.__new__(ng.Variable).__setstate__({})
