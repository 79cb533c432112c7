"""What CONTRIBUTING.md names is there: files, functions, commands."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from types import FrameType

import numpy as np

import nbgrad as ng
from tests.architecture.test_imports import LOWER_HALF
from tests.architecture.tree import PACKAGE, ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WALK = re.findall(r"`((?:\w+/)+\w+\.py)` `(\w+)`", TEXT)
RECIPES = {"nbgrad/views/markdown.py"}
"""A file that a recipe adds."""


def test_the_walk_names_what_is_there() -> None:
    assert len(WALK) >= 10
    for file, name in WALK:
        tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
        defined = {getattr(node, "name", None) for node in ast.walk(tree)}
        assigned = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        assert name in defined | assigned, (file, name)


def test_the_walk_is_the_way_of_the_gradient() -> None:
    entered: list[str] = []

    def note(frame: FrameType, event: str, _arg: object) -> None:
        if event == "call" and PACKAGE in (file := Path(frame.f_code.co_filename)).parents:
            entered.append(f"{file.relative_to(PACKAGE).as_posix()} {frame.f_code.co_name}")

    (source,) = re.findall(r"^One gradient .*?```python\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE)
    names = {"np": np, "Variable": ng.Variable}
    exec(source, names)  # the first time also imports
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        exec(source, names)
    finally:
        sys.setprofile(before)
    rows = re.findall(r"^\| [4-8] \| `(\S+)` `(\w+)`", TEXT, re.MULTILINE)
    places = [entered.index(f"{file} {name}") for file, name in rows]
    assert len(places) == 5
    assert places == sorted(places)


def test_every_file_that_it_names_exists() -> None:
    named = set(re.findall(r"`((?:\w+/)+[\w.]*)`", TEXT)) | set(
        re.findall(r"\]\(([\w/.]+)\)", TEXT)
    )
    assert len(named) > 30
    for path in named - RECIPES:
        if path.startswith("dist/"):
            continue
        assert (ROOT / path).exists() or list(PACKAGE.glob(f"**/{path}")), path


def test_every_target_of_make_that_it_names_exists() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        word for words in re.findall(r"`make ([\w -]+?)(?: ARGS|`)", TEXT) for word in words.split()
    }
    assert named >= {"test", "bench", "matrix"}
    assert named <= targets


def test_it_says_what_the_core_uses_of_its_diagnostics() -> None:
    (said,) = re.findall(r"uses \w+ modules of `diagnostics/`:(.*?)\.", TEXT, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", said)) == LOWER_HALF


def test_every_folder_of_the_package_is_in_the_table() -> None:
    folders = {p.parent.name for p in PACKAGE.glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)/` \|", TEXT, re.MULTILINE)) == folders
