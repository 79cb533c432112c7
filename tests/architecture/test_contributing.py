"""What CONTRIBUTING.md names is there: files, functions, commands."""

from __future__ import annotations

import ast
import re

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
