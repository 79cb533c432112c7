"""What the tests need from the operating system: a browser, Graphviz' `dot`, a font.

The tests only look (`find_browser`). `python tests/browser/system.py browser dot` installs what is
missing: from Debian's packages where it may, else Playwright's own Chromium. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

COMMANDS = (
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
APT = ("apt-get", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=5")


def find_browser() -> str | None:
    """Return the path of an installed Chrome or Chromium; None leaves it to Playwright's own."""
    if chosen := os.environ.get("NBGRAD_BROWSER"):
        return chosen
    found = (shutil.which(command) for command in COMMANDS)
    there = (place for place in PLACES if Path(place).exists())
    return next((path for path in (*found, *there) if path), None)


def launch_options() -> dict[str, object]:
    """Return how Playwright starts that browser."""
    chosen = find_browser()
    return {"args": [*FLAGS], **({"executable_path": chosen} if chosen else {})}


def may_apt() -> bool:
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def apt_install(*packages: str) -> None:
    """Try to install Debian packages; whoever called looks whether it helped."""
    if not may_apt():
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*APT, "-q", "update"], env=env, check=False)
    install = [*APT, "-q", "install", "-y", "--no-install-recommends", *packages]
    subprocess.run(install, env=env, check=False)


def need_browser() -> bool:
    if find_browser() is None:
        apt_install("chromium", "fonts-dejavu-core")
    if find_browser() is None:
        install = [sys.executable, "-m", "playwright", "install", "chromium"]
        if subprocess.run(install, check=False).returncode != 0:
            print("No browser: install Chrome or Chromium, or name one in NBGRAD_BROWSER.")
            return False
    print(f"browser: {find_browser() or 'the one of Playwright'}")
    return True


def need_dot() -> bool:
    if shutil.which("dot") is None:
        apt_install("graphviz")
    found = shutil.which("dot")
    print(f"dot: {found or 'not found; install Graphviz, or the tests that want it fail'}")
    return True


if __name__ == "__main__":
    needs = {"browser": need_browser, "dot": need_dot}
    met = [needs[name]() for name in sys.argv[1:]]
    sys.exit(not all(met))
