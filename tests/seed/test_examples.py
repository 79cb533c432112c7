"""The seed's examples E1 to E22, in the order of its steps: they print and return what it says.

The functions are the seed's own (`steps.py`), on nbgrad's Function.
"""

import contextlib

import numpy as np
import pytest

import nbgrad as ng
from tests.seed.steps import add, diamond, mul, square

# E1, step 11: one list of Variables in, one list of Variables out; 2 + 5 is array(7).


class AddOfList(ng.Function):
    def forward(self, xs):
        x0, x1 = xs
        y = x0 + x1
        return (y,)

    def backward(self, gy):
        return gy, gy


def add_list(xs):
    return AddOfList()(xs)


def test_e01_list_in_list_out():
    xs = [ng.Variable(np.array(2)), ng.Variable(np.array(5))]
    ys = add_list(xs)
    y = ys[0]
    assert type(ys) is list
    assert repr(y.data) == "array(7)"
    assert isinstance(y.creator, AddOfList)


def test_e01_the_list_gets_gradients_too():
    xs = [ng.Variable(np.array(2.0)), ng.Variable(np.array(5.0))]
    add_list(xs)[0].backward()
    assert [float(x.grad) for x in xs] == [1.0, 1.0]


# E2, step 11: ``*inputs`` gathers what was passed; called with 1, 2, 3 it prints (1, 2, 3).


class Show(ng.Function):
    def forward(self, *xs):
        print(tuple(int(x) for x in xs))
        return xs[0]


def test_e02_star_args(capsys):
    Show()(*(ng.Variable(np.array(i)) for i in (1, 2, 3)))
    assert capsys.readouterr().out == "(1, 2, 3)\n"


# E3, step 12: f(x0, x1) with one output returns that Variable; 2 + 5 is array(7).


def test_e03_one_output_comes_bare():
    ys = add(ng.Variable(np.array(2)), ng.Variable(np.array(5)))
    assert type(ys) is ng.Variable
    assert repr(ys.data) == "array(7)"


# E4, step 12: 1 + 10 prints 11, and nothing else.


def test_e04_add_prints_11(capsys):
    x0 = ng.Variable(np.array(1))
    x1 = ng.Variable(np.array(10))
    y = add(x0, x1)
    print(y.data)
    assert capsys.readouterr().out == "11\n"


# E5, step 13: z = x² + y² at 2 and 3 prints z.grad, z.data, x.grad, y.grad.


def test_e05_several_inputs(capsys):
    x = ng.Variable(np.array(2.0))
    y = ng.Variable(np.array(3.0))
    z = add(square(x), square(y))
    z.backward(retain_grad=True)
    print(z.grad)
    print(z.data)
    print(x.grad)
    print(y.grad)
    assert capsys.readouterr().out == "1.0\n13.0\n4.0\n6.0\n"


# E6, step 13: ``a += a`` keeps the array, ``a = a + a`` makes a new one.
#
# Which is why a gradient must never be added to in place where somebody may hold it.


def test_e06_in_place_or_not():
    a = np.array(5)
    ids = [id(a)]
    a += a
    ids.append(id(a))
    before = a
    a = a + a
    assert ids[0] == ids[1]
    assert a is not before


def test_e06_a_held_gradient_does_not_change():
    x = ng.Variable(np.array([5.0]))
    add(x, x).backward()
    held = x.grad
    add(x, x).backward()
    assert held == [2.0]
    assert x.grad == [4.0]
    assert x.grad is not held


# E7, step 14: y = x + x at 3 prints 6.0, y.grad 1.0, x.grad 2.0.


def test_e07_same_variable_twice(capsys):
    x = ng.Variable(np.array(3.0))
    y = add(x, x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    assert capsys.readouterr().out == "6.0\n1.0\n2.0\n"


# E8, step 14: y = (x + x) + x at 3 prints 9.0, 1.0, x.grad 3.0.


def test_e08_same_variable_three_times(capsys):
    x = ng.Variable(np.array(3.0))
    y = add(add(x, x), x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    assert capsys.readouterr().out == "9.0\n1.0\n3.0\n"


# E9, step 14: both sums on one x without clearing: x.grad is 2, then 2 + 3 = 5.


def test_e09_without_clearing(capsys):
    x = ng.Variable(np.array(3.0))
    y = add(x, x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    print("-" * 50)
    y = add(add(x, x), x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    rule = "-" * 50
    assert capsys.readouterr().out == f"6.0\n1.0\n2.0\n{rule}\n9.0\n1.0\n5.0\n"


# E10, step 14: the same with x.cleargrad() between: x.grad is 2, then 3.


def test_e10_cleargrad(capsys):
    x = ng.Variable(np.array(3.0))
    y = add(x, x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    print("-" * 50)
    x.cleargrad()
    y = add(add(x, x), x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(x.grad)
    rule = "-" * 50
    assert capsys.readouterr().out == f"6.0\n1.0\n2.0\n{rule}\n9.0\n1.0\n3.0\n"


# E11, steps 15-16: three functions into a list and a set: each once, in their order.


def test_e11_functions_in_a_set(capsys):
    funcs = []
    seen_set = set()
    creators = [ng.Function(), ng.Function(), ng.Function()]
    for f in creators + creators:
        if f not in seen_set:
            funcs.append(f)
            seen_set.add(f)
            print(len(funcs), len(seen_set))
    assert capsys.readouterr().out == "1 1\n2 2\n3 3\n"
    assert all(a is b for a, b in zip(funcs, creators, strict=True))


# E12, steps 15-16: the diamond at 2 prints 32.0, 1.0, ``1.0 1.0``, 16.0, 64.0.


def test_e12_diamond(capsys):
    x = ng.Variable(np.array(2.0))
    a, b, c, y = diamond(x)
    print(y.data)
    y.backward(retain_grad=True)
    print(y.grad)
    print(c.grad, b.grad)
    print(a.grad)
    print(x.grad)
    assert capsys.readouterr().out == "32.0\n1.0\n1.0 1.0\n16.0\n64.0\n"


def test_e12_generations():
    x = ng.Variable(np.array(2.0))
    a, b, c, y = diamond(x)
    assert [v.generation for v in (x, a, b, c, y)] == [0, 1, 2, 2, 3]
    assert [v.creator.generation for v in (a, b, c, y)] == [0, 1, 1, 2]


# E13, steps 15-16: with the heap, y = x + x at 2 prints 4.0, 1.0, 2.0.


def test_e13_heap_sum(capsys):
    x = ng.Variable(np.array(2.0))
    y = add(x, x)
    print(y.data)
    y.backward(retain_grad=True, use_heap=True)
    print(y.grad)
    print(x.grad)
    assert capsys.readouterr().out == "4.0\n1.0\n2.0\n"


# E14, steps 15-16: with the heap, the diamond prints 32.0, 1.0, ``1.0 1.0``, 16.0, 64.0.


def test_e14_heap_diamond(capsys):
    x = ng.Variable(np.array(2.0))
    a, b, c, y = diamond(x)
    print(y.data)
    y.backward(retain_grad=True, use_heap=True)
    print(y.grad)
    print(c.grad, b.grad)
    print(a.grad)
    print(x.grad)
    assert capsys.readouterr().out == "32.0\n1.0\n1.0 1.0\n16.0\n64.0\n"


# E15, steps 15-16: E13 then E14 in one cell, the name x reused: the same eight lines.


def test_e15_both_with_heap(capsys):
    x = ng.Variable(np.array(2.0))
    y = add(x, x)
    print(y.data)
    y.backward(retain_grad=True, use_heap=True)
    print(y.grad)
    print(x.grad)
    x = ng.Variable(np.array(2.0))
    a, b, c, y = diamond(x)
    print(y.data)
    y.backward(retain_grad=True, use_heap=True)
    print(y.grad)
    print(c.grad, b.grad)
    print(a.grad)
    print(x.grad)
    assert capsys.readouterr().out == "4.0\n1.0\n2.0\n32.0\n1.0\n1.0 1.0\n16.0\n64.0\n"


# E16, step 18: what a ``with`` restores, it restores after the block: Start, Process, Done.


@contextlib.contextmanager
def config_test():
    print("Start...")
    try:
        with ng.using_config("enable_backprop", False):
            yield
    finally:
        print("Done", ng.Config.enable_backprop)


def test_e16_context_manager(capsys):
    with config_test():
        print("Process", ng.Config.enable_backprop)
    assert capsys.readouterr().out == "Start...\nProcess False\nDone True\n"


# E17, step 18: ``with using_config(…)`` and ``with no_grad()``: y = x² runs and has no creator.

MODES = {
    "using_config": lambda: ng.using_config("enable_backprop", False),
    "no_grad": ng.no_grad,
}


@pytest.mark.parametrize("mode", MODES)
def test_e17_no_grad(mode):
    with MODES[mode]():
        x = ng.Variable(np.array(2.0))
        y = square(x)
    assert y.data == 4.0
    assert y.creator is None
    assert y.generation == 0
    assert square(x).creator is not None


# E18, step 19: (a * b) + c at 3, 2, 1 prints variable(7.0), None, 1.0, 3.0, 2.0.

LINES = "variable(7.0)\nNone\n1.0\n3.0\n2.0\n"


def three():
    return (ng.Variable(np.array(v)) for v in (3.0, 2.0, 1.0))


def show(y, a, b, c):
    print(y)
    y.backward()
    print(y.grad)
    print(c.grad)
    print(b.grad)
    print(a.grad)


def test_e18_operators(capsys):
    a, b, c = three()
    show((a * b) + c, a, b, c)
    assert capsys.readouterr().out == LINES


def test_e18_the_seeds_own_functions(capsys):
    a, b, c = three()
    show(add(mul(a, b), c), a, b, c)
    assert capsys.readouterr().out == LINES


# E19, step 19: Variable(2.0) + np.array(3), an int array, prints 5.0.


def test_e19_array_on_the_right(capsys):
    x = ng.Variable(np.array(2.0))
    y = x + np.array(3)
    print(y.data)
    assert capsys.readouterr().out == "5.0\n"
    y.backward()
    assert x.grad == 1.0


# E20, step 19: Variable(2.0) * 3 prints 6.0.


def test_e20_number_on_the_right(capsys):
    x = ng.Variable(np.array(2.0))
    y = x * 3
    print(y.data)
    assert capsys.readouterr().out == "6.0\n"
    y.backward()
    assert x.grad == 3.0


# E21, step 19: 3 * Variable(2.0) prints 6.0.


def test_e21_number_on_the_left(capsys):
    x = ng.Variable(np.array(2.0))
    y = 3 * x
    print(y.data)
    assert capsys.readouterr().out == "6.0\n"
    y.backward()
    assert x.grad == 3.0


# E22, step 19: np.array(3.0) * Variable(2.0) prints 6.0; with one-element arrays [6.].


def test_e22_array_on_the_left(capsys):
    x0 = np.array(3.0)
    x1 = ng.Variable(np.array(2.0))
    y = x0 * x1
    print(y.data)
    x0 = np.array([3.0])
    x1 = ng.Variable(np.array([2.0]))
    z = x0 * x1
    print(z.data)
    assert capsys.readouterr().out == "6.0\n[6.]\n"
    assert type(y) is ng.Variable
    assert type(z) is ng.Variable
    z.backward()
    assert x1.grad == [3.0]


def test_e22_repr_checks():
    assert repr(ng.Variable(np.array([[1, 2], [3, 4]]))) == (
        "variable([[1 2]\n" + " " * 10 + "[3 4]])"
    )
    assert repr(ng.Variable(np.array([1, 2, 3]))) == "variable([1 2 3])"
    assert repr(ng.Variable(None)) == "variable(None)"
