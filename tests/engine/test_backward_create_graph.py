"""create_graph: second and third derivatives, through built-in rules and through a user's."""

import itertools

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import Both, Mul, Square, leaf


def derivatives(f, x, count):
    """Return f(x) and its first ``count`` derivatives at a number."""
    x = leaf(x)
    y = f(x)
    values = [float(y)]
    for i in range(count):
        x.cleargrad()
        y.backward(create_graph=i < count - 1)
        y = x.grad
        if y is None:  # the last one did not depend on x any more
            return [*values, *[0.0] * (count - i)]
        values.append(float(y))
    return values


class Cube(ng.Function):
    """y = x³ with a rule on ``.data``, as the seed writes them."""

    def forward(self, x):
        return x**3

    def backward(self, gy):
        x = self.inputs[0].data
        return 3 * x**2 * gy


class Exp(ng.Function):
    """y = exp(x) with a rule on the output."""

    def forward(self, x):
        return np.exp(x)

    def backward(self, gy):
        return self.outputs[0]().data * gy


class Reciprocal(ng.Function):
    """y = 1 / x with a rule on Variables."""

    def forward(self, x):
        return 1 / x

    def backward(self, gy):
        (x,) = self.inputs
        return -gy / (x * x)


POWERS = [8.0, 12.0, 12.0, 6.0, 0.0]
FUNCTIONS = {
    "x*x*x": (lambda x: x * x * x, POWERS),
    "the seed's Mul and Square": (lambda x: Mul()(x, Square()(x)), POWERS),
    "a rule on .data": (Cube(), POWERS),
    "a rule on the output": (Exp(), [np.exp(2.0)] * 5),
    "a rule on Variables": (Reciprocal(), [0.5, -0.25, 0.25, -0.375, 0.75]),
    "two outputs": (lambda x: Both()(x)[1] * Both()(x)[0] * 0.5, POWERS),
    "one of two outputs dropped": (lambda x: Both()(x)[1] * x, POWERS),
    "inside one another": (lambda x: Square()(Square()(x)), [16.0, 32.0, 48.0, 48.0, 24.0]),
    "twice the same input": (lambda x: Mul()(x, x) * x, POWERS),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_derivatives(name, order):
    f, expected = FUNCTIONS[name]
    assert derivatives(f, 2.0, order) == pytest.approx(expected[: order + 1], rel=1e-12)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_gradients_are_variables_of_the_leafs_dtype(dtype):
    x = leaf([1.0, 2.0], dtype=dtype)
    Cube()(x).backward(create_graph=True)
    assert type(x.grad) is ng.Variable
    assert x.grad.dtype == dtype
    assert x.grad.creator is not None


def test_broadcasting_is_undone_in_the_graph_too():
    x, b = leaf([[1.0, 2.0], [3.0, 4.0]]), leaf([2.0, 3.0])
    Mul()(Square()(x), Square()(b)).sum().backward(create_graph=True)
    g = b.grad  # 2 b Σ x²
    b.cleargrad()
    x.cleargrad()
    g.sum().backward()
    assert b.grad.tolist() == [20.0, 40.0]
    assert x.grad.tolist() == [[8.0, 24.0], [24.0, 48.0]]


def test_integer_leaves():
    x = leaf(2, dtype=int)
    y = Cube()(x) * 1.0
    y.backward(create_graph=True)
    g = x.grad
    assert g.dtype == np.float64
    x.cleargrad()
    g.backward()
    assert x.grad == 12.0


def test_a_preset_gradient_may_have_a_graph():
    x, v = leaf(2.0), leaf(5.0)
    y = Cube()(x)
    y.grad = Square()(v)
    y.backward(create_graph=True)
    g = x.grad  # 3 x² v²
    x.cleargrad()
    g.backward()
    assert (float(g), x.grad, v.grad) == (300.0, 300.0, 120.0)


def test_a_second_pass_adds_variables():
    x = leaf(2.0)
    y = Cube()(x)
    y.backward(create_graph=True)
    y.backward(create_graph=True)
    g = x.grad
    assert float(g) == 24.0
    x.cleargrad()
    g.backward()
    assert x.grad == 24.0


def test_retained_gradients_are_variables():
    x = leaf(2.0)
    h = Square()(x)
    y = Square()(h)
    y.backward(retain_grad=True, create_graph=True)
    assert [type(v.grad) for v in (x, h, y)] == [ng.Variable] * 3
    assert [float(v.grad) for v in (x, h, y)] == [32.0, 8.0, 1.0]
    assert len({id(v.grad) for v in (x, h, y)}) == 3


def test_gradients_with_a_graph_share_no_memory_either():
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    h = x + w
    y = h + h
    y.backward(retain_grad=True, create_graph=True)
    arrays = [a for v in (x, w, h, y) for a in (v.data, v.grad.data)]
    for a, b in itertools.combinations(arrays, 2):
        assert not np.shares_memory(a, b)


def test_a_plain_pass_records_nothing():
    x = leaf(2.0)
    (x * x).backward()
    assert type(x.grad) is np.ndarray


def test_mixed_passes():
    x = leaf(2.0)
    y = x * x
    y.backward(create_graph=True)
    y.backward()
    assert float(x.grad) == 8.0


def test_the_rule_sees_the_functions_own_parameters():
    class Power(ng.Function):
        def __init__(self, n, scale):
            self.n, self.scale, self.table = n, scale, {"scale": scale, "w": np.array(2.0)}

        def forward(self, x):
            return self.scale * self.table["w"] * x**self.n

        def backward(self, gy):
            x = self.inputs[0].data
            return self.table["scale"] * self.table["w"] * self.n * x ** (self.n - 1) * gy

    assert derivatives(Power(3, 0.25), 2.0, 3) == pytest.approx([4, 6, 6, 3])


def test_a_rule_with_masks_and_indices():
    class Relu(ng.Function):
        def forward(self, x):
            self.mask = x > 0
            return x * self.mask

        def backward(self, gy):
            return gy * self.mask

    x = leaf([-1.0, 2.0])
    Square()(Relu()(x)).sum().backward(create_graph=True)
    g = x.grad
    x.cleargrad()
    g.sum().backward()
    assert x.grad.tolist() == [0.0, 2.0]


def test_a_float_mask_is_right_too():
    class Relu(ng.Function):
        def forward(self, x):
            self.mask = (x > 0).astype(float)
            return x * self.mask

        def backward(self, gy):
            return gy * self.mask

    assert derivatives(lambda x: Square()(Relu()(x)), 3.0, 2) == [9.0, 6.0, 2.0]


def test_a_linear_rule_may_return_a_plain_array():
    class Triple(ng.Function):
        def forward(self, x):
            return 3 * x

        def backward(self, gy):
            return 3.0 * gy

    x = leaf(2.0)
    Square()(Triple()(x)).backward(create_graph=True)
    g = x.grad
    x.cleargrad()
    g.backward()
    assert x.grad == 18.0


def test_the_rule_runs_with_the_leaf_at_zero():
    assert derivatives(Cube(), 0.0, 3) == [0.0, 0.0, 0.0, 6.0]
