"""A traced pass of PyTorch's is the pass that PyTorch would have run, to the bit."""

from __future__ import annotations

import gc
import math
import threading
from typing import Any

import numpy as np
import pytest
import torch

import nbgrad as ng
from nbgrad.bridges.torch.graph import walk
from nbgrad.bridges.torch.passes import trace
from nbgrad.engine.errors import GradientShapeError, NoGraphError, OperandError, SavedTensorError

from . import models
from .checks import check_sums


def same(a: torch.Tensor | None, b: torch.Tensor | None) -> bool:
    """Whether two gradients have one dtype, layout, strides and bits."""
    if a is None or b is None:
        return a is b
    if a.layout != b.layout or a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.layout is not torch.strided:
        a, b = a.coalesce(), b.coalesce()
        return torch.equal(a.values(), b.values()) and torch.equal(a.indices(), b.indices())
    return torch.equal(a, b) and a.stride() == b.stride()


def values(gradient: torch.Tensor) -> np.ndarray:
    return gradient.detach().to_dense().to(torch.float64).numpy()


@pytest.mark.parametrize("order", ["generation", "sequence"])
@pytest.mark.parametrize("name", models.MODELS)
def test_gradients_have_the_bits_of_backward(name: str, order: str) -> None:
    y, names = models.make(name)
    y.backward()
    wanted = [leaf.grad for leaf in models.leaves(names)]

    y, names = models.make(name)
    leaves = models.leaves(names)
    looked = trace(y, names=names, apply=False, order=order)
    assert [leaf.grad for leaf in leaves] == [None] * len(leaves)
    recorded = trace(y, names=names, order=order)

    assert all(same(leaf.grad, grad) for leaf, grad in zip(leaves, wanted, strict=True))
    assert looked.to_dict() | {"applied": True} == recorded.to_dict()
    assert ng.Trace.from_dict(recorded.to_dict()) == recorded
    for leaf in recorded.variables:
        if leaf.kind != "leaf":
            continue
        found = [v for k, v in named(names).items() if k == leaf.name]
        gradient = recorded.gradient(leaf.id)
        if not found:
            continue
        assert (gradient is None) == (found[0].grad is None)
        if gradient is not None and gradient.complete:
            assert np.array_equal(
                gradient.array(), values(found[0].grad).astype(gradient.array().dtype)
            )
        elif gradient is not None:
            assert math.isclose(gradient.norm, np.linalg.norm(values(found[0].grad)), rel_tol=1e-6)


def named(names: dict[str, Any]) -> dict[str, torch.Tensor]:
    found = {k: v for k, v in names.items() if isinstance(v, torch.Tensor)}
    modules = [v for v in names.values() if isinstance(v, torch.nn.Module)]
    if len(modules) == 1:
        found |= dict(modules[0].named_parameters())
    return found


@pytest.mark.parametrize("name", models.MODELS)
def test_every_sum_adds_up_to_the_next_upstream_gradient(name: str) -> None:
    y, names = models.make(name)
    recorded = trace(y, names=names)
    check_sums(recorded)
    generations = [step.generation for step in recorded.steps]
    assert generations == sorted(generations, reverse=True)


def test_the_diamond_is_the_one_of_nbgrad() -> None:
    y, names = models.make("diamond")
    theirs = trace(y, names=names)
    x = ng.Variable(np.array(2.0), name="x")
    a = x**2
    b, c = a**2, a**2
    ours = ng.trace(b + c, names={"a": a, "b": b, "c": c})

    def told(t: ng.Trace) -> list[Any]:
        return [
            (
                s.generation,
                [(c.variable.name, c.amount.value, c.after.value) for c in s.contributions],
            )
            for s in t.steps
        ]

    assert [g for g, _ in told(theirs)] == [2, 1, 0]
    assert told(theirs) == told(ours)
    assert {v.name: v.generation for v in theirs.variables if v.kind != "constant"} == {
        "x": 0, "a": 1, "b": 2, "c": 2, "y": 3,
    }  # fmt: skip


def test_the_sequence_is_the_order_in_which_pytorch_ran() -> None:
    ran: list[int] = []
    y, names = models.make("rnn")
    for node in walk(y).functions:
        node.register_hook(lambda *_: ran.append(1))
    recorded = trace(y, names=names, order="sequence")
    assert len(recorded.calls) == len(ran)
    assert [call.function.name for call in recorded.calls] != sorted(
        call.function.name for call in recorded.calls
    )
    assert [len(step.calls) for step in recorded.steps] == [1] * len(ran)


def test_a_hook_of_the_users_is_shown_as_one() -> None:
    for hook, factor in ((lambda g: g * 10, 10), (lambda g: g.mul_(3), 3)):
        for name in ("x", "a"):
            y, names = models.make("diamond")
            names[name].register_hook(hook)
            recorded = trace(y, names=names)
            (shown,) = [f for f in recorded.functions if f.name == "hook"]
            (call,) = [c for c in recorded.calls if c.function is shown]
            before, after = call.upstream[0], call.contributions[0].after
            assert after.value == factor * before.value
            assert names["x"].grad.item() == 64 * factor == recorded.gradient("x").value


def test_a_backward_hook_of_a_module_is_shown_as_one() -> None:
    def pass_of(traced: bool) -> tuple[list[torch.Tensor], Any]:
        torch.manual_seed(0)
        net = torch.nn.Linear(3, 3)
        net.register_full_backward_hook(lambda module, gxs, gys: (gxs[0] * 2,))
        x = torch.randn(2, 3, requires_grad=True)
        y = net(x).sum()
        recorded = trace(y, names={"net": net, "x": x}) if traced else y.backward()
        return [x.grad, net.weight.grad, net.bias.grad], recorded

    found, recorded = pass_of(traced=True)
    assert all(same(a, b) for a, b in zip(found, pass_of(traced=False)[0], strict=True))
    assert [f.name for f in recorded.functions].count("module_hook") == 2
    assert recorded.gradient("x").array().tolist() == found[0].tolist()


def test_apply_false_leaves_retained_gradients_and_the_random_state() -> None:
    y, names = models.make("diamond")
    names["a"].retain_grad()
    state = torch.get_rng_state()
    trace(y, names=names, apply=False)
    assert names["a"].grad is None
    assert torch.equal(torch.get_rng_state(), state)
    y.backward()
    assert names["a"].grad.item() == 16


def test_an_earlier_gradient_is_shown_and_added_to() -> None:
    y, names = models.make("diamond")
    names["x"].grad = torch.tensor(1.0, dtype=torch.float64)
    recorded = trace(y, names=names)
    assert recorded.variables["x"].before.value == 1
    assert names["x"].grad.item() == 65


def test_the_upstream_gradient_may_be_given() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    recorded = trace(x * x, names={"x": x}, gradient=torch.tensor([1.0, 10.0]))
    assert recorded.seed.values == (1.0, 10.0)
    assert x.grad.tolist() == [2.0, 40.0]


def test_create_graph_and_the_trace_of_a_gradient() -> None:
    x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    trace(x**4, names={"x": x}, create_graph=True)
    first, x.grad = x.grad, None
    recorded = trace(first, names={"x": x})
    assert recorded.gradient("x").value == 48
    assert x.grad.item() == 48


class Boom(Exception):
    pass


@pytest.mark.parametrize("error", [Boom, KeyboardInterrupt])
@pytest.mark.parametrize("apply", [True, False])
def test_nothing_is_kept_whatever_happens(error: type[BaseException], apply: bool) -> None:
    def fail(g: torch.Tensor) -> None:
        raise error

    y, names = models.make("diamond")
    handle = names["a"].register_hook(fail)
    with pytest.raises(error):
        trace(y, names=names, apply=apply, retain_graph=True)
    handle.remove()
    names["x"].grad = None
    calls: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nbgrad.bridges.torch.observe.Observer.called", lambda *a: calls.append(a))
        y.backward()
    assert calls == []
    assert names["x"].grad.item() == 64


def test_a_trace_keeps_no_tensor_alive() -> None:
    def tensors() -> int:
        gc.collect()
        return sum(isinstance(o, torch.Tensor) for o in gc.get_objects())

    first, of = models.make("cnn")
    trace(first, names=of)
    del first, of  # what PyTorch makes once for its process
    before = tensors()
    y, names = models.make("cnn")
    recorded = trace(y, names=names)
    del y, names
    assert tensors() <= before
    assert len(recorded.functions) == 9


def test_four_threads_look_at_once() -> None:
    y, names = models.make("mlp")
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(trace(y, names=names, apply=False).to_dict()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(data == found[0] for data in found)


# -- refused before anything runs -----------------------------------------------------------


def test_a_freed_graph_is_refused_in_a_sentence() -> None:
    y, names = models.make("diamond")
    trace(y, names=names)
    with pytest.raises(SavedTensorError, match=r"y: an earlier pass has freed .* y again"):
        trace(y, names=names)
    assert names["x"].grad.item() == 64
    new = names["a"] * 2
    with pytest.raises(RuntimeError, match="freed what pow saved"):
        trace(new, names=names)


def test_a_saved_tensor_that_was_changed_is_refused() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    e = x.exp()
    y = e.sum()
    e.detach().mul_(2)
    with pytest.raises(
        SavedTensorError, match=r"exp.* changed in place .*version 1, saved at version 0"
    ):
        trace(y, names={"x": x, "y": y})
    assert x.grad is None


@pytest.mark.parametrize(
    ("make", "options", "error", "words"),
    [
        (lambda: torch.tensor(1.0), {}, NoGraphError, "no grad_fn"),
        (lambda: torch.ones(3, requires_grad=True) * 2, {}, GradientShapeError, r"shape \(3,\).*ones_like"),
        (
            lambda: torch.ones(3, requires_grad=True) * 2, {"gradient": torch.ones(2)},
            GradientShapeError, r"\(2,\)",
        ),
        (lambda: torch.ones(3, requires_grad=True).sum(), {"gradient": 1.0}, OperandError, "torch.tensor"),
        (lambda: models.make("diamond")[0], {"order": "naive"}, ValueError, "sequence"),
        (lambda: models.make("diamond")[0], {"order": "x"}, ValueError, "'generation' or 'sequence'"),
        (
            lambda: torch.ones(2, dtype=torch.complex64, requires_grad=True).sum(), {}, OperandError,
            "complex64",
        ),
        (
            lambda: torch.fft.rfft(torch.ones(4, requires_grad=True)).abs().sum(), {}, OperandError,
            "fft.* complex64",
        ),
        (
            lambda: torch.utils.checkpoint.checkpoint(
                torch.exp, torch.ones(2, requires_grad=True), use_reentrant=True
            ).sum(),
            {"apply": False}, OperandError, "reentrant",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_refused_before_anything_runs(
    make: Any, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    y = make()
    with pytest.raises(error, match=words):
        trace(y, **options)


def test_a_reentrant_checkpoint_gives_its_parameters_their_gradients() -> None:
    net = torch.nn.Linear(2, 2)
    x = torch.ones(2, requires_grad=True)
    y = torch.utils.checkpoint.checkpoint(net, x, use_reentrant=True).sum()
    recorded = trace(y, names={"net": net, "x": x})
    assert net.weight.grad is not None
    assert [f.name for f in recorded.functions] == ["CheckpointFunction", "sum"]


def test_a_leaf_and_a_nan() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    assert trace(x, names={"x": x}).gradient("x").value == 1
    assert x.grad.item() == 1
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    y = (x.log() * 0).sum()
    recorded = trace(y, names={"x": x, "y": y})
    assert recorded.gradient("x").nan == 1


def test_a_function_of_the_users_shows_its_source() -> None:
    y, names = models.make("custom_function")
    recorded = trace(y, names=names)
    (cube,) = [f for f in recorded.functions if f.name == "Cube"]
    assert "return 3 * x**2 * gy, None" in cube.code
    assert recorded.gradient("k").value == 2


def test_compiled_functions_are_one_honest_node() -> None:
    f = torch.compile(lambda x: (x.exp() * x).sum(), backend="aot_eager")
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = f(x)
    recorded = trace(y, names={"x": x, "y": y})
    assert [f.name for f in recorded.functions] == ["CompiledFunction"]
    wanted = torch.tensor([1.0, 2.0], requires_grad=True)
    (wanted.exp() * wanted).sum().backward()
    assert torch.allclose(x.grad, wanted.grad)
