"""Imports run one way: engine ← ops ← calculus, compiler; engine ← tracing ← views ← ipython.

Every import counts, also one inside a function or for type checkers only.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.tree import FRONT_END, PACKAGE, python_files, shown

# What each layer may import of nbgrad. Modules beside the layers (the façade, the command line) may
# import anything; nothing in a layer may import them, but for the version.
LAYERS = {
    "engine": {"engine"},
    "ops": {"ops", "engine"},
    "calculus": {"calculus", "ops", "engine"},
    "compiler": {"compiler", "ops", "engine"},
    "tracing": {"tracing", "engine"},
    "views": {"views", "tracing", "engine"},
    "bridges": {"bridges", "tracing", "ops", "engine"},
    "compat": {"compat", "views", "calculus", "ops", "engine"},
    "ipython": {"ipython", "views", "tracing", "engine"},
    "cli": {"cli", "ipython", "views", "tracing", "bridges", "calculus", "ops", "engine"},
}

# Which file may import what besides NumPy and the standard library.
THIRD_PARTY = {
    "anywidget": re.compile(r"views/stepper/widget\.py"),
    "traitlets": re.compile(r"views/stepper/(widget|notebook_page)\.py"),
    "ipywidgets": re.compile(r"views/stepper/widget\.py"),
    "IPython": re.compile(r"ipython/.*"),
    "graphviz": re.compile(r"views/graph/dot\.py"),
    "matplotlib": re.compile(r"tracing/(plots|flow)\.py"),
    "PIL": re.compile(r"views/stepper/film\.py"),
    **dict.fromkeys(
        ("bs4", "latex2mathml", "nbclient", "nbconvert", "nbformat"),
        re.compile(r"views/stepper/(notebook_page|tex_to_mathml)\.py"),
    ),
    "torch": re.compile(r"bridges/torch/.*"),
    "scipy": re.compile(r"compat/scipy/.*"),
}


@dataclass(frozen=True)
class Import:
    file: Path
    line: int
    module: str
    inside: bool  # in a function, so loaded only when it is called
    types_only: bool  # under `if TYPE_CHECKING`

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.line} imports {self.module}"

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


def absolute(file: Path, level: int, module: str | None) -> str:
    """Return the full name of `from ..module import`, as written in this file."""
    package = ["nbgrad", *file.relative_to(PACKAGE).parent.parts]
    base = package[: len(package) - (level - 1)] if level else []
    return ".".join([*base, *([module] if module else [])])


def is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def modules(file: Path, node: ast.AST) -> Iterator[str]:
    """Yield the modules that one statement imports, also by name: import_module("nbgrad.ops")."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = absolute(file, node.level, node.module)
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            yield inner if base.startswith("nbgrad") and is_module(inner) else base
    elif isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        first = node.args[0] if node.args else None
        if (
            name in {"import_module", "__import__"}
            and isinstance(first, ast.Constant)
            and isinstance(first.value, str)
        ):
            dots = len(first.value) - len(first.value.lstrip("."))
            yield absolute(file, dots, first.value.lstrip("."))


def imports(file: Path) -> list[Import]:
    found: list[Import] = []

    def visit(node: ast.AST, *, inside: bool, types_only: bool) -> None:
        found.extend(
            Import(file, getattr(node, "lineno", 0), module, inside, types_only)
            for module in modules(file, node)
        )
        deeper = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        checking = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.iter_child_nodes(node):
            under = types_only or (checking and child in node.body)
            visit(child, inside=deeper, types_only=under)

    visit(ast.parse(file.read_text(encoding="utf-8")), inside=False, types_only=False)
    return found


def layer_of(file: Path) -> str | None:
    first = file.relative_to(PACKAGE).parts[0]
    return first if first in LAYERS else None


ALL = [found for file in python_files() for found in imports(file)]


def test_the_layers_are_those_of_the_design() -> None:
    folders = {p.name for p in PACKAGE.iterdir() if p.is_dir() and any(p.glob("*.py"))}
    assert folders <= set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_layers_below(layer: str) -> None:
    wrong = [
        str(found)
        for found in ALL
        if found.top == "nbgrad" and layer_of(found.file) == layer
        if found.module.partition(".")[2].partition(".")[0] not in LAYERS[layer]
        if found.module != "nbgrad._version"
    ]
    assert wrong == []


def test_other_packages_are_imported_only_where_they_belong() -> None:
    known = {*sys.stdlib_module_names, "numpy", "nbgrad"}
    wrong = []
    for found in ALL:
        if found.top in known or (found.types_only and found.top == "typing_extensions"):
            continue
        place = THIRD_PARTY.get(found.top)
        if place is None or not place.fullmatch(found.file.relative_to(PACKAGE).as_posix()):
            wrong.append(str(found))
    assert wrong == []


def test_graphviz_is_imported_only_when_it_is_called_for() -> None:
    wrong = [str(f) for f in ALL if f.top == "graphviz" and not (f.inside or f.types_only)]
    assert wrong == []


def name_of(file: Path) -> str:
    """Return a module's full name."""
    parts = ["nbgrad", *file.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Return the groups of modules that reach one another."""
    behind: dict[str, set[str]] = {}
    for start in graph:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            new = graph.get(waiting.pop(), set()) - found
            found |= new
            waiting.extend(new)
        behind[start] = found
    groups: list[set[str]] = []
    for a, reached in behind.items():
        group = {b for b in reached if a in behind.get(b, set())}
        if group and group not in groups:
            groups.append(group)
    return groups


VARIABLE = {
    "variable",
    "array_methods",
    "operators",
    "function",
    "call",
    "folded",
    "backward",
    "gradients",
    "commit",
}
"""Variable and what it is made of: the pass computes with Variables, and a Variable starts it."""


def test_the_only_circle_is_variable_and_what_it_is_made_of() -> None:
    graph: dict[str, set[str]] = {}
    for found in ALL:
        if found.top == "nbgrad":
            graph.setdefault(name_of(found.file), set()).add(found.module)
    assert circles(graph) == [{f"nbgrad.engine.{name}" for name in VARIABLE}]


LOWER_HALF = {"escaping", "positions", "naming", "numpy_warnings", "call_site"}
"""What the core of the engine uses of its diagnostics: it says where one is, what things are
called, whose line warns and which function it calls, and imports nothing of the core. Whatever judges a graph or a rule stands above it."""


def test_the_core_uses_the_lower_half_of_the_diagnostics_alone() -> None:
    core = {f"nbgrad.engine.{p.stem}" for p in (PACKAGE / "engine").glob("*.py")}
    upper = {
        f"nbgrad.engine.diagnostics.{p.stem}"
        for p in (PACKAGE / "engine/diagnostics").glob("*.py")
        if p.stem not in {*LOWER_HALF, "__init__"}
    }
    assert len(core) > 15
    assert len(upper) >= 5
    wrong = [
        str(found)
        for found in ALL
        if found.file.parent == PACKAGE / "engine" and found.file.stem != "__init__"
        if found.module in upper
    ]
    path = {f"nbgrad.engine.{name}" for name in {*VARIABLE, "operation", "rules"}}
    wrong += [
        str(found)
        for found in ALL
        if found.file.parent.name == "diagnostics" and found.file.stem in LOWER_HALF
        if found.module in path | upper
    ]
    assert wrong == []


def test_relative_imports_stay_inside_the_package() -> None:
    assert [str(f) for f in ALL if f.module in {"", "nbgrad."}] == []


SPECIFIER = re.compile(r"""(?:\bfrom|\bimport|\bimport\()\s*["']([\w@./-]+)["']""")


def test_the_front_end_imports_nothing_but_itself() -> None:
    sources = sorted(FRONT_END.rglob("*.ts"))
    assert sources
    wrong = [
        f"{shown(path)} imports {module}"
        for path in sources
        for module in SPECIFIER.findall(path.read_text(encoding="utf-8"))
        if not module.startswith("./") and not module.startswith("../")
    ]
    assert wrong == []
