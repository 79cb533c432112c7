"""The naive order beside the right one: where they differ, why, and the wrong gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbgrad.tracing import format as fmt
from nbgrad.tracing.model import Call, Parts, Summary
from nbgrad.tracing.sums import written_out

from .language import Runs, Segments, Speaker, segments
from .phrases import Phrases
from .queue import last_arrivals

Pair = tuple[Summary, Summary]

MAX_RESULTS = 3
"""This many wrong gradients are told; leaves come first."""
ROUNDING_SHARE = 1e-9
"""Gradients that differ by less than this share of the larger are the same: the order of
a sum changes its last digits."""


def first_difference(right: Sequence[Call], naive: Sequence[Call]) -> int:
    """Return the first naive call that differs from the right order; their number if none does."""
    for k, call in enumerate(naive):
        if k >= len(right) or call.function.id != right[k].function.id:
            return k
    return len(naive)


def wrong_gradients(right: Parts, naive: Parts) -> dict[str, Pair]:
    """Return the gradients that the naive order gets wrong: by id, the naive and the right one.

    This is the one place that decides whether the orders differ; it compares values.
    """
    ordered = sorted(right.variables, key=lambda v: v.kind != "leaf")
    pairs = ((v.id, naive.gradients.get(v.id), right.gradients.get(v.id)) for v in ordered)
    return {
        key: (a, b) for key, a, b in pairs if a is not None and b is not None and not _same(a, b)
    }


def write_pair(pair: Pair) -> tuple[str, str]:
    """Write a wrong gradient and the right one with digits that show the difference."""
    wrong, right = pair
    if wrong.values and right.values and written_out(wrong) and wrong.shape == right.shape:
        texts = [fmt.apart(*pair) for pair in zip(wrong.values, right.values, strict=True)]
        return fmt.nested([a for a, _ in texts], wrong.shape), fmt.nested(
            [b for _, b in texts], right.shape
        )
    if wrong.norm is None or right.norm is None or wrong.nan + wrong.inf + right.nan + right.inf:
        return str(wrong), str(right)
    a, b = fmt.apart(wrong.norm, right.norm)
    return f"‖{a}‖", f"‖{b}‖"


def tell_orders(
    right: Parts, naive: Parts, wrong: Mapping[str, Pair], lang: str
) -> list[tuple[int, Segments]]:
    """Tell how the naive order compares.

    Returns
    -------
    list of (int, sentence)
        From how many naive calls on a sentence holds, until the next one does.
    """
    speaker = Speaker(lang)
    phrases = Phrases(right.variables, speaker)
    end, parts = len(naive.calls), first_difference(right.calls, naive.calls)
    if parts == end:
        return [(0, segments(speaker.say("parts_never"), *_outcome(wrong, phrases)))]
    early, late = first_early(naive)
    told: list[tuple[int, Runs]] = [(0, speaker.say("parts_later", k=parts + 1))]
    if early is None or early > parts:
        call, due = phrases.call(naive.calls[parts].function), right.calls[parts:][:1]
        key = "parts_harmless" if due else "parts_again"
        other = phrases.call(due[0].function) if due else ""
        told.append((parts + 1, speaker.say(key, k=parts + 1, wrong=call, right=other)))
    if early is not None:
        told.append((early + 1, _early(naive, early, late, phrases)))
    sentences = [(at, segments(runs)) for at, runs in told]
    if naive.truncated:
        sentences.append((end, segments(speaker.say("parts_cut_off", n=end))))
    else:
        sentences.append((end, segments(told[-1][1], *_outcome(wrong, phrases))))
    return sentences


def first_early(naive: Parts) -> tuple[int | None, list[str]]:
    """Return the first call that runs before its outputs' gradients are complete, and these."""
    last = last_arrivals(naive.root.id, naive.calls)
    for k, call in enumerate(naive.calls):
        if late := [y for y in call.function.outputs if last.get(y, -1) >= k]:
            return k, late
    return None, []


def _early(naive: Parts, k: int, late: list[str], phrases: Phrases) -> Runs:
    """Say what runs too early, and what it should have waited for."""
    call = naive.calls[k]
    waiting = naive.calls[k - 1].waiting[1:] if k else ()
    grads = phrases.grads(late)
    wrong = phrases.call(call.function)
    if not waiting:  # in a file that nbgrad did not write the queue may be incomplete
        return phrases.speaker.say("pushed_early", call=wrong, grads=grads)
    right = phrases.call(max(waiting, key=lambda w: w.generation).function)
    return phrases.speaker.say("parts", k=k + 1, wrong=wrong, right=right, grads=grads)


def _same(a: Summary, b: Summary) -> bool:
    """Whether two gradients are equal up to rounding."""
    if a.shape != b.shape or (a.nan, a.inf) != (b.nan, b.inf):
        return False
    if a.values is not None and b.values is not None:
        limit = ROUNDING_SHARE * max(a.magnitude, b.magnitude)
        pairs = zip(a.values, b.values, strict=True)
        return all(x == y or abs(x - y) <= limit or x != x for x, y in pairs)
    limit = 1000 * ROUNDING_SHARE * max(a.norm or 0.0, b.norm or 0.0)
    sides = ((s.norm or 0.0, s.mean or 0.0) for s in (a, b))
    return all(abs(x - y) <= limit for x, y in zip(*sides, strict=True))


def _outcome(wrong: Mapping[str, Pair], phrases: Phrases) -> list[Runs]:
    """Say which gradients are wrong in the end, or that none is."""
    say, space = phrases.speaker.say, [(False, " ")]
    if not wrong:
        return [space, say("results_agree")]
    told: list[Runs] = []
    for key in list(wrong)[:MAX_RESULTS]:
        naive, right = write_pair(wrong[key])
        told += [space, say("results_differ", x=phrases.name(key), right=right, wrong=naive)]
    return told
