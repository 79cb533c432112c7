"""Parts of a Sequential without parameters are found by their place, as a watch tells them."""

from __future__ import annotations

import random
from collections import Counter

import torch
from torch import nn

import nbgrad as ng


class Swish(nn.Module):
    """A part of the user's own."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * x.sigmoid()


PARTS = [
    nn.ReLU, nn.Tanh, nn.GELU, nn.ELU, nn.LeakyReLU, nn.ReLU6, nn.SELU, nn.Softsign, nn.Identity,
    nn.Dropout, nn.Tanhshrink, Swish,
]  # fmt: skip


def _sequential(draw: random.Random, depth: int = 0) -> nn.Sequential:
    def part() -> nn.Module:
        chance = draw.random()
        if chance < 0.4:
            return nn.Linear(4, 4)
        if chance < 0.5 and depth < 2:
            return _sequential(draw, depth + 1)
        return nn.LayerNorm(4) if chance < 0.55 else draw.choice(PARTS)()

    return nn.Sequential(nn.Linear(4, 4), *(part() for _ in range(5)))


def test_parts_are_placed_as_a_watch_sees_them() -> None:
    found: Counter[str] = Counter()
    for seed in range(8):
        torch.manual_seed(seed)
        model = _sequential(random.Random(seed))
        traces = []
        for watched in (None, model):
            torch.manual_seed(seed)
            with ng.watch(watched):
                y = model(torch.ones(2, 4)).sum()
            traces.append(ng.trace(y, names={"model": model}))
        for by_place, seen in zip(*(t.functions for t in traces), strict=True):
            assert f"{seen.module}.".startswith(f"{by_place.module}.".lstrip(".")), seed
            found[["open", "placed"][by_place.module == seen.module]] += not seen.reshapes
    assert found["placed"] > 5 * found["open"]
    print(found)


def test_what_only_looks_like_a_part_is_left_where_it_is() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(nn.Linear(3, 3), nn.Tanh())
            self.head = nn.Linear(3, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.body[0](x).relu())

    model = Net()
    y = model(torch.ones(2, 3)).sum()
    assert {f.name: f.module for f in ng.trace(y, names={"model": model}).functions} == {
        "t": "head", "addmm": "head", "relu": "", "sum": "",
    }  # fmt: skip
