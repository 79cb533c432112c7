"""The steps of a scene, as far as the checks of the widget's traits must know them."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

__all__ = ["Plans", "plans_of_takes"]


def plans_of_takes(data: dict[str, Any]) -> list[Plans]:
    """Return the plans of each take's graph; none where there is no series."""
    found = data.get("series")
    if found is None:
        return []
    plans = [Plans(section["scene"] or data) for section in found["sections"]]
    return [plans[take["section"]] for take in found["takes"]]


class Plans:
    """What the checks need to know of a scene."""

    def __init__(self, data: dict[str, Any]) -> None:
        shown = data.get("trace")
        self.nodes: frozenset[str] = frozenset()
        self.forward, self.has_naive = 0, False
        self.ends: dict[str, list[int]] = {"generation": [0], "function": [0], "naive": [0]}
        if shown is None:
            return
        functions, steps = shown["functions"], shown["steps"]
        self.nodes = frozenset(node["id"] for node in (*shown["variables"], *functions))
        generations = {function["generation"] for function in functions}
        self.forward = len(generations) + 1 if generations else 0
        for step in steps:
            self.ends["generation"].append(self.ends["generation"][-1] + len(step["calls"]))
        self.ends["function"] = list(range(self.ends["generation"][-1] + 1))
        if shown["order"] == "naive":
            self.ends["generation"] = self.ends["function"]
        if data["naive"] is not None:
            self.has_naive = True
            self.ends["naive"] = list(range(len(data["naive"]["calls"]) + 1))

    def _of(self, granularity: str, order: str) -> list[int]:
        return self.ends["naive" if order == "naive" and self.has_naive else granularity]

    def count(self, granularity: str, order: str) -> int:
        """Return the number of steps."""
        return len(self._of(granularity, order)) - 1

    def done(self, granularity: str, order: str, step: int) -> int:
        """Return how many functions have run after a step."""
        ends = self._of(granularity, order)
        return ends[min(step, len(ends) - 1)]

    def nearest(self, granularity: str, order: str, done: int) -> int:
        """Return the step after which the number of functions that ran is nearest."""
        ends = self._of(granularity, order)
        k = min(bisect_left(ends, done), len(ends) - 1)
        return k - 1 if k and done - ends[k - 1] <= ends[k] - done else k
