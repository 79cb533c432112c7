"""DeZero's layers: parameters are found, recurrent ones remember, pictures go through."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbgrad.compat.dezero as dezero
from nbgrad.compat.dezero import layers as L

RNG = np.random.default_rng(0)


def test_step_44_a_layer_finds_its_parameters() -> None:
    layer = dezero.Layer()
    layer.p1 = dezero.Parameter(np.array(1.0))
    layer.p2 = dezero.Parameter(np.array(2.0))
    layer.p3 = dezero.Variable(np.array(3.0))
    layer.inner = L.Linear(2, in_size=3)
    assert [name for name, _ in layer.named_params()] == ["p1", "p2", "inner/W", "inner/b"]
    assert all(isinstance(p, dezero.Parameter) for p in layer.params())


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


def test_running_statistics_are_saved_and_not_updated_by_an_optimizer(tmp_path: Path) -> None:
    layer, other = L.BatchNorm(), L.BatchNorm()
    optimizer = dezero.SGD().setup(layer)
    y = layer(RNG.normal(3.0, 2.0, (50, 4)))
    mean = layer.avg_mean.data.copy()
    y.sum().backward()
    optimizer.update()
    np.testing.assert_array_equal(layer.avg_mean.data, mean)
    layer.save_weights(tmp_path / "norm.npz")
    other.load_weights(tmp_path / "norm.npz")
    np.testing.assert_array_equal(other.avg_mean.data, mean)


def test_a_layer_knows_what_went_through_it_last() -> None:
    layer = L.Linear(2)
    x = dezero.Variable(RNG.normal(size=(3, 4)))
    y = layer(x)
    assert layer.inputs[0]() is x
    assert layer.outputs[0]() is y
    for copied in (pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)):
        np.testing.assert_array_equal(copied(x).data, y.data)
    del y
    assert layer.outputs[0]() is None


def test_a_layer_without_forward_is_named() -> None:
    with pytest.raises(NotImplementedError, match="forward"):
        dezero.Layer()(1.0)
