"""Where a derivative does not exist: the convention that each docstring states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nbgrad as ng
from nbgrad import ops

INF = np.inf


def gradient(f: Any, *values: Any, dtype: Any = np.float64) -> list[Any]:
    xs = [ng.Variable(np.array(v, dtype)) for v in values]
    with np.errstate(all="ignore"):
        f(*xs).sum().backward()
    return [x.grad.tolist() for x in xs]


def second(f: Any, value: Any) -> Any:
    x = ng.Variable(np.array(value, float))
    with np.errstate(all="ignore"):
        f(x).sum().backward(create_graph=True)
        g = x.grad
        x.cleargrad()
        g.sum().backward()
    return [0] * x.size if x.grad is None else x.grad.tolist()


@pytest.mark.parametrize(
    ("f", "value", "expected"),
    [
        (ops.relu, [-1.0, 0.0, 1.0], [0, 0, 1]),
        (ops.leaky_relu, [-1.0, 0.0, 1.0], [0.01, 0.01, 1]),
        (ops.abs, [-2.0, 0.0, -0.0, 2.0], [-1, 0, 0, 1]),
        (ops.sign, [-2.0, 0.0, 2.0], [0, 0, 0]),
        (ops.sqrt, [0.0, 4.0], [INF, 0.25]),
        (lambda x: ops.clip(x, -1.0, 1.0), [-2.0, -1.0, 0.0, 1.0, 2.0], [0, 1, 1, 1, 0]),
        (ops.max, [1.0, 3.0, 3.0], [0, 0.5, 0.5]),
        (ops.max, [3.0, 3.0, 3.0, 3.0], [0.25] * 4),
        (ops.min, [1.0, 1.0, 3.0], [0.5, 0.5, 0]),
        (lambda x: x**0, [0.0, 1.0, -2.0], [0, 0, 0]),
        (lambda x: x**0.0, [0.0, 3.0], [0, 0]),
        (lambda x: x**1, [0.0, 3.0], [1, 1]),
        (lambda x: x**2, [0.0, 3.0], [0, 6]),
        (lambda x: x**0.5, [0.0, 4.0], [INF, 0.25]),
        (lambda x: 0.0**x, [0.0, 2.0], [0, 0]),
        (lambda x: 2.0**x, [0.0], [np.log(2)]),
        (ops.norm, [0.0, 0.0], [0, 0]),
        (lambda x: ops.norm(x, 1), [0.0, 2.0], [0, 1]),
        (lambda x: ops.norm(x, 3), [0.0, 0.0], [0, 0]),
        (lambda x: ops.norm(x, 1.5), [0.0, 2.0], [0, 1]),
        (lambda x: ops.norm(x, INF), [2.0, -2.0, 1.0], [0.5, -0.5, 0]),
        (lambda x: ops.norm(x, INF), [0.0, 0.0], [0, 0]),
        (lambda x: ops.norm(x, 0), [2.0, 0.0], [0, 0]),
        (ops.var, [5.0], [0]),
        (ops.std, [5.0], [0]),
        (ops.std, [2.0, 2.0], [0, 0]),
        (ops.prod, [0.0, 2.0, 3.0], [6, 0, 0]),
        (ops.prod, [0.0, 0.0, 3.0], [0, 0, 0]),
        (ops.prod, [[0.0, 2.0], [3.0, 4.0]], [[24, 0], [0, 0]]),
        (lambda x: ops.where(x > 0, ops.log(x), 0.0), [1.0, 0.5], [1, 2]),
        (lambda x: ops.sqrt(ops.relu(x)), [-1.0, 4.0], [0, 0.25]),
    ],
)
def test_first_derivative(f: Any, value: Any, expected: Any) -> None:
    np.testing.assert_allclose(gradient(f, value)[0], expected, atol=1e-15)


@pytest.mark.parametrize("f", [ops.maximum, ops.minimum])
def test_equal_operands_share(f: Any) -> None:
    assert gradient(f, [1.0, 2.0], [1.0, 5.0])[0][0] == 0.5
    assert gradient(f, [1.0, 2.0], [1.0, 5.0])[1][0] == 0.5
    assert gradient(lambda x: f(x, 1.0), [1.0]) == [[0.5]]


def test_one_element_with_ddof_1_is_nan() -> None:
    with np.errstate(invalid="ignore"), pytest.warns(RuntimeWarning, match="Degrees of freedom"):
        assert np.isnan(ops.var(ng.Variable(np.array([5.0])), ddof=1).data)


def test_second_derivatives_at_the_edges() -> None:
    assert second(lambda x: x**2, [0.0, 1.0]) == [2, 2]
    assert second(lambda x: x**3, [0.0, 1.0]) == [0, 6]
    assert second(lambda x: x**1, [0.0, 1.0]) == [0, 0]
    assert second(lambda x: x**0, [0.0, 1.0]) == [0, 0]
    assert second(ops.relu, [0.0, 1.0]) == [0, 0]
    assert second(ops.abs, [0.0, 1.0]) == [0, 0]
    # d/dx of (yz + xz + xy) at two zeros: only the product with the third one is left.
    assert second(ops.prod, [0.0, 0.0, 3.0]) == [3, 3, 0]
    assert np.isfinite(second(ops.norm, [0.0, 0.0])).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (ops.sigmoid, [0, 0, 0.25, 0, 0]),
        (ops.softplus, [0, 0, 0.5, 1, 1]),
        (ops.gelu, [0, 0, 0.5, 1, 1]),
        (ops.tanh, [0, 0, 1, 0, 0]),
        (ops.relu, [0, 0, 0, 1, 1]),
        (ops.erf, [0, 0, 2 / np.sqrt(np.pi), 0, 0]),
        (lambda x: ops.logaddexp(x, 0.0), [0, 0, 0.5, 1, 1]),
        (
            lambda x: ops.logsumexp(x[:, None] * np.array([1, 0], x.dtype), axis=1),
            [0, 0, 0.5, 1, 1],
        ),
        (lambda x: ops.softmax(x[:, None] * np.array([1, 0], x.dtype))[:, 0], [0, 0, 0.25, 0, 0]),
        (
            lambda x: ops.log_softmax(x[:, None] * np.array([1, 0], x.dtype))[:, 1],
            [0, 0, -0.5, -1, -1],
        ),
        (lambda x: 5 * ops.binary_cross_entropy(x, 1.0, from_logits=True), [-1, -1, -0.5, 0, 0]),
    ],
)
def test_huge_numbers_give_right_gradients(f: Any, expected: Any, dtype: Any) -> None:
    values = [-1000.0, -200.0, 0.0, 200.0, 1000.0]
    x = ng.Variable(np.array(values, dtype))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = f(x)
        y.sum().backward()
    assert np.isfinite(y.data).all()
    np.testing.assert_allclose(x.grad, expected, atol=1e-6)
    x.cleargrad()
    with np.errstate(under="ignore"):
        f(x).sum().backward(create_graph=True)
        g = x.grad
        x.cleargrad()
        g.sum().backward()
    assert x.grad is None or np.isfinite(x.grad).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_cross_entropy_of_huge_scores(dtype: Any) -> None:
    x = ng.Variable(np.array([[1000.0, -1000.0], [-1000.0, 1000.0]], dtype))
    y = ops.softmax_cross_entropy(x, np.array([0, 0]))
    y.backward()
    assert y.data == 1000
    assert x.grad.tolist() == [[0, 0], [-0.5, 0.5]]
    assert x.grad.dtype == dtype


def test_cross_entropy_of_certain_probabilities_is_finite() -> None:
    p = ng.Variable(np.array([0.0, 1.0]))
    y = ops.binary_cross_entropy(p, np.array([1.0, 0.0]))
    assert y.data == pytest.approx(100)
    y.backward()
    assert np.isfinite(p.grad).all()


def test_sigmoid_is_exact_in_its_tail() -> None:
    x = ng.Variable(np.array([-40.0, -700.0]))
    np.testing.assert_allclose(ops.sigmoid(x).data, np.exp([-40.0, -700.0]), rtol=1e-15)


def test_minus_infinity_hides_an_element() -> None:
    x = ng.Variable(np.array([0.0, -INF]))
    ops.logsumexp(x).backward()
    assert x.grad.tolist() == [1, 0]
    assert ops.softmax(x).data.tolist() == [1, 0]


def test_labels_have_no_gradient() -> None:
    x, t = ng.Variable(np.eye(2)), ng.Variable(np.array([0, 1]))
    ops.softmax_cross_entropy(x, t).backward()
    assert x.grad is not None
    assert t.grad is None


def test_a_mask_or_index_that_changes_later_does_not_change_the_gradient() -> None:
    x = ng.Variable(np.array([1.0, 2.0]))
    mask, index = np.array([True, False]), np.array([0, 0])
    y = ops.where(mask, x, 0.0).sum() + x[index].sum()
    mask[:] = False
    index[:] = 1
    y.backward()
    assert x.grad.tolist() == [3, 0]


def test_python_scalars_are_weak() -> None:
    for x in (np.array(2.0, np.float32), np.array([2.0], np.float16)):
        v = ng.Variable(x)
        y = ((v * 3.0 + 1) / 2.5 - 1.0) ** 2 + 2.0**v + ops.maximum(v, 0.5) + ops.clip(v, 0.0, 1e3)
        assert y.dtype == x.dtype
        y.sum().backward(create_graph=True)
        assert v.grad.dtype == x.dtype


def test_split_counts_dropped_parts_as_zero() -> None:
    x = ng.Variable(np.arange(6.0))
    a, _, c = ops.split(x, 3)
    del _
    (a * 2 + c).sum().backward()
    assert x.grad.tolist() == [2, 2, 0, 0, 1, 1]


def test_an_element_that_is_picked_twice_gets_both_gradients() -> None:
    x = ng.Variable(np.array([1.0, 2.0, 3.0]))
    (x[[0, 0, 2]] * np.array([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [11, 0, 100]


@pytest.mark.parametrize("picked", [3, 40_000])
def test_both_ways_to_add_at_an_index_agree(picked: int) -> None:
    rng = np.random.default_rng(0)
    x = ng.Variable(rng.normal(size=(50, 4)))
    index = rng.integers(0, 50, picked)
    weights = rng.normal(size=(picked, 4))
    (x[index] * weights).sum().backward()
    expected = np.zeros((50, 4))
    np.add.at(expected, index, weights)
    np.testing.assert_allclose(x.grad, expected, rtol=1e-12)
