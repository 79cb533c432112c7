"""Where a trace goes wrong: NaN, infinities, gradients that vanish or explode.

Only origins are named: the function that made a NaN out of finite numbers, not those that
pass it on. A gradient vanishes when its largest element falls below `VANISHING` of the
seed's, and explodes above `EXPLODING` times the seed's; a gradient that is exactly zero
does neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .model import Call, FunctionInfo, Nodes, Parts, Step, Summary, VariableInfo

VANISHING = 1e-7
EXPLODING = 1e6
MAX_ORIGINS = 100
"""The largest number of origins that are named."""


@dataclass(frozen=True)
class Trouble:
    """One origin of trouble.

    Attributes
    ----------
    kind : str
        ``"nan"``, ``"inf"``, ``"vanishing"`` or ``"exploding"``.
    phase : str
        ``"forward"`` or ``"backward"``.
    variable : str
        Id of the variable whose value or gradient it is.
    function : str or None
        Id of the function that made it; None: a leaf or the seed came with it.
    call, step : int or None
        In the backward phase: counts of calls and steps, from 0.
    """

    kind: str
    phase: str
    variable: str
    function: str | None
    call: int | None = None
    step: int | None = None


def not_finite(s: Summary | None) -> str:
    """Return ``"nan"``, ``"inf"`` or an empty string."""
    return "" if s is None else "nan" if s.nan else "inf" if s.inf else ""


def size_trouble(gradient: Summary, seed: Summary) -> str:
    """Return ``"vanishing"``, ``"exploding"`` or an empty string."""
    size = gradient.magnitude / (seed.magnitude or 1.0)
    if size > EXPLODING:
        return "exploding"
    return "vanishing" if 0.0 < size < VANISHING else ""


def of_gradient(gradient: Summary | None, seed: Summary) -> str:
    """Return what is wrong with a gradient."""
    if gradient is None:
        return ""
    return not_finite(gradient) or size_trouble(gradient, seed)


def find_trouble(trace: Parts) -> list[Trouble]:
    """Return the origins of trouble: forward in the graph's order, then backward."""
    found = [*_forward(trace.variables, trace.functions), *_backward(trace.seed, trace.steps)]
    return found[:MAX_ORIGINS]


def is_unchosen(call: Call) -> bool:
    """Whether a call turned a gradient of 0 into NaN, as where `where` does not choose it.

    The slope there is infinite or NaN, and 0 times that is NaN.
    """
    upstream = [gy for gy in call.upstream if gy is not None]
    if any(gy.nan or gy.inf for gy in upstream):
        return False
    zero = any(0.0 in gy.values if gy.values is not None else gy.min == 0.0 for gy in upstream)
    return zero and any(c.amount.nan for c in call.contributions)


def reasons_of_nan(
    calls: Iterable[Call], functions: Iterable[FunctionInfo], framework: str
) -> list[str]:
    """Return the names of the sentences that say why calls turned zeros into NaN, and the cure."""
    if not any(map(is_unchosen, calls)):
        return []
    if not any(f.name.lower() == "where" for f in functions):
        return ["infinite_slope"]
    return ["unchosen", "choose_before" if framework == "nbgrad" else f"choose_before_{framework}"]


def _forward(variables: Nodes[VariableInfo], functions: Nodes[FunctionInfo]) -> Iterable[Trouble]:
    for v in variables:
        kind = not_finite(v.value)
        if not kind:
            continue
        inputs = functions[v.creator].inputs if v.creator is not None else ()
        if kind not in {not_finite(variables[x].value) for x in inputs}:
            yield Trouble(kind, "forward", v.id, v.creator)


def _backward(seed: Summary, steps: Sequence[Step]) -> Iterable[Trouble]:
    at = 0
    last: dict[str, str] = {}
    for k, step in enumerate(steps):
        for call in step.calls:
            known = {of_gradient(gy, seed) for gy in call.upstream}
            for c in call.contributions:
                kind = not_finite(c.amount) or of_gradient(c.after, seed)
                if kind and kind not in known and last.get(c.variable.id) != kind:
                    yield Trouble(kind, "backward", c.variable.id, call.function.id, at, k)
                last[c.variable.id] = kind
            at += 1


def first_of_kinds(found: Iterable[Trouble]) -> list[Trouble]:
    """Return the first trouble of each kind."""
    first: dict[str, Trouble] = {}
    for t in found:
        first.setdefault(t.kind, t)
    return list(first.values())
