"""What is seen of a forward pass: the failing call, other threads, modules called twice."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

import nbgrad as ng


@pytest.mark.parametrize("values", [True, False])
def test_a_failing_call_is_named_with_its_shapes(values: bool) -> None:
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(5, 2))
    with (
        pytest.raises(RuntimeError, match="cannot be multiplied") as caught,
        ng.watch(net, values=values) as watched,
    ):
        net(torch.ones(2, 3))
    (note,) = caught.value.__notes__
    assert note == (
        "in torch.nn.functional.linear in module 2, called with (2, 4) float32, (2, 5) float32, "
        "(2,) float32; ng.graph(w.failed) draws what led to it"
    )
    assert watched.failed is not None
    drawn = str(ng.graph(watched.failed, names={"net": net}))
    assert "addmm(0.weight, 0.bias" in drawn
    assert "relu(" in drawn


def test_a_failing_call_that_nothing_led_to() -> None:
    with pytest.raises(RuntimeError) as caught, ng.watch() as watched:
        torch.ones(2, 3) @ torch.ones(2, 3)
    assert caught.value.__notes__ == [
        "in torch.Tensor.matmul, called with (2, 3) float32, (2, 3) float32"
    ]
    assert watched.failed is None


def test_what_another_thread_made_is_not_taken_for_ones_own() -> None:
    x = torch.ones(3, requires_grad=True)
    made: list[torch.Tensor] = []

    def elsewhere() -> None:
        y = x
        for _ in range(50):  # its numbers are larger than those of this thread's first
            y = y.sin()
        made.append(y)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    with ng.watch():
        z = (made[0] * 2).sum()
    recorded = ng.trace(z, names={"x": x, "z": z})
    seen = {f.name for f in recorded.functions if f.source is not None}
    assert seen == {"mul", "sum"}
    assert len(recorded.functions) == 52


def test_each_thread_may_watch_its_own() -> None:
    net = nn.Linear(2, 2)
    found: list[set[str]] = []

    def forward() -> None:
        with ng.watch(net):
            loss = net(torch.ones(1, 2)).square().sum()
        traced = ng.trace(loss, apply=False)
        found.append({f.name for f in traced.functions if f.source is None})

    threads = [threading.Thread(target=forward) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [set()] * 4
    assert not net._forward_hooks
