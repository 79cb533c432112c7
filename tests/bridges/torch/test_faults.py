"""A fault at every call of every function of the library, while PyTorch is traced or watched."""

from __future__ import annotations

import gc
from typing import Any

import pytest
import torch
from torch import nn

import nbgrad as ng
from nbgrad.bridges.torch.graph import walk
from nbgrad.bridges.torch.passes import trace
from tests.robustness.call_faults import calls_of, fail_at_call

from . import models


def hooks_on(node: Any, register: str) -> int:
    """Return how many hooks a node of PyTorch's has."""
    handle = getattr(node, register)(lambda *_: None)
    table = handle.hooks_dict_ref()
    handle.remove()
    return len(table)


def tried(action: Any, error: type[BaseException], check: Any) -> int:
    """Run an action with a fault at each of its calls; return how many there were."""
    count = len(calls_of(action))
    for number in range(count):
        with fail_at_call(number, error) as reached:
            try:
                action()
            except BaseException as caught:  # noqa: BLE001 - KeyboardInterrupt is one of them
                assert "injected" in f"{caught}{caught.__cause__}{caught.__context__}", reached
        check(reached)
    return count


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_fault_in_a_traced_pass_leaves_nothing_behind(error: type[BaseException]) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    a = x * 2
    a.retain_grad()
    y = (a.exp() * a).sum()
    graph, state = walk(y), torch.get_rng_state()
    names = {"x": x, "a": a, "y": y}

    def check(reached: list[str]) -> None:
        assert gc.isenabled(), reached
        assert torch.equal(torch.get_rng_state(), state), reached
        assert all(hooks_on(f, "register_hook") == 0 for f in graph.functions), reached
        assert all(hooks_on(leaf, "register_prehook") == 0 for leaf in graph.leaves), reached
        assert x.grad is None, reached
        assert a.grad is None, reached

    def check_applied(reached: list[str]) -> None:
        x.grad = a.grad = None
        check(reached)

    count = tried(lambda: trace(y, names=names, apply=False), error, check)
    count += tried(lambda: trace(y, names=names, retain_graph=True), error, check_applied)
    print(f"{count} faults")
    assert count > 200
    y.backward()
    assert a.grad is not None


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_fault_in_a_watched_forward_leaves_nothing_behind(error: type[BaseException]) -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    x = torch.ones(3, 2)

    def forward() -> torch.Tensor:
        with ng.watch(net):
            return net(x).sum()

    def check(reached: list[str]) -> None:
        assert torch._C._len_torch_function_stack() == 0, reached
        for module in net.modules():
            assert not module._forward_pre_hooks, reached
            assert not module._forward_hooks, reached
            assert not module._forward_hooks_always_called, reached

    count = tried(forward, error, check)
    print(f"{count} faults")
    assert count > 100


def test_a_watch_may_be_used_again_and_inside_itself() -> None:
    net = nn.Linear(2, 2)
    watched = ng.watch(net)
    for _ in range(2):
        with watched, watched:
            y = net(torch.ones(2)).sum()
        assert ng.trace(y, apply=False).functions[-1].source is not None
    assert torch._C._len_torch_function_stack() == 0
    assert not net._forward_hooks


def test_what_vmap_and_compile_run_is_left_alone() -> None:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    with ng.watch():
        y = torch.func.vmap(torch.func.grad(lambda a: a.sin()))(x).sum()
        y = y + torch.compile(lambda a: a.exp().sum(), backend="aot_eager")(x)
    recorded = ng.trace(y, names={"x": x, "y": y})
    assert "CompiledFunction" in [f.name for f in recorded.functions]
    assert torch.allclose(x.grad, -x.detach().sin() + x.detach().exp())


def test_what_changes_a_gradient_after_it_was_added_up_is_a_hook() -> None:
    x = torch.ones(3, requires_grad=True)

    def five_times(p: torch.Tensor) -> None:
        p.grad.mul_(5)

    x.register_post_accumulate_grad_hook(five_times)
    recorded = trace((x * x).sum(), names={"x": x})
    assert recorded.gradient("x").values == (10.0, 10.0, 10.0) == tuple(x.grad.tolist())
    assert recorded.functions[-1].name == "hook"


def test_the_root_has_a_value_that_nobody_saved() -> None:
    y, names = models.make("diamond")
    assert trace(y, names=names, apply=False).root.value == 32.0
    assert "y = 32" in str(ng.graph(y, names=names))
