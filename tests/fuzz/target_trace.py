"""Target: `Trace.from_dict`. What it takes can be told, shown and written again; what not, it refuses."""

from __future__ import annotations

import json

from nbgrad import TraceFormatError
from nbgrad.tracing import Trace
from nbgrad.tracing.narration.story import Story
from tests.fuzz.checks import check_terminal
from tests.fuzz.mutate import mutate_json
from tests.fuzz.seeds import traces
from tests.tracing.columns import columns

seeds = traces
mutate = mutate_json


def target(data: bytes) -> None:
    """Read a trace from a stranger's JSON."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return
    try:
        trace = Trace.from_dict(document)
    except TraceFormatError as error:
        assert len(str(error)) < 400, error
        check_terminal(str(error))
        return
    check_terminal(str(trace))
    check_terminal(repr(trace))
    for lang in ("en", "ko"):
        told = Story(trace, lang)
        check_terminal("".join("".join(said) for said in told.generation))
    written = trace.to_dict()
    json.dumps(written, allow_nan=False)
    assert Trace.from_dict(written).to_dict() == written
    # Columns leave out what follows from the rest, so what contradicts it is gone once they are read.
    settled = columns(Trace.from_dict(columns(trace)))
    assert columns(Trace.from_dict(settled)) == settled
