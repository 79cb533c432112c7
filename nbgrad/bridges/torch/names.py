"""What PyTorch's tensors and modules are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import torch

from nbgrad.tracing import names as naming

from .graph import Key


def modules_in(names: Mapping[str, Any]) -> dict[str, torch.nn.Module]:
    """Return the outermost modules of a namespace, each under the first name it has."""
    found: dict[int, tuple[str, torch.nn.Module]] = {}
    for name, value in list(names.items()):
        if isinstance(value, torch.nn.Module) and not str(name).startswith("_"):
            found.setdefault(id(value), (str(name), value))
    inner = {
        id(child)
        for _, module in found.values()
        for child in module.modules()
        if child is not module
    }
    return {name: module for key, (name, module) in found.items() if key not in inner}


def parameter_names(modules: Mapping[str, torch.nn.Module]) -> dict[int, str]:
    """Return the name of each parameter and buffer, by the tensor's id.

    The names are those of ``named_parameters()``; where two modules have the same one, the
    module's own name stands before it.
    """
    named: list[tuple[str, str, torch.Tensor]] = []
    for name, module in modules.items():
        for path, tensor in (*module.named_parameters(), *module.named_buffers()):
            named.append((name, path, tensor))
    times = Counter(path for _, path, _ in named)
    found: dict[int, str] = {}
    for name, path, tensor in named:
        found.setdefault(id(tensor), path if times[path] == 1 else f"{name}.{path}")
    return found


class Names:
    """Looks up names of leaves and of intermediate variables.

    Parameters
    ----------
    names : mapping, optional
        Such as ``locals()``; by default the user's namespace.
    """

    def __init__(self, names: Any = None) -> None:
        mapping = naming.namespace(names)
        self.modules = modules_in(mapping)
        self._leaves: dict[int, str] = {}
        self._made: dict[Key, str] = {}
        self._plain: dict[tuple[int, tuple[int, ...]], str] = {}
        self.retained: list[torch.Tensor] = []
        for name, value in list(mapping.items()):
            if not isinstance(value, torch.Tensor) or str(name).startswith("_"):
                continue
            if value.grad_fn is None:
                self._leaves.setdefault(id(value), name)
                if not value.requires_grad and (place := _place(value)) is not None:
                    self._plain.setdefault(place, name)
            else:
                self._made.setdefault((value.grad_fn, value.output_nr), name)
                if value.retains_grad:
                    self.retained.append(value)
        for key, name in parameter_names(self.modules).items():
            self._leaves.setdefault(key, name)

    def of_leaf(self, tensor: torch.Tensor) -> str:
        """Return a leaf's name, or an empty string."""
        own = getattr(tensor, "name", None)
        return self._leaves.get(id(tensor)) or (own if isinstance(own, str) else "")

    def of_constant(self, tensor: torch.Tensor) -> str:
        """Return the name of the tensor that has the same memory and shape, or an empty string."""
        place = _place(tensor)
        return "" if place is None else self._plain.get(place, "")

    def of_made(self, key: Key) -> str:
        """Return the name of a variable that a function made, or an empty string."""
        return self._made.get(key, "")


def _place(tensor: torch.Tensor) -> tuple[int, tuple[int, ...]] | None:
    """Return where a tensor's elements are, and its shape; None where it has no memory of its own."""
    if tensor.layout is not torch.strided or tensor.is_nested or not tensor.numel():
        return None
    try:
        return tensor.data_ptr(), tuple(tensor.shape)
    except RuntimeError:  # a tensor without memory, such as a fake one
        return None
