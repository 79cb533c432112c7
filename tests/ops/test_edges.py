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


def test_python_scalars_are_weak() -> None:
    for x in (np.array(2.0, np.float32), np.array([2.0], np.float16)):
        v = ng.Variable(x)
        y = ((v * 3.0 + 1) / 2.5 - 1.0) ** 2 + 2.0**v + ops.maximum(v, 0.5) + ops.clip(v, 0.0, 1e3)
        assert y.dtype == x.dtype
        y.sum().backward(create_graph=True)
        assert v.grad.dtype == x.dtype
