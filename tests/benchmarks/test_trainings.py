"""Steps of real trainings: compiled and uncompiled, against the peers that are installed."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from .trainings import TRAININGS, Compiled, Trainer, installed, make_training

PEERS = installed()
UNCOMPILED, COMPILED = Trainer(), Compiled()
STEPS = 12
# (must, aim) of the compiled step's time over the other's.
BOUNDS = {
    ("digits MLP", "JAX jit"): (1.0, 0.7),
    ("character RNN", "JAX jit"): (1.5, 1.0),
    **{(key, peer): (1.0, None) for key in TRAININGS for peer in ("DeZero", "MyGrad", "autograd")},
}


def losses(trainer: Trainer, key: str) -> list[float]:
    step = trainer.step(make_training(key))
    return [step() for _ in range(STEPS)]


@pytest.mark.parametrize("key", TRAININGS)
def test_compiled_against_uncompiled(key: str, compare: Any) -> None:
    assert losses(COMPILED, key) == losses(UNCOMPILED, key)
    ours, other = COMPILED.step(make_training(key)), UNCOMPILED.step(make_training(key))
    compare(f"{key}, a step, compiled", "nbgrad uncompiled", ours, other)


@pytest.mark.parametrize("peer", [*PEERS, "PyTorch, 2 threads"])
@pytest.mark.parametrize("key", TRAININGS)
def test_compiled_against_peer(key: str, peer: str, compare: Any) -> None:
    trainer = PEERS.get(peer.partition(",")[0])
    if trainer is None:
        pytest.skip(f"{peer} is not installed")
    threads = 2 if "2 threads" in peer else 1
    if peer.startswith("PyTorch"):
        trainer.lib.set_num_threads(threads)
    try:
        np.testing.assert_allclose(losses(trainer, key), losses(COMPILED, key), rtol=1e-6)
    except NotImplementedError as reason:
        pytest.skip(str(reason))
    ours, other = COMPILED.step(make_training(key)), trainer.step(make_training(key))
    # JAX and two threads work beside the process's own clock.
    clock = time.perf_counter if threads == 2 or "JAX" in peer else time.process_time
    must, aim = BOUNDS.get((key, peer), (None, None))
    compare(f"{key}, a step, compiled", peer, ours, other, must, aim, clock=clock)
