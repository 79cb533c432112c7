"""Copies and pickles: leaves with data, gradient and name; others say to detach."""

import copy
import pickle

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import Both, Square, leaf

COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {p}": lambda x, p=p: pickle.loads(pickle.dumps(x, protocol=p))
        for p in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


class Parameter(ng.Variable):
    def __init__(self, data, name=None, decay=0.5):
        super().__init__(data, name)
        self.decay = decay


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("grad", [None, np.array([5.0, 6.0])])
def test_leaves(way, grad):
    x = leaf([1.0, 2.0], "x", dtype="f4")
    x.grad = grad
    y = COPIES[way](x)
    assert type(y) is ng.Variable
    assert (y.name, y.dtype, y.generation, y.creator) == ("x", np.float32, 0, None)
    assert y.data.tolist() == [1.0, 2.0]
    assert (y.grad is None) if grad is None else (y.grad.tolist() == [5.0, 6.0])
    assert not np.shares_memory(y.data, x.data)
    if grad is not None:
        assert not np.shares_memory(y.grad, x.grad)
    Square()(y).backward()
    assert x.grad is grad


@pytest.mark.parametrize("way", COPIES)
def test_0d_leaves_with_a_gradient(way):
    x = leaf(3.0)
    Square()(x).backward()
    y = COPIES[way](x)
    assert repr(y.grad) == "array(6.)"
    y.grad *= 2
    assert x.grad == 6.0


@pytest.mark.parametrize("way", COPIES)
def test_without_data(way):
    assert COPIES[way](ng.Variable(None, "x")).data is None


@pytest.mark.parametrize("way", COPIES)
def test_constants_stay_constants(way):
    c = ng.Variable(np.array([1.0]), requires_grad=False)
    assert not COPIES[way](c).requires_grad


@pytest.mark.parametrize("way", COPIES)
def test_subclasses_keep_their_attributes(way):
    w = Parameter(np.array([1.0]), "w", decay=0.25)
    w.history = [1, 2]
    v = COPIES[way](w)
    assert type(v) is Parameter
    assert (v.name, v.decay, v.history) == ("w", 0.25, [1, 2])


def test_a_deep_copy_keeps_sharing():
    w = leaf([1.0])
    a, b = copy.deepcopy([w, w])
    assert a is b
    assert a is not w


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("make", [
    Square(), lambda x: Both()(x)[0], lambda x: x * x, lambda x: x[0], lambda x: x * 2.0,
])  # fmt: skip
def test_others_are_refused(way, make):
    y = make(leaf([1.0, 2.0], "x"))
    y.name = "loss"
    with pytest.raises(
        ng.NonLeafCopyError, match=r"loss was made by .+: a copy would lose or double"
    ):
        COPIES[way](y)
    assert COPIES[way](y.detach()).name == "loss"


def test_a_zero_input_result_is_no_leaf():
    class One(ng.Function):
        def forward(self):
            return np.array(1.0)

    with pytest.raises(ng.NonLeafCopyError):
        copy.copy(One()())


@pytest.mark.parametrize("way", COPIES)
def test_results_under_no_grad_are_leaves(way):
    with ng.no_grad():
        y = Square()(leaf([1.0, 2.0]))
    assert COPIES[way](y).data.tolist() == [1.0, 4.0]


@pytest.mark.parametrize("way", COPIES)
def test_a_gradient_with_a_graph_keeps_it_in_a_plain_copy_alone(way):
    x = leaf(2.0)
    (x * x * x).backward(create_graph=True)
    y = COPIES[way](x)
    assert y.grad is not x.grad
    assert y.grad.data == 12
    assert (y.grad.creator is not None) == (way == "copy")
    assert not np.shares_memory(y.grad.data, x.grad.data)
