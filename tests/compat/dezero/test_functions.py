"""DeZero's functions have the book's meaning."""

from __future__ import annotations

import numpy as np

import nbgrad.compat.dezero as dezero
from nbgrad.compat.dezero import functions as F
from nbgrad.compat.dezero import layers as L

RNG = np.random.default_rng(0)


def test_functions_have_the_books_meaning() -> None:
    x = dezero.Variable(RNG.normal(size=(4, 3)))
    t = np.array([0, 2, 1, 1])
    scores = np.exp(x.data)
    np.testing.assert_allclose(F.softmax(x).data, scores / scores.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(F.mean_squared_error(x, x * 0).data, (x.data**2).sum() / 4)
    np.testing.assert_allclose(F.leaky_relu(x).data, np.where(x.data > 0, x.data, 0.2 * x.data))
    np.testing.assert_array_equal(F.get_item(x, (slice(None), 1)).data, x.data[:, 1])
    np.testing.assert_array_equal(F.embed_id(t, x[:3]).data, x.data[t])
    assert F.linear(x, np.ones((3, 2))).shape == (4, 2)
    assert F.average(x, axis=0).shape == (3,)
    hot = (x.data > 0) * 1.0
    p = 1 / (1 + np.exp(-x.data))
    expected = -(hot * np.log(p) + (1 - hot) * np.log(1 - p)).sum() / 4
    np.testing.assert_allclose(F.sigmoid_cross_entropy(x, hot).data, expected)
    np.testing.assert_allclose(F.binary_cross_entropy(F.sigmoid(x), hot).data, expected)
    column = F.sigmoid(x[:, :1])
    for f, v in ((F.binary_cross_entropy, column), (F.sigmoid_cross_entropy, x[:, :1])):
        np.testing.assert_array_equal(f(v, hot[:, 0]).data, f(v, hot[:, :1]).data)


def test_pictures() -> None:
    x = dezero.Variable(RNG.normal(size=(1, 2, 7, 7)))
    rows = F.im2col(x, 5, stride=1, pad=0)
    assert rows.shape == (9, 50)
    back = F.col2im(rows, x.shape, 5)
    np.testing.assert_allclose(
        back.data, F.col2im(F.im2col(x, 5, to_matrix=False), x.shape, 5, to_matrix=False).data
    )
    W = RNG.normal(size=(2, 3, 4, 4))
    small = dezero.Variable(RNG.normal(size=(1, 2, 3, 3)))
    assert F.deconv2d(small, W, None, stride=2, pad=1).shape == (1, 3, 6, 6)
    assert F.deconv2d(small, W, None, stride=2, pad=1, outsize=(7, 7)).shape == (1, 3, 7, 7)
    assert F.pooling(x, 2, 2).shape == F.average_pooling(x, 2, 2).shape == (1, 2, 3, 3)
    net = dezero.Sequential(L.Conv2d(4, 3, pad=1), L.BatchNorm(), F.relu, L.Deconv2d(1, 2, 2))
    y = net(x)
    assert y.shape == (1, 1, 14, 14)
    y.sum().backward()
    without = [name for name, p in net.named_params() if p.grad is None]
    assert without == ["l1/avg_mean", "l1/avg_var"]


def test_step_54_dropout_draws_as_the_book_does() -> None:
    np.random.seed(0)  # noqa: NPY002
    kept = np.random.rand(20) > 0.3  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    np.testing.assert_allclose(F.dropout(np.ones(20), 0.3).data, kept / 0.7)


def test_the_arithmetic_of_core_is_there_too() -> None:
    x = dezero.Variable(np.array(2.0))
    y = F.sub(F.rsub(F.mul(x, 3.0), F.pow(x, 3)), F.add(F.neg(x), F.div(x, 4.0)))
    y.backward()
    assert (y.data, x.grad) == (3.5, 9.75)
