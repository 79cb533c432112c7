"""The list of supported functions, made from the table: ``python -m nbgrad.ops.supported``."""

from __future__ import annotations

from pathlib import Path

from .composite import COMPOSITES
from .plain import PLAIN
from .row import TABLE, Row, twin_name

PAGE = Path(__file__).with_name("SUPPORTED.md")

_PAGE = """# What nbgrad differentiates

Made from the table in `table.py` by `python -m nbgrad.ops.supported`; a test holds it current.

Every operation has second derivatives, keeps float32 and float16, and takes arrays of any shape
and layout. NumPy's functions in the second column do the same when one of their arguments is a
Variable.

| `ng.` | NumPy | backward | where there is no derivative |
|---|---|---|---|
{rows}

## More of NumPy's functions, made of these

{composites}.

## Functions that answer with plain arrays

They have no derivative, so nothing is recorded: comparisons (`x > 0`, `np.greater`, …) and
{plain}.

Anything else of NumPy raises an `UnsupportedFunctionError` (a `TypeError`) that names the nearest
function of this list.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    return _PAGE.format(
        rows="\n".join(_line(TABLE[name]) for name in sorted(TABLE)),
        composites=_listed(sorted(twin_name(f) for f in COMPOSITES)),
        plain=_listed(sorted(twin_name(f) for f in PLAIN)),
    )


def _line(row: Row) -> str:
    twins = _listed([twin_name(t) for t in row.twins])
    cells = (f"`{row.name}`", twins, f"`{row.rule}`", row.edge)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
