"""The wrong order: what step 14 of the book does before it knows generations.

The function pushed last runs first, gradients are added where they arrive, and a
variable's creator is pushed each time something arrives. So a function may run before
all of its output's gradient is there, run again later, and send the early part twice:
on the diamond ``a = x²; y = a² + a²`` at 2 it gives 96, where 64 is right.

The replay uses the engine's own rules on a table of its own and changes nothing. It can
take exponentially many calls where branches re-join again and again, hence the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbgrad.engine.backward import Pass
from nbgrad.engine.errors import add_note
from nbgrad.engine.grad_mode import Override, override
from nbgrad.engine.gradients import fit
from nbgrad.engine.pull import describe_node, pull
from nbgrad.engine.variable import Variable

from .graph_walk import function_of, node_of
from .record import Recorder

ORDERS = ("generation", "naive")
ENGINE_ORDERS = ("generation", "sequence")
"""Orders of another engine's pass; the second is its own."""


def replay_naive(root: Variable, seed: Any, recorder: Recorder, limit: int) -> bool:
    """Run the rules of a graph last in, first out; record them; change no gradient.

    Returns
    -------
    bool
        Whether the replay was cut off at the limit.
    """
    recorder.begin(root, seed)
    state = Pass(False, False, None)
    table: dict[Variable, Any] = {root: seed}
    op = function_of(root)
    stack: list[Any] = [] if op is None else [node_of(root, op)]
    mode = override.get()
    # Not a `with no_grad()`: Ctrl-C may come between the steps of one, and would leave it on.
    try:
        override.set(Override(False, None, mode))
        with np.errstate(all="ignore"):
            while stack and len(recorder.calls) < limit:
                node = stack.pop()
                try:
                    _call(state, table, node, stack, recorder)
                except BaseException as error:
                    add_note(error, f"in the naive replay of the backward of {describe_node(node)}")
                    raise
    finally:
        override.set(mode)
    return bool(stack)


def _call(
    state: Pass, table: dict[Variable, Any], node: Any, stack: list[Any], recorder: Recorder
) -> None:
    """Run one function with whatever has arrived at its outputs so far."""
    op, inputs, gys, gxs = _pull(state, table, node)
    arrivals = []
    for i, (x, gx) in enumerate(zip(inputs, gxs, strict=True)):
        if gx is None:
            continue
        gx, _ = fit(gx, x, op, i, gys, False)
        before = table.get(x)
        table[x] = gx if before is None else before + gx
        arrivals.append((i, x, gx, before, table[x]))
        if (creator := function_of(x)) is not None:
            stack.append(node_of(x, creator))
    recorder.called(node, gys, arrivals, stack)


def _pull(
    state: Pass, table: dict[Variable, Any], node: Any
) -> tuple[Any, Sequence[Any], list[Any], Sequence[Any]]:
    """Return a function, its inputs, upstream gradients and the gradients that its rule gives.

    What has arrived at its outputs stays in the table.
    """
    if isinstance(node, Variable) and node._op.pull is not None:
        gy = table[node]
        return node._op, node._inputs, [gy], node._op.pull(node, gy, False)
    outputs = [node] if isinstance(node, Variable) else [ref() for ref in node.outputs]
    state.table = {y: table[y] for y in outputs if y is not None and y in table}
    found = pull(state, node)
    state.done.clear()
    return found
