"""How much of the core the tests reach: ``python tests/coverage_floor.py REPORT.json``.

Lines and branches of each package are held to the floor one by one; the figure that coverage
itself can hold is of both together.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path, PurePath
from typing import Any

PACKAGES = ("engine", "ops", "tracing")
FLOOR = 95.0


def percentages(report: dict[str, Any], package: str) -> tuple[float, float]:
    """Return how many per cent of a package's lines, and of its branches, were reached."""
    found = [
        file["summary"]
        for name, file in report["files"].items()
        if PurePath(name.replace("\\", "/")).parts[:2] == ("nbgrad", package)
    ]

    def percent(reached: str, of: str) -> float:
        total = sum(summary[of] for summary in found)
        return 100 * sum(summary[reached] for summary in found) / total if total else 0.0

    return percent("covered_lines", "num_statements"), percent("covered_branches", "num_branches")


def main(path: str) -> int:
    """Print the table; return 1 where a figure is below the floor."""
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    print(f"{'coverage':10} {'lines':>8} {'branches':>9}")
    low = []
    for package in PACKAGES:
        lines, branches = percentages(report, package)
        print(f"{package:10} {lines:6.2f} % {branches:7.2f} %")
        if min(lines, branches) < FLOOR:
            low.append(package)
    if low:
        print(f"below {FLOOR:g} %: {', '.join(low)}; see .reports/coverage/index.html")
    return bool(low)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
