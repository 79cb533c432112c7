"""Why a gradient is None, and what to do: one wording for the repr and for the hints."""

from __future__ import annotations

from .states import CONSTANT, FREED, NO_GRAD
from .variable import Variable


def why_no_grad(x: Variable) -> tuple[str, str]:
    """Say why a variable has no gradient, and what to do."""
    if x._op is CONSTANT:
        return "a constant", "made with requires_grad=False: no gradient is computed for it"
    if x._grad is FREED:
        return "freed after backward", "use backward(retain_grad=True) to keep it"
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
