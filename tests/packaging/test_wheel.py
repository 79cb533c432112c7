"""What is in the wheel and the sdist, and that the wheel works in an empty environment."""

from __future__ import annotations

import re
import shutil
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from tests.architecture.test_forbidden_words import REGISTRY
from tests.architecture.tree import PACKAGE, ROOT
from tests.packaging.conftest import run

VERSION = re.search(r'__version__ = "(.+)"', (PACKAGE / "_version.py").read_text(encoding="utf-8"))[
    1
]

PROGRAM = """
import pathlib
import numpy as np
import nbgrad as ng

x = ng.Variable(np.array(2.0), name="x")
a = ng.square(x)
y = ng.square(a) + ng.square(a)
trace = ng.trace(y)
assert float(x.grad) == 64.0
assert "64" in str(trace)
trace.save("steps.html")
trace.save("steps.json")
assert str(ng.Trace.load("steps.json")) == str(trace)
try:
    ng.Stepper(trace)
except ImportError as error:
    print(error)
"""

NOTEBOOK = """
from importlib.resources import files
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in (
    "%load_ext nbgrad",
    "import numpy as np, nbgrad as ng",
    "x = Variable(np.array(2.0)); a = ng.square(x); y = a * a + a * a",
    "%backward y",
):
    shell.run_cell(cell, silent=True).raise_error()
ng, x, y = (shell.user_ns[name] for name in ("ng", "x", "y"))
assert x.grad == 64.0
bundle = files("nbgrad").joinpath("views", "static", "stepper.js").read_text(encoding="utf-8")
assert str(ng.Stepper(ng.trace(y))._esm) == bundle
assert str(ng.graph(y).to_dot()).lstrip().startswith("//")
"""


def contents(wheel: Path) -> dict[str, bytes]:
    """Return every file of a wheel; RECORD among them, with all digests."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def files(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"nbgrad-{VERSION}.dist-info/METADATA").decode()
    return Parser().parsestr(text)


def test_the_wheel_is_pure_python(wheel: Path) -> None:
    assert wheel.name == f"nbgrad-{VERSION}-py3-none-any.whl"


def test_the_wheel_has_every_file_of_the_package_and_no_other(files: set[str]) -> None:
    package = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in files if ".dist-info/" not in name} == package


def test_the_wheel_has_what_tools_look_for(files: set[str]) -> None:
    info = f"nbgrad-{VERSION}.dist-info"
    assert {"nbgrad/py.typed", "nbgrad/tracing/json/SCHEMA.md", f"{info}/licenses/LICENSE"} <= files
    static = {Path(name).suffix for name in files if name.startswith("nbgrad/views/static/")}
    assert ".js" in static


def test_the_licence_is_in_wheel_and_sdist(wheel: Path, sdist: Path) -> None:
    licence = (ROOT / "LICENSE").read_bytes()
    assert licence.startswith(b"MIT License")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(f"nbgrad-{VERSION}.dist-info/licenses/LICENSE") == licence
    with tarfile.open(sdist) as archive:
        assert archive.extractfile(f"nbgrad-{VERSION}/LICENSE").read() == licence


def test_checkout_and_sdist_give_the_same_wheel(
    checkout: Path, wheel: Path, tmp_path: Path
) -> None:
    """The wheel of the other tests is made from the sdist."""
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, checkout, cwd=tmp_path)
    assert contents(tmp_path / wheel.name) == contents(wheel)


def test_the_wheel_names_no_registry(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        named = [
            name
            for name in archive.namelist()
            if REGISTRY.search(archive.read(name).decode(errors="replace"))
        ]
    assert named == []


def test_the_metadata_says_what_pip_and_people_need(metadata: Message) -> None:
    assert metadata["Version"] == VERSION
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert {"examples", "test", "dev"} <= set(metadata.get_all("Provides-Extra"))
    needed = {r for r in metadata.get_all("Requires-Dist") if "extra ==" not in r}
    assert {re.match(r"[\w-]+", r)[0] for r in needed} == {
        "numpy",
        "ipython",
        "ipywidgets",
        "anywidget",
        "graphviz",
    }


def test_links_on_an_index_lead_to_the_repository_that_built_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = {"SERVER_URL": "https://host.example", "REPOSITORY": "who/name", "REF_NAME": "v1.2.3"}
    for key, value in values.items():
        monkeypatch.setenv(f"GITHUB_{key}", value)
    hook = ProjectMetadata(str(ROOT), PluginManager()).hatch.metadata.hooks["custom"]
    filled: dict[str, Any] = {}
    hook.update(filled)
    assert filled["urls"]["Repository"] == "https://host.example/who/name"
    text = filled["readme"]["text"]
    links = re.findall(r"(?:\]\(|^\[[^\]]+\]: |src(?:set)?=\")([^)\"\s]+)", text, re.MULTILINE)
    assert len(links) > 25
    for link in links:
        kind, version, path = link.removeprefix("https://host.example/who/name/").split("/", 2)
        assert (kind, version) == ("raw" if path.endswith(".png") else "blob", "v1.2.3")
        assert (ROOT / path).is_file()
    monkeypatch.delenv("GITHUB_REPOSITORY")
    hook.update(filled)
    assert filled["urls"] == {}
    assert filled["readme"]["text"] == (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_sdist_can_be_built_from_and_tested(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        "pyproject.toml",
        "hatch_build.py",
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "PKG-INFO",
    }
    wanted |= {"js/package-lock.json", "js/tsconfig.json", "tests/conftest.py", "nbgrad/py.typed"}
    assert wanted <= names
    assert [n for n in names if "node_modules" in n or n.startswith("tests/browser/shots")] == []


def test_the_version_is_told(bare: Path, tmp_path: Path) -> None:
    assert VERSION in run(bare, "-m", "nbgrad", "--version", cwd=tmp_path)


def test_it_works_with_numpy_alone(bare: Path, tmp_path: Path) -> None:
    said = run(bare, "-c", PROGRAM, cwd=tmp_path)
    assert "pip install" in said  # for the widget, which is not there
    assert (tmp_path / "steps.html").stat().st_size > 10_000


def test_the_demo_works_with_numpy_alone(bare: Path, tmp_path: Path) -> None:
    assert "64" in run(bare, "-m", "nbgrad", "demo", cwd=tmp_path)


def test_a_typed_client_passes_mypy_strict(bare: Path, tmp_path: Path) -> None:
    shutil.copy(Path(__file__).with_name("client.py"), tmp_path)
    types = ("-m", "mypy", "--strict", "--python-executable", bare, "client.py")
    run(sys.executable, *types, cwd=tmp_path)
    run(bare, "client.py", cwd=tmp_path)


def test_it_brings_all_that_a_notebook_needs(installed: Path, tmp_path: Path) -> None:
    assert "x.grad 64" in run(installed, "-c", NOTEBOOK, cwd=tmp_path)
