"""PyTorch's own pass, run and written down as a Trace."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any

import torch
from torch.autograd.graph import GradientEdge

from nbgrad.engine.errors import (
    GradientShapeError,
    NoGraphError,
    OperandError,
    PassOrderError,
    SavedTensorError,
)
from nbgrad.engine.scope_guard import CollectorPaused, Exit, Guarded, guard
from nbgrad.tracing.module_calls import check_depth
from nbgrad.tracing.record import Recording
from nbgrad.tracing.trace import Trace

from . import saved
from .graph import Graph, Node, is_leaf_node, ranks, walk
from .modules import places_of
from .names import Names
from .observe import Observer
from .operations import operation
from .recording import Rows, rank_here
from .values import dtype_name, handle_of, is_readable

ORDERS = ("generation", "sequence")

_recording: ContextVar[bool] = ContextVar("nbgrad_torch_recording", default=False)


def is_recording() -> bool:
    """Whether a trace records the pass that begins now."""
    return _recording.get()


def trace(
    y: torch.Tensor,
    *,
    names: Mapping[str, Any] | None = None,
    gradient: torch.Tensor | None = None,
    retain_graph: bool = False,
    create_graph: bool = False,
    apply: bool = True,
    order: str = "generation",
    modules: int | None = None,
) -> Trace:
    """Run ``y.backward()`` of a PyTorch tensor and return what happened, as plain data.

    Every ``.grad`` has the bits, layout and dtype of ``y.backward()``'s. The options are those of
    `nbgrad.trace`; ``apply=False`` leaves the random state as it was too, and the graph usable.

    Raises
    ------
    NoGraphError
        If y has no graph (a `RuntimeError`).
    SavedTensorError
        If PyTorch could not finish the pass, before anything runs (a `RuntimeError`).
    GradientShapeError
        If y has more than one element and no ``gradient`` is given, or one of another shape.
    PassOrderError
        If ``order`` is another one, such as ``"naive"`` (a `ValueError`).
    TypeError, ValueError
        If ``modules`` is not a depth from 0.
    """
    if modules is not None:
        check_depth(modules)
    token = _recording.set(True)
    try:
        with CollectorPaused():
            recorded = _record(y, names, gradient, retain_graph, create_graph, apply, order)
            assert recorded.engine is not None  # noqa: S101 - for the type
            recorded.engine.depth = modules
            return Trace(recorded)
    finally:
        _recording.reset(token)


def graph_of(
    y: torch.Tensor, names: Mapping[str, Any] | None = None
) -> tuple[Recording, dict[int, Any]]:
    """Return the graph behind a tensor as a recording of no pass, and the gradients there are.

    A graph that an earlier pass has freed can be drawn too; its values are not known.
    """
    lookup = Names(names)
    called = name_of(y, lookup)
    _check_options(y, called, "generation")
    graph = walk(y)
    _check_kinds(graph, called, lookup, complex_too=False)
    try:
        values = saved.known_values(graph, called)
    except SavedTensorError:
        values = {(leaf, 0): leaf.variable for leaf in graph.leaves}
    values[graph.root] = y
    places = places_of(graph, lookup.modules)
    observer = Observer(graph, None, places.groups)
    observer.seed(torch.ones_like(y))
    rows = Rows(graph, lookup, values, {}, places)
    recorded = rows.recording(observer, "generation", create_graph=False, applied=False)
    grads = {rows.place_of[leaf, 0]: leaf.variable.grad for leaf in graph.leaves}
    return recorded, {i: handle_of(g) for i, g in grads.items() if g is not None}


def _record(
    y: torch.Tensor, names: Mapping[str, Any] | None, gradient: torch.Tensor | None,
    retain_graph: bool, create_graph: bool, apply: bool, order: str,
) -> Recording:  # fmt: skip
    """Check, run and write down a pass."""
    lookup = Names(names)
    called = name_of(y, lookup)
    _check_options(y, called, order)
    seed = _seed(y, gradient, called)
    graph = walk(y)
    _check_kinds(graph, called, lookup)
    _check_options_of(graph, called, apply=apply, keep=retain_graph or create_graph or not apply)
    values = saved.known_values(graph, called)
    values[graph.root] = y
    places = places_of(graph, lookup.modules)
    rank = ranks(graph) if order == "generation" else None
    observer = Observer(graph, None if rank is None else rank.__getitem__, places.groups)
    before = {leaf: leaf.variable.grad for leaf in graph.leaves}
    rows = Rows(graph, lookup, values, before, places)
    values.clear()
    before = _before_changes(before) if apply else {}
    observer.totals = dict.fromkeys(before)
    observer.seed(seed)
    with observer:  # PyTorch makes ones itself: it imports SymPy to check a gradient that is given
        if apply:
            keep = retain_graph or create_graph
            with saved.explained(called):
                torch.autograd.backward(y, gradient, retain_graph=keep, create_graph=create_graph)
            _changed_later(observer, before)
        else:
            with _Untouched(lookup), saved.explained(called):
                observer.finish(_gradients(y, gradient, graph, create_graph=create_graph))
        return rows.recording(observer, order, create_graph=create_graph, applied=apply)


def name_of(y: torch.Tensor, names: Names) -> str:
    """Return what an error calls a tensor."""
    found = names.of_leaf(y) if y.grad_fn is None else names.of_made((y.grad_fn, y.output_nr))
    return found or "this tensor"


def _check_options(y: torch.Tensor, called: str, order: str) -> None:
    if order == "naive":
        raise PassOrderError(
            "order='naive' replays nbgrad's own rules; PyTorch's can only be run as PyTorch runs "
            "them. Use order='generation', or order='sequence' for PyTorch's own order."
        )
    if order not in ORDERS:
        raise PassOrderError(f"order must be {' or '.join(map(repr, ORDERS))}, not {order!r}.")
    if not y.requires_grad:
        raise NoGraphError(
            f"backward() of {called}: it has no grad_fn and does not require a gradient, so there "
            "is no graph to go back through. Compute it from tensors made with "
            "requires_grad=True, outside torch.no_grad()."
        )


def _seed(y: torch.Tensor, gradient: torch.Tensor | None, called: str) -> torch.Tensor:
    """Return the upstream gradient, as ``y.backward(gradient)`` would start with it."""
    if y.is_complex():
        raise OperandError(
            f"backward() of {called}: it is {dtype_name(y.dtype)}, and nbgrad shows real "
            "gradients only. Go back from a real number, such as y.abs().sum()."
        )
    if gradient is None:
        if y.numel() != 1:
            raise GradientShapeError(
                f"backward() of {called}: it has shape {tuple(y.shape)}, and a pass starts from "
                "one number. Give gradient=torch.ones_like(y), or go back from y.sum()."
            )
        return torch.ones_like(y, memory_format=torch.preserve_format)
    if not isinstance(gradient, torch.Tensor):
        raise OperandError(
            f"backward() of {called}: gradient is a torch.Tensor of shape {tuple(y.shape)}, not "
            f"{type(gradient).__name__}: torch.tensor(...) makes one."
        )
    if gradient.shape != y.shape:
        raise GradientShapeError(
            f"backward() of {called}: the upstream gradient has shape {tuple(gradient.shape)}, "
            f"and {called} has shape {tuple(y.shape)}. They must be the same."
        )
    return gradient


def _check_options_of(graph: Graph, called: str, *, apply: bool, keep: bool) -> None:
    """Refuse what PyTorch cannot run in this way, before anything runs."""
    if not apply and any(map(_waits_for_others, graph.leaves)):
        raise OperandError(
            f"backward() of {called}: a leaf has a hook of register_multi_grad_hook, which PyTorch "
            "can only run with apply=True."
        )
    for node in graph.functions:
        name = node.name()
        if name == "CheckpointFunctionBackward" and not apply:
            raise OperandError(
                f"backward() of {called}: it goes through a reentrant checkpoint, which PyTorch "
                "can only run with apply=True. Use checkpoint(..., use_reentrant=False)."
            )
        if keep and _runs_once(node):
            raise OperandError(
                f"backward() of {called}: it goes through a compiled function whose buffers "
                "PyTorch uses again, so its graph cannot be kept (apply=False, retain_graph, "
                "create_graph). Set torch._functorch.config.donated_buffer = False before it is "
                "compiled, or trace without these."
            )


def _check_kinds(graph: Graph, called: str, names: Names, *, complex_too: bool = True) -> None:
    """Refuse what has no one array of real numbers: nested, complex, without elements to read."""
    for leaf in graph.leaves:
        if not is_readable(leaf.variable):
            raise OperandError(
                f"backward() of {called}: {_leaf(leaf, names)} is of class "
                f"{type(leaf.variable).__name__}, whose elements cannot be read. Trace the same "
                "computation with plain tensors."
            )
    for node in (*graph.leaves, *graph.functions):
        for spec in node._input_metadata:
            if spec.is_nested_tensor:
                kind, shown = "a nested tensor", "of one array each"
            elif spec.device.type == "meta":
                kind, shown = "a tensor on the device meta", "whose elements can be read"
            elif spec.dtype.is_complex and complex_too:
                kind, shown = dtype_name(spec.dtype), "of real numbers"
            else:
                continue
            name = operation(node.name()).name
            what = f"{_leaf(node, names)} is" if is_leaf_node(node) else f"{name} gives"
            raise OperandError(
                f"backward() of {called}: {what} {kind}, and nbgrad shows gradients {shown} only. "
                "Call backward() itself, or trace a part of the computation without it."
            )


def _leaf(leaf: Node, names: Names) -> str:
    return names.of_leaf(leaf.variable) or "a leaf"


def _waits_for_others(leaf: Node) -> bool:
    """Whether a leaf has a hook that asks which other leaves the pass will reach."""
    hooks = (leaf.variable._backward_hooks or {}).values()
    return any(getattr(hook, "__module__", "") == GradientEdge.__module__ for hook in hooks)


def _runs_once(node: Node) -> bool:
    """Whether a compiled function gives its buffers away in its first backward pass."""
    made = getattr(getattr(node, "_forward_cls", None), "metadata", None)
    return bool(getattr(made, "bw_donated_idxs", None)) and torch._functorch.config.donated_buffer


def _before_changes(before: Mapping[Node, torch.Tensor | None]) -> dict[Node, torch.Tensor | None]:
    """Return what is in ``.grad`` of the leaves where something may change it after the sum.

    That is a hook of the user's that runs after the gradient was added up, or the reduction over
    the ranks of a distributed run.
    """
    ranks_meet = rank_here() is not None
    return {
        leaf: None if grad is None else grad.detach().clone()
        for leaf, grad in before.items()
        if ranks_meet or leaf.variable._post_accumulate_grad_hooks
    }


def _changed_later(observer: Observer, before: Mapping[Node, torch.Tensor | None]) -> None:
    """Compare the leaves' gradients with what was sent there."""
    for leaf, grad in before.items():
        reduced = not leaf.variable._post_accumulate_grad_hooks
        if leaf.variable.grad is not None:
            observer.changed_later(leaf, grad, leaf.variable.grad, reduced=reduced)


def _gradients(
    y: torch.Tensor, gradient: torch.Tensor | None, graph: Graph, *, create_graph: bool
) -> dict[Any, torch.Tensor | None]:
    """Run the pass without adding to any ``.grad``; return the leaves' gradients.

    Leaves are named by their nodes: one may have been frozen since the forward pass.
    """
    found = torch.autograd.grad(
        y,
        [GradientEdge(leaf, 0) for leaf in graph.leaves],
        gradient,
        retain_graph=True,
        create_graph=create_graph,
        allow_unused=True,
    )
    return dict(zip(graph.leaves, found, strict=True))


class _Untouched(Guarded):
    """Put back the random state, and the ``.grad`` of retained tensors that have a name."""

    def __init__(self, names: Names) -> None:
        self._retained = names.retained

    def __enter__(self) -> None:
        """Everything was noted before."""

    def _exit(self) -> Exit:
        generators = [torch.default_generator]
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            generators += torch.cuda.default_generators
        return guard(
            *[partial(g.set_state, g.get_state()) for g in generators],
            *[partial(setattr, t, "grad", t.grad) for t in self._retained],
        )
