"""Norms are one node and right at every magnitude; dropout draws afresh."""

from __future__ import annotations

from typing import Any

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


def test_a_norm_is_one_node() -> None:
    x, w, b = (ng.Variable(np.ones(n)) for n in [(4, 3), (3,), (3,)])
    for f, name in ((ng.layer_norm, "layer_norm"), (ng.batch_norm, "batch_norm")):
        assert f(x, w, b).creator.inputs == (x, w, b)
        assert f(x, w).creator.inputs == (x, w)
        assert f(x, w, b).creator.label == name
        assert f(x).creator.label.startswith("standardize")
        with pytest.raises(ng.OperandError, match="takes 3 operands, but got 1"):
            f(x, w).creator(x)


@pytest.mark.parametrize("shape", [(3, 2), (3, 2, 2), (3, 2, 1, 2)])
def test_batch_norm_has_a_weight_and_a_bias_for_each_channel(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(2)
    x, w, b = (ng.Variable(rng.normal(size=n)) for n in (shape, (2,), (2,)))
    y = ng.batch_norm(x, w, b)
    # Each channel is a row of its own.
    rows = np.swapaxes(x.data, 0, 1).reshape(2, -1)
    n = (rows - rows.mean(1, keepdims=True)) / np.sqrt(rows.var(1, keepdims=True) + 1e-5)
    found = np.swapaxes(y.data, 0, 1).reshape(2, -1)
    np.testing.assert_allclose(found, n * w.data[:, None] + b.data[:, None])
    g = rng.normal(size=shape)
    y.backward(g)
    in_rows = np.swapaxes(g, 0, 1).reshape(2, -1)
    np.testing.assert_allclose(w.grad, (in_rows * n).sum(1))
    np.testing.assert_allclose(b.grad, in_rows.sum(1))
    assert ng.gradcheck(ng.batch_norm, x.data, w.data, b.data)


def test_batch_norm_with_given_statistics_is_a_line() -> None:
    rng = np.random.default_rng(3)
    x, w, b, m = rng.normal(size=(4, 2, 3)), *rng.normal(size=(3, 2))
    v = rng.uniform(0.5, 2, 2)
    y = ng.batch_norm(x, w, b, m, v, eps=0.1)
    c = (slice(None), None)
    right = (x - m[c]) / np.sqrt(v[c] + 0.1)
    np.testing.assert_allclose(y.data, right * w[c] + b[c])
    np.testing.assert_allclose(ng.batch_norm(x, None, None, m, v, eps=0.1).data, right)
    assert ng.gradcheck(ng.batch_norm, x, w, b, m, v)
    with pytest.raises(ng.OperandError, match="mean and var together"):
        ng.batch_norm(x, mean=m)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 1), (2, 3), (4, 2, 3)])
def test_a_weight_and_a_bias_of_another_shape_get_gradients_of_that_shape(
    shape: tuple[int, ...],
) -> None:
    rng = np.random.default_rng(4)
    x, w, b = (ng.Variable(rng.normal(size=n)) for n in ((2, 3), shape, shape))
    y = ng.layer_norm(x, w, b)
    n = ng.standardize(x).data
    np.testing.assert_allclose(y.data, n * w.data + b.data)
    g = rng.normal(size=y.shape)
    y.backward(g)
    for v, full in ((w, g * n), (b, g)):
        lead = full.sum(tuple(range(full.ndim - len(shape))))
        ones = tuple(i for i, k in enumerate(shape) if k == 1)
        np.testing.assert_allclose(v.grad, lead.sum(ones, keepdims=True).reshape(shape))
    assert not np.shares_memory(b.grad, g)
    assert ng.gradcheck(ng.layer_norm, x.data, w.data, b.data)


@pytest.mark.parametrize(
    ("dtypes", "result"),
    [
        ((np.float32, np.float64, np.float32), np.float64),
        ((np.float64, np.float32, np.float32), np.float64),
        ((np.float16, np.float32, np.float16), np.float32),
        ((np.float16, np.float16, np.float32), np.float32),
        ((np.float16, np.float16, np.float16), np.float16),
        ((np.int64, np.float32, np.int64), np.float64),
        ((np.longdouble, np.float32, np.float32), np.longdouble),
    ],
)
def test_a_norm_promotes_as_a_product_and_a_sum(dtypes: Any, result: Any) -> None:
    x, w, b = (np.array(v, t) for v, t in zip(([[0, 2]], [3, 3], [1, 1]), dtypes, strict=True))
    leaves = [ng.Variable(v) for v in (x, w, b)]
    y = ng.layer_norm(*leaves)
    assert y.dtype == result
    np.testing.assert_allclose(y.data, [[-2, 4]], rtol=1e-2)
    y.backward()
    for v in leaves:
        assert v.grad.dtype == (v.dtype if v.dtype.kind == "f" else np.float64)
    np.testing.assert_allclose(leaves[1].grad, [-1, 1], rtol=1e-2)
    if dtypes[0] is dtypes[1] is dtypes[2] is np.float16:
        assert ng.layer_norm(leaves[0], leaves[1]).dtype == np.float16


def test_numbers_are_a_weight_and_a_bias() -> None:
    x = np.array([[1, 3]])
    for f in (ng.layer_norm, lambda x, *p: ng.batch_norm(x.T.reshape(2, 1, 1), *p).reshape(1, 2)):
        np.testing.assert_allclose(f(x, 2, 1).data, [[-1, 3]], rtol=1e-4)
        np.testing.assert_allclose(f(x, None, 1).data, [[0, 2]], atol=1e-4)
        assert f(x.astype(np.float32), 2.0, 1).dtype == np.float32


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_a_norm_of_no_element(shape: tuple[int, int]) -> None:
    x, w = ng.Variable(np.ones(shape)), ng.Variable(np.ones(shape[1]))
    y = ng.layer_norm(x, w, w)
    y.backward()
    assert y.shape == x.grad.shape == shape
    np.testing.assert_array_equal(w.grad, np.zeros(shape[1]))


def test_gradients_of_a_weight_and_a_bias_of_float16_are_summed_wide() -> None:
    x = np.broadcast_to(np.array([[-1, 1]], np.float16), (3000, 2))
    w, b = (ng.Variable(np.ones(2, np.float16)) for _ in range(2))
    ng.layer_norm(ng.Variable(x, requires_grad=False), w, b, eps=0.0).backward()
    np.testing.assert_array_equal(b.grad, [3000, 3000])
    np.testing.assert_array_equal(w.grad, [-3000, 3000])


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


@pytest.mark.parametrize("eps", [1e-5, 0.0])
@pytest.mark.parametrize("scale", [1.0, 1e-170, 1e200, 1e-9])
def test_rows_are_scaled_and_shifted_at_every_magnitude(scale: float, eps: float) -> None:
    rng = np.random.default_rng(1)
    x, g = rng.normal(size=(2, 3, 6)) * [[[scale]], [[1.0]]]
    w, b = rng.normal(size=(2, 6))
    value, gradient = by_hand(x, g * w, eps)
    right = [gradient, (g * value).sum(0), g.sum(0)]
    close = {"rtol": 0, "atol": 1e-13}
    for create_graph in (False, True):
        leaves = [ng.Variable(v) for v in (x, w, b)]
        with np.errstate(over="ignore"):
            y = ng.layer_norm(*leaves, eps=eps)
            y.backward(g, create_graph=create_graph)
        np.testing.assert_allclose(y.data, value * w + b, **close)
        for leaf, r in zip(leaves, right, strict=True):
            found = leaf.grad.data if create_graph else leaf.grad
            size = np.abs(r).max()
            np.testing.assert_allclose(found / size, r / size, **close)


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


def test_a_pass_after_the_data_were_replaced_has_the_gradient_of_the_new() -> None:
    x, w = ng.Variable(np.array([[1.0, 2.0, 4.0]])), ng.Variable(np.array([1.0, 2.0, 3.0]))
    y = ng.layer_norm(x, w)
    other = np.array([[5.0, -1.0, 0.0]])
    g = np.array([[1.0, 0.5, 0.0]])
    x.data = other
    y.backward(g)
    z, v = ng.Variable(other), ng.Variable(w.data)
    ng.layer_norm(z, v).backward(g)
    np.testing.assert_array_equal(x.grad, z.grad)
    np.testing.assert_array_equal(w.grad, v.grad)
    x, z = ng.Variable(np.array([[1.0, 2.0, 4.0]])), ng.Variable(other)
    y = ng.standardize(x)
    x.data = other
    y.backward(g)
    ng.standardize(z).backward(g)
    np.testing.assert_array_equal(x.grad, z.grad)


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
