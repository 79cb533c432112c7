"""The tests mirror the package, or tests/README.md says where a module is tested."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import PACKAGE, ROOT

TESTS = ROOT / "tests"
ROWS = re.findall(
    r"^\| `([\w/]+)/` \| (.*) \| (.*) \|$", (TESTS / "README.md").read_text("utf-8"), re.MULTILINE
)
"""Folder of the package, its modules, and what tests them."""


def has_own_test(module: Path) -> bool:
    """Whether a test file has the module's name, or its package's, or begins with the module's."""
    folder = TESTS / module.parent
    own = (folder / f"test_{module.stem}.py", folder.with_name(f"test_{folder.name}.py"))
    return any(file.exists() for file in own) or any(folder.glob(f"test_{module.stem}_*.py"))


def test_each_module_without_a_test_of_its_name_is_in_the_table() -> None:
    files = [p.relative_to(PACKAGE) for p in PACKAGE.rglob("*.py")]
    modules = {
        f.with_suffix("").as_posix(): f for f in files if not f.name.startswith(("__", "_v"))
    }
    listed = [
        f"{folder}/{name}" for folder, names, _ in ROWS for name in re.findall(r"`(\w+)`", names)
    ]
    assert len(listed) == len(set(listed)) > 50
    assert set(listed) <= modules.keys(), "a module that is gone"
    without = {name for name, file in modules.items() if not has_own_test(file)}
    assert without <= set(listed), "add a test of that name, or to the table of tests/README.md"


def test_what_the_table_names_exists() -> None:
    named = {name for _, _, tests in ROWS for name in re.findall(r"`([\w/*]+)`", tests)}
    assert len(named) > 20
    for name in named:
        assert list(TESTS.glob(f"**/{name}.py")), name
