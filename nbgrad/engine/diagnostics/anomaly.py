"""Finding where NaN, infinities and changed data come from."""

from __future__ import annotations

import sys
import weakref
from contextvars import Token
from functools import partial
from typing import Any

import numpy as np

from nbgrad.engine.errors import AnomalyError, add_note, describe, describe_all
from nbgrad.engine.observer import Observer, watching
from nbgrad.engine.scope_guard import Exit, Guarded, guard
from nbgrad.engine.sentinels import State
from nbgrad.engine.variable import Variable

from . import positions as source


class detect_anomaly(Guarded):  # noqa: N801 - read as a verb in a with statement
    """Raise where NaN, an infinity or an in-place change first appears.

    Inside the ``with``, every operation checks its result, every rule its gradients,
    and the pass checks that no array was written to between forward and backward.
    The error names the function, its variables and the line (and cell) that made it.
    A function is not reported for inputs that are not finite themselves.
    Costs a pass over every array; meant for looking for a fault, not for training.

    Raises
    ------
    AnomalyError
        An `ArithmeticError`.

    Examples
    --------
    >>> import nbgrad as ng
    >>> with ng.detect_anomaly():  # doctest: +SKIP
    ...     y = ng.log(x * 0.0)
    """

    def _exit(self) -> Exit:
        watch: Any = watching.get()
        if watch is not None and watch.owner is self:  # entered by hand, or again
            return partial(leave_to, watch.outer)
        left: list[Token[Any]] = []
        return guard(partial(left.extend, map(watching.set, (watch,))), partial(_stop, left, watch))

    def __enter__(self) -> detect_anomaly:
        from nbgrad.engine.suspended import warn_of_consumer  # reads bytecode

        warn_of_consumer(sys._getframe(1), "detect_anomaly", decorator=False)
        outer: Any = watching.get()
        try:
            watching.set(_Watch(self, outer))
            source.watch_nodes(_note, watching.get())
        except BaseException:  # Ctrl-C
            leave_to(outer)
            raise
        return self


def leave_to(outer: Any, *_: object) -> None:
    """Reinstate the outer watch, or none, when this one ends."""
    _stop([watching.set(outer)], outer)


def _stop(left: list[Token[Any]], outer: Any) -> None:
    watch = left[0].old_value
    if isinstance(watch, _Watch) and watch is not outer:
        source.stop_watching(watch)


class _Watch:
    """Checksums of the inputs of every node that was made while watching.

    It is active as long as a context holds a reference to it.
    """

    def __init__(self, owner: object, outer: _Watch | None) -> None:
        self.owner = owner
        self.outer = outer
        self.sums: dict[int, tuple[weakref.ref[Any], list[int]]] = {}
        self.room = _ROOM

    def watch(self, inner: Observer | None) -> Observer:
        """Return an observer that checks a pass."""
        return _Checker(self, inner)

    def remember(self, node: Any) -> None:
        self.sums[id(node)] = weakref.ref(node), [_checksum(x) for x in node._inputs]
        # Not by a weak reference's callback: Ctrl-C inside one is lost.
        if len(self.sums) > self.room:
            self.sums = {k: kept for k, kept in self.sums.items() if kept[0]() is not None}
            self.room = 2 * len(self.sums) + _ROOM

    def changed(self, node: Any) -> Any:
        """Return the input whose data is not what the forward pass saw, or None."""
        ref, sums = self.sums.get(id(node), (None, []))
        seen: Any = None if ref is None else ref()
        if seen is not node:
            return None
        for x, before in zip(seen._inputs, sums, strict=True):
            if _checksum(x) != before:
                return x
        return None


_ROOM = 1000
"""Beyond this many nodes, the checksums of freed ones are dropped."""


def _note(node: Variable) -> None:
    """Check a new result, and remember what it was made from."""
    watch = watching.get()
    op = node._op
    # Under no_grad the inputs are not kept, so the origin cannot be named.
    if not isinstance(watch, _Watch) or isinstance(op, State):
        return
    inputs = node._inputs
    if trouble(node._data) and not any(trouble(x) for x in inputs):
        at = source.resolve(source.here())
        error = AnomalyError(
            f"{op.label}({describe_all(inputs)}) made {trouble(node._data)} out of finite "
            f"values{_at(at)}. Look at its inputs: for example log or division at 0, "
            "exp of a large number."
        )
        add_note(
            error,
            "If a where leaves these elements out, choose before the function too: "
            "f(ng.where(mask, x, 1.0)). Else its gradient is NaN.",
        )
        raise error
    watch.remember(node)


class _Checker:
    """Checks what an inner observer is told."""

    def __init__(self, watch: _Watch, inner: Observer | None) -> None:
        self.watch = watch
        self.inner = inner

    def begin(self, root: Variable, seed: Any) -> None:
        if self.inner is not None:
            self.inner.begin(root, seed)

    def called(self, node: Variable, gys: Any, arrivals: list[Any]) -> None:
        op = node._op
        outputs = [node] if node._x0 is not None else op.alive()
        at = _at(next((y.source for y in outputs if y is not None), None))
        for y in outputs:
            x = None if y is None else self.watch.changed(y)
            if x is not None:
                raise AnomalyError(
                    f"{describe(x)} was changed in place after {op.label} used it{at}: the "
                    "gradient would be wrong. Update data after backward(), or work on a copy."
                )
        if not any(trouble(v) for v in (*gys, *node._inputs)):
            for i, x, amount, _, _ in arrivals:
                if trouble(amount):
                    raise AnomalyError(
                        f"{op.label}.backward made {trouble(amount)} for its input {i}, "
                        f"{describe(x)}, out of finite values{at}.{_unchosen(amount, gys)}"
                    )
        if self.inner is not None:
            self.inner.called(node, gys, arrivals)


def _unchosen(amount: Any, gys: Any) -> str:
    """Say how a gradient of 0 became NaN: the branch that a ``where`` does not choose."""
    value, gy = (g._data if isinstance(g, Variable) else g for g in (amount, gys[0]))
    if len(gys) != 1 or np.shape(value) != np.shape(gy) or not (np.isnan(value) & (gy == 0)).any():
        return ""
    return (
        " A gradient of 0 arrived, as from a where that does not choose this branch, and 0 times an "
        "infinite slope is NaN. Choose before the function: f(ng.where(mask, x, 1.0))."
    )


def trouble(value: Any) -> str:
    """Name what is not finite in a value; empty if nothing is."""
    value = value._data if isinstance(value, Variable) else value
    if value is None or np.asarray(value).dtype.kind != "f" or np.isfinite(value).all():
        return ""
    return "NaN" if np.isnan(value).any() else "an infinity"


def _checksum(x: Any) -> int:
    import zlib  # needed here alone, and slow to import

    value = x._data if isinstance(x, Variable) else x
    return zlib.crc32(np.ascontiguousarray(value).tobytes())


def _at(at: source.Source | None) -> str:
    return f", {at}" if at is not None else ""
