"""Watching a PyTorch forward pass: lines, values and module calls of every function.

What is seen is kept on PyTorch's own nodes (``grad_fn.metadata``) and freed with them. A
function that fails is named, with the shapes it was given, and what led to it can be drawn.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from torch.overrides import TorchFunctionMode, resolve_name
from torch.utils.hooks import RemovableHandle

from nbgrad.engine.diagnostics import positions
from nbgrad.engine.errors import OperandError, add_note
from nbgrad.engine.scope_guard import Exit, Guarded, Step, guard
from nbgrad.tracing.module_calls import plain
from nbgrad.tracing.summaries import Budget

from .graph import Node, age, is_leaf_node
from .node_metadata import Seen, keep, keep_detached, seen_of
from .values import dtype_name, handle_of

_FOLDERS = (*torch.__path__, positions.PACKAGE)
_call: Any = partial.__call__


def _run(steps: list[Step]) -> Step:
    """Return a step that runs all of a list, which may still grow, in compiled code alone."""
    return partial(deque, map(_call, steps), 0)


class watch(Guarded):  # noqa: N801 - read as a verb in a with statement
    """Watch PyTorch's forward pass inside a ``with``, for traces of what it computes.

    Parameters
    ----------
    model : torch.nn.Module, optional
        Whose modules' calls are told apart.
    values : bool
        Capture the value of every intermediate tensor, as far as a trace keeps values.
    lines : bool
        Note the user's line of every function.

    Attributes
    ----------
    failed : torch.Tensor or None
        After a forward pass that failed: the newest tensor that led to the failing call.
        ``ng.graph(w.failed)`` draws the graph up to it.

    Raises
    ------
    OperandError
        If ``model`` is not a module (a `TypeError`).

    Notes
    -----
    Without it a trace knows the values that PyTorch saved, no lines, and the module of a function
    by the parameters that it takes, or by its place in a ``Sequential``. Which ``nn.ReLU`` of a
    module with a ``forward`` of its own ran cannot be known then.

    Examples
    --------
    >>> import torch
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> with watch():
    ...     y = (x.exp() + 1).sin()
    """

    def __init__(
        self, model: torch.nn.Module | None = None, *, values: bool = True, lines: bool = True
    ) -> None:
        if model is not None and not isinstance(model, torch.nn.Module):
            raise OperandError(
                f"watch(model) takes a torch.nn.Module, not {type(model).__name__}. "
                "watch() alone watches every function."
            )
        self.failed: torch.Tensor | None = None
        self._model = model
        self._values = values
        self._lines = lines
        self._undo: list[Step] = []

    def __enter__(self) -> watch:
        undo = self._undo
        calls = _Calls(self._model)
        mode = _Mode(self, calls)
        calls.attach(undo)
        leave = partial(torch._C._pop_torch_function_stack)
        # Entered, and its end taken note of, without a moment between: Ctrl-C comes before or after.
        _run([partial(torch._C._push_on_torch_function_stack, mode), partial(undo.append, leave)])()
        return self

    def _exit(self) -> Exit:
        self._undo = []
        return guard(_run(self._undo))


_CUTS = {"detach": "detach()", "detach_": "detach_()", "__get__": ".data"}


class _Calls:
    """Which module call is running, in each thread."""

    def __init__(self, model: torch.nn.Module | None) -> None:
        named = () if model is None else model.named_modules()  # each module once
        self._paths = {module: path for path, module in named}
        self.kinds = {path: type(module).__name__ for module, path in self._paths.items()}
        self._counts: dict[str, int] = {}
        self._running = threading.local()

    @property
    def path(self) -> str:
        """The innermost module call that runs in this thread."""
        stack = getattr(self._running, "stack", None)
        return stack[-1] if stack else ""

    def attach(self, undo: list[Step]) -> None:
        """Put hooks on every module, each after the step that takes it off.

        As ``register_forward_pre_hook`` and ``register_forward_hook(..., always_call=True)`` do:
        they return the handle only when the hook is on.
        """
        for module in self._paths:
            tables: list[tuple[Any, Any]] = [
                (module._forward_pre_hooks, self._enter),
                (module._forward_hooks, self._leave),
                (module._forward_hooks_always_called, True),
            ]
            before, after = RemovableHandle(tables[0][0]), RemovableHandle(tables[1][0])
            for (table, hook), handle in zip(tables, (before, after, after), strict=True):
                undo.append(partial(table.pop, handle.id, None))
                table[handle.id] = hook

    def _enter(self, module: torch.nn.Module, args: Any) -> None:
        if _is_compiling():  # what is compiled is one function
            return
        stack = getattr(self._running, "stack", None)
        if stack is None:
            stack = self._running.stack = []
        path = self._paths[module]
        # The path of the call that it is in, which may be the second of its module.
        outer = stack[-1] if stack else ""
        name = path.rpartition(".")[2]
        inside = plain(outer)
        rest = path[len(inside) + 1 :] if inside and path.startswith(f"{inside}.") else path
        whole = f"{outer}.{rest}" if outer and rest != path else path
        if name:
            self._counts[whole] = n = self._counts.get(whole, 0) + 1
            whole = whole if n == 1 else f"{whole}#{n}"
        stack.append(whole)

    def _leave(self, module: torch.nn.Module, args: Any, result: Any) -> None:
        if _is_compiling():
            return
        stack = getattr(self._running, "stack", None)
        if stack:
            stack.pop()


class _Mode(TorchFunctionMode):
    """Sees every call of a PyTorch function."""

    def __init__(self, owner: watch, calls: _Calls) -> None:
        super().__init__()
        self._owner = owner
        self._calls = calls
        self._budget = Budget()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if _is_compiling():  # what is compiled is one function
            return func(*args, **kwargs)
        first = torch._C._autograd._get_sequence_nr()
        given = {t.grad_fn for t in _tensors((args, kwargs))}
        try:
            result = func(*args, **kwargs)
        except Exception as error:
            self._tell(error, func, args, kwargs)
            raise
        if torch._C._autograd._get_sequence_nr() != first:
            self._note(first, result, args, given)
        elif isinstance(result, torch.Tensor) and not result.requires_grad:
            self._note_cut(func, result, args)
        return result

    def _note_cut(self, func: Any, result: torch.Tensor, args: Any) -> None:
        """Keep where a tensor that had a graph was cut off from it."""
        if any(t.requires_grad for t in _tensors(args)) and result.is_floating_point():
            name = _function_name(func).rpartition(".")[2]
            how = _CUTS.get(name) or (
                "torch.no_grad()" if not torch.is_grad_enabled() else f"{name}()"
            )
            keep_detached(result, how, self._position())

    def _note(self, first: int, result: Any, args: Any, given: set[Any]) -> None:
        """Keep what was seen on the nodes that a call made: they end at those it was given.

        Numbers alone would not tell: each thread has its own.
        """
        made = [t for t in _tensors(result) if t.grad_fn is not None]
        # A call that writes in place, such as x[0] = 1, gives its first argument a new node.
        made += [t for t in _tensors(args[:1]) if t.grad_fn is not None]
        position = self._position() if self._owner._lines else None
        path = self._calls.path
        self._note_custom(args, path)
        waiting = [t.grad_fn for t in made]
        while waiting:
            node = waiting.pop()
            if node is None or node in given or not _is_new(node, first):
                continue
            keep(node, Seen(position, path, {}, self._calls.kinds))
            waiting.extend(f for f, _ in node.next_functions)
        if self._owner._values:
            for t in made:
                seen = seen_of(t.grad_fn)
                if _is_new(t.grad_fn, first, noted=True) and t.output_nr not in seen.values:
                    seen.values[t.output_nr] = handle_of(t, self._budget)

    def _note_custom(self, args: Any, path: str) -> None:
        """Note a function that PyTorch calls unseen, such as a custom one, where its result is used."""
        for t in _tensors(args):
            node = t.grad_fn
            if node is None or not hasattr(node, "_forward_cls") or seen_of(node).noted:
                continue
            values = {t.output_nr: handle_of(t, self._budget)} if self._owner._values else {}
            keep(node, Seen(None, path, values, self._calls.kinds))

    @staticmethod
    def _position() -> Any:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename.startswith(_FOLDERS):
            frame = frame.f_back
        return frame.f_code, frame.f_lasti

    def _tell(self, error: Exception, func: Any, args: Any, kwargs: Any) -> None:
        """Name the call that failed, with its shapes, in a note of the error."""
        if getattr(error, "_nbgrad_told", False):
            return
        given = list(_tensors((args, kwargs)))
        newest = max(given, key=age, default=None)
        if newest is not None and age(newest):
            self._owner.failed = newest
        shapes = ", ".join(f"{tuple(t.shape)} {dtype_name(t.dtype)}" for t in given)
        path = self._calls.path
        where = f" in module {path}" if path else ""
        error._nbgrad_told = True  # type: ignore[attr-defined]
        add_note(
            error,
            f"in {_function_name(func)}{where}, called with {shapes or 'no tensor'}"
            + "; ng.graph(w.failed) draws what led to it" * (self._owner.failed is not None),
        )


def _is_compiling() -> bool:
    """Whether PyTorch only takes down what it will compile."""
    return torch.compiler.is_compiling() or torch._C._is_tracing()


def _is_new(node: Node, first: int, *, noted: bool = False) -> bool:
    """Whether a call that began at a sequence number made a node."""
    if is_leaf_node(node) or node._sequence_nr() < first:
        return False
    return noted or not seen_of(node).noted


def _function_name(func: Any) -> str:
    return str(resolve_name(func) or getattr(func, "__name__", func))


def _tensors(value: Any, depth: int = 4) -> Iterator[torch.Tensor]:
    """Yield the tensors of nested results and arguments."""
    if isinstance(value, torch.Tensor):
        yield value
    elif depth and isinstance(value, (tuple, list)):
        for one in value:
            yield from _tensors(one, depth - 1)
    elif depth and isinstance(value, dict):
        for one in value.values():
            yield from _tensors(one, depth - 1)
