"""Dropout draws afresh; batch normalization needs channels."""

from __future__ import annotations

import numpy as np
import pytest

import nbgrad as ng


def test_dropout_draws_from_its_own_generator_or_a_seed() -> None:
    x = ng.Variable(np.ones(1000))
    before = np.random.get_state()[1].copy()  # noqa: NPY002 (that it is left alone)
    y = ng.dropout(x, 0.25)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    assert set(np.unique(y.data)) == {0.0, 1 / 0.75}
    assert 650 < np.count_nonzero(y.data) < 850
    np.testing.assert_array_equal(ng.dropout(x, rng=3).data, ng.dropout(x, rng=3).data)
    rng = np.random.default_rng(3)
    assert (ng.dropout(x, rng=rng).data != ng.dropout(x, rng=rng).data).any()
    y.backward()
    np.testing.assert_array_equal(x.grad, y.data)
    np.testing.assert_array_equal(ng.dropout(x, 0.9, training=False).data, 1.0)
    np.testing.assert_array_equal(ng.dropout(x, 1.0).data, 0.0)


@pytest.mark.filterwarnings("ignore")
def test_a_compiled_function_draws_anew() -> None:
    f = ng.compile(lambda x: ng.dropout(x))  # noqa: PLW0108
    x = ng.Variable(np.ones(64))
    first = f(x).data
    assert any((f(x).data != first).any() for _ in range(3))


def test_a_share_to_drop_is_from_0_to_1() -> None:
    with pytest.raises(ng.NbgradError, match="from 0 to 1"):
        ng.dropout(ng.Variable(np.ones(5)), 1.5)


def test_batch_norm_needs_an_axis_of_channels() -> None:
    with pytest.raises(ng.NbgradError, match=r"not shape \(5,\)"):
        ng.batch_norm(ng.Variable(np.ones(5)))


def by_hand(x: np.ndarray, g: np.ndarray, eps: float) -> tuple[np.ndarray, np.ndarray]:
    """Value and gradient of rows, in numbers that hold their squares."""
    wide = x.astype(np.longdouble)
    d = wide - wide[:, :1]
    d -= d.mean(-1, keepdims=True)
    size = np.abs(d).max(-1, keepdims=True) + (d == 0).all(-1, keepdims=True)
    root = np.sqrt(((d / size) ** 2).mean(-1, keepdims=True) + np.longdouble(eps) / size / size)
    y = d / size / root
    along = (g * y).mean(-1, keepdims=True)
    return y, (g - g.mean(-1, keepdims=True) - y * along) / root / size


@pytest.mark.parametrize("eps", [1e-5, 0.0])
@pytest.mark.parametrize(
    ("scale", "shift", "dtype"),
    [
        (1.0, 0.0, np.float64), (1e-170, 0.0, np.float64), (1e200, 0.0, np.float64),
        (1e-9, 1.0, np.float64), (1e3, 6e4, np.float16), (1e-3, 100.0, np.float32),
        (1e25, 0.0, np.float32),
    ],
)  # fmt: skip
def test_rows_are_standardized_at_every_magnitude(
    scale: float, shift: float, dtype: type, eps: float
) -> None:
    rng = np.random.default_rng(1)
    x = (shift + scale * rng.normal(size=(3, 6))).astype(dtype)
    g = rng.normal(size=x.shape).astype(dtype)
    value, gradient = by_hand(x, g, eps)
    close = {"rtol": 0, "atol": 64 * float(np.finfo(dtype).eps)}
    with np.errstate(over="ignore"):
        for create_graph in (False, True):
            leaf = ng.Variable(x)
            y = ng.standardize(leaf, eps=eps)
            y.backward(g, create_graph=create_graph)
            found = leaf.grad.data if create_graph else leaf.grad
            np.testing.assert_allclose(y.data, value, **close)
            size = np.abs(gradient).max()
            np.testing.assert_allclose(found.astype(np.longdouble) / size, gradient / size, **close)


def test_equal_elements_are_0_apart() -> None:
    x = ng.Variable(np.array([[0.1] * 7, [3e8 / 7] * 7]))
    y = ng.standardize(x)
    y.backward(np.arange(14.0).reshape(2, 7))
    assert not y.data.any()
    np.testing.assert_allclose(x.grad, np.arange(-3, 4) / np.sqrt(1e-5) * np.ones((2, 1)))


def test_a_pass_after_the_data_were_replaced_divides_by_their_own_spread() -> None:
    x = ng.Variable(np.array([[1.0, 2.0, 4.0]]))
    y = ng.standardize(x)
    same = np.array(x.data)
    y.backward(np.array([[1.0, 0.0, 0.0]]))
    first = x.grad
    x.data = same
    x.cleargrad()
    y.backward(np.array([[1.0, 0.0, 0.0]]))
    np.testing.assert_array_equal(x.grad, first)


def test_a_compiled_norm_has_the_bits_of_the_recorded_one() -> None:
    rng = np.random.default_rng(0)
    w, b = rng.normal(size=(2, 6))

    def f(x):
        return (ng.layer_norm(x, w, b) ** 2).sum() + (ng.batch_norm(x, w, b) ** 3).sum()

    compiled = ng.compile(f)
    for scale in (1.0, 1.0, 1e-3, 1e4, 0.0):
        x = rng.normal(size=(5, 6)) * scale
        value, gradient = ng.value_and_grad(f)(x)
        own, its = ng.value_and_grad(compiled)(x)
        assert float(own) == float(value)
        np.testing.assert_array_equal(its, gradient)
