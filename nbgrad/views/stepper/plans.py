"""A scene as a stepper keeps it: what the page gets, and the steps, nodes and modules of it."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import Any

from .scene import closed_of, pack, to_json


class Shown:
    """A scene that a stepper shows.

    Attributes
    ----------
    text, packed : str, bytes
        What the page gets, as `pack` returns it.
    plans : Plans
        Of the take that is shown.
    plans_of_takes : list of Plans
        Of each take of a series; empty where there is none.
    told : dict
        The narrator's sentences by language.
    closed : list of str
        The module calls that are shown closed.
    """

    def __init__(self, data: dict[str, Any], take: int = 0) -> None:
        self.text, self.packed = pack(data)
        self.plans_of_takes = _plans_of_takes(data)
        self.plans = self.plans_of_takes[take] if self.plans_of_takes else Plans(data)
        self.told: dict[str, Any] = data.get("story", {})
        self.closed = closed_of(data)
        self._drawing = data.get("drawing")

    def renumber(self, numbers: dict[str, Any]) -> str:
        """Take other numbers of the graph; return what the page gets of them."""
        self.told = {}
        if numbers["drawing"] == self._drawing:  # no number needs a wider card
            del numbers["drawing"]
        return to_json(numbers)


def _plans_of_takes(data: dict[str, Any]) -> list[Plans]:
    """Return the plans of each take's graph; none where there is no series."""
    found = data.get("series")
    if found is None:
        return []
    plans = [Plans(section["scene"] or data) for section in found["sections"]]
    return [plans[take["section"]] for take in found["takes"]]


class Plans:
    """How many steps a scene has by each granularity and order, and which nodes and modules."""

    def __init__(self, data: dict[str, Any]) -> None:
        shown = data.get("trace")
        self.nodes: frozenset[str] = frozenset()
        self.modules: frozenset[str] = frozenset()
        self._module_of: dict[str, str] = {}
        self._weights: list[int] = []
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
        self._of_modules(data)
        if data["naive"] is not None:
            self.has_naive = True
            self.ends["naive"] = list(range(len(data["naive"]["calls"]) + 1))

    def _of_modules(self, data: dict[str, Any]) -> None:
        """Take note of the module calls, and of how many functions each call stands for."""
        shown = data["trace"]
        if data["modules"] is not None:
            self.modules = frozenset(data["modules"]["calls"])
        size = {f["id"]: f.get("folded") or 1 for f in shown["functions"]}
        closed = (
            f for f in shown["functions"] if f.get("folded") and f["label"] == f.get("module")
        )
        self._module_of = {f["id"]: f["module"] for f in closed}
        self._weights = [size[c["function"]] for step in shown["steps"] for c in step["calls"]]

    def progress(self, granularity: str, order: str, step: int) -> int:
        """Return how many functions of the whole trace have run after a step."""
        return sum(self._weights[: self.done(granularity, order, step)])

    def reached(self, granularity: str, order: str, ran: int) -> int:
        """Return the step after which the nearest to ``ran`` functions of the whole trace have run."""
        ends = list(accumulate(self._weights, initial=0))
        done = min(range(len(ends)), key=lambda k: abs(ends[k] - ran))
        return self.nearest(granularity, order, done)

    def lasting(self, node: str | None) -> str | None:
        """Return a node's name in any folding: of a closed module its path."""
        return self._module_of.get(node or "", node)

    def found(self, lasting: str | None) -> str | None:
        """Return the id of a node by `lasting`; None where this folding does not show it."""
        paths = {path: node for node, path in self._module_of.items()}
        found = paths.get(lasting or "", lasting)
        return found if found in self.nodes else None

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
