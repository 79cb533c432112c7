"""JupyterLite in the site: the notebooks run in the browser, and nbgrad is there already.

Pyodide is pruned to what the notebooks need. Its lock file lists nbgrad, the widgets and the kernel too: they
load when the kernel starts, so a notebook runs unchanged, and no other host is asked for anything.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

from tests.pyodide import packages

ROOT = Path(__file__).resolve().parents[3]
EXTENSIONS = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
KERNEL = "@jupyterlite/pyodide-kernel-extension"
WIDGETS = "@jupyter-widgets/jupyterlab-manager"
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")

NEEDED = ("numpy", "ipython", "jedi", "micropip", "sqlite3", "ssl")
"""What the kernel and nbgrad load, of Pyodide's release."""
ON_DEMAND = ("matplotlib", "scikit-learn", "scipy")
"""What some notebook imports: loaded when a cell does."""
PURE = (*packages.WIDGETS, "tqdm")
STARTED = (
    *("nbgrad", "micropip", "piplite", "ssl", "sqlite3"),
    *("ipykernel", "comm", "pyodide_kernel", "jedi", "ipython"),
)
"""What Pyodide starts with; the kernel installs those of its own that are not listed here one by one."""
WITHOUT = "09"
"""The notebook on PyTorch, which has no build for the browser."""


def notebooks() -> list[Path]:
    """Return the notebooks that run in the browser."""
    every = sorted((ROOT / "examples").glob("[0-9][0-9]_*.ipynb"))
    return [path for path in every if not path.name.startswith(WITHOUT)]


def write_lite(folder: Path, output: Path) -> int:
    """Build JupyterLite and return the number of its notebooks.

    Parameters
    ----------
    folder : path
        Where its parts are put together.
    output : path
        A folder of the site.
    """
    for old in (folder, output):
        shutil.rmtree(old, ignore_errors=True)
    content = folder / "content"
    content.mkdir(parents=True)
    for notebook in notebooks():
        shutil.copyfile(notebook, content / notebook.name)
    write_pyodide(folder / "static" / "pyodide", own_wheel(folder / "wheel"))
    write_json(folder / "jupyter-lite.json", page_config())
    write_json(folder / "jupyter_lite_config.json", build_config(content, output))
    command = [str(Path(sys.executable).with_name("jupyter-lite")), "build"]
    made = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(f"{made.stdout}\n{made.stderr}")
    return len(notebooks())


def page_config() -> dict[str, Any]:
    """Return what the pages read: where Pyodide is, and what it starts with."""
    settings = {
        "pyodideUrl": "./static/pyodide/pyodide.js",
        "loadPyodideOptions": {"packages": STARTED},
    }
    data = {
        "appName": "nbgrad",
        "enableMemoryStorage": True,  # where the browser keeps nothing, as in a private window
        "exposeAppInBrowser": True,
        "litePluginSettings": {f"{KERNEL}:kernel": settings},
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}


def build_config(content: Path, output: Path) -> dict[str, Any]:
    """Return the options of the build: one application, and the extensions that widgets need."""
    options = {
        "apps": ["lab"],
        "contents": [str(content)],
        "output_dir": str(output),
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [str(EXTENSIONS / name) for name in (KERNEL, WIDGETS, "anywidget")],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }
    return {"LiteBuildConfig": options}


def own_wheel(folder: Path) -> Path:
    """Return nbgrad's own wheel."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "-q"]
    subprocess.run([*command, "--no-deps", "-w", str(folder), str(ROOT)], check=True)
    (found,) = folder.glob("*.whl")
    return found


def write_pyodide(target: Path, wheel: Path) -> None:
    """Write Pyodide with nothing that is not needed, and a lock file that lists all that is there."""
    packages.install_core(packages.npm())
    target.mkdir(parents=True)
    released = packages.unpack(NEEDED + ON_DEMAND)
    kernel = [
        path
        for name in ("piplite", "ipykernel", "pyodide_kernel")
        for path in (EXTENSIONS / KERNEL / "static" / "pypi").glob(f"{name}-*.whl")
    ]
    added = [wheel, *packages.pure(PURE), *kernel]
    for path in [*(packages.CORE / name for name in CORE), *released, *added]:
        shutil.copyfile(path, target / path.name)
    lock = json.loads((packages.CORE / "pyodide-lock.json").read_text(encoding="utf-8"))
    kept = {name: lock["packages"][name] for name in packages.needed(NEEDED + ON_DEMAND)}
    entries = {entry["name"]: entry for entry in map(lock_entry, added)}
    own = [packages.key(re.split("[<=>]", name)[0]) for name in packages.WIDGETS]
    entries["nbgrad"]["depends"] = [*own, "ipython", "numpy"]
    write_json(target / "pyodide-lock.json", {"info": lock["info"], "packages": kept | entries})


def lock_entry(path: Path) -> dict[str, Any]:
    """Return what Pyodide's lock file says of a wheel."""
    with zipfile.ZipFile(path) as held:
        meta = next(name for name in held.namelist() if name.endswith(".dist-info/METADATA"))
        fields = Parser().parsestr(held.read(meta).decode("utf-8"))
        tops = {name.split("/")[0].removesuffix(".py") for name in held.namelist()}
    return {
        "name": packages.key(str(fields["Name"])),
        "version": str(fields["Version"]),
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(name for name in tops if name.isidentifier()),
        "depends": [],
        "unvendored_tests": False,
    }


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write a file of settings."""
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
