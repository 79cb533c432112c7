"""One Jupyter server of our own: it serves JupyterLab under /lab and Notebook 7 under /notebooks."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

# Each application reads the file of its own name and no other.
CONFIG = {
    "jupyter_server_config": """
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = {port}
c.ServerApp.port_retries = 0
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.ServerApp.root_dir = {root!r}
c.ServerApp.disable_check_xsrf = True
c.IdentityProvider.token = ""
""",
    "jupyter_lab_config": """
c.LabApp.open_browser = False
c.LabApp.expose_app_in_browser = True
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.news_url = None
c.LabApp.extension_manager = "readonly"
""",
    "jupyter_notebook_config": """
c.JupyterNotebookApp.expose_app_in_browser = True
""",
}

OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}


class JupyterServer:
    """A server process with all its folders under `home`, notebooks in `home/notebooks`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = home / "notebooks"
        self.log = home / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, timeout: float = 300.0) -> None:
        config = self.home / "config"
        settings = config / "labconfig"
        settings.mkdir(parents=True)
        self.root.mkdir()
        for name, text in CONFIG.items():
            text = text.format(port=self.port, root=str(self.root))
            (config / f"{name}.py").write_text(text)
        (settings / "default_setting_overrides.json").write_text(json.dumps(OVERRIDES))
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", "--no-browser"],
                cwd=self.root,
                env=self._environment(config),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_up(time.monotonic() + timeout)

    def stop(self) -> None:
        if self._process is None:
            return
        try:
            for kernel in self._api("GET", "kernels"):
                self._api("DELETE", f"kernels/{kernel['id']}")
            self._process.terminate()
            self._process.wait(60)
        except (OSError, subprocess.TimeoutExpired):
            pass  # the group is ended below
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(60)

    def _environment(self, config: Path) -> dict[str, str]:
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "COVERAGE", "MPL"))
        }
        folders = {
            "HOME": self.home,
            "IPYTHONDIR": self.home / "ipython",
            "JUPYTER_CONFIG_DIR": config,
            "JUPYTER_DATA_DIR": self.home / "data",
            "JUPYTER_RUNTIME_DIR": self.home / "runtime",
            "JUPYTERLAB_SETTINGS_DIR": self.home / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": self.home / "workspaces",
            "MPLCONFIGDIR": self.home / "matplotlib",
        }
        return {**kept, **{k: str(v) for k, v in folders.items()}, "ANYWIDGET_HMR": "0"}

    def _wait_until_up(self, deadline: float) -> None:
        assert self._process is not None
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                self._api("GET", "status")
                return
            except OSError:
                time.sleep(0.1)
        self.stop()
        msg = f"the Jupyter server did not start; its log:\n{self.log.read_text()}"
        raise RuntimeError(msg)

    def _api(self, method: str, path: str) -> Any:
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            request, timeout=10
        ) as reply:
            body = reply.read()
        return json.loads(body) if body else None


def free_port() -> int:
    """Return a port of this machine that nobody has now.

    Below those that systems give to whoever connects: it must be free when the server starts too.
    """
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")
