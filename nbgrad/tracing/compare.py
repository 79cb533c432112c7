"""The naive order beside the right one: where they part, why, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .narration.language import Runs, Segments, Speaker, segments
from .narration.phrases import Phrases, written_out
from .narration.queue import last_arrivals

if TYPE_CHECKING:
    from .model import Call, Summary
    from .trace import Trace


@dataclass(frozen=True)
class Parting:
    """Where two orders part.

    Attributes
    ----------
    call : int or None
        Which call of the naive order, from 0: the first whose upstream gradient is not
        complete; if all are, the first that differs; None if none does.
    wrong : bool
        Whether the naive order's gradients are wrong.
    sentence : list of str
        Why, and what comes of it; even places plain, odd places bold.
    results : dict
        From a leaf's name to its gradient in the right and in the naive order, where they
        differ.
    """

    call: int | None
    wrong: bool
    sentence: Segments
    results: dict[str, tuple[Summary | None, Summary | None]]


def parting(right: Trace, naive: Trace | None = None, lang: str = "en") -> Parting | None:
    """Compare a trace with the same graph in the naive order.

    Parameters
    ----------
    right : Trace
    naive : Trace, optional
        By default the replay beside the trace (`Trace.naive`); None without one.
    lang : {"en", "ko"}
    """
    naive = right.naive if naive is None else naive
    if naive is None:
        return None
    speaker = Speaker(lang)
    phrases = Phrases(right.variables, speaker)
    early = first_early(naive)
    differs = first_difference(right.calls, naive.calls)
    if early is not None:
        told = _early(naive, early, phrases)
    elif differs is not None:
        told = speaker.say(
            "parts_harmless",
            wrong=phrases.call(naive.calls[differs].function),
            right=phrases.call(right.calls[differs].function),
        )
    else:
        told = speaker.say("parts_never")
    results = differing(right, naive)
    at = early if early is not None else differs
    return Parting(
        at, bool(results), segments(told, [(False, " ")], _outcome(results, phrases)), results
    )


def first_early(naive: Trace) -> int | None:
    """Return the first call that runs before its output's gradient is complete."""
    last = last_arrivals(naive.root.id, naive.calls)
    for k, call in enumerate(naive.calls):
        if any(last.get(y, -1) >= k for y in call.function.outputs):
            return k
    return None


def first_difference(right: tuple[Call, ...], naive: tuple[Call, ...]) -> int | None:
    """Return the first call that is another function's."""
    for k, (a, b) in enumerate(zip(right, naive, strict=False)):
        if a.function.id != b.function.id:
            return k
    return None


def _early(naive: Trace, k: int, phrases: Phrases) -> Runs:
    """Say what runs too early, and what it should have waited for."""
    call = naive.calls[k]
    waiting = naive.calls[k - 1].waiting[1:]
    due = max(waiting, key=lambda w: w.generation)
    last = last_arrivals(naive.root.id, naive.calls)
    late = [y for y in call.function.outputs if last.get(y, -1) >= k]
    grads = phrases.speaker.listed([f"{phrases.name(y)}.grad" for y in late])
    wrong, right = phrases.call(call.function), phrases.call(due.function)
    return phrases.speaker.say("parts", wrong=wrong, right=right, grads=grads)


def differing(right: Trace, naive: Trace) -> dict[str, tuple[Summary | None, Summary | None]]:
    """Return the gradients of leaves that are not the same in both orders."""
    pairs = {
        v.name: (right.gradient(v.id), naive.gradient(v.id))
        for v in right.variables
        if v.kind == "leaf"
    }
    return {name: pair for name, pair in pairs.items() if not _close(*pair)}


def _close(a: Summary | None, b: Summary | None) -> bool:
    """Whether two gradients agree but for rounding, which depends on the order too."""
    if a is None or b is None or a.shape != b.shape:
        return a is b
    if (a.nan, a.inf) != (b.nan, b.inf):
        return False
    if a.values is not None and b.values is not None:
        limit = 1e-9 * max(a.magnitude, b.magnitude)
        pairs = zip(a.values, b.values, strict=True)
        return all(x == y or abs(x - y) <= limit or x != x for x, y in pairs)
    limit = 1e-6 * max(a.norm or 0.0, b.norm or 0.0)
    sides = ((s.norm or 0.0, s.mean or 0.0) for s in (a, b))
    return all(abs(x - y) <= limit for x, y in zip(*sides, strict=True))


def _outcome(results: dict[str, tuple[Summary | None, Summary | None]], phrases: Phrases) -> Runs:
    for name, (right, wrong) in results.items():
        if right is not None and wrong is not None and written_out(right):
            x = phrases.name(phrases.variables[name])
            return phrases.speaker.say("results_differ", x=x, right=str(right), wrong=str(wrong))
    return [] if results else phrases.speaker.say("results_agree")
