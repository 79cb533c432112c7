"""A gradient that nobody needs any more is written over, and only such a one."""

import tracemalloc

import numpy as np
import pytest

import nbgrad as ng

SHAPE = (100, 100)
ELEMENTWISE = {
    "mul": lambda x: x * x,
    "mul by a constant": lambda x: x * 3.0,
    "a constant by it": lambda x: np.full(SHAPE, 3.0) * x,
    "mul, broadcast": lambda x: x * x[0],
    "neg": lambda x: -x,
    "exp": np.exp,
    "tanh": np.tanh,
    "square": np.square,
}


def drawn(seed=0):
    return np.random.default_rng(seed).uniform(0.1, 0.9, SHAPE)


class Keeps(ng.Function):
    """Hands out a gradient and keeps it."""

    def forward(self, x):
        return x + 0.0

    def backward(self, gy):
        self.kept = gy * 2.0
        return self.kept


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_upstream_gradient_of_the_user_is_not_written_over(name):
    x = ng.Variable(drawn())
    y = ELEMENTWISE[name](x)
    seed = drawn(1)
    y.grad = seed
    y.backward()
    np.testing.assert_array_equal(seed, drawn(1))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_what_a_rule_of_the_user_keeps_is_not_written_over(name):
    x = ng.Variable(drawn())
    y = Keeps()(ELEMENTWISE[name](x))
    keeper = y.creator
    y.backward()
    np.testing.assert_array_equal(keeper.kept, np.full(SHAPE, 2.0))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_no_value_is_written_over_and_a_second_pass_gives_the_same(name):
    x = ng.Variable(drawn())
    middle = ELEMENTWISE[name](x)
    y = np.exp(middle * 0.5).sum()
    before = [v.data.copy() for v in (x, middle, y)]
    y.backward()
    first = x.grad.copy()
    for v, data in zip((x, middle, y), before, strict=True):
        np.testing.assert_array_equal(v.data, data)
    y.backward()
    np.testing.assert_array_equal(x.grad, 2 * first)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_same_to_the_bit_where_the_gradient_is_kept(name):
    def gradients(**options):
        x = ng.Variable(drawn())
        middle = ELEMENTWISE[name](np.exp(x))
        y = (np.exp(middle * 0.5) + middle).sum()
        y.backward(**options)
        return x.grad, middle

    spent, _ = gradients()
    kept, middle = gradients(retain_grad=True)
    np.testing.assert_array_equal(spent, kept)
    half = np.exp(middle.data * 0.5) * 0.5 + 1.0
    np.testing.assert_allclose(middle.grad, half, rtol=1e-12)


def test_two_constants_get_no_gradient():
    c = ng.Variable(drawn(), requires_grad=False)
    x = ng.Variable(drawn())
    ((c * c) * np.exp(x * c) * c).sum().backward()
    assert c.grad is None
    np.testing.assert_allclose(x.grad, c.data**4 * np.exp(x.data * c.data))


def test_a_chain_of_products_makes_one_gradient():
    x = ng.Variable(np.full((500, 500), 0.5))
    y = np.exp(x)
    for _ in range(20):
        y = -y * 1.01
    y = (y * 1.0).sum()
    y.backward()
    x.cleargrad()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        y.backward()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < 1.5 * x.data.nbytes
