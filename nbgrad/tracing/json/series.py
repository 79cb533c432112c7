"""A series as JSON-ready data: each structure once, then the numbers of each take."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from nbgrad.engine.errors import TraceFormatError
from nbgrad.tracing.model import Summary
from nbgrad.tracing.summaries import decode
from nbgrad.tracing.takes.section import Numbers, Place, Section, Take, join, slots_of, split

from . import checks
from .checks import MalformedError, field, items, maybe, natural, reading, wrong
from .fields import clean_text, summary
from .reader import check_version
from .table import Json, number_json, summary_json

SCHEMA = "nbgrad-series"
VERSION = 1
MAX_NOTES = 1000


def series_dict(
    axis: str,
    notes: Sequence[str],
    sections: Sequence[Section],
    takes: Sequence[Take],
    thin: int = 0,
) -> Json:
    """Write a series.

    Parameters
    ----------
    axis, notes, sections, takes
        What the series is made of.
    thin : int
        0 writes everything; 1 leaves out the pictures of large arrays and rounds to six
        digits; 2 leaves out the elements of arrays too, but for their statistics.
    """
    data: Json = {"schema": SCHEMA, "version": VERSION, "axis": axis, "notes": list(notes)}
    rows: list[Json | None] = [None] * len(takes)
    data["sections"] = []
    used = sorted({take.section for take in takes})
    for place, k in enumerate(used):
        mine = [i for i, take in enumerate(takes) if take.section == k]
        written, numbers = _section(sections[k], [takes[i].numbers for i in mine], thin)
        data["sections"].append(written)
        for i, row in zip(mine, numbers, strict=True):
            at = takes[i].at
            shown = at if isinstance(at, str) else number_json(at)
            rows[i] = {"at": shown, "section": place, "numbers": row}
    data["takes"] = rows
    return data


def _section(section: Section, numbers: list[Numbers], thin: int) -> tuple[Json, list[list[Any]]]:
    """Write a structure, and what varies from take to take."""
    columns = [[_number(row[slot], thin) for row in numbers] for slot in range(section.size)]
    common: dict[str, int] = {}
    varying: dict[str, int] = {}
    places: list[tuple[dict[str, int], str]] = []
    for column in columns:
        texts = [json.dumps(value) for value in column]
        table, key = (common, texts[0]) if len(set(texts)) == 1 else (varying, "\n".join(texts))
        table.setdefault(key, len(table))
        places.append((table, key))
    slots = [table[key] + (len(common) if table is varying else 0) for table, key in places]
    structure = renumber(section.structure, slots)
    firsts = {slots[i]: column for i, column in enumerate(columns)}
    fixed = [firsts[k][0] for k in range(len(common))]
    rows = [[firsts[len(common) + k][i] for k in range(len(varying))] for i in range(len(numbers))]
    return {"trace": structure, "common": fixed}, rows


def renumber(structure: Json, slots: Sequence[int]) -> Json:
    """Return a structure whose slots have other numbers."""

    def new(slot: Any) -> Any:
        return None if slot is None else slots[slot]

    def call(row: Json) -> Json:
        sent = [
            {**c, "amount": new(c["amount"]), "before": new(c["before"]), "after": new(c["after"])}
            for c in row["contributions"]
        ]
        return {**row, "upstream": [new(gy) for gy in row["upstream"]], "contributions": sent}

    data = {
        **structure,
        "seed": new(structure["seed"]),
        "variables": [
            {**v, "value": new(v["value"]), "before": new(v["before"])}
            for v in structure["variables"]
        ],
        "steps": [{**s, "calls": [call(c) for c in s["calls"]]} for s in structure["steps"]],
    }
    if "sums" in structure:
        data["sums"] = [[x, path, new(slot)] for x, path, slot in structure["sums"]]
    return data


def _number(handle: Any, thin: int) -> Any:
    """Write what stands in a slot."""
    if handle is None:
        return None
    found = decode(handle)
    if thin and not found.is_scalar:
        if thin > 1 and found.values is not None and len(found.values) > 4:
            found = Summary(
                found.shape, found.dtype, None, found.min, found.max, found.mean, found.norm,
                found.nan, found.inf,
            )  # fmt: skip
        row = summary_json(found)
        row.pop("thumb", None)
        return {key: _rounded(value) for key, value in row.items()}
    return summary_json(found)


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return float(f"{value:.6g}") if isinstance(value, float) and math.isfinite(value) else value


# -- reading ------------------------------------------------------------------------------------


@reading("a series")
def read_series(data: Any) -> tuple[str, list[str], list[Section], list[Take]]:
    """Read a series.

    Raises
    ------
    TraceFormatError
        Saying what is wrong, if it is not a series, or one of a newer nbgrad.
    """
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        found = data.get("schema") if isinstance(data, dict) else data
        wrong("'schema'", repr(SCHEMA), found)
    version = natural(field(data, "version", "the series"), "'version'")
    if version > VERSION or version < 1:
        raise TraceFormatError(
            f"This series has version {version}, and this nbgrad reads version {VERSION}. "
            "Upgrade nbgrad: pip install -U nbgrad"
        )
    axis = clean_text(field(data, "axis", "the series"), "'axis'")
    if not axis:
        wrong("'axis'", "a name", axis)
    notes = [
        clean_text(note, "'notes'")
        for note in items(field(data, "notes", "the series", []), "'notes'", MAX_NOTES)
    ]
    rows = items(field(data, "sections", "the series"), "'sections'")
    commons = [_common(row, f"sections[{k}]") for k, row in enumerate(rows)]
    structures = [field(row, "trace", f"sections[{k}]") for k, row in enumerate(rows)]
    sections: dict[int, Section] = {}
    takes = []
    for i, row in enumerate(items(field(data, "takes", "the series"), "'takes'")):
        where = f"takes[{i}]"
        k = natural(field(row, "section", where), f"{where}.section", len(rows))
        varying = items(field(row, "numbers", where), f"{where}.numbers")
        numbers = (*commons[k], *(maybe(v, f"{where}.numbers", summary) for v in varying))
        if k not in sections:
            sections[k] = _checked(structures[k], numbers, f"sections[{k}]")
        if len(numbers) != sections[k].size:
            wrong(f"{where}.numbers", f"{sections[k].size - len(commons[k])} numbers", varying)
        if not {slot for slot, n in enumerate(numbers) if n is None} <= sections[k].optional:
            wrong(f"{where}.numbers", "numbers where a trace has them", None)
        takes.append(Take(_place(field(row, "at", where), where), k, numbers))
    unused = set(range(len(rows))) - sections.keys()
    if unused:
        raise MalformedError(f"no take belongs to section {min(unused)}.")
    return axis, notes, [sections[k] for k in range(len(rows))], takes


def _common(row: Any, where: str) -> list[Summary | None]:
    found = items(field(row, "common", where), f"{where}.common")
    return [maybe(v, f"{where}.common", summary) for v in found]


def _checked(structure: Any, numbers: Numbers, where: str) -> Section:
    """Return a section whose structure is that of a trace with such numbers."""
    check_version(structure)
    parts = join(structure, numbers)
    again, _ = split(parts)
    return Section(renumber(again, _slots_of(structure, where)), len(numbers))


def _slots_of(structure: Json, where: str) -> list[int]:
    """Return the slots of a structure in the order in which a trace is written."""
    rows = structure["variables"]
    leaves = [v for v in rows if v["kind"] == "leaf" and v["id"] != structure["root"]]
    held = [field(v, "before", f"{where}.trace.variables") for v in leaves]
    return slots_of(structure) + [natural(slot, f"{where}.trace.variables.before") for slot in held]


def _place(value: Any, where: str) -> Place:
    if isinstance(value, str) and value not in {"nan", "inf", "-inf"}:
        return clean_text(value, f"{where}.at")
    return checks.number(value, f"{where}.at")
