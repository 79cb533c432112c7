"""The floor of the coverage holds lines and branches of each package by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.coverage_floor import PACKAGES, main


def report(**low: tuple[int, int]) -> dict[str, Any]:
    """Return a report of full coverage, but for the lines and branches given for a package."""
    files = {}
    for package in PACKAGES:
        lines, branches = low.get(package, (100, 100))
        summary = {"num_statements": 100, "covered_lines": lines}
        summary |= {"num_branches": 100, "covered_branches": branches}
        files[f"nbgrad/{package}/a.py"] = {"summary": summary}
    return {"files": files}


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (report(), 0),
        (report(engine=(95, 95)), 0),
        (report(engine=(94, 100)), 1),
        (report(ops=(100, 94)), 1),
        ({"files": {}}, 1),
    ],
    ids=["full", "just enough", "too few lines", "too few branches", "nothing measured"],
)
def test_lines_and_branches_are_held_one_by_one(
    found: dict[str, Any], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    assert main(str(path)) == code
    assert ("below 95 %" in capsys.readouterr().out) == bool(code)
