"""What is wrong with the gradient flow of a model, in one line."""

from __future__ import annotations

from nbgrad.tracing.flow import TROUBLES, Flow

from .language import Speaker

MAX_NAMED = 3
"""How many parameters of one trouble are named."""


def tell_flow(flow: Flow, speaker: Speaker) -> str:
    """Name the parameters whose gradient is missing, NaN, infinite, vanishes, explodes or is dead.

    Parameters
    ----------
    flow : Flow
    speaker : Speaker
    """
    told = []
    for trouble in TROUBLES:
        found: list[str] = [row.name for row in flow.parameters if row.trouble == trouble]
        if not found:
            continue
        names = speaker.listed(found[:MAX_NAMED], len(found) - MAX_NAMED)
        told.append(speaker.text(f"flow_{trouble}", names=names))
    return "; ".join(told) or speaker.text("flow_fine")
