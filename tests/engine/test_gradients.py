"""No two gradients share memory, nor with any data, whatever the rules do."""

import itertools

import numpy as np
import pytest

import nbgrad as ng
from tests.engine.tiny import Add, Mul, Square, leaf, random_graph


def check(variables):
    arrays = [a for v in variables for a in (v.data, v.grad) if a is not None]
    for a, b in itertools.combinations(arrays, 2):
        assert not np.shares_memory(a, b)


class Rule(ng.Function):
    def __init__(self, rule):
        self.rule = rule

    def forward(self, x0, x1):
        return x0 + x1

    def backward(self, gy):
        return self.rule(self, gy)


def mutates(f, gy):
    gy *= 3
    return gy, gy / 3


def kept_gradient(f, gy):
    f.kept = gy
    return gy, gy


RULES = {
    "the same array twice": (lambda f, gy: (gy, gy), 1.0),
    "a view of it": (lambda f, gy: (gy[::-1], gy[:]), 1.0),
    "an input's data": (lambda f, gy: (f.inputs[0].data, f.inputs[0].data), 2.0),
    "the output's data": (lambda f, gy: (f.outputs[0]().data, gy), 5.0),
    "gy changed in place": (mutates, 3.0),
    "gy kept": (kept_gradient, 1.0),
    "read-only": (lambda f, gy: (np.broadcast_to(np.ones(1), 3), gy), 1.0),
    "a Variable": (lambda f, gy: (f.inputs[0], ng.Variable(gy)), 2.0),
}


@pytest.mark.parametrize("retain", [False, True])
@pytest.mark.parametrize("name", RULES)
def test_rules(name, retain):
    rule, expected = RULES[name]
    x0, x1 = leaf([2.0] * 3), leaf([3.0] * 3)
    y = Rule(rule)(x0, x1)
    z = Add()(y, y)
    z.grad = np.ones(3)
    for again in (1, 2):
        z.backward(retain_grad=retain)
        if name not in {"an input's data", "the output's data", "read-only", "a Variable"}:
            assert x0.grad.tolist() == [2 * again * expected] * 3
        else:
            assert x0.grad.tolist() == [again * expected] * 3
        check([x0, x1, y, z])
    assert x0.data.tolist() == [2.0] * 3
    assert y.data.tolist() == [5.0] * 3


def test_the_second_input_is_not_hurt_when_gy_is_changed_in_place():
    x0, x1 = leaf([2.0] * 3), leaf([3.0] * 3)
    y = Rule(mutates)(x0, x1)
    z = Mul()(y, leaf([1.0] * 3))
    z.backward(retain_grad=True)
    assert y.grad.tolist() == [1.0] * 3
    assert x1.grad.tolist() == [1.0] * 3


def test_the_preset_gradient_is_not_shared():
    x = leaf([1.0, 2.0])
    y = Add()(x, leaf([0.0, 0.0]))
    seed = np.array([3.0, 4.0])
    y.grad = seed
    y.backward(retain_grad=True)
    x.grad *= 100
    assert seed.tolist() == [3.0, 4.0]
    assert y.grad is seed


def test_a_leafs_own_backward():
    x = leaf([1.0, 2.0])
    x.backward()
    check([x])


def test_a_held_gradient_is_never_written_to():
    x = leaf([1.0, 2.0])
    y = Square()(x)
    y.backward()
    held = x.grad
    y.backward()
    assert held.tolist() == [2.0, 4.0]
    assert x.grad.tolist() == [4.0, 8.0]


@pytest.mark.parametrize("retain", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_random_graphs(seed, retain):
    graph = random_graph(seed)
    for _ in range(2):
        graph.root.backward(retain_grad=retain)
    check({id(v): v for v in (*graph.leaves, *graph.between, graph.root)}.values())


@pytest.mark.parametrize("seed", range(20))
def test_built_in_operations(seed):
    rng = np.random.default_rng(seed)
    xs = [leaf(rng.normal(size=(2, 2))) for _ in range(3)]
    pool = list(xs)
    for _ in range(10):
        a, b = (pool[i] for i in rng.integers(0, len(pool), 2))
        made = (
            lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, lambda a, b: a.T,
            lambda a, b: a @ b, lambda a, b: a.sum(axis=0) + b, lambda a, b: a.reshape(4).reshape(2, 2),
            lambda a, b: a[::-1], lambda a, b: -a, lambda a, b: +a,
        )[rng.integers(0, 10)](a, b)  # fmt: skip
        pool.append(made)
    root = pool[-1] + pool[-2] + sum(xs)
    root.backward(retain_grad=True)
    root.backward(retain_grad=True)
    gradients = [v.grad for v in (*pool, root) if v.grad is not None]
    for a, b in itertools.combinations(gradients, 2):
        assert not np.shares_memory(a, b)
    for g in gradients:
        assert not any(np.shares_memory(g, v.data) for v in (*pool, root))
