"""Variables among the items of ``np.r_`` and ``np.c_``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad.engine.axis_concatenator import Carrier
from tests.ops.cases import differences

A = np.random.default_rng(0).uniform(0.5, 2.0, (3, 2))
V = np.array([1.0, 2.0, 4.0])

CALLS: dict[str, Callable[..., Any]] = {
    "one": lambda x, v: np.r_[x],
    "numbers": lambda x, v: np.r_[v, 1.0, v[0], 2],
    "a range": lambda x, v: np.r_[v, 1:4, v],
    "a linspace": lambda x, v: np.r_[0:1:3j, v],
    "a linspace up to it": lambda x, v: np.r_[0 : v[1] : 3j, v, v[0] : 1 : 2j],
    "rows": lambda x, v: np.r_[x, A, x],
    "an axis": lambda x, v: np.r_["1", x, A],
    "more axes": lambda x, v: np.r_["0,2", v, v],
    "columns of more axes": lambda x, v: np.r_["-1,3,1", v, v],
    "columns": lambda x, v: np.c_[v, V, v, np.ones(3)],
    "columns of matrices": lambda x, v: np.c_[x, v, A],
}


@pytest.mark.parametrize("name", CALLS)
def test_the_same_items_as_arrays_and_variables(name: str) -> None:
    call = CALLS[name]
    xs, expected = (ng.Variable(A), ng.Variable(V)), call(A, V)
    y = call(*xs)
    assert isinstance(y, ng.Variable)
    assert (y.shape, y.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(y.data, expected)
    weight = np.random.default_rng(1).uniform(0.5, 1.5, y.shape)
    (y * weight).sum().backward()
    slopes = differences(lambda x, v: (call(x, v) * weight).sum(), [A.copy(), V.copy()])
    for x, e in zip(xs, slopes, strict=True):
        np.testing.assert_allclose(0.0 if x.grad is None else x.grad, e, atol=1e-7)


@pytest.mark.parametrize("other", [np.float32(1.0), 1.0, np.ones(2), np.ones(2, int)])
def test_the_dtype_is_numpys(other: Any) -> None:
    v = V.astype(np.float32)
    assert np.r_[ng.Variable(v), other].dtype == np.r_[v, other].dtype


def test_another_function_that_joins_is_given_no_carrier() -> None:
    class Items(type(np.r_)):  # type: ignore[misc]
        concatenate = staticmethod(lambda items, axis: items)

    for joined in (np.ma.mr_, Items()):
        with pytest.raises(ng.UnsupportedFunctionError, match="silently cut it off"):
            joined[ng.Variable(V), 1.0]


def test_what_is_joined_is_the_variable_not_a_copy() -> None:
    x = ng.Variable(V)
    assert [i is x for i in np.r_[x, x].creator.inputs] == [True, True]
    with ng.no_grad():
        y = np.c_[x, x]
    assert isinstance(y, ng.Variable)
    assert y.creator is None


def test_a_gradient_of_any_order_goes_through() -> None:
    def f(v: Any) -> Any:
        return (np.r_[v, v * v] ** 2).sum()

    np.testing.assert_allclose(ng.hessian(f)(V), np.diag(2.0 + 12.0 * V**2))


def test_other_functions_take_the_carrier_as_an_array() -> None:
    array = V.view(Carrier)
    assert np.sum(array) == V.sum()
    np.testing.assert_array_equal(np.concatenate([array, V]), [*V, *V])


def test_what_np_r_does_besides_is_numpys() -> None:
    x = ng.Variable(V)
    with pytest.raises(ValueError, match="concat"):
        np.r_[x, np.ones((2, 2))]
    with pytest.raises(TypeError, match=r"ng\.concatenate"):
        np.r_[[x[0], x[1]], 1.0]
    with pytest.raises(TypeError, match="plain array"):
        np.asarray(x)
