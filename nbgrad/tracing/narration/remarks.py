"""Remarks on a trace: the largest and smallest gradient, dead and saturated units.

A remark names a variable, the step at which it is seen, and says in a sentence what is there.
"""

from __future__ import annotations

from typing import NamedTuple

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import Parts, Summary, VariableInfo

from .language import Speaker
from .phrases import MAX_NAME

MIN_DEAD_SHARE = 0.1
"""An activation with at least this share of zeros is called dead."""
MIN_SATURATED_SHARE, MAX_DISTANCE = 0.3, 0.01
"""From this share on, elements at most this far from a limit of their function are saturated."""
MAX_REMARKS = 8

_DEAD = frozenset(["Relu", "Maximum", "Clip"])
_LIMITS = {"Tanh": (-1.0, 1.0), "Sigmoid": (0.0, 1.0)}


class Remark(NamedTuple):
    """One remark: its kind, the variable, the step of the backward pass, and the sentence."""

    kind: str
    variable: str
    step: int
    text: str


def remarks(trace: Parts, lang: str = "en") -> list[Remark]:
    """Return the remarks, those on the extreme gradients first.

    Parameters
    ----------
    trace : Parts
    lang : {"en", "ko"}
    """
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
            name = _name(trace.variables[key])
            text = say(f"remark_{kind}", x=name, norm=fmt.number(size))
            found.append(Remark(kind, key, k, text))
    for f in trace.functions:
        y = trace.variables[f.outputs[0]]
        share, kind = _share(f.name, y.value)
        if kind:
            text = say(f"remark_{kind}", x=_name(y), share=f"{100 * share:.0f}")
            found.append(Remark(kind, y.id, sizes.get(y.id, (0, 0))[1], text))
        if len(found) == MAX_REMARKS:
            break
    return found


def _name(variable: VariableInfo) -> str:
    return fmt.clean(variable.name, MAX_NAME)


def _share(function: str, value: Summary | None) -> tuple[float, str]:
    """Return the share of dead or saturated elements, and what they are called."""
    if value is None or value.is_scalar:
        return 0.0, ""
    if function in _DEAD:
        share = value.share_of_zeros or 0.0
        return share, "dead" if share >= MIN_DEAD_SHARE else ""
    limits = _LIMITS.get(function)
    if limits and value.values:
        low, high = limits
        near = [v for v in value.values if v - low < MAX_DISTANCE or high - v < MAX_DISTANCE]
        share = len(near) / len(value.values)
        return share, "saturated" if share >= MIN_SATURATED_SHARE else ""
    return 0.0, ""
