"""Settings of all tests: how hard Hypothesis tries, and what every test must leave as it was."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from nbgrad import Config

# No limit in seconds: machines that run tests are shared. In CI the same cases every time.
_PATIENT: Any = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile(
    "short", max_examples=50, derandomize=bool(os.environ.get("CI")), **_PATIENT
)
settings.register_profile(
    "fuzz", max_examples=int(os.environ.get("FUZZ_EXAMPLES", "5000")), **_PATIENT
)
settings.register_profile("pyodide", max_examples=5, derandomize=True, **_PATIENT)
settings.load_profile("short")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests in a browser last: Playwright's event loop runs on, and asyncio.run() refuses then."""
    items.sort(key=lambda item: "playwright" in getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def _collections_are_short() -> Iterator[None]:
    """Let the collector look at what the test makes: all that was loaded before takes it a second."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _grad_mode_is_put_back() -> Iterator[None]:
    """Fail the test that leaves gradients off, not the innocent one after it."""
    before = Config.enable_backprop
    yield
    after = Config.enable_backprop
    Config.enable_backprop = before
    assert after == before, f"the test left Config.enable_backprop at {after}"
