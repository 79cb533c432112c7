"""Mutations that keep a trace's JSON well-formed, so that a fuzzer gets past the parser.

Each is a small random damage: a value replaced by one from elsewhere or by junk, a key
renamed or dropped, an entry copied, a number nudged. All come from one seed.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

JUNK: list[Any] = [
    *(None, True, False, 0, 1, -1, 2**31, 2**53, 2**63, 2**64, 10**30, 0.5, -0.0, 1e308, 5e-324),
    *("", "v0", "f0", "v99", "nan", "inf", "-inf", "NaN", "leaf", "naive", "float64", "object"),
    *("<script>", "\x1b[31m", "\u202e", "\ud800", "a\nb", "x" * 500, "]]>", "{{title}}"),
    *([], {}, [[]], [0], [None], ["v0"], {"": None}, {"id": "v0"}, [9007199254740991, 0]),
]
Owner = Any
Place = tuple[Owner, Any]


def places(data: Any) -> list[Place]:
    """Return every (container, key) of a document."""
    found: list[Place] = []
    waiting = [data]
    while waiting:
        owner = waiting.pop()
        keys: Any = owner if isinstance(owner, dict) else range(len(owner))
        for key in keys:
            found.append((owner, key))
            if isinstance(owner[key], (dict, list)):
                waiting.append(owner[key])
    return found


def replace(rng: random.Random, found: list[Place]) -> None:
    owner, key = rng.choice(found)
    owner[key] = copy.deepcopy(rng.choice(JUNK))


def transplant(rng: random.Random, found: list[Place]) -> None:
    owner, key = rng.choice(found)
    other, its = rng.choice(found)
    owner[key] = copy.deepcopy(other[its])


def drop(rng: random.Random, found: list[Place]) -> None:
    owner, key = rng.choice(found)
    del owner[key]


def repeat(rng: random.Random, found: list[Place]) -> None:
    owner, key = rng.choice(found)
    if isinstance(owner, list):
        owner[key:key] = [copy.deepcopy(owner[key]) for _ in range(rng.choice((1, 2, 30)))]


def rename(rng: random.Random, found: list[Place]) -> None:
    owner, key = rng.choice(found)
    if isinstance(owner, dict):
        owner[rng.choice(("packed", "naive", "later", f"{key}s"))] = owner.pop(key)


def nudge(rng: random.Random, found: list[Place]) -> None:
    numbers = [(o, k) for o, k in found if type(o[k]) in {int, float}]
    if numbers:
        owner, key = rng.choice(numbers)
        owner[key] += rng.choice((-1, 1, 2, 0.5, 10**6))


def shuffle(rng: random.Random, found: list[Place]) -> None:
    lists = [o[k] for o, k in found if isinstance(o[k], list)]
    if lists:
        rng.shuffle(rng.choice(lists))


DAMAGES: tuple[Callable[[random.Random, list[Place]], None], ...] = (
    *(replace, replace, transplant, transplant, nudge, nudge),
    *(drop, repeat, rename, shuffle),
)


def mutate_json(data: bytes, most: int, seed: int) -> bytes | None:
    """Return a damaged copy of a JSON document; None for what is not JSON or became too large."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    rng = random.Random(seed)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        found = places(document)
        if not found:
            return None
        rng.choice(DAMAGES)(rng, found)
    text = json.dumps(document).encode()
    return text if len(text) <= most else None


def mutate_bytes(data: bytes, most: int, seed: int) -> bytes:
    """Return a copy of a text with pieces replaced: what libFuzzer does, in plain Python."""
    rng = random.Random(seed)
    changed = bytearray(data)
    for _ in range(rng.choice((1, 2, 4))):
        at = rng.randrange(len(changed) + 1)
        end = min(len(changed), at + rng.choice((0, 1, 1, 4, 20)))
        changed[at:end] = rng.choice(PIECES) if rng.random() < 0.7 else rng.randbytes(2)
    return bytes(changed[:most])


PIECES = [
    piece.encode("utf-8", "surrogatepass")
    for piece in (
        *"<>&\"'\\;{}[]()=%#/-\0\a\b\t\n\r\x1b\x7f\x85\u2028\u2029\u202e\u2066\u200b\ufeff\ud800",
        *("<script>", "</script>", "<!--", "-->", "]]>", "\\N", "\\", "\\\\", "&lt;", "&#27;"),
        *("{{state}}", "%s", "->", "//", "/*", "x" * 100, "한국어", "🙂", "e\u0301", "\U000e0041"),
        *("--order", "naive", "--retain", " y ", "on", "off", "status", "%%backward", "--", '"'),
        "",
    )
]
