"""The seed's own functions, as its last working cells have them, on nbgrad's Function."""

from __future__ import annotations

from typing import Any

import nbgrad as ng


class Add(ng.Function):
    def forward(self, x0: Any, x1: Any) -> Any:
        return x0 + x1

    def backward(self, gy: Any) -> Any:
        return gy, gy


class Square(ng.Function):
    def forward(self, x: Any) -> Any:
        return x**2

    def backward(self, gy: Any) -> Any:
        x = self.inputs[0].data
        gx = 2 * x * gy
        return gx


class Mul(ng.Function):
    def forward(self, x0: Any, x1: Any) -> Any:
        return x0 * x1

    def backward(self, gy: Any) -> Any:
        x0, x1 = self.inputs[0].data, self.inputs[1].data
        return gy * x1, gy * x0


def add(x0: Any, x1: Any) -> Any:
    return Add()(x0, x1)


def square(x: Any) -> Any:
    return Square()(x)


def mul(x0: Any, x1: Any) -> Any:
    return Mul()(x0, x1)


def diamond(x: Any) -> tuple[Any, ...]:
    """Return a, b, c, y of ``a = x², y = a² + a²``."""
    a = square(x)
    b = square(a)
    c = square(a)
    return a, b, c, add(b, c)
