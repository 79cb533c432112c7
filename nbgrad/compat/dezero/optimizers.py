"""Optimizers: how parameters follow their gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine.variable import Variable

from .core import Parameter
from .layers import Layer


class Optimizer:
    """Updates the parameters of a target; a subclass says how, in `update_one`."""

    def __init__(self) -> None:
        self.target: Layer | None = None
        self.hooks: list[Callable[[list[Parameter]], None]] = []
        self._states: dict[str, dict[int, Any]] = {}

    def setup(self, target: Layer) -> Any:
        """Set whose parameters are updated, and return the optimizer."""
        self.target = target
        return self

    def add_hook(self, hook: Callable[[list[Parameter]], None]) -> None:
        """Call a function on the parameters before each update."""
        self.hooks.append(hook)

    def update(self) -> None:
        """Update all parameters that have a gradient.

        Raises
        ------
        RuntimeError
            If `setup` was not called.
        """
        if self.target is None:
            raise RuntimeError("no target: call optimizer.setup(model) first")
        params = [p for p in self.target.params() if p.grad is not None]
        for hook in self.hooks:
            hook(params)
        for p in params:
            self.update_one(p)

    def update_one(self, param: Parameter) -> None:
        """Update one parameter; a subclass defines this."""
        raise NotImplementedError(f"{type(self).__name__} defines no update_one")

    def state(self, name: str, param: Parameter) -> Any:
        """Return an array kept for a parameter, zeros at first."""
        states = self._states.setdefault(name, {})
        if id(param) not in states:
            states[id(param)] = np.zeros_like(param.data)
        return states[id(param)]


def gradient(param: Parameter) -> Any:
    """Return the array of a parameter's gradient."""
    g = param.grad
    return g.data if isinstance(g, Variable) else g


class SGD(Optimizer):
    """Stochastic gradient descent: x ← x - lr · gx."""

    def __init__(self, lr: float = 0.01) -> None:
        super().__init__()
        self.lr = lr

    def update_one(self, param: Parameter) -> None:
        """Take one step."""
        param.data = param.data - self.lr * gradient(param)


class MomentumSGD(Optimizer):
    """Gradient descent with momentum: v ← momentum · v - lr · gx, x ← x + v."""

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        super().__init__()
        self.lr, self.momentum = lr, momentum

    def update_one(self, param: Parameter) -> None:
        """Take one step."""
        v = self.state("v", param)
        v *= self.momentum
        v -= self.lr * gradient(param)
        param.data = param.data + v


class AdaGrad(Optimizer):
    """Steps that shrink with the squares of all gradients so far.

    Source: J. Duchi et al., JMLR 12 (2011).
    """

    def __init__(self, lr: float = 0.001, eps: float = 1e-8) -> None:
        super().__init__()
        self.lr, self.eps = lr, eps

    def update_one(self, param: Parameter) -> None:
        """Take one step."""
        g, h = gradient(param), self.state("h", param)
        h += g * g
        param.data = param.data - self.lr * g / (np.sqrt(h) + self.eps)


class AdaDelta(Optimizer):
    """Steps as large as the last ones were, for gradients as large as the last ones were.

    Source: M. Zeiler, ADADELTA, arXiv:1212.5701 (2012).
    """

    def __init__(self, rho: float = 0.95, eps: float = 1e-6) -> None:
        super().__init__()
        self.rho, self.eps = rho, eps

    def update_one(self, param: Parameter) -> None:
        """Take one step."""
        g = gradient(param)
        squares, steps = self.state("squares", param), self.state("steps", param)
        squares *= self.rho
        squares += (1 - self.rho) * g * g
        step = np.sqrt((steps + self.eps) / (squares + self.eps)) * g
        steps *= self.rho
        steps += (1 - self.rho) * step * step
        param.data = param.data - step


class Adam(Optimizer):
    """Moving means of gradients and of their squares.

    Source: D. Kingma and J. Ba, Adam, arXiv:1412.6980 (2014).
    """

    def __init__(
        self, alpha: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        super().__init__()
        self.t = 0
        self.alpha, self.beta1, self.beta2, self.eps = alpha, beta1, beta2, eps

    @property
    def lr(self) -> float:
        """The step's size, corrected for means that started at 0."""
        return self.alpha * math.sqrt(1.0 - self.beta2**self.t) / (1.0 - self.beta1**self.t)

    def update(self) -> None:
        """Update all parameters that have a gradient."""
        self.t += 1
        super().update()

    def update_one(self, param: Parameter) -> None:
        """Take one step."""
        g, m, v = gradient(param), self.state("m", param), self.state("v", param)
        m += (1 - self.beta1) * (g - m)
        v += (1 - self.beta2) * (g * g - v)
        param.data = param.data - self.lr * m / (np.sqrt(v) + self.eps)


class WeightDecay:
    """A hook that adds rate · x to each gradient."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, params: list[Parameter]) -> None:
        """Change the gradients."""
        for p in params:
            p.grad = gradient(p) + self.rate * p.data


class ClipGrad:
    """A hook that scales all gradients down to a common length."""

    def __init__(self, max_norm: float) -> None:
        self.max_norm = max_norm

    def __call__(self, params: list[Parameter]) -> None:
        """Change the gradients."""
        total = math.sqrt(sum(float((gradient(p) ** 2).sum()) for p in params))
        rate = self.max_norm / (total + 1e-6)
        if rate < 1:
            for p in params:
                p.grad = gradient(p) * rate
