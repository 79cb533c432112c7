"""The sentences of a trace as plain text."""

from __future__ import annotations

import nbgrad as ng
from nbgrad.tracing.narration.story import Story


def plain(sentences: list[list[str]]) -> list[str]:
    return ["".join(s) for s in sentences]


def told(y: ng.Variable, lang: str = "en", **options) -> Story:
    return Story(ng.trace(y, **options), lang)
