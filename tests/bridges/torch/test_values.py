"""Tensors' elements, where they can be read and where not."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import nbgrad as ng
from nbgrad.bridges.torch.passes import trace
from nbgrad.bridges.torch.values import handle_of
from nbgrad.engine.errors import OperandError
from nbgrad.tracing.summaries import decode


def test_zeros_without_memory_are_zeros() -> None:
    assert decode(handle_of(torch._efficientzerotensor(2))).values == (0.0, 0.0)


def test_what_has_no_elements_to_read_is_refused() -> None:
    on_meta = nn.Linear(2, 2, device="meta")(torch.ones(1, 2, device="meta")).sum()
    with pytest.raises(OperandError, match="on the device meta"):
        trace(on_meta)

    class Hidden(torch.Tensor):
        def numpy(self, *, force: bool = False) -> Any:
            raise RuntimeError

    hidden = torch.ones(2).as_subclass(Hidden).requires_grad_()
    with pytest.raises(OperandError, match="of class Hidden"):
        trace(hidden.square().sum())
    x = torch.ones(2, requires_grad=True)
    torch.autograd.graph.register_multi_grad_hook((x,), lambda gxs: None)
    with pytest.raises(OperandError, match="register_multi_grad_hook"):
        trace(x.sum(), apply=False)
    with pytest.raises(OperandError, match="tensor of PyTorch, not about int"):
        ng.why_none(3)
    z = torch.tensor(1 + 2j, requires_grad=True)
    assert "complex64" in str(ng.graph(z.abs(), names={"z": z}))


def test_a_stepper_says_what_it_cannot_show() -> None:
    x = torch.ones(3, requires_grad=True)
    for y, options, said in (
        ((x * 2).sum(), {"order": "naive"}, "can only be run as PyTorch runs"),
        (x * 2, {}, "starts from one number"),
        (torch.ones(2).sum(), {}, "no grad_fn"),
    ):
        stepper = ng.Stepper(y, **options)
        assert said in stepper._message
        stepper.close()
    assert x.grad is None


def test_complex_numbers_are_refused_by_the_name_of_what_has_them() -> None:
    z = torch.tensor([1 + 2j], requires_grad=True)
    x = torch.ones(2, requires_grad=True)
    cases = {
        r"backward\(\) of y: z is complex64, and": (z * z.conj()).real.sum(),
        r"backward\(\) of y: fft_r2_c gives complex64, and": torch.fft.fft(x).abs().sum(),
        r"backward\(\) of y: it is complex64, and": (x * 1j).sum(),
    }
    for said, y in cases.items():
        with pytest.raises(OperandError, match=said):
            ng.trace(y, names={"x": x, "y": y, "z": z})
    assert z.grad is x.grad is None
