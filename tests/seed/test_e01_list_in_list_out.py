"""E1, step 11: one list of Variables in, one list of Variables out; 2 + 5 is array(7)."""

import numpy as np

import nbgrad as ng


class Add(ng.Function):
    def forward(self, xs):
        x0, x1 = xs
        y = x0 + x1
        return (y,)

    def backward(self, gy):
        return gy, gy


def add(xs):
    return Add()(xs)


def test_e01_list_in_list_out():
    xs = [ng.Variable(np.array(2)), ng.Variable(np.array(5))]
    ys = add(xs)
    y = ys[0]
    assert type(ys) is list
    assert repr(y.data) == "array(7)"
    assert isinstance(y.creator, Add)


def test_e01_the_list_gets_gradients_too():
    xs = [ng.Variable(np.array(2.0)), ng.Variable(np.array(5.0))]
    add(xs)[0].backward()
    assert [float(x.grad) for x in xs] == [1.0, 1.0]
