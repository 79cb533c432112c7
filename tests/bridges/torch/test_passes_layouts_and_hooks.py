"""Passes over odd layouts and dtypes, with hooks of every kind, and over leaves frozen midway."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

import nbgrad as ng
from nbgrad.bridges.torch.passes import trace
from nbgrad.engine.errors import SavedTensorError
from nbgrad.views.stepper.static_story import story_html

from .checks import check_sums
from .models import Made, leaves
from .test_passes import same


def views_of_views() -> Made:
    x = torch.randn(4, 6, requires_grad=True)
    w = x * 0
    v = w[1:]
    u = v[:, 2:]
    u[0].copy_(x[0, :4])
    u[1].mul_(2)
    v.add_(x[1:])
    w.t()[3].mul_(x[:, 0])
    return (w.sin() * w).sum(), {"x": x, "w": w}


class TwoOfThree(torch.autograd.Function):
    """Three outputs, one of which has no gradient, and an input without one."""

    @staticmethod
    def forward(ctx: Any, a: torch.Tensor, b: torch.Tensor, k: int) -> Any:
        ctx.save_for_backward(b)
        return a * b, a + b, a > 0

    @staticmethod
    def backward(ctx: Any, g0: torch.Tensor, g1: torch.Tensor, g2: Any) -> Any:
        (b,) = ctx.saved_tensors
        return g0 * b + g1, None, None


def custom_outputs() -> Made:
    a, b = torch.randn(3, requires_grad=True), torch.randn(3, requires_grad=True)
    p, q, positive = TwoOfThree.apply(a, b, 2)
    return (p * q)[positive].sum() + (a * positive).sum() + b.sum(), {"a": a, "b": b}


def sparse_gradients_meet() -> Made:
    table = nn.Embedding(10, 3, sparse=True)
    table(torch.tensor([1, 1])).sum().backward()
    loss = table(torch.tensor([2, 1])).square().sum() + table(torch.tensor([1])).sum()
    return loss, {"table": table}


def compressed_rows() -> Made:
    a, b = torch.eye(3).to_sparse_csr().requires_grad_(), torch.randn(3, 2, requires_grad=True)
    return (a @ b).sum(), {"a": a, "b": b}


def scaled_autocast() -> Made:
    net = nn.Linear(4, 2)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    with torch.autocast("cpu", dtype=torch.float16):
        loss = net(torch.randn(3, 4)).float().square().mean()
    return scaler.scale(loss), {"net": net}


def float8() -> Made:
    x = torch.randn(4, 4).to(torch.float8_e5m2).requires_grad_()
    return x.to(torch.float32).square().sum(), {"x": x}


def a_gradient_inside() -> Made:
    w = torch.randn(3, requires_grad=True)
    gx = torch.func.grad(lambda a: (a * w).sin().sum())(torch.randn(3))
    return torch.func.vmap(torch.mul, (0, None))(gx, w).sum(), {"w": w}


def nested_checkpoints() -> Made:
    first, second = nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5))
    x = torch.randn(3, 4, requires_grad=True)

    def outer(t: torch.Tensor) -> torch.Tensor:
        return checkpoint(second, first(t).relu(), use_reentrant=False).sin()

    return checkpoint(outer, x, use_reentrant=False).sum(), {
        "first": first,
        "second": second,
        "x": x,
    }


def twice_through_slices() -> Made:
    x = torch.randn(4, requires_grad=True)
    y = x * x
    y[1] = x[0] * 3
    y.view(2, 2)[0].mul_(x[:2])
    (gx,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return gx.square().sum(), {"x": x, "gx": gx}


def hooks_everywhere() -> Made:
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    net[1].register_full_backward_hook(lambda m, gxs, gys: (gxs[0] * 0.5,))
    x = torch.randn(2, 3, requires_grad=True)
    x.register_hook(lambda g: -g)
    a = net(x)
    a.register_hook(lambda g: g.mul_(3))
    b = a.exp()
    b.grad_fn.register_hook(lambda gxs, gys: (gxs[0] * 5,))
    loss = (a * b).sum()
    loss.register_hook(lambda g: g * 7)
    return loss, {"net": net, "x": x, "a": a}


def preset_and_changed_later() -> Made:
    w = torch.randn(3, requires_grad=True)
    w.grad = torch.ones(3)

    def double(p: torch.Tensor) -> None:
        p.grad.mul_(2)

    w.register_post_accumulate_grad_hook(double)
    return w.square().sum(), {"w": w}


def frozen_midway() -> Made:
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    loss = net(torch.randn(2, 3)).sum()
    net[0].weight.requires_grad_(False)
    return loss, {"net": net}


def channels_last() -> Made:
    w = torch.randn(3, 1).expand(3, 4).requires_grad_()
    conv = nn.Conv2d(2, 3, 3).to(memory_format=torch.channels_last)
    out = conv(torch.randn(1, 2, 5, 5).to(memory_format=torch.channels_last))
    return out.sum() + (w @ w.t()).sum(), {"w": w, "conv": conv}


def parametrised() -> Made:
    net = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    return net(torch.randn(4, 3)).sum(), {"net": net}


def empty_and_zero() -> Made:
    x, y = torch.randn(0, 3, requires_grad=True), torch.randn(3, requires_grad=True)
    return (x @ y).sum() + y.prod() + F.softmax(y, 0)[1], {"x": x, "y": y}


CASES: list[Callable[[], Made]] = [
    views_of_views, custom_outputs, sparse_gradients_meet, compressed_rows, scaled_autocast,
    float8, a_gradient_inside, nested_checkpoints, twice_through_slices, hooks_everywhere,
    preset_and_changed_later, frozen_midway, channels_last, parametrised, empty_and_zero,
]  # fmt: skip


def made(case: Callable[[], Made]) -> tuple[torch.Tensor, dict[str, Any], list[torch.Tensor]]:
    torch.manual_seed(0)
    y, names = case()
    return y, names, leaves(names)


@pytest.mark.parametrize("case", CASES)
def test_the_bits_of_backward(case: Callable[[], Made]) -> None:
    y, _, wanted = made(case)
    y.backward()
    y, names, found = made(case)
    before = [leaf.grad for leaf in found]
    trace(y, names=names, apply=False)
    assert all(leaf.grad is grad for leaf, grad in zip(found, before, strict=True))
    y, names, found = made(case)
    recorded = trace(y, names=names)
    assert all(same(a.grad, b.grad) for a, b in zip(found, wanted, strict=True))
    assert ng.Trace.from_dict(recorded.to_dict()) == recorded
    assert "backward" in story_html(recorded)
    assert ng.graph(y, names=names).to_svg().startswith("<svg")  # also of a graph that is freed
    for v in recorded.variables:
        if isinstance(names.get(v.name), torch.Tensor) and v.before is None:
            gradient, leaf = recorded.gradient(v.id), names[v.name]
            if v.kind == "leaf":
                assert gradient.array().tolist() == leaf.grad.to_dense().to(torch.float64).tolist()


def test_what_a_hook_adds_to_an_earlier_gradient_is_what_the_pass_added() -> None:
    y, names, (w,) = made(preset_and_changed_later)
    recorded = trace(y, names=names)
    assert "hook" in [f.name for f in recorded.functions]
    added = w.grad - 1
    assert recorded.gradient("w").array().tolist() == added.tolist()


def test_a_leaf_frozen_midway_gets_no_gradient() -> None:
    y, names, _ = made(frozen_midway)
    recorded = trace(y, names=names)
    assert recorded.gradient("0.weight") is None
    assert recorded.variables["0.weight"].none_reason == "no gradient"
    assert recorded.gradient("0.bias") is not None


def test_a_change_in_place_that_only_the_pass_finds_is_a_sentence() -> None:
    x = torch.randn(3, requires_grad=True)
    e = x.clone()
    e[:2].exp_()
    y = e.sum()
    e.detach().mul_(2)
    with pytest.raises(
        SavedTensorError, match=r"y: .* output of exp, was changed in place"
    ) as told:
        trace(y, names={"y": y})
    assert "modified by an inplace operation" in str(told.value.__cause__)


@pytest.mark.parametrize("order", ["generation", "sequence"])
def test_a_hook_on_a_function_is_shown_between_it_and_what_it_sent_to(order: str) -> None:
    def triple(gxs: Any, gys: Any) -> Any:
        handles[-1].remove()  # once is enough
        return tuple(3 * g for g in gxs)

    def in_place(gxs: Any, gys: Any) -> None:
        gxs[0].mul_(2)

    def look(gxs: Any, gys: Any) -> None: ...

    handles: list[Any] = []
    for hook, factor in ((triple, 3), (in_place, 2), (look, 1)):
        x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
        a = x * x
        b, c, d = a.exp(), a.sin(), a * 2
        handles.append(b.grad_fn.register_hook(hook))
        recorded = trace(b + c + d * a, names={"x": x, "a": a, "b": b}, order=order)
        wanted = factor * math.exp(4) + math.cos(4) + 16
        assert x.grad is not None
        assert recorded.gradient("x").value == x.grad.item()
        assert math.isclose(recorded.gradient("a").value, wanted, rel_tol=1e-6)
        assert recorded.gradient("a").value * 4 == x.grad.item()
        shown = [call for call in recorded.calls if call.function.name == "hook"]
        if hook is not look:
            (call,) = shown
            assert call.contributions[0].amount.value == factor * call.upstream[0].value
            assert call.upstream[0].value == b.item()
        assert hook is not look or not shown
        check_sums(recorded)
        sums = [c for call in recorded.calls for c in call.contributions if c.variable.name == "a"]
        for part, before in zip(sums[1:], sums, strict=False):
            reached = before.after.value + part.amount.value
            assert math.isclose(part.after.value, reached, rel_tol=1e-6)
        left = b.grad_fn.register_hook(look).hooks_dict_ref()
        assert list(left.values())[:-1] == ([] if hook is triple else [hook])


@pytest.mark.parametrize("order", ["generation", "sequence"])
def test_a_hook_on_the_root_runs_before_its_function(order: str) -> None:
    x = torch.ones(3, requires_grad=True)
    y = (x * 2).sum()
    y.register_hook(lambda g: g * 3)
    trace = ng.trace(y, names={"x": x, "y": y}, order=order)
    assert [s.calls[0].function.name for s in trace.steps] == ["hook", "sum", "mul"]
    assert trace.root.name == "y (before the hook)"
    assert trace.gradient("y").value == 3.0
    assert ng.Trace.from_dict(trace.to_dict()) == trace
