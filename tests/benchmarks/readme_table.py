"""The table of the README's "How fast", from one run of all benchmarks.

make bench && python -m tests.benchmarks.readme_table            prints it
                  python -m tests.benchmarks.readme_table --write  puts it into the README
"""

from __future__ import annotations

import json
import re
import statistics
import sys
from pathlib import Path

from .conftest import KEPT

README = Path(__file__).parents[2] / "README.md"
HEAD = "| | as it is | compiled |\n|---|---|---|\n"
TORCH, BY_HAND = "PyTorch", "NumPy by hand, no tape"
ROWS = {
    "2000 operations on scalars": ("W1 scalar chain", TORCH),
    "the same, fanning out and joining": ("W2 fan-out and re-join", TORCH),
    "small net, 32 × 64 – 64 – 10": ("W3 small net", TORCH),
    "large net, 512 × 1024 – 1024 – 10": ("W4 big net", BY_HAND),
    "elementwise on a million numbers": ("W5 elementwise on 10⁶", BY_HAND),
}
DEEP = "W7 chain of 1000000"


def table(ratios: dict[tuple[str, str], float]) -> str:
    """Write the table."""
    lines = [HEAD]
    for title, (what, against) in ROWS.items():
        plain, compiled = ratios[what, against], ratios[f"{what}, compiled", against]
        of = "PyTorch's" if against == TORCH else "NumPy's, written by hand"
        thread = " on one thread" if what.startswith("W3") else ""
        lines.append(
            f"| {title} | {plain:#.2g} of {of}{thread} | {compiled:#.2g} of {of.partition(',')[0]} |\n"
        )
    time, size = ratios[f"{DEEP}: time", TORCH], ratios[f"{DEEP}: bytes per node", TORCH]
    lines.append(
        f"| a million nodes | {time:#.2g} of PyTorch's, in {size:#.2g} of its memory | |\n"
    )
    return "".join(lines)


def main(args: list[str]) -> None:
    """Print the table of the last run, or put it in the place of the README's."""
    rows = json.loads(KEPT.read_text("utf-8"))
    made = table({(row["what"], row["against"]): statistics.median(row["runs"]) for row in rows})
    print(made, end="")
    if "--write" in args:
        text = README.read_text("utf-8")
        new, found = re.subn(re.escape(HEAD) + r"(?:\|.*\n)+", lambda _: made, text)
        assert found == 1, "the README has no such table"
        README.write_text(new, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
