"""The wrong order: what step 14 of the book does before it knows generations.

The function pushed last runs first, gradients are added where they arrive, and a
variable's creator is pushed each time something arrives. So a function may run before
all of its output's gradient is there, run again later, and send the early part twice:
on the diamond ``a = x²; y = a² + a²`` at 2 it gives 96, where 64 is right.

The replay uses the engine's own rules on a table of its own and changes nothing. It can
take exponentially many calls where branches re-join again and again, hence the limit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nbgrad.engine.backward import described
from nbgrad.engine.diagnostics.numpy_warnings import unrefused
from nbgrad.engine.errors import add_note
from nbgrad.engine.grad_mode import OFF, Override, override
from nbgrad.engine.gradients import fit
from nbgrad.engine.scope_guard import error_state
from nbgrad.engine.variable import Variable

from .graph_walk import function_of
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
    table = {id(root): seed}  # the recorder's graph holds every variable
    stack = [] if function_of(root) is None else [root]
    mode, restore_errors = override.get(), error_state()
    # Not a `with no_grad()`: Ctrl-C may come between the steps of one, and would leave it on.
    try:
        override.set(OFF if mode is None else Override(False, None, mode))
        np.seterr(all="ignore")
        while stack and len(recorder.calls) < limit:
            node = stack.pop()
            try:
                _call(table, node, stack, recorder)
            except BaseException as error:
                add_note(error, f"in the naive replay of the backward of {described(node)}")
                raise
    finally:
        try:
            override.set(mode)
        finally:
            restore_errors()
    return bool(stack)


def _call(table: dict[int, Any], node: Variable, stack: list[Variable], recorder: Recorder) -> None:
    """Run one function with whatever has arrived at its outputs so far, which stays there."""
    op = node._op
    gys = [table[id(node)]]
    given: tuple[Any, ...]
    if node._x0 is not None:
        rule, given = op.pull, (node, gys[0], False)
    else:
        ys = op.alive()
        gys = [None if y is None else table.get(id(y)) for y in ys]
        rule, given = op.pull_outputs, (node, ys, gys, False)
    try:
        parts = rule(*given)
    except TypeError as error:
        parts = unrefused(error, rule, *given)
    arrivals = []
    for i, x, gx in parts:
        if gx is None:
            continue
        gx, _ = fit(gx, x, op, i, gys, False)
        before = table.get(id(x))
        after = table[id(x)] = gx if before is None else before + gx
        arrivals.append((i, x, gx, before, after))
        if function_of(x) is not None:
            stack.append(x)
    recorder.called(node, gys, arrivals)
