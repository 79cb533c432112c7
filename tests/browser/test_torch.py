"""PyTorch's passes in a real notebook: the magics, folding, an error as a sentence."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.host import Notebook, shoot
from tests.browser.stepper import StepperView

Open = Callable[..., Notebook]
LOAD = """
import torch
from torch import nn
import nbgrad as ng
%load_ext nbgrad
torch.manual_seed(0)
x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
a = x**2
y = a**2 + a**2
"""

DEEP = """
net = nn.Sequential(*[nn.Sequential(nn.Linear(4, 4), nn.Tanh()) for _ in range(30)])
with ng.watch(net):
    loss = net(torch.ones(2, 4)).sum()
%backward loss
"""


def test_the_magics_take_a_tensor(open_notebook: Open) -> None:
    book = open_notebook(
        [
            LOAD,
            "%graph y",
            "%backward --no-apply y",
            "%backward y",
            "%%backward\nb = (x * 3).exp()\nb.sin()",
            DEEP,
            "%backward y",  # again: its buffers are freed
        ],
        may_fail=True,
    )
    assert book.value("x.grad is not None") is True
    assert "<svg" in str(book.outputs()[1])
    stepper = StepperView(book.page, 0)
    stepper.click("Last")
    stepper.expect_grads(x=64)
    stepper = StepperView(book.page, 1)
    stepper.click("Last")
    stepper.expect_grads(x=64)
    assert "an earlier pass has freed" in book.text(6)
    closed = StepperView(book.page, 3)
    shoot(closed.root, "torch_lab_closed")
    expect(closed.root).to_contain_text("Sequential × 30")
