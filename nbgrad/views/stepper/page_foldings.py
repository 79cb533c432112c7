"""The other foldings of a trace that a page holds, since it has no kernel to fold the trace anew.

Most of a scene are the summaries of its numbers, and those of two foldings are nearly the same. They
are written once: a scene is a gzip file in two parts, the first of which all scenes of the page
have in common.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from nbgrad.tracing.json.table import Table
from nbgrad.tracing.module_calls import (
    MIN_REPEATED_BLOCKS,
    calls_of,
    children_of,
    covered,
    depths,
    in_sight,
    runs,
    turned,
)

from .scene import closed_of, scene, to_json

if TYPE_CHECKING:
    from nbgrad.tracing import Trace
    from nbgrad.tracing.model import Parts

MAX_BYTES = 3_000_000
"""What the scenes of other foldings may take in a page."""
MAX_FOLDINGS = 64
"""How many of them there are at most, since each takes time to make."""
MAX_FOLDED_FUNCTIONS = 100_000
"""How many functions are folded for them in all, beyond the first other folding."""
MAX_VISIBLE_FUNCTIONS = 300
"""Foldings with more visible functions are left out, since drawing them would take long."""
MAX_COUNTED_FUNCTIONS = 2000
"""The same limit before reshaping is folded, which takes long itself."""
WINDOW = 32_768
"""How far back gzip looks for what it has written already."""
GZIP, DEFLATE = 31, -15
"""zlib's numbers for data with a header and a checksum, and without."""
EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"
"""Of deflate: five bytes that stand for nothing."""


def foldings_state(trace: Trace, lang: str, data: dict[str, Any], table: Table) -> dict[str, Any]:
    """Return the scenes of other foldings as far as they are small enough, and the ways between them.

    Parameters
    ----------
    trace : Trace
    lang : str
    data : dict
        The scene of the shown folding.
    table : Table
        Where its summaries are.

    Returns
    -------
    dict
        ``_shared64`` and, for each folding, ``_packed64``: together the base64 of a gzip file. Its
        ``ways`` say for a module call which folding to show when it is opened or closed. Empty
        where there is no other folding.
    """
    if data.get("modules") is None:
        return {}
    whole, now = trace.whole.nested, set(closed_of(data))
    foldings, texts, room = [now], [_text(data)], MAX_BYTES
    most = min(MAX_FOLDINGS, 2 + MAX_FOLDED_FUNCTIONS // len(whole.functions))
    for closed in _candidates(whole, now):
        if len(foldings) >= most:
            break
        if closed in foldings or _is_large(trace.whole, closed):
            continue
        known = len(table.rows)
        text = _text(scene(trace, lang, closed, table=table))
        size = len(zlib.compress((text + to_json({"": table.rows[known:]})).encode(), 1)) * 4 // 3
        if size > room:
            table.cut(known)
            continue
        room -= size
        foldings.append(closed)
        texts.append(text)
    if len(foldings) == 1:
        return {}
    shared = to_json({"summaries": table.rows, "flow": data["flow"], "ui": data["ui"]})
    head = f"{shared[:-1]},".encode("utf-8", "surrogatepass")
    paths = [path for path, n in data["modules"]["calls"].items() if n > 1]
    scenes = [
        {"_packed64": _tail(head, text), "ways": ways}
        for text, ways in zip(texts, _ways(whole, foldings, paths), strict=True)
    ]
    return {"_shared64": _head(head), "_scene": "", "_depths": scenes, "_depth": 0}


def _is_large(whole: Trace, closed: set[str]) -> bool:
    """Whether a folding has more functions than a page draws."""
    count = in_sight(whole.nested, closed)
    if MAX_VISIBLE_FUNCTIONS < count <= MAX_COUNTED_FUNCTIONS:
        count = len(whole.folded(closed).functions)
    return count > MAX_VISIBLE_FUNCTIONS


def _candidates(whole: Parts, now: set[str]) -> Iterator[set[str]]:
    """Yield foldings in the order in which they are wanted.

    First those in which one more module is open, then those in which one block of an opened run is,
    then every depth, those nearest to the shown one first.
    """
    single = [turned(whole, now, path) for path in sorted(now)]
    yield from single
    for opened in single:
        blocks = sorted(opened - now)
        if len(blocks) >= MIN_REPEATED_BLOCKS:
            yield from (turned(whole, opened, path) for path in blocks)
    every = depths(whole)
    place = every.index(now) if now in every else -1
    yield from sorted(every, key=lambda closed: abs(every.index(closed) - place))


def _ways(whole: Parts, foldings: list[set[str]], paths: Iterable[str]) -> Iterator[dict[str, int]]:
    """Yield for each folding the one to show when a module call is opened or closed."""
    children = children_of(calls_of(whole.functions))
    found = runs(children, whole.modules)
    covers = [covered(closed, found) for closed in foldings]
    for closed in foldings:
        inside = tuple(f"{c}." for c in closed)
        ways = {}
        for path in paths:
            if path.startswith(inside):
                continue
            target = turned(whole, closed, path, children, found)
            fit = [
                k
                for k, other in enumerate(foldings)
                if (not f"{path}.".startswith(covers[k]) if path in closed else path in other)
            ]
            if fit:
                ways[path] = min((len(foldings[k] ^ target), k) for k in fit)[1]
        yield ways


# ---- one gzip file in two parts


def _text(data: dict[str, Any]) -> str:
    """Write a scene without what all have in common, as the end of a JSON object."""
    trace = {key: value for key, value in data["trace"].items() if key != "summaries"}
    own = {key: value for key, value in data.items() if key not in {"flow", "ui"}}
    return to_json({**own, "trace": trace})[1:]


def _head(text: bytes) -> str:
    """Return the first part, which ends where a byte, and a character of base64, ends."""
    writer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    packed = writer.compress(text) + writer.flush(zlib.Z_FULL_FLUSH)
    while len(packed) % 3:
        packed += EMPTY_BLOCK
    return base64.b64encode(packed).decode("ascii")


def _tail(head: bytes, text: str) -> str:
    """Return the second part, which may refer to the end of the first; a checksum closes both."""
    data = text.encode("utf-8", "surrogatepass")
    writer = zlib.compressobj(6, zlib.DEFLATED, DEFLATE, zdict=head[-WINDOW:])
    packed = writer.compress(data) + writer.flush()
    size = (len(head) + len(data)) % 2**32
    packed += struct.pack("<II", zlib.crc32(data, zlib.crc32(head)), size)
    return base64.b64encode(packed).decode("ascii")
