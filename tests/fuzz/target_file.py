"""Target: what `Trace.load` makes of the bytes of a file."""

from __future__ import annotations

from nbgrad import TraceFormatError
from nbgrad.tracing.files import parse_json
from nbgrad.tracing.json.reader import from_dict
from tests.fuzz.checks import check_terminal
from tests.fuzz.mutate import mutate_bytes
from tests.fuzz.seeds import traces

mutate = mutate_bytes


def seeds() -> list[bytes]:
    """Return traces, and the ways in which a file is not JSON."""
    ends = [b"", b"\xff\xfe\x00", b"[" * 2000, b'{"schema":NaN}', b"1" * 5000, b"\xef\xbb\xbf{}"]
    return [*traces()[:4], *(trace.decode().encode("utf-16") for trace in traces()[:1]), *ends]


def target(data: bytes) -> None:
    """Read a stranger's file, under a name of his."""
    try:
        from_dict(parse_json(data, "a\x1b\n\u202eb.json"))
    except TraceFormatError as error:
        assert len(str(error)) < 600, error
        check_terminal(str(error))
