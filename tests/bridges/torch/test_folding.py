"""A folded trace of PyTorch's is a trace like any other; the engine's own order has words of its own."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.checkpoint import checkpoint

import nbgrad as ng
from nbgrad.engine.errors import OperandError, TraceFormatError
from nbgrad.tracing.fold import at_depth, closed_at_first, fold
from nbgrad.tracing.module_calls import turned
from nbgrad.tracing.narration.story import Story
from nbgrad.views.stepper.scene import left_out_of

from . import models
from .checks import check_sums


@pytest.mark.parametrize("name", ["rnn", "diamond", "transformer"])
def test_the_engines_order_is_told_by_the_newest_function(name: str) -> None:
    y, names = models.make(name)
    recorded = ng.trace(y, names=names, order="sequence")
    for lang, word in (("en", "newest"), ("ko", "최근")):
        told = Story(recorded.parts, lang)
        assert any(word in "".join(said) for said in told.next_function)
        assert len(told.generation) == len(recorded.steps) + 1
    assert "as its engine ran it" in str(recorded)


def test_a_single_function_waits_alone() -> None:
    y, names = models.make("bfloat16")
    told = Story(ng.trace(y, names=names, order="sequence").parts, "en")
    assert any("the only one waiting" in "".join(said) for said in told.next_function)


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
@pytest.mark.parametrize("name", ["transformer", "resnet", "lstm_cell", "rnn"])
def test_what_is_left_of_a_pass_adds_up(name: str, depth: int) -> None:
    y, names = models.make(name)
    whole = ng.trace(y, names=names)
    folded = whole.folded(depth)
    assert len(folded.functions) <= len(whole.functions)
    check_sums(folded)
    for v in folded.variables:
        gradient = whole.gradient(v.id)
        assert (gradient is None) == (folded.gradient(v.id) is None)
        if gradient is not None and v.kind == "leaf" and gradient.complete:
            assert np.allclose(folded.gradient(v.id).array(), gradient.array(), atol=1e-6)


def test_sums_that_nobody_kept_are_worked_out_or_said_to_be_unknown() -> None:
    y, names = models.make("transformer")
    parts = replace(ng.trace(y, names=names).parts, sums={})
    folded = fold(parts, at_depth(parts, 2), reshapes=False)
    amounts = [c.amount for step in folded.steps for c in step.contributions]
    assert any(amount.complete for amount in amounts)
    assert all(amount.shape is not None for amount in amounts)


def test_groups_that_would_wait_for_each_other_are_taken_apart() -> None:
    x = ng.Variable(np.array(2.0), name="x")
    y = ng.exp(ng.sin(ng.cos(x)))
    parts = ng.trace(y).parts
    functions = [
        replace(f, module="a" if k % 2 == 0 else "b") for k, f in enumerate(parts.functions)
    ]
    crossed = replace(parts, functions=type(parts.functions)(functions), naive_calls=None)
    assert len(fold(crossed, {"a", "b"}).functions) >= 2


def test_depths_and_options_that_cannot_be() -> None:
    y, names = models.make("mlp")
    recorded = ng.trace(y, names=names, modules=1)
    assert len(recorded.shown.functions) <= len(recorded.functions)
    assert recorded.retain_grad is False
    with pytest.raises(ValueError, match="depth from 0, not -1"):
        recorded.folded(-1)
    x = ng.Variable(np.array(2.0), name="x")
    for wrong, error in ((-1, ValueError), ("x", TypeError), (1.5, TypeError), (True, TypeError)):
        with pytest.raises(error, match="depth from 0"):
            ng.trace(y, names=names, modules=wrong)
    with pytest.raises(ValueError, match="naive order cannot be folded"):
        ng.trace(x * x, order="naive").folded(["a"])
    with pytest.raises(TypeError, match="takes no modules"):
        ng.trace(x * x, modules=1)
    y, names = models.make("diamond")
    with pytest.raises(OperandError, match="retain_grad"):
        ng.trace(y, retain_grad=True)
    with pytest.raises(ValueError, match="sequence"):
        ng.trace(y, naive=True)
    with pytest.raises(TypeError, match="takes no colour"):
        ng.trace(y, colour=1)
    assert ng.trace(y, names=names, modules=0).folded(0).gradient("x").value == 64


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("modules", [], "'modules'"),
        ("rank", [1], "'rank'"),
        ("sums", [["v0"]], r"sums\[0\]"),
        ("sums", [["v0", "layers", 0]], None),
        ("rank", [0, 2], None),
    ],
)
def test_what_a_file_may_say_of_an_engine(key: str, value: Any, said: str | None) -> None:
    y, names = models.make("diamond")
    data = {**ng.trace(y, names=names).to_dict(), key: value}
    if said is None:
        assert ng.Trace.from_dict(data).to_dict()[key] == value
    else:
        with pytest.raises(TraceFormatError, match=said):
            ng.Trace.from_dict(data)


def test_a_run_of_blocks_is_shown_as_one_and_opened_block_by_block() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), *[models.Residual(4) for _ in range(6)], torch.nn.Flatten(),
        torch.nn.Linear(144, 2),
    )  # fmt: skip
    with ng.watch(model):
        loss = model(torch.randn(2, 3, 8, 8)).square().mean()
    whole = ng.trace(loss, names={"model": model})
    first = whole.shown
    assert [f.name for f in first.functions] == [
        "convolution",
        "Residual × 6",
        "Linear",
        "pow",
        "mean",
    ]
    assert len(left_out_of(first.parts).parameters["m1"]) == 48
    closed = closed_at_first(whole.parts)
    assert "1…6" in closed
    opened = turned(whole.parts, closed, "1…6")
    assert {str(n) for n in range(1, 7)} <= opened
    again = turned(whole.parts, turned(whole.parts, opened, "3"), "1…6")
    assert again == closed
    for kept in (first, whole.folded(opened)):
        for v in kept.variables:
            if v.kind == "leaf":
                assert kept.gradient(v.id) == whole.gradient(v.id)
    (made,) = first.functions[0].outputs
    (entry,) = [c for call in first.calls for c in call.contributions if c.variable.id == made]
    assert entry.amount == whole.gradient(entry.variable.id)


def test_a_run_with_functions_between_its_blocks_is_taken_apart() -> None:
    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            blocks = [torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Tanh()) for _ in range(4)]
            self.blocks = torch.nn.ModuleList([torch.nn.Linear(3, 3), *blocks])

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for block in self.blocks:
                x = block(x) + x
            return x

    model = Net()
    with ng.watch(model):
        loss = model(torch.ones(2, 3)).sum()
    whole = ng.trace(loss, names={"model": model})
    run = "blocks.1…4"
    shown = [f.name for f in whole.folded([run]).functions]
    assert shown.count("Sequential") == 4
    check_sums(whole.folded([run]))


class Encoder(torch.nn.Module):
    """Blocks of an encoder and a decoder, as models without a watch have them."""

    def __init__(self) -> None:
        super().__init__()
        self.body = torch.nn.Transformer(8, 2, 3, 3, 16, batch_first=True, dropout=0.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(x, x)


@pytest.mark.parametrize(
    ("make", "x", "wanted"),
    [
        (
            lambda: torch.nn.Sequential(
                torch.nn.Conv2d(3, 4, 3), *[models.Residual(4) for _ in range(8)],
                torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(4, 2),
            ),
            torch.rand(2, 3, 8, 8),
            ["convolution", "Residual × 8", "mean", "Linear", "pow", "mean"],
        ),
        (
            lambda: torch.nn.TransformerEncoder(
                torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 4,
                enable_nested_tensor=False,
            ),
            torch.rand(2, 5, 8),
            ["TransformerEncoderLayer × 4", "pow", "mean"],
        ),
        (
            Encoder,
            torch.rand(2, 5, 8),
            [
                "TransformerEncoderLayer × 3", "native_layer_norm", *["transpose"] * 3,
                "TransformerDecoderLayer × 3", "native_layer_norm", "pow", "mean",
            ],
        ),
    ],
)  # fmt: skip
def test_blocks_are_found_by_their_parameters_alone(
    make: Any, x: torch.Tensor, wanted: list[str]
) -> None:
    model = make()
    loss = model(x).square().mean()
    whole = ng.trace(loss, names={"model": model})
    assert [f.name for f in whole.shown.functions] == wanted
    check_sums(whole.shown)


class Around(torch.nn.Module):
    """Blocks that are computed again in the pass, and one function between them."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Tanh())
        self.second = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Dropout(0.5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return checkpoint(self.inner, checkpoint(self.first, x, use_reentrant=False) + 1,
                          use_reentrant=False)  # fmt: skip

    def inner(self, x: torch.Tensor) -> torch.Tensor:
        return checkpoint(self.second, x.exp(), use_reentrant=False).sin()


@pytest.mark.parametrize("watched", [False, True])
def test_a_checkpoint_is_one_function_that_opens(watched: bool) -> None:
    torch.manual_seed(0)
    model, x = Around(), torch.randn(2, 3, requires_grad=True)
    with ng.watch(model) if watched else nullcontext():
        loss = model(x).sum()
    whole = ng.trace(loss, names={"model": model, "x": x}, apply=False)
    names = [f.name for f in whole.shown.functions]
    assert names == ["checkpoint (recomputed)", "add", "checkpoint (recomputed)", "sum"]
    check_sums(whole.shown)
    opened = turned(whole.parts, closed_at_first(whole.parts), "checkpoint")
    shown = [f.name for f in whole.folded(opened).functions]
    assert shown == [*names[:2], "exp", "Sequential", "sin", "sum"]
    assert len(whole.folded(0).functions) == 8
    own = left_out_of(whole.shown.parts).parameters
    assert sorted(map(len, own.values())) == [2, 2]
    assert ng.Trace.from_dict(whole.to_dict()) == whole
    x = torch.ones(2, requires_grad=True)
    y = checkpoint(torch.exp, x, use_reentrant=False).sum()
    assert [f.name for f in ng.trace(y).shown.functions] == ["exp", "sum"]
