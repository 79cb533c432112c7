"""Habits that other libraries punish, and that work here."""

import html
import re

import numpy as np

import nbgrad as ng


def x2():
    return ng.Variable(np.array([1.0, 2.0]), "x")


def test_backward_twice_adds_once_more():
    x = x2()
    y = (x * x).sum()
    y.backward()
    y.backward()
    assert x.grad.tolist() == [4.0, 8.0]
    x.cleargrad()
    y.backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_integer_data_gets_float_gradients():
    x = ng.Variable(np.array([1, 2]))
    (x * 0.5).sum().backward()
    assert x.grad.dtype == np.float64
    assert x.grad.tolist() == [0.5, 0.5]


def test_mixed_dtypes_keep_each_leafs_own():
    x, w = ng.Variable(np.ones(2, np.float32)), ng.Variable(np.ones(2))
    y = (x * w).sum()
    y.backward()
    assert (y.dtype, x.grad.dtype, w.grad.dtype) == (np.float64, np.float32, np.float64)


def test_a_vector_root_starts_with_ones():
    x = x2()
    (x * 3.0).backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_a_name_used_again_keeps_its_own_graph():
    x = x2()
    h = x * 2.0
    h = h * h
    h.sum().backward()
    assert x.grad.tolist() == [8.0, 16.0]


def test_a_class_defined_again_does_not_disturb_what_was_made_before():
    """As re-running a cell does: the old graph keeps the old rule, a new call the new one."""

    def cell(factor):
        class Scale(ng.Function):
            def forward(self, x):
                return factor * x

            def backward(self, gy):
                return factor * gy

        return Scale

    Scale = cell(2.0)
    x = x2()
    old = Scale()(x)
    Scale = cell(5.0)
    new = Scale()(old)
    new.sum().backward()
    assert x.grad.tolist() == [10.0, 10.0]
    old.sum().backward()
    assert x.grad.tolist() == [12.0, 12.0]


def test_augmented_assignment_makes_a_new_variable():
    x = x2()
    y = x
    y += 1.0
    assert y is not x
    assert x.data.tolist() == [1.0, 2.0]
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_why_an_intermediate_has_no_gradient():
    x = x2()
    h = x * 2.0
    h.sum().backward()
    assert h.grad is None
    shown = html.unescape(re.sub("<[^>]*>", "", h._repr_html_()))
    assert "freed after backward" in shown
    assert "use backward(retain_grad=True) to keep it" in shown
