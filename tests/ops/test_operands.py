"""Operands, indices and bounds that are not plain arrays, and empty or singular ones."""

from __future__ import annotations

import array
import collections
import copy
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops
from tests.ops.cases import PAIRWISE


def gradient(f: Any, values: Any, dtype: Any = float) -> Any:
    x = ng.Variable(np.array(values, dtype))
    f(x).sum().backward()
    return x.grad.tolist()


def test_a_repeated_index_counts_twice_whatever_holds_it() -> None:
    rows = [array.array("q", [0, 0]), collections.UserList([0, 0]), (array.array("q", [0, 0]),)]
    for index in rows:
        assert gradient(lambda x: x[index], [1.0, 2.0]) == [2, 0]  # noqa: B023
    assert gradient(lambda x: x[[0, 0]], [1.0, 2.0], np.longdouble) == [2, 0]
    assert gradient(lambda x: x[[0, 0], array.array("q", [1, 1])], np.ones((2, 2))) == [
        [0, 2],
        [0, 0],
    ]


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("make", [np.matrix, lambda a: np.ma.array(a, mask=True)])
def test_arrays_with_rules_of_their_own_are_refused(make: Any) -> None:
    class Returns(ng.Function):
        def forward(self, x: Any) -> Any:
            return make(x)

    class Sends(ng.Function):
        def forward(self, x: Any) -> Any:
            return x * 1

        def backward(self, gy: Any) -> Any:
            return make(gy)

    x, odd = ng.Variable(np.ones((2, 2))), make(np.ones((2, 2)))
    calls = [
        lambda: x * odd,
        lambda: np.add(x, odd),
        lambda: ops.concatenate([x, odd]),
        lambda: ops.where(odd, x, 0.0),
        lambda: ng.as_variable(odd),
        lambda: setattr(x, "grad", odd),
        lambda: Returns()(x),
        lambda: Sends()(odd),
        lambda: Sends()(x).sum().backward(),
    ]
    for call in calls:
        with pytest.raises(ng.NbgradError, match=type(odd).__name__):
            call()
    assert x.grad is None


def test_long_integers_compute_as_float64() -> None:
    np.testing.assert_allclose(gradient(lambda x: (2**64) ** x, [1.0]), [2**64 * np.log(2.0**64)])
    assert gradient(lambda x: x * 10**30, [1, 2], int) == [1e30, 1e30]
    with pytest.raises(ng.OperandError, match="bits"):
        ng.Variable(np.ones(1, int)) * 10**400


def test_triangles_keep_the_dtype_and_copies_their_own_gradient() -> None:
    x = ng.Variable(np.ones((2, 2), int))
    assert np.tril(x).dtype == np.triu(x).dtype == int
    y = ng.Variable(np.array(2.0))
    (y * y).backward(create_graph=True)
    assert not np.shares_memory(copy.copy(y).grad.data, y.grad.data)


V = ng.Variable(np.array([1.0, 2.0]))
MASKED = np.ma.array([1.0, 2.0], mask=[False, True])


@pytest.mark.parametrize(
    "call",
    [
        lambda: MASKED + V,
        lambda: MASKED - V * 2,
        lambda: MASKED * V,
        lambda: MASKED / V,
        lambda: MASKED**V,
        lambda: V**MASKED,
        lambda: np.ma.add(MASKED, V),
        lambda: MASKED.copy().__iadd__(V),
        lambda: np.insert(V, 0, MASKED),
        lambda: np.pad(V, 1, constant_values=MASKED[:1]),
        lambda: np.sum(V, initial=MASKED),
        lambda: ng.softmax_cross_entropy(V[None], np.array([0]), weight=MASKED),
        lambda: ng.binary_cross_entropy(V, V.data, from_logits=True, pos_weight=MASKED),
        lambda: ng.put_along_axis(V, np.array([0, 1]), MASKED),
    ],
)
def test_a_masked_array_takes_no_variable_silently(call: Any) -> None:
    with pytest.raises(TypeError, match="MaskedArray"):
        call()


def test_numpy_ma_takes_a_constant_as_an_array() -> None:
    assert not np.ma.is_masked(V)
    with ng.no_grad():
        assert np.ma.array(V).mask is np.ma.nomask
    assert not hasattr(V, "_mask")


class Foreign:
    """An array of another library, whose conversion warns."""

    def __init__(self, data: Any) -> None:
        self.data = np.asarray(data)
        self.shape, self.ndim, self.dtype = self.data.shape, self.data.ndim, self.data.dtype

    def __array__(self, dtype: Any = None) -> Any:  # NumPy 2 warns that there is no copy=
        return self.data if dtype is None else self.data.astype(dtype)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, i: Any) -> Any:
        return self.data[i]


@pytest.mark.filterwarnings("ignore")
def test_indices_and_conditions_of_other_libraries() -> None:
    pick = Foreign([0, 0, 1])
    assert gradient(lambda x: x[pick], [3.0, 4.0]) == [2.0, 1.0]
    assert gradient(lambda x: np.take(x, pick), [3.0, 4.0]) == [2.0, 1.0]
    assert gradient(lambda x: np.repeat(x, Foreign([1, 2])), [3.0, 4.0]) == [1.0, 2.0]
    assert gradient(lambda x: np.where(Foreign([True, False]), x, 0.0), [3.0, 4.0]) == [1.0, 0.0]
    assert gradient(lambda x: np.sum(x, where=Foreign([True, False])), [3.0, 4.0]) == [1.0, 0.0]
    assert gradient(lambda x: np.mean(x, where=Foreign([True, False])), [3.0, 4.0]) == [1.0, 0.0]
    assert gradient(lambda x: np.nansum(x, where=Foreign([True, False])), [3.0, 4.0]) == [1.0, 0.0]


def test_lists_with_variables_in_them_are_operands_as_lists_of_numbers_are() -> None:
    v, w = ng.Variable(np.array(2.0)), ng.Variable(np.array([1.0, 3.0]))
    calls = {
        "mean": lambda: ng.mean([v, v * 3]), "sum": lambda: ng.sum([[v, 1.0], [2.0, v]]),
        "std": lambda: ng.std((v, 4.0)), "max": lambda: ng.max([w, w * 2], axis=0).sum(),
        "exp": lambda: ng.exp([v, 1.0]).sum(), "norm": lambda: ng.norm([v, v]),
        "maximum": lambda: np.maximum([v, 1.0], w).sum(), "power": lambda: np.power([2, 3], w).sum(),
        "logaddexp": lambda: ng.logaddexp([0.0, v], w).sum(), "det": lambda: ng.det([[v, 1.0], [0.0, v]]),
        "matmul": lambda: ng.matmul([[v, 0], [1, v]], w).sum(), "dot": lambda: ng.dot([v, v], w),
        "concatenate": lambda: ng.concatenate([[v, 1.0], w]).sum(), "diag": lambda: ng.diag([v, 1.0]).sum(),
        "interp": lambda: ng.interp(v, [0.0, 5.0], [v, 1.0]), "cov": lambda: ng.cov([v, 1.0, 5.0]),
    }  # fmt: skip
    for name, call in calls.items():
        v.cleargrad()
        y = call()
        y.backward()
        at_two, step = float(y.data), 1e-6
        v.data = np.array(2.0 + step)
        slope = (float(call().data) - at_two) / step
        v.data = np.array(2.0)
        np.testing.assert_allclose(
            0.0 if v.grad is None else v.grad, slope, atol=1e-4, err_msg=name
        )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PAIRWISE)
def test_a_number_beside_an_array_is_an_array_of_one(name: str) -> None:
    function = getattr(ng, name)
    for number in (2, 0, 2.5, True):
        for order in (1, -1):
            slopes = [
                gradient(lambda x, c=c: function(*(x, c)[::order]), [0.5, 1.5])  # noqa: B023
                for c in (number, np.array(float(number)))
            ]
            np.testing.assert_array_equal(*slopes)


def test_heights_of_an_interpolation_may_be_truth_values() -> None:
    points, heights = [0.0, 1.0, 3.0], np.array([False, True, False])
    assert gradient(lambda x: ng.interp(x, points, heights), [0.5, 2.0]) == [1.0, -0.5]
