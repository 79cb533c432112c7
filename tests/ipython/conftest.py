"""A real shell, and a real kernel."""

from __future__ import annotations

import atexit
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from IPython.terminal.interactiveshell import TerminalInteractiveShell
from jupyter_client.manager import start_new_kernel
from traitlets.config import Config

import nbgrad as ng
from nbgrad.engine import grad_mode as config
from nbgrad.engine.diagnostics import positions as source

ROOT = Path(__file__).resolve().parents[2]
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


def plain(text: str) -> str:
    """Return a text without colours."""
    return _COLOUR.sub("", text)


@dataclass
class Ran:
    """What came of a cell."""

    out: str
    err: str
    value: Any
    error: BaseException | None


class Shell:
    """A terminal IPython, driven by text as a person drives it."""

    def __init__(self, ip: Any, capsys: pytest.CaptureFixture[str]) -> None:
        self.ip = ip
        self.names = ip.user_ns
        self._capsys = capsys

    def run(self, code: str, *, store_history: bool = True) -> Ran:
        self._capsys.readouterr()
        result = self.ip.run_cell(code, store_history=store_history)
        out, err = self._capsys.readouterr()
        error = result.error_in_exec or result.error_before_exec
        return Ran(plain(out), plain(err), result.result, error)

    def ok(self, code: str) -> Ran:
        ran = self.run(code)
        assert ran.error is None, ran
        return ran


@pytest.fixture
def bare_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    """Start an IPython without the extension."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    # A doctest leaves one behind, and IPython then does not set its own.
    monkeypatch.delattr("builtins._", raising=False)
    TerminalInteractiveShell.clear_instance()
    enabled, cell_of = set(source.state.enabled), source.state.cell_of
    quiet = Config({"HistoryManager": {"enabled": False}})
    ip = TerminalInteractiveShell.instance(simple_prompt=True, config=quiet)
    atexit.unregister(ip.atexit_operations)
    ip.user_ns.update(np=np, ng=ng)
    yield Shell(ip, capsys)
    ng.unload_ipython_extension(ip)
    ip.atexit_operations()
    TerminalInteractiveShell.clear_instance()
    assert (set(source.state.enabled), source.state.cell_of) == (enabled, cell_of)
    assert config.override.get() is None
    config.process.enable_backprop = True


@pytest.fixture
def shell(bare_shell: Shell) -> Shell:
    """Start an IPython with the extension."""
    bare_shell.ok("%load_ext nbgrad")
    return bare_shell


# ---------------------------------------------------------------- a kernel


@dataclass
class Reply:
    """What a notebook shows of a cell."""

    count: int
    status: str
    out: str = ""
    err: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)
    displays: list[dict[str, Any]] = field(default_factory=list)
    traceback: str = ""

    @property
    def text(self) -> str:
        return str(self.results[-1]["text/plain"]) if self.results else ""


class Kernel:
    """A running kernel, driven through its messages."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def run(self, code: str) -> Reply:
        messages: list[Any] = []
        # An error would abort the next cell too, where that comes soon after.
        reply = self.client.execute_interactive(
            code, timeout=600, output_hook=messages.append, allow_stdin=False, stop_on_error=False
        )["content"]
        seen = Reply(reply.get("execution_count", 0), reply["status"])
        for message in messages:
            content = message["content"]
            match message["msg_type"]:
                case "stream" if content["name"] == "stdout":
                    seen.out += content["text"]
                case "stream":
                    seen.err += content["text"]
                case "execute_result":
                    seen.results.append(content["data"])
                case "display_data":
                    seen.displays.append(content["data"])
                case "error":
                    seen.traceback = plain("\n".join(content["traceback"]))
        return seen

    def ok(self, code: str) -> Reply:
        seen = self.run(code)
        assert seen.status == "ok", seen
        return seen


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """Start a kernel with the extension."""
    folder = tmp_path_factory.mktemp("kernel")
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        "IPYTHONDIR": str(folder),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    manager, client = start_new_kernel(
        startup_timeout=600, kernel_name="python3", env=environment, cwd=str(folder)
    )
    running = Kernel(client)
    running.ok("%load_ext nbgrad\nimport numpy as np\nimport nbgrad as ng")
    yield running
    client.stop_channels()
    manager.shutdown_kernel(now=True)
