"""Settings of all tests: how hard Hypothesis tries, and what every test must leave as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from nbgrad import Config

# No deadline: machines that run tests are shared. In CI the same cases every time.
settings.register_profile(
    "short", deadline=None, max_examples=50, derandomize=bool(os.environ.get("CI"))
)
settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "5000")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("pyodide", deadline=None, max_examples=5, derandomize=True)
settings.load_profile("short")


HERE = Path(__file__).parent
MEASURED = tuple(HERE / name for name in ("engine", "ops", "tracing", "calculus"))
"""The tests that coverage is measured by: it doubles their time, and a package is reached by its own."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put tests in a browser last: Playwright's event loop runs on, and asyncio.run() refuses then."""
    items.sort(key=lambda item: "playwright" in getattr(item, "fixturenames", ()))
    if config.pluginmanager.hasplugin("_cov"):
        for item in items:
            if not any(map(item.path.is_relative_to, MEASURED)):
                item.add_marker(pytest.mark.no_cover)


@pytest.fixture(autouse=True)
def _grad_mode_is_put_back() -> Iterator[None]:
    """Fail the test that leaves gradients off, not the innocent one after it."""
    before = Config.enable_backprop
    yield
    after = Config.enable_backprop
    Config.enable_backprop = before
    assert after == before, f"the test left Config.enable_backprop at {after}"
