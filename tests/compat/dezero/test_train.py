"""`test_mode` and `using_config`."""

from __future__ import annotations

import numpy as np

import nbgrad.compat.dezero as dezero
from nbgrad.compat.dezero import functions as F
from nbgrad.compat.dezero import layers as L
from nbgrad.compat.dezero.train import training

RNG = np.random.default_rng(0)


def test_test_mode_switches_dropout_and_batch_norm() -> None:
    x = dezero.Variable(np.ones((50, 4)))
    assert (F.dropout(x).data != 1.0).any()
    layer = L.BatchNorm()
    layer(RNG.normal(3.0, 2.0, (50, 4)))
    with dezero.test_mode():
        assert (F.dropout(x).data == 1.0).all()
        before = layer.avg_mean.data.copy()
        y = layer(x)
    np.testing.assert_array_equal(layer.avg_mean.data, before)
    np.testing.assert_allclose(y.data[7], (1 - before) / np.sqrt(layer.avg_var.data + 2e-5))
    with dezero.using_config("train", False):
        assert (F.dropout(x).data == 1.0).all()
    with dezero.using_config("enable_backprop", False):
        assert (x * 2).creator is None


def test_config_has_both_settings_of_dezero() -> None:
    assert dezero.Config.train
    with dezero.test_mode():
        assert not dezero.Config.train
    dezero.Config.train = dezero.Config.enable_backprop = False
    try:
        assert not training()
        with dezero.using_config("train", True):
            assert dezero.Config.train
        assert not dezero.Config.enable_backprop
        assert (dezero.Variable(np.array(2.0)) * 2.0).creator is None
    finally:
        dezero.Config.train = dezero.Config.enable_backprop = True
