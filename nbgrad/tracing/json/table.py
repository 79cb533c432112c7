"""The small parts of a trace's JSON: numbers, summaries, each once, and source lines."""

from __future__ import annotations

import math
from typing import Any

from nbgrad.tracing.model import Source
from nbgrad.tracing.summaries import Summary

Json = dict[str, Any]


class Table:
    """The summaries of a trace, each once."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._places: dict[Any, int] = {}
        self._kept: list[Summary] = []

    def add(self, summary: Summary | None) -> int | None:
        """Return a summary's index, or None for None."""
        if summary is None:
            return None
        bare = summary.is_scalar and summary.dtype == "float64"
        key = repr(summary.values) if bare else id(summary)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.rows)
            self.rows.append(summary_json(summary))
            self._kept.append(summary)  # an id is a key as long as its owner lives
        return place

    def cut(self, count: int) -> None:
        """Forget all summaries but the first."""
        del self.rows[count:], self._kept[count:]
        self._places = {key: place for key, place in self._places.items() if place < count}


def number_json(value: float | None) -> Any:
    """Write a number so that NaN and the infinities survive."""
    if value is None or math.isfinite(value):
        return value
    return "nan" if value != value else "inf" if value > 0 else "-inf"


def summary_json(s: Summary) -> Any:
    """Write a summary; a 0-d float64 array is the bare number."""
    if s.values is not None:
        values = [number_json(v) for v in s.values]
        if s.is_scalar and s.dtype == "float64":
            return values[0]
        return {"shape": list(s.shape), "dtype": s.dtype, "values": values}
    data: Json = {"shape": list(s.shape), "dtype": s.dtype}
    data.update((key, number_json(getattr(s, key))) for key in ("min", "max", "mean", "norm"))
    data.update(nan=s.nan, inf=s.inf)
    counts = {"zeros": s.zeros, "near_one": s.near_one, "near_zero": s.near_zero}
    data.update((key, count) for key, count in counts.items() if count)
    if s.thumb is not None:
        values = [number_json(v) for v in s.thumb.values]
        data["thumb"] = {"rows": s.thumb.rows, "cols": s.thumb.cols, "values": values}
    return data


def source_json(source: Source | None) -> Json | None:
    """Write where a node was made."""
    if source is None:
        return None
    data = source._asdict()
    return {k: data[k] for k in ("cell", "file", "line", "text") if data[k] not in (None, "")}
