"""Nothing in the tree names a package registry's host or a folder of somebody's machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, project_files, shown

# Written in pieces, so that this file does not name them either.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("debian", "org"),
        ("pytorch", "org"),
        ("anaconda", "org"),
    )
]
REGISTRY = re.compile("|".join(map(re.escape, HOSTS)))
FOLDER = re.compile(r"(?<![\w.>-])/(?:w[o]rk|f[a]rm|r[o]ot|h[o]me|Us[e]rs)/[A-Za-z.]")
TEMPORARY = re.compile(r"(?<![\w.>-])/t[m]p/[A-Za-z.]")


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in project_files():
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            assert path.suffix in {".png", ".ico", ".woff2", ".npz"}, f"{shown(path)} is not UTF-8"
    return found


@pytest.fixture(scope="module")
def tree() -> list[tuple[Path, str]]:
    return texts()


def hits(tree: list[tuple[Path, str]], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{shown(path)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for path, text in tree
        for match in pattern.finditer(text)
    ]


def test_no_registry_is_named(tree: list[tuple[Path, str]]) -> None:
    assert hits(tree, REGISTRY) == []


def test_no_folder_of_a_machine_is_named(tree: list[tuple[Path, str]]) -> None:
    assert hits(tree, FOLDER) == []


def test_only_tests_name_temporary_folders(tree: list[tuple[Path, str]]) -> None:
    product = [(path, text) for path, text in tree if ROOT / "tests" not in path.parents]
    assert hits(product, TEMPORARY) == []


def test_the_tree_has_the_files_that_people_look_for() -> None:
    wanted = ["README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", "Makefile", ".ci/run"]
    assert [name for name in wanted if not (ROOT / name).is_file()] == []
