"""The book from step 43 on, in its own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad as ng
import nbgrad.compat.dezero as dezero
from nbgrad.compat.dezero import functions as F
from nbgrad.compat.dezero import layers as L
from nbgrad.compat.dezero import optimizers

RNG = np.random.default_rng(0)


def test_step_44_a_layer_finds_its_parameters() -> None:
    layer = dezero.Layer()
    layer.p1 = dezero.Parameter(np.array(1.0))
    layer.p2 = dezero.Parameter(np.array(2.0))
    layer.p3 = dezero.Variable(np.array(3.0))
    layer.inner = L.Linear(2, in_size=3)
    assert [name for name, _ in layer.named_params()] == ["p1", "p2", "inner/W", "inner/b"]
    assert all(isinstance(p, dezero.Parameter) for p in layer.params())


@pytest.mark.parametrize(
    "optimizer",
    [
        optimizers.SGD(0.2),
        optimizers.MomentumSGD(0.1),
        optimizers.AdaGrad(0.1),
        optimizers.Adam(0.02),
    ],
)
def test_step_46_every_optimizer_learns_a_sine(optimizer: Any) -> None:
    np.random.seed(0)  # noqa: NPY002
    x = np.random.rand(100, 1)  # noqa: NPY002
    y = np.sin(2 * np.pi * x) + 0.1 * RNG.random((100, 1))
    model = dezero.MLP((10, 1))
    optimizer.setup(model)
    losses = []
    for _ in range(400):
        loss = F.mean_squared_error(y, model(x))
        model.cleargrads()
        loss.backward()
        optimizer.update()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_step_48_to_51_spirals_in_batches() -> None:
    np.random.seed(0)  # noqa: NPY002
    train = dezero.datasets.Spiral()
    loader = dezero.DataLoader(train, 30, rng=0)
    model = dezero.MLP((10, 3), activation=F.relu)
    optimizer = optimizers.Adam(0.01).setup(model)
    optimizer.add_hook(optimizers.WeightDecay(1e-4))
    optimizer.add_hook(optimizers.ClipGrad(5.0))
    for _ in range(60):
        shares = []
        for x, t in loader:
            y = model(x)
            loss = F.softmax_cross_entropy(y, t)
            model.cleargrads()
            loss.backward()
            optimizer.update()
            shares.append(F.accuracy(y, t).item())
    assert len(shares) == 10
    assert np.mean(shares) > 0.75


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
    assert all(p.grad is not None for p in net.params())


def test_test_mode_switches_dropout_and_batch_norm() -> None:
    x = dezero.Variable(np.ones((50, 4)))
    assert (F.dropout(x).data != 1.0).any()
    layer = L.BatchNorm()
    layer(RNG.normal(3.0, 2.0, (50, 4)))
    with dezero.test_mode():
        assert (F.dropout(x).data == 1.0).all()
        before = layer.avg_mean.copy()
        y = layer(x)
    np.testing.assert_array_equal(layer.avg_mean, before)
    np.testing.assert_allclose(y.data[7], (1 - before) / np.sqrt(layer.avg_var + 2e-5))
    with dezero.using_config("train", False):
        assert (F.dropout(x).data == 1.0).all()
    with dezero.using_config("enable_backprop", False):
        assert (x * 2).creator is None


@pytest.mark.parametrize("kind", [L.RNN, L.LSTM])
def test_recurrent_layers_remember(kind: Any) -> None:
    layer = kind(5)
    x = RNG.normal(size=(3, 2))
    first, second = layer(x), layer(x)
    assert first.shape == second.shape == (3, 5)
    assert not np.allclose(first.data, second.data)
    second.sum().backward()
    assert all(p.grad is not None for p in layer.params())
    layer.reset_state()
    np.testing.assert_array_equal(layer(x).data, first.data)


def test_weights_come_back_from_a_file(tmp_path: Path) -> None:
    x = RNG.normal(size=(2, 3))
    model, other = dezero.MLP((4, 2)), dezero.MLP((4, 2))
    y = model(x)
    model.save_weights(tmp_path / "net.npz")
    other.load_weights(tmp_path / "net.npz")
    np.testing.assert_array_equal(other(x).data, y.data)


def test_sequences_go_on_in_each_row() -> None:
    data = [(np.array([i]), i + 1) for i in range(12)]
    batches = [x.ravel().tolist() for x, _ in dezero.SeqDataLoader(data, 3)]
    assert batches == [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]]


def test_mistakes_are_named() -> None:
    with pytest.raises(RuntimeError, match="setup"):
        dezero.SGD().update()
    with pytest.raises(NotImplementedError, match="forward"):
        dezero.Layer()(1.0)
    assert ng.Variable is dezero.Variable
