"""A training loop's own ``backward()`` is recorded, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

import nbgrad as ng
from nbgrad.tracing.takes.watch import recorded

OWN = (torch.Tensor.backward, torch.autograd.backward)
PASSES: dict[str, Callable[[torch.Tensor], object]] = {
    "method": lambda loss: loss.backward(),
    "function": torch.autograd.backward,
    "tuple": lambda loss: torch.autograd.backward((loss,), (torch.tensor(3.0),)),
    "upstream": lambda loss: loss.backward(torch.tensor(2.0)),
    "twice": lambda loss: (loss.backward(retain_graph=True), loss.backward()),
    "second": lambda loss: loss.backward(create_graph=True),
    "trace": ng.trace,
}
TAKES = {"twice": 6, "trace": 0}


def train(run: Callable[[torch.Tensor], object], stop: bool) -> list[torch.Tensor]:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    x = torch.randn(8, 3)
    for _ in range(3):
        optimizer.zero_grad()
        run((model(x) ** 2).mean())
        optimizer.step()
    if stop:
        raise KeyboardInterrupt
    return [p.detach() for p in model.parameters()]


def is_clean() -> bool:
    functions = (torch.Tensor.backward, torch.autograd.backward)
    return functions == OWN and torch._C._len_torch_function_stack() == 0


@pytest.mark.filterwarnings("ignore:Using backward.. with create_graph=True:UserWarning")
def test_every_backward_is_a_take_with_the_bits_of_the_plain_one() -> None:
    for name, run in PASSES.items():
        plain = train(run, stop=False)
        history = ng.History()
        with recorded(history):
            seen = train(run, stop=False)
        assert all(map(torch.equal, plain, seen)), name
        assert len(history) == history.iterations == TAKES.get(name, 3), name
        with pytest.raises(KeyboardInterrupt), recorded(history):
            train(run, stop=True)
        assert is_clean(), name


def test_a_pass_that_cannot_be_shown_runs_all_the_same() -> None:
    history = ng.History()
    w, z = torch.ones(2, requires_grad=True), torch.tensor(3 + 4j, requires_grad=True)
    with recorded(history):
        z.abs().backward()
        (w * w).sum().backward(inputs=[w])
        torch.autograd.backward([w.sum(), (2 * w).sum()])
    assert (len(history), history.iterations) == (0, 3)
    assert z.grad is not None
    assert w.grad is not None
    assert w.grad.tolist() == [5.0, 5.0]
    assert is_clean()
