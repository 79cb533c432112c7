"""Graphs that PyTorch users make: each function returns a loss and the names of what led to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.checkpoint import checkpoint

Made = tuple[torch.Tensor, dict[str, Any]]


def diamond() -> Made:
    x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    a = x**2
    b, c = a**2, a**2
    y = b + c
    return y, {"x": x, "a": a, "b": b, "c": c, "y": y}


def goldstein_price() -> Made:
    x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    y = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    z = (1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)) * (
        30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    )
    return z, {"x": x, "y": y, "z": z}


def mlp() -> Made:
    net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    digits = load_digits()
    x = torch.tensor(digits.data[:40] / 16, dtype=torch.float32)
    t = torch.tensor(digits.target[:40])
    loss = F.cross_entropy(net(x), t)
    return loss, {"net": net, "x": x, "loss": loss}


def cnn() -> Made:
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(36, 10),
    )  # fmt: skip
    loss = F.cross_entropy(net(torch.rand(6, 1, 8, 8)), torch.arange(6))
    return loss, {"net": net, "loss": loss}


def rnn() -> Made:
    cell = nn.RNNCell(3, 5)
    h = torch.zeros(2, 5)
    for x in torch.rand(8, 2, 3):
        h = cell(x, h)
    loss = (h**2).sum()
    return loss, {"cell": cell, "h": h, "loss": loss}


def lstm_cell() -> Made:
    cell = nn.LSTMCell(3, 4)
    state = (torch.zeros(2, 4), torch.zeros(2, 4))
    for x in torch.rand(5, 2, 3):
        state = cell(x, state)
    loss = state[0].square().mean()
    return loss, {"cell": cell, "loss": loss}


def lstm() -> Made:
    net = nn.LSTM(3, 4, num_layers=2)
    out, (h, _) = net(torch.rand(6, 2, 3))
    loss = out.sum() + h.square().sum()
    return loss, {"net": net, "loss": loss}


def transformer() -> Made:
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=True)
    net = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    loss = net(torch.rand(2, 5, 8)).square().mean()
    return loss, {"net": net, "loss": loss}


class Residual(nn.Module):
    """A block of ResNet."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + x)


def resnet() -> Made:
    net = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), *[Residual(4) for _ in range(8)], nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.Linear(4, 10),
    )  # fmt: skip
    loss = F.cross_entropy(net(torch.rand(2, 3, 8, 8)), torch.tensor([1, 2]))
    return loss, {"net": net, "loss": loss}


def gan_discriminator() -> Made:
    generator, discriminator = nn.Linear(4, 6), nn.Linear(6, 1)
    fake = torch.tanh(generator(torch.randn(5, 4)))
    real = torch.randn(5, 6)
    loss = F.binary_cross_entropy_with_logits(
        discriminator(real), torch.ones(5, 1)
    ) + F.binary_cross_entropy_with_logits(discriminator(fake.detach()), torch.zeros(5, 1))
    return loss, {"generator": generator, "discriminator": discriminator, "loss": loss}


def gan_generator() -> Made:
    generator, discriminator = nn.Linear(4, 6), nn.Linear(6, 1)
    fake = torch.tanh(generator(torch.randn(5, 4)))
    loss = F.binary_cross_entropy_with_logits(discriminator(fake), torch.ones(5, 1))
    return loss, {"generator": generator, "discriminator": discriminator, "loss": loss}


def gradient_penalty() -> Made:
    net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
    x = torch.randn(4, 3, requires_grad=True)
    (gx,) = torch.autograd.grad(net(x).sum(), x, create_graph=True)
    loss = ((gx.norm(dim=1) - 1) ** 2).mean()
    return loss, {"net": net, "x": x, "gx": gx, "loss": loss}


def sparse_embedding() -> Made:
    table = nn.Embedding(10, 3, sparse=True)
    loss = table(torch.tensor([1, 2, 1, 7])).square().sum()
    return loss, {"table": table, "loss": loss}


def checkpointed() -> Made:
    net = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 2))
    x = torch.randn(3, 4, requires_grad=True)
    loss = checkpoint(net, x, use_reentrant=False).square().sum()
    return loss, {"net": net, "x": x, "loss": loss}


def in_place_and_views() -> Made:
    x = torch.rand(4, requires_grad=True)
    w = torch.zeros(3, 4)
    w[1] = x * 2
    w[:, 2] = w[:, 2] + x.sum()
    v = w.view(2, 6)
    v.mul_(3)
    loss = w.exp().sum()
    return loss, {"x": x, "w": w, "loss": loss}


class Cube(torch.autograd.Function):
    """A function of the user's own, one input of which has no gradient."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, gy: torch.Tensor) -> tuple[torch.Tensor, None]:
        (x,) = ctx.saved_tensors
        return 3 * x**2 * gy, None


def custom_function() -> Made:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    k = torch.tensor(3.0, requires_grad=True)
    y = Cube.apply(x, k.exp())
    loss = y.sum() + (k * 2)
    return loss, {"x": x, "k": k, "y": y, "loss": loss}


def several_outputs() -> Made:
    x = torch.rand(3, 4, requires_grad=True)
    a, _b, c = x.unbind(0)
    u, _ = x.max(0)
    loss = (a * c).sum() + (u * x.split(2, 1)[1].sum()).sum() + torch.linalg.svd(x)[1].sum()
    return loss, {"x": x, "loss": loss}


def autocast() -> Made:
    net = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = net(torch.rand(3, 8))
    loss = out.float().square().sum()
    return loss, {"net": net, "loss": loss}


def bfloat16() -> Made:
    w = torch.rand(5, 3, dtype=torch.bfloat16, requires_grad=True)
    loss = (w @ torch.rand(3, 2, dtype=torch.bfloat16)).sum()
    return loss, {"w": w, "loss": loss}


MODELS: dict[str, Callable[[], Made]] = {
    f.__name__: f
    for f in (
        diamond, goldstein_price, mlp, cnn, rnn, lstm_cell, lstm, transformer, resnet,
        gan_discriminator, gan_generator, gradient_penalty, sparse_embedding, checkpointed,
        in_place_and_views, custom_function, several_outputs, autocast, bfloat16,
    )
}  # fmt: skip


def make(name: str) -> Made:
    """Make a graph, the same at every call."""
    torch.manual_seed(0)
    return MODELS[name]()


def leaves(names: dict[str, Any]) -> list[torch.Tensor]:
    """Return the leaves that may get a gradient, in the same order at every call."""
    found: list[torch.Tensor] = []
    for value in names.values():
        if isinstance(value, nn.Module):
            found += list(value.parameters())
        elif isinstance(value, torch.Tensor) and value.is_leaf and value.requires_grad:
            found.append(value)
    return found
