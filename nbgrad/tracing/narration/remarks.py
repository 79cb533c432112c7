"""Remarks on a trace: the largest and smallest gradient, dead and saturated units, its gradient flow.

A remark names a variable, the step at which it is seen, and says in a sentence what is there.
"""

from __future__ import annotations

from typing import NamedTuple

from nbgrad.tracing import format as fmt
from nbgrad.tracing.flow import TROUBLES, Flow
from nbgrad.tracing.model import Parts, Summary, VariableInfo
from nbgrad.tracing.summaries import NEAR

from .language import Speaker
from .phrases import MAX_NAME
from .titles import variable_name

MIN_DEAD_SHARE = 0.1
"""An activation with at least this share of zeros is called dead."""
MIN_SATURATED_SHARE = 0.3
"""From this share on, elements at a limit of their function are called saturated."""
MAX_REMARKS = 8
MAX_NAMED = 3
"""How many parameters of one trouble are named."""

_DEAD = frozenset(["relu", "maximum", "clip", "clamp", "threshold"])
_SQUASHING = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}


class Remark(NamedTuple):
    """One remark: its kind, the variable, the step of the backward pass, and the sentence."""

    kind: str
    variable: str
    step: int
    text: str


def remarks(trace: Parts, lang: str = "en") -> list[Remark]:
    """Return the remarks, those on the extreme gradients first."""
    say = Speaker(lang).text
    found: list[Remark] = []
    sizes: dict[str, tuple[float, int, Summary]] = {}
    for k, step in enumerate(trace.steps, start=1):
        for call in step.calls:
            for c in call.contributions:
                size = c.after.magnitude if c.after.norm is None else c.after.norm
                sizes[c.variable.id] = (size, k, c.after)
    ranked = sorted(
        (size, k, key) for key, (size, k, s) in sizes.items() if size and not s.nan + s.inf
    )
    if len(ranked) > 1:
        for kind, (size, k, key) in (("largest", ranked[-1]), ("smallest", ranked[0])):
            name = _name(trace.variables[key], lang)
            text = say(f"remark_{kind}", x=name, norm=fmt.number(size))
            found.append(Remark(kind, key, k, text))
    for f in trace.functions:
        y = trace.variables[f.outputs[0]]
        share, kind = _share(f.name.lower(), y.value)
        if kind:
            text = say(f"remark_{kind}", x=_name(y, lang), share=f"{100 * share:.0f}")
            found.append(Remark(kind, y.id, sizes.get(y.id, (0, 0))[1], text))
        if len(found) == MAX_REMARKS:
            break
    return found


def _name(variable: VariableInfo, lang: str) -> str:
    return fmt.clean(variable_name(variable.name, lang), MAX_NAME)


def _share(function: str, value: Summary | None) -> tuple[float, str]:
    """Return the share of dead or saturated elements, and what they are called."""
    if value is None or value.is_scalar:
        return 0.0, ""
    if function in _DEAD:
        share = value.share_of_zeros or 0.0
        return share, "dead" if share >= MIN_DEAD_SHARE else ""
    if function in _SQUASHING and value.size:
        share = near_limits(value, *_SQUASHING[function]) / value.size
        return share, "saturated" if share >= MIN_SATURATED_SHARE else ""
    return 0.0, ""


def near_limits(value: Summary, low: float, high: float) -> int:
    """Return how many elements are at the limits of a function, of which one is 1."""
    if value.values is None:
        return value.near_one + (value.near_zero if low == 0 else 0)
    return sum(v < low + NEAR or v > high - NEAR for v in value.values)


def tell_flow(flow: Flow, speaker: Speaker) -> str:
    """Name the parameters whose gradient is missing, NaN, infinite, vanishes, explodes or is dead."""
    told = []
    for trouble in TROUBLES:
        found: list[str] = [row.name for row in flow.parameters if row.trouble == trouble]
        if found:
            names = speaker.listed(found[:MAX_NAMED], len(found) - MAX_NAMED)
            told.append(speaker.text(f"flow_{trouble}", names=names))
    return "; ".join(told) or speaker.text("flow_fine")
