"""The front end's bundle: committed, made from the sources beside it, remade when they change."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE, ROOT
from tests.packaging.conftest import run

STATIC = PACKAGE / "views" / "static"
BUNDLE_KB = 60


def test_the_committed_bundle_is_fresh() -> None:
    assert run(sys.executable, "hatch_build.py", cwd=ROOT).strip() == "fresh"


def test_the_bundle_is_small() -> None:
    size = (STATIC / "stepper.js").stat().st_size / 1000
    assert size <= BUNDLE_KB, f"{size:.1f} kB; anywidget sends it once for every widget"


@pytest.fixture(params=["with-node", "without-node"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Take this machine's node, if it has one; or nothing but Python and a shell."""
    if request.param == "with-node":
        return dict(os.environ)
    shell = tmp_path / "bin"
    shell.mkdir()
    (shell / "sh").symlink_to(shutil.which("sh"))
    path = os.pathsep.join([str(Path(sys.executable).parent), str(shell)])
    assert shutil.which("node", path=path) is None
    return {**os.environ, "PATH": path}


def test_a_stale_bundle_is_made_again(
    checkout: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(checkout, changed)
    static = changed / "nbgrad" / "views" / "static"
    (static / "stepper.js").write_text("stale", encoding="utf-8")
    with (changed / "js" / "src" / "index.ts").open("a", encoding="utf-8") as source:
        source.write("// a comment changes the digest, and not the bundle\n")
    command = (sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path / "dist", changed)
    run(*command, cwd=tmp_path, env=environment)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        made = archive.read("nbgrad/views/static/stepper.js")
    assert made == (STATIC / "stepper.js").read_bytes()
