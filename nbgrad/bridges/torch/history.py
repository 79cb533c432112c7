"""Every ``backward()`` of PyTorch's recorded into a history, without changes to the user's code.

PyTorch offers its calls to the function modes that are entered, ``Tensor.backward`` and
``torch.autograd.backward`` among them. So nothing is patched, and leaving the mode ends it,
whatever happened inside.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from nbgrad.engine.errors import OperandError

from .passes import is_recording

_PASSES = (torch.Tensor.backward, torch.autograd.backward)


class Recorded(TorchFunctionMode):
    """Record every backward pass that begins inside into a history.

    A pass that a trace records already is left to it. One that nbgrad cannot show, such as of
    complex numbers or towards a few ``inputs``, runs as PyTorch runs it and is only counted.
    """

    def __init__(self, history: Any) -> None:
        super().__init__()
        self.history = history

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run a call of PyTorch's; of a backward pass keep a take."""
        kwargs = kwargs or {}
        if not any(func is one for one in _PASSES) or is_recording():
            return func(*args, **kwargs)
        if (begin := _single(args, kwargs)) is not None:
            loss, gradient = begin
            keep = {name: bool(kwargs.get(name)) for name in ("retain_graph", "create_graph")}
            try:
                return self.history.record(loss, gradient=gradient, **keep)
            except OperandError:  # raised before anything runs
                pass
        result = func(*args, **kwargs)
        self.history.add_pass(None)
        return result


def _single(args: Any, kwargs: Any) -> tuple[torch.Tensor, torch.Tensor | None] | None:
    """Return the one tensor that a pass begins at and its upstream gradient; None for others."""
    tensors, gradients = args[0], kwargs.get("gradient", kwargs.get("grad_tensors"))
    if isinstance(tensors, (tuple, list)) and len(tensors) == 1:
        tensors = tensors[0]
    if isinstance(gradients, (tuple, list)) and len(gradients) == 1:
        gradients = gradients[0]
    fits = isinstance(tensors, torch.Tensor) and not isinstance(gradients, (tuple, list))
    return (tensors, gradients) if fits and not kwargs.get("inputs") else None
