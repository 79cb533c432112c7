"""More of test_second_order: special values and dtypes, several inputs, functions in rules."""

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.diagnostics.test_second_order import second
from tests.engine.tiny import leaf


class HiddenCopy(ng.Function):
    def forward(self, x):
        self.x = x + 0
        return x**3

    def backward(self, gy):
        return 3 * self.x**2 * gy


@pytest.mark.parametrize("value", [0.0, 1.0, [0.0, 1.0], [[1.0]], [3.0, 3.0, 3.0]])
def test_special_values_hide_nothing(value):
    with pytest.raises(ng.SecondOrderError, match="HiddenCopy"):
        HiddenCopy()(leaf(value)).backward(create_graph=True)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g"])
def test_every_float_dtype(dtype):
    with pytest.raises(ng.SecondOrderError, match="HiddenCopy"):
        HiddenCopy()(leaf([1.5, -3.0], dtype=dtype)).backward(create_graph=True)


def test_a_derived_array_of_an_integer_input():
    class Hidden(ng.Function):
        def forward(self, x):
            self.x = x * 3
            return x**3

        def backward(self, gy):
            return self.x * self.inputs[0].data * gy

    with pytest.raises(ng.SecondOrderError, match="Hidden"):
        Hidden()(leaf([2, 3], dtype=int)).backward(create_graph=True)


def test_a_number_of_one_input_in_the_gradient_of_another():
    class Hidden(ng.Function):
        def forward(self, x0, x1):
            self.s = float(x0.sum())
            return x1 * self.s

        def backward(self, gy):
            return (gy * self.inputs[1]).sum() + 0 * self.inputs[0], gy * self.s

    with pytest.raises(ng.SecondOrderError, match="Hidden"):
        Hidden()(leaf([2.0, 3.0]), leaf([1.0, 1.0])).backward(create_graph=True)


def test_a_number_of_a_constant_is_a_parameter():
    class Scale(ng.Function):
        def forward(self, x, c):
            self.c = float(c.sum())
            return x * self.c

        def backward(self, gy):
            return gy * self.c, None

    x = leaf(2.0)
    y = Scale()(x * x, np.array([1.0, 2.0]))
    y.backward(create_graph=True)
    g = x.grad
    x.cleargrad()
    g.backward()
    assert x.grad == 6.0


def test_a_number_hidden_in_another_functions_parameter():
    class Scale(ng.Function):
        def __init__(self, by):
            self.by = by

        def forward(self, x):
            return x * self.by

        def backward(self, gy):
            return gy * self.by

    class Hidden(ng.Function):
        def forward(self, x):
            self.d = float(3 * x**2)
            return x**3

        def backward(self, gy):
            return Scale(self.d)(gy)

    with pytest.raises(ng.SecondOrderError, match="Hidden"):
        Hidden()(leaf(2.0)).backward(create_graph=True)


def test_a_function_inside_a_rule_is_right():
    class Square(ng.Function):
        def forward(self, x):
            self.x = x
            return x**2

        def backward(self, gy):
            return 2.0 * self.x * gy

    class Outer(ng.Function):
        def forward(self, x):
            return x**3

        def backward(self, gy):
            return 3.0 * Square()(self.inputs[0]) * gy

    assert second(Outer, 1.75) == 6 * 1.75
    x = leaf(1.5)
    Outer()(x).backward()
    assert x.grad == 3 * 1.5**2


def test_a_ratio_of_inputs():
    class Hidden(ng.Function):
        def forward(self, x):
            self.r = x / np.abs(x).sum()
            return x**3

        def backward(self, gy):
            (x,) = self.inputs
            return 3.0 * (self.r * abs(x).sum()) ** 2 * gy

    with pytest.raises(ng.SecondOrderError, match="Hidden"):
        Hidden()(leaf([1.0, 2.0])).backward(create_graph=True)
    assert second(Hidden, 2.0) == 12.0  # of a single number it is the sign, which is constant


def test_random_numbers_are_refused():
    class Dropout(ng.Function):
        def forward(self, x):
            self.mask = np.random.default_rng().uniform(size=x.shape)
            return x * self.mask

        def backward(self, gy):
            return gy * self.mask

    with pytest.raises(ng.SecondOrderError, match="Dropout"):
        Dropout()(leaf([1.0, 2.0])).backward(create_graph=True)


def test_an_in_place_trick():
    class Hidden(ng.Function):
        def forward(self, x):
            y = x.copy()
            y **= 3
            self.x = x.copy()
            return y

        def backward(self, gy):
            out = np.empty(self.x.shape)
            np.multiply(3.0 * self.x, self.x, out=out)
            return out * gy

    with pytest.raises(ng.SecondOrderError, match="Hidden"):
        Hidden()(leaf([1.0, 2.0])).backward(create_graph=True)


def test_a_forward_that_fails_near_its_inputs_is_refused():
    class Simplex(ng.Function):
        def forward(self, x):
            if x.sum() != 1.0:
                raise ValueError("must sum to one")
            return x**2

        def backward(self, gy):
            return 2.0 * self.inputs[0] * gy

    with pytest.raises(ng.SecondOrderError, match=r"cannot be checked.*must sum to one"):
        Simplex()(leaf([0.25, 0.75])).backward(create_graph=True)


def test_a_rule_that_fails_on_variables():
    class Hidden(ng.Function):
        def forward(self, x):
            return x * 1.0

        def backward(self, gy):
            return gy + np.spacing(gy)

    with pytest.raises(
        ng.SecondOrderError,
        match=r"Hidden: on Variables the rule fails: nbgrad has no rule for np\.spacing",
    ):
        Hidden()(leaf([1.0, 2.0])).backward(create_graph=True)
