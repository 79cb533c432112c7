"""What another engine's trace cannot show, and why: said once below every view."""

from __future__ import annotations

from nbgrad.tracing.model import NO_GRADIENT, Parts

from .language import Speaker
from .phrases import Phrases

MAX_NAMED = 12
"""How many leaves without a gradient are named."""


def reasons(trace: Parts, speaker: Speaker) -> list[str]:
    """Return a sentence on the leaves that no gradient reached, and one on missing values."""
    told = []
    without = [v.id for v in trace.variables if v.none_reason == NO_GRADIENT]
    if without:
        grads = Phrases(trace.variables, speaker).grads(without, MAX_NAMED)
        told.append(
            speaker.text("no_gradient.1" if len(without) == 1 else "no_gradient", grads=grads)
        )
    unknown = sum(bool(v.value_state) for v in trace.variables)
    if unknown:
        told.append(speaker.text("not_kept", values=speaker.count("values", unknown)))
    if trace.rank is not None:
        key = "rank" if any(f.name == "all_reduce" for f in trace.functions) else "rank_alone"
        told.append(speaker.text(key, rank=trace.rank[0], n=trace.rank[1]))
    return told
