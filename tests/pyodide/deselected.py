"""A plugin of pytest: leave out what cannot be in Pyodide, and say how much that is."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable

import pytest

# Pyodide has one thread and no processes, no event loop to run until complete, no links and no owners of
# files; its memory is a browser's, its clock is coarse, its numbers overflow without a warning; and the stepper needs IPython, which is not here.
CANNOT = re.compile(
    r"\bthread(s|ing|ed|_time)?\b|\bThread|subprocess|asyncio|concurrent\.futures|multiprocessing|"
    r"tracemalloc|signal\.|setrecursionlimit|resource\.|process_time|perf_counter|monotonic|"
    r"FloatingPointError|\bmode\b|umask|chmod|hard|ng\.Stepper|nbgrad\.views|views\.",
)
FILES = re.compile(
    r"numpy_warnings|threads|faults|core_alone|memory|namespaces|glossary|atomic_write|reader_bounds"
)


def _parameters(item: pytest.Item) -> Iterable[object]:
    """Return the values of a test's parameters."""
    callspec = getattr(item, "callspec", None)
    return callspec.params.values() if callspec is not None else ()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests whose code or parameters ask for threads, an event loop or the like."""
    kept, left = [], []
    for item in items:
        function = getattr(item, "function", None)
        code = inspect.getsource(function) if function is not None else ""
        out = (
            FILES.search(item.path.stem)
            or "thread" in item.name
            or CANNOT.search(code)
            or "async def" in code
            or any(map(inspect.isasyncgenfunction, _parameters(item)))
        )
        (left if out else kept).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept
