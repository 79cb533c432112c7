"""What holds for every trace of a PyTorch pass."""

from __future__ import annotations

from nbgrad.tracing import Trace


def check_sums(trace: Trace) -> None:
    """Check that each contribution adds to what was there, and is what the next function gets."""
    gathered = {trace.root.id: trace.seed}
    for call in trace.calls:
        for output, upstream in zip(call.function.outputs, call.upstream, strict=True):
            assert upstream == gathered.get(output)
        for c in call.contributions:
            assert c.before == gathered.get(c.variable.id)
            gathered[c.variable.id] = c.after
