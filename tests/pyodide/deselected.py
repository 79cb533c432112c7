"""A plugin of pytest: leave out what cannot be in Pyodide, and say how much that is."""

from __future__ import annotations

import inspect
import re

import pytest

# Pyodide has one thread and no processes, and no event loop to run until complete; node has no tracemalloc
# worth the name, and time in it is coarse.
CANNOT = re.compile(
    r"\bthread(s|ing|ed)?\b|\bThread|subprocess|asyncio|concurrent\.futures|multiprocessing|"
    r"tracemalloc|signal\.|setrecursionlimit|resource\.",
)
FILES = re.compile(r"threads|faults|core_alone|memory")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests whose code asks for threads, processes, an event loop or tracemalloc."""
    kept, left = [], []
    for item in items:
        function = getattr(item, "function", None)
        code = inspect.getsource(function) if function is not None else ""
        out = FILES.search(item.path.stem) or CANNOT.search(code) or "async def" in code
        (left if out else kept).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept
