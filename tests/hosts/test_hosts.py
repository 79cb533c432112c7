"""The stepper in hosts that are not Jupyter's: alive, with the user's names, in both directions."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import free_port
from tests.browser.stepper import StepperView
from tests.browser.system import launch_options
from tests.hosts.apps import HOSTS

ROOT = Path(__file__).parents[2]
START = 120.0


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture(params=HOSTS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The application, served by a host."""
    port = free_port()
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            HOSTS[request.param](tmp_path, port),
            cwd=tmp_path,
            env={
                **os.environ,
                "HOME": str(tmp_path),
                "PYTHONPATH": str(ROOT),
                "SOLARA_ASSETS_PROXY_CACHE_DIR": str(tmp_path / "cdn"),
                "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url, end = f"http://127.0.0.1:{port}/", time.monotonic() + START
    try:
        while True:
            try:
                urllib.request.urlopen(url, timeout=30).close()
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.3)
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def test_a_stepper_is_alive_in_both_directions(address: str, page: Page) -> None:
    expect.set_options(timeout=60_000)
    page.goto(address)
    stepper = StepperView(page)
    stepper.click("Next")
    expect(page.get_by_text("the kernel knows step 1").first).to_be_visible()
    page.get_by_role("button", name="set step 2").first.click()
    stepper.expect_grads(a=16, x=None)
    stepper.click("Last")
    stepper.expect_grads(x=64)
    expect(page.get_by_text("the kernel knows step 3").first).to_be_visible()
