"""DeZero's data loaders: batches, and sequences that go on in each row."""

from __future__ import annotations

import numpy as np

import nbgrad.compat.dezero as dezero
from nbgrad.compat.dezero import functions as F
from nbgrad.compat.dezero import optimizers


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


def test_sequences_go_on_in_each_row() -> None:
    data = [(np.array([i]), i + 1) for i in range(12)]
    batches = [x.ravel().tolist() for x, _ in dezero.SeqDataLoader(data, 3)]
    assert batches == [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]]
