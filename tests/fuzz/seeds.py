"""The seed corpus: the tests' fixtures, as they are, in columns, and in the naive order."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from nbgrad.tracing import Trace
from tests.tracing.columns import columns

FIXTURES = Path(__file__).parents[1] / "fixtures"


@cache
def traces() -> list[bytes]:
    """Return every fixture as compact JSON, in rows and in columns."""
    found = []
    for path in sorted(FIXTURES.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        packed = columns(Trace.from_dict(data))
        found += [json.dumps(shape, separators=(",", ":")).encode() for shape in (data, packed)]
    return found


@cache
def texts() -> list[bytes]:
    """Return names that mean something to a page, a drawing or a terminal."""
    from tests.views.page_checks import HOSTILE

    return [text[:200].encode("utf-8", "surrogatepass") for text in HOSTILE]
