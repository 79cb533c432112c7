"""`why_none`: the reason in a sentence, for each way in which a ``.grad`` comes to be None."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import nbgrad as ng


class Halved(torch.autograd.Function):
    """A function whose backward() gives nothing to its input."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x / 2

    @staticmethod
    def backward(ctx: Any, gy: torch.Tensor) -> None:
        return None


def leaf() -> torch.Tensor:
    return torch.tensor([1.0, 2.0], requires_grad=True)


def test_reasons_of_the_tensor_itself() -> None:
    w = leaf()
    h = w * 2
    h.sum().backward()
    names = {"w": w, "h": h}
    assert ng.why_none(w, names=names) == "w.grad is not None: it has shape (2,)."
    assert "h is not a leaf" in ng.why_none(h, names=names)
    assert "h.retain_grad()" in ng.why_none(h, names=names)
    w.grad = None
    assert "No backward() has reached w" in ng.why_none(w, names=names)
    plain, count = torch.ones(2), torch.arange(2)
    names = {"plain": plain, "count": count}
    assert "plain.requires_grad_()" in ng.why_none(plain, names=names)
    assert "count is int64: only floating tensors" in ng.why_none(count, names=names)
    with torch.no_grad():
        under = w * 2
    assert "torch.no_grad()" in ng.why_none(under, names={"under": under})


def test_a_tensor_that_was_cut_off_names_the_line() -> None:
    w = leaf()
    with ng.watch():
        cut = w.detach()
    said = ng.why_none(cut, names={"cut": cut})
    assert "cut was cut off from the graph by detach()" in said
    assert "cut = w.detach()" in said


def test_reasons_of_the_way_from_the_loss() -> None:
    w, other = leaf(), leaf()
    loss = (w * w).sum()
    names = {"w": w, "other": other, "loss": loss}
    assert "call loss.backward()" in ng.why_none(w, loss, names=names)
    assert "No way leads from loss back to other" in ng.why_none(other, loss, names=names)
    loss.backward()
    w.grad = None
    assert "freed its graph" in ng.why_none(w, loss, names=names)
    constant = torch.ones(2).sum()
    said = ng.why_none(w, constant, names={"w": w, "constant": constant})
    assert "constant has no grad_fn" in said


def test_a_function_of_the_users_that_gives_nothing_is_named() -> None:
    w = leaf()
    loss = Halved.apply(w).sum()
    loss.backward()
    said = ng.why_none(w, loss, names={"w": w, "loss": loss})
    assert "Or backward() of Halved, on the way, returned None" in said
    beside = leaf()
    loss = (Halved.apply(w) * beside).sum()
    assert "Halved" not in ng.why_none(beside, loss)


@pytest.mark.parametrize("value", [3.0, np.ones(2), ng.Variable(np.ones(2)), None])
def test_what_is_not_a_tensor_is_refused(value: Any) -> None:
    with pytest.raises(ng.OperandError, match=type(value).__name__):
        ng.why_none(value)
    if value is not None:
        with pytest.raises(ng.OperandError, match=type(value).__name__):
            ng.why_none(leaf(), value)
