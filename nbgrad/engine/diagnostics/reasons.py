"""Why there is no graph or no gradient, and what to do: one wording for errors, repr and hints."""

from __future__ import annotations

from nbgrad.engine.grad_mode import process
from nbgrad.engine.sentinels import CONSTANT, FREED, NO_GRAD
from nbgrad.engine.variable import Variable


def why_no_graph(x: Variable) -> tuple[str, str]:
    """Say why a variable has no graph to go back through, and what to do."""
    if x._op is CONSTANT:
        return "is a constant", "Make it without requires_grad=False."
    if not process.enable_backprop:
        return "was made under no_grad", f"{STILL_OFF}, then compute it again."
    return "was made under no_grad", "Compute it outside no_grad, from Variables."


STILL_OFF = "Recording is off: switch it on, ng.Config.enable_backprop = True or %no_grad off"
"""Said while no_grad holds for the whole process, and not for a `with` only."""


def why_no_grad(x: Variable) -> tuple[str, str]:
    """Say why a variable has no gradient, and what to do."""
    if x._op is CONSTANT:
        return "a constant", "made with requires_grad=False: no gradient is computed for it"
    if x._grad is FREED:
        return "freed after backward", "use backward(retain_grad=True) to keep it"
    if x._op is NO_GRAD and not process.enable_backprop:
        return "made under no_grad", f"{STILL_OFF}, then compute it again"
    if x._op is NO_GRAD:
        return (
            "made under no_grad",
            "no graph was recorded: compute it outside to go back through it",
        )
    if x._op is None:
        return "not computed yet", "no backward() has reached it since it was made or cleared"
    return (
        "not computed yet",
        "call backward(retain_grad=True) on it, or on a result computed from it",
    )
