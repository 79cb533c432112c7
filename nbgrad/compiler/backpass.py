"""The backward pass of a program, in the order of `engine.backward`.

The pass is followed on the recorded graph with values in the place of gradients, so that
the program adds in the same order, and hence with the same bits.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

import numpy as np

from nbgrad.engine.arrays import sum_to_shape, to_raw
from nbgrad.engine.diagnostics.numpy_warnings import computed
from nbgrad.engine.nested import replaced
from nbgrad.engine.variable import Variable

from .functions import (
    CalledFunction,
    UserFunction,
    as_a_whole,
    for_tracing,
    name_of,
    rule_of_called,
)
from .program import Call, Value
from .record import Node, Recorder, needs_gradient
from .traced import TracedArray, plain, value_of

_float64 = np.dtype(np.float64)


class BackPass:
    """A pass from one output.

    Attributes
    ----------
    seed : Value
        The upstream gradient.
    table : dict
        By the id of a Variable, the gradient gathered so far.
    is_wider : bool
        Whether a gradient of float16 was added up in float32.
    """

    def __init__(self, recorder: Recorder, root: Variable) -> None:
        self.recorder = recorder
        self.table: dict[int, Value] = {}
        self.owned: set[int] = set()
        value = recorder.values[id(root)]
        dtype = dtype_of(value)
        shape = value.example.shape
        self.seed = Value(np.ones(shape, dtype) if shape else dtype.type(1), name="gy")
        self.table[id(root)] = self.seed
        self.is_wider = False
        self.run(root)
        self.finish()

    def gradient(self, x: Any) -> Value | None:
        """Return the gradient of an input, or None where the output does not depend on it."""
        return self.table.get(id(x))

    def run(self, root: Variable) -> None:
        """Follow the pass."""
        node_of = self.recorder.node_of
        queued: set[int] = set()
        queue: list[tuple[int, int, Node]] = []
        ticket = 0
        waiting = [root]
        while waiting or queue:
            for x in waiting:
                node = node_of.get(id(x))
                if node is not None and id(node) not in queued:
                    queued.add(id(node))
                    heappush(queue, (-node.generation, ticket, node))
                    ticket += 1
            if not queue:
                return
            waiting = self.pull(heappop(queue)[2])

    def pull(self, node: Node) -> list[Variable]:
        """Run a node's rules; return the inputs that a first gradient has reached."""
        first = len(self.recorder.calls)
        gys = []
        for y, value in zip(node.outputs, node.outs, strict=True):
            gy = self.table.pop(id(y), None)
            gys.append(zeros(value) if gy is None else gy)
        if isinstance(node.op, UserFunction):
            gxs = self.of_function(node, gys)
        else:
            gxs = [
                self.of_rule(node, i, gys) if needs_gradient(x) else None
                for i, x in enumerate(node.inputs)
            ]
        reached = []
        for i, x in enumerate(node.inputs):
            if x is None or gxs[i] is None or not needs_gradient(x):
                continue
            before = self.table.get(id(x))
            gx, fresh = self.fit(gxs[i], x, node.op.aliases)
            self.table[id(x)] = self.add(before, gx, x, fresh)
            if before is None:
                reached.append(x)
        for call in self.recorder.calls[first:]:
            call.place = node.place
        return reached

    def of_rule(self, node: Node, i: int, gys: list[Any]) -> Any:
        """Note the rule of one input."""
        several = getattr(node.op, "several_outputs", False)
        gy, y = (tuple(gys), tuple(node.outs)) if several else (gys[0], node.outs[0])
        recorder = self.recorder
        traced = replaced((gy, y), self._traced)
        found = recorder.attempt(
            lambda *xs: for_tracing(node.op, recorder, i)(*traced, *xs), node.operands
        )
        if found is not None:
            return found[0]
        whole, first = as_a_whole(node.op, i)
        if node.handle is not None:
            whole, first = rule_of_called(i), (node.handle,)
        operands = (*first, gy, y, *node.operands)
        result = computed(whole, *plain_tree(operands))
        if result is None:
            return None
        name = name_of(getattr(node.op, "op", node.op), i)
        return recorder.opaque(whole, operands, [result], name)[0]

    def _traced(self, v: Any) -> Any:
        return TracedArray(self.recorder, v) if isinstance(v, Value) else v

    def of_function(self, node: Node, gys: list[Any]) -> list[Any]:
        """Note a user's rule."""
        recorder, function = self.recorder, node.op
        called, outputs = node.handle, node.outputs
        results = function.backward(
            CalledFunction(called.example, outputs), *plain_tree(tuple(gys))
        )
        call = Call(
            "python",
            function.backward,
            (called, *gys),
            effects=True,
            unpack=True,
            label=f"{function.label}_backward",
        )
        found = recorder.add_opaque(call, results)
        return [None if v.example is None else v for v in found]

    def fit(self, gx: Any, x: Variable, aliases: bool) -> tuple[Any, bool]:
        """Give a gradient the shape and dtype of its variable, as `engine.gradients.fit`."""
        value = self.recorder.values[id(x)]
        shape, dtype, fresh = value.example.shape, dtype_of(value), not aliases
        if not isinstance(gx, Value):
            if gx is None:
                return None, False
            gx = np.asarray(gx, dtype if isinstance(gx, (int, float)) else None)
        elif isinstance(gx.example, (int, float)) and not isinstance(gx.example, np.generic):
            gx = self.recorder.note("python", np.asarray, (self._traced(gx), dtype), {})
            gx = value_of(gx)
        traced = self._traced(gx)
        if traced.shape != shape:
            traced, fresh = sum_to_shape(traced, shape), True
        if traced.dtype != dtype:
            traced, fresh = traced.astype(dtype), True
        found = value_of(traced)
        example = plain(traced)
        if isinstance(example, np.ndarray) and not example.ndim:
            found = self.recorder._as_raw(found) if isinstance(found, Value) else found[()]
        return found, fresh

    def add(self, before: Any, gx: Any, x: Variable, fresh: bool) -> Any:
        """Add a gradient to what was gathered, as `engine.gradients.add`."""
        has_buffer = isinstance(plain(self._traced(gx)), np.ndarray)
        if before is None:
            if fresh and has_buffer:
                self.owned.add(id(x))
            return gx
        first, second = self._traced(before), self._traced(gx)
        if first.dtype.char == "e":
            first = first.astype(np.float32)
            self.owned.add(id(x))
        if has_buffer and id(x) not in self.owned and fresh:
            first, second = second, first  # gx += before: of two NaNs the first one stays
        self.owned.add(id(x))
        return value_of(first + second)

    def finish(self) -> None:
        """Give each gradient the dtype of its input, as `engine.commit.private`."""
        for x in self.recorder.inputs:
            g, value = self.gradient(x), self.recorder.values[id(x)]
            if g is not None and self._traced(g).dtype != dtype_of(value):
                self.is_wider = self.is_wider or value.example.dtype.char == "e"
                self.table[id(x)] = value_of(self._traced(g).astype(dtype_of(value)))


def dtype_of(value: Value) -> np.dtype[Any]:
    """Return the dtype of a value's gradient."""
    dtype: np.dtype[Any] = value.example.dtype
    return dtype if dtype.kind == "f" else _float64


def zeros(value: Value) -> Any:
    """Return the gradient of an output that was not used."""
    return to_raw(np.zeros(value.example.shape, dtype_of(value)))


def plain_tree(tree: Any) -> Any:
    """Return nested tuples with arrays in the place of values."""
    return replaced(tree, lambda v: v.example if isinstance(v, Value) else v)
