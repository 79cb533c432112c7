"""What waits after a step, and in one sentence why the next function is next."""

from __future__ import annotations

from collections.abc import Sequence

from nbgrad.tracing.model import Call, Waiting

from .language import Runs
from .phrases import Phrases

MAX_NAMED = 3


class Queue:
    """Explains the queue of one trace."""

    def __init__(self, phrases: Phrases, last: dict[str, int]) -> None:
        self.phrases = phrases
        self.say = phrases.speaker.say
        self.last = last

    def next_function(self, waiting: Sequence[Waiting], more: int) -> Runs:
        """Say which function is next, and why."""
        if not waiting:
            return self.say("done")
        first = waiting[0]
        n = len(waiting) + more
        call, ready = self.phrases.call(first.function), self._ready([first])
        same = sum(w.generation == first.generation for w in waiting)
        if n == 1:
            return self.say("only", call=call, g=first.generation, ready=ready)
        if same > 1:
            key = "first_of_all" if same == n else "first_of"
            return self.say(key, call=call, g=first.generation, same=same, n=n, ready=ready)
        return self.say("largest", call=call, g=first.generation, n=n, ready=ready)

    def next_generation(self, waiting: Sequence[Waiting], more: int) -> Runs:
        """Say which generation is next, and why."""
        same = [w for w in waiting if w.generation == waiting[0].generation]
        if len(same) < 2:
            return self.next_function(waiting, more)
        n = len(waiting) + more
        calls = ([(True, self.phrases.call(w.function))] for w in same[:MAX_NAMED])
        key = "generation_only" if len(same) == n else "generation_next"
        listed = self.phrases.speaker.listed(calls, len(same) - MAX_NAMED)
        return self.say(key, calls=listed, g=same[0].generation, n=n, ready=self._ready(same))

    def next_naive(self, waiting: Sequence[Waiting], done: int) -> Runs:
        """Say what the naive order takes next, and whether it should."""
        if not waiting:
            return self.say("done")
        f = waiting[0].function
        call = self.phrases.call(f)
        early = [y for y in f.outputs if self.last.get(y, -1) >= done]
        if early:
            return self.say("pushed_early", call=call, grads=self.phrases.grads(early))
        return self.say("pushed_last", call=call, ready=self._ready(waiting[:1]))

    def next_newest(self, waiting: Sequence[Waiting], more: int, done: int) -> Runs:
        """Say what is next in an engine that runs the newest function first."""
        ready = [w for w in waiting if all(self.last.get(y, -1) < done for y in w.function.outputs)]
        if not ready:
            return self.say("done")
        call, n = self.phrases.call(ready[0].function), len(waiting) + more
        if n == 1:
            return self.say("newest_only", call=call, ready=self._ready(ready[:1]))
        if ready[0] is waiting[0]:
            return self.say("newest", call=call, n=n, ready=self._ready(ready[:1]))
        return self.say("newest_not_ready", call=call)

    def _ready(self, waiting: Sequence[Waiting]) -> Runs:
        ys = [y for w in waiting for y in w.function.outputs if y in self.last]
        key = "complete" if len(ys) == 1 else "complete_all"
        return self.say(key, grads=self.phrases.grads(ys))


def last_arrivals(root: str, calls: Sequence[Call]) -> dict[str, int]:
    """Return the call after which each variable's gradient is complete; −1 for the root."""
    last = {root: -1}
    for k, call in enumerate(calls):
        last.update((c.variable.id, k) for c in call.contributions)
    return last
