"""Why a tensor's ``.grad`` is None, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from nbgrad.engine.diagnostics import positions
from nbgrad.engine.errors import OperandError, listed

from . import saved
from .graph import Graph, Node, walk
from .names import Names
from .node_metadata import detached_at
from .passes import name_of
from .recording import users_rule
from .values import dtype_name


def why_none(
    tensor: torch.Tensor,
    loss: torch.Tensor | None = None,
    *,
    names: Mapping[str, Any] | None = None,
) -> str:
    """Say in a sentence why a tensor's ``.grad`` is None.

    Parameters
    ----------
    tensor : torch.Tensor
    loss : torch.Tensor, optional
        The tensor whose ``backward()`` was to fill it.
    names : mapping, optional
        Where to look for names; by default the user's namespace.

    Raises
    ------
    OperandError
        If tensor or loss is not a tensor of PyTorch.
    """
    for value in (tensor, tensor if loss is None else loss):
        if not isinstance(value, torch.Tensor):
            raise OperandError(
                f"why_none() is about a tensor of PyTorch, not about {type(value).__name__}."
            )
    lookup = Names(names)
    called = name_of(tensor, lookup)
    # PyTorch warns of the .grad of another one.
    grad = tensor.grad if tensor.is_leaf or tensor.retains_grad else None
    if grad is not None:
        return f"{called}.grad is not None: it has shape {tuple(grad.shape)}."
    if not tensor.requires_grad:
        return _no_gradient_wanted(tensor, called)
    if not tensor.is_leaf:
        return (
            f"{called} is not a leaf: PyTorch keeps gradients of leaves only. Call "
            f"{in_code(called)}.retain_grad() before backward()."
        )
    if loss is None:
        return (
            f"No backward() has reached {called} since it was made, or its gradient was cleared "
            "since (optimizer.zero_grad() sets it to None). why_none(tensor, loss) says whether "
            "there is a way to it."
        )
    return _no_way(tensor, called, loss, name_of(loss, lookup) if loss is not tensor else called)


def in_code(called: str) -> str:
    """Return a name that can stand in code."""
    return called if called.isidentifier() else "y"


def _no_gradient_wanted(tensor: torch.Tensor, called: str) -> str:
    where = detached_at(tensor)
    if where is not None:
        how, position = where
        source = positions.resolve(position)
        line = f" ({source}: {source.text})" if source is not None else ""
        return (
            f"{called} was cut off from the graph by {how}{line}: nothing flows back through it. "
            "Leave that out where the gradient is wanted."
        )
    if not tensor.dtype.is_floating_point and not tensor.dtype.is_complex:
        return f"{called} is {dtype_name(tensor.dtype)}: only floating tensors can have a gradient."
    return (
        f"{called} does not require a gradient: it was made without requires_grad=True, detached, "
        f"or computed under torch.no_grad(). Call {in_code(called)}.requires_grad_() before it is "
        "used."
    )


def _no_way(tensor: torch.Tensor, called: str, loss: torch.Tensor, loss_called: str) -> str:
    if not loss.requires_grad:
        return (
            f"{loss_called} has no grad_fn: nothing that requires a gradient led to it, or it was "
            "computed under torch.no_grad() or detached."
        )
    graph = walk(loss)
    leaf = next((leaf for leaf in graph.leaves if leaf.variable is tensor), None)
    if leaf is None:
        return (
            f"No way leads from {loss_called} back to {called}: it was not used for "
            f"{loss_called}, or the way was cut by detach(), .data, item(), NumPy or "
            "torch.no_grad()."
        )
    own = _own_functions(graph, leaf)
    silent = f" Or backward() of {listed(own)}, on the way, returned None." if own else ""
    if is_freed(graph):
        return (
            f"backward() of {loss_called} has run and freed its graph, and {called}.grad was "
            f"cleared since (optimizer.zero_grad() sets it to None), or another pass than "
            f"backward() ran. Compute {loss_called} again.{silent}"
        )
    return (
        f"There is a way from {loss_called} to {called}, but no backward() has run since its "
        f"gradient was cleared: call {in_code(loss_called)}.backward().{silent}"
    )


def _own_functions(graph: Graph, leaf: Node) -> list[str]:
    """Return the user's own functions between a leaf and the output, the newest first."""
    between = {leaf}
    found = []
    for node in graph.functions:  # those that made its inputs come before it
        if any(maker in between for _, (maker, _) in graph.links[node]):
            between.add(node)
            if users_rule(node) is not None:
                found.append(node._forward_cls.__name__)
    return list(dict.fromkeys(reversed(found)))


def is_freed(graph: Graph) -> bool:
    """Whether an earlier pass has freed what some function saved."""
    for node in graph.functions:
        try:
            for _ in saved.saved(node):
                pass
        except RuntimeError as error:
            if saved.is_freed(error):
                return True
    return False
