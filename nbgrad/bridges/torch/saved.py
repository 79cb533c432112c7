"""What PyTorch saved for backward: the values it gives, and whether a pass can use them.

A saved tensor knows which variable it is (``grad_fn`` and ``output_nr``). One that hooks have
packed (a checkpoint's, one moved to disk) is left packed: to look at it would run their code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch

from nbgrad.engine.errors import SavedTensorError

from .graph import Graph, Key, Node
from .operations import operation

_RAW, _SAVED = "_raw_saved_", "_saved_"


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """Return the names under which nodes of a class save tensors."""
    return tuple(name.removeprefix(_RAW) for name in dir(kind) if name.startswith(_RAW))


def _unpack_hooks(node: Node, name: str) -> list[Any]:
    """Return the hooks that give back what a node saved under a name, where hooks have packed it."""
    slots = getattr(node, _RAW + name)
    if isinstance(slots, (tuple, list)):
        hooks = [slot.unpack_hook for slot in slots if slot is not None]
        return [hook for hook in hooks if hook is not None]
    hook = None if slots is None else slots.unpack_hook
    return [] if hook is None else [hook]


def checkpoint_of(node: Node) -> Any:
    """Return the non-reentrant checkpoint that a function ran in, if it would have saved something.

    The hooks of a checkpoint share its record; None where a function ran in none, or where an
    earlier pass has freed it.
    """
    try:
        hooks = [hook for name in _fields(node.__class__) for hook in _unpack_hooks(node, name)]
    except RuntimeError:
        return None
    cells = [cell for hook in hooks for cell in getattr(hook, "__closure__", None) or ()]
    records = (cell.cell_contents for cell in cells)
    return next((one for one in records if type(one).__name__ == "_CheckpointFrame"), None)


def saved(node: Node) -> Iterator[torch.Tensor]:
    """Yield the tensors that a node saved and that nothing has packed.

    Raises
    ------
    RuntimeError
        PyTorch's own, if they were freed or changed in place.
    """
    custom = hasattr(node, "saved_tensors")
    for name in _fields(node.__class__):
        if _unpack_hooks(node, name):
            continue
        held = node.saved_tensors if custom else getattr(node, _SAVED + name)
        for tensor in held if isinstance(held, (tuple, list)) else (held,):
            if tensor is not None:
                yield tensor


def known_values(graph: Graph, called: str) -> dict[Key, torch.Tensor]:
    """Return the values of leaves and of what was saved, by variable.

    Raises
    ------
    SavedTensorError
        If an earlier pass has freed what a function saved, or it was changed in place since:
        PyTorch could not finish the pass.
    """
    found: dict[Key, torch.Tensor] = {(leaf, 0): leaf.variable for leaf in graph.leaves}
    for node in reversed(graph.functions):
        try:
            for tensor in saved(node):
                if tensor.grad_fn is not None:
                    found.setdefault((tensor.grad_fn, tensor.output_nr), tensor)
        except RuntimeError as error:
            name = operation(node.name()).name
            raise _refusal(name, called, str(error)) from None
    return found


_VERSION = re.compile(r"is at version (\d+); expected version (\d+)")
_OUTPUT = re.compile(r"which is output \d+ of (\w+),")


_FREED = "backward through the graph a second time"


def is_freed(error: RuntimeError) -> bool:
    """Whether PyTorch's error says that an earlier pass has freed what was saved."""
    return _FREED in str(error)


@contextmanager
def explained(called: str) -> Iterator[None]:
    """Raise what a running pass says of saved tensors as a `SavedTensorError`.

    Some cannot be looked at before, such as those of a function that wrote in place.
    """
    try:
        yield
    except RuntimeError as error:
        if _VERSION.search(str(error)) is None and not is_freed(error):
            raise
        raise _refusal("a function", called, str(error)) from error


def _refusal(name: str, called: str, message: str) -> SavedTensorError:
    version = _VERSION.search(message)
    if version is not None:
        made = _OUTPUT.search(message)
        of = f", the output of {operation(made.group(1)).name}," if made else ""
        return SavedTensorError(
            f"backward() of {called}: a tensor that {name} saved for backward{of} was changed in "
            f"place since (version {version.group(1)}, saved at version {version.group(2)}). "
            "Change a copy instead: y = x.clone(), or y = y * 2 in place of y *= 2."
        )
    if _FREED in message:
        return SavedTensorError(
            f"backward() of {called}: an earlier pass has freed what {name} saved. Compute "
            f"{called} again from the leaves, or call backward(retain_graph=True) in that pass."
        )
    return SavedTensorError(f"backward() of {called}: {name} cannot go back: {message}")


def operand(node: Node, name: str) -> Any:
    """Return a plain operand that a function saved, tensor or number; None where it did not.

    Nor is there one when an earlier pass has freed it, or it was changed in place since.
    """
    if name in _fields(node.__class__) and _unpack_hooks(node, name):
        return None
    try:
        return getattr(node, _SAVED + name, None)
    except RuntimeError:
        return None
