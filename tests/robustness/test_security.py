"""Names, docstrings, contents, file names and traces from strangers are data.

The table (`security_table.py`) crosses what a stranger controls with where it is shown. Here it is
run, and beside it: the command line and the magics, what a saved page allows, and that no code of
ours runs data.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from IPython.core.error import UsageError

import nbgrad as ng
from nbgrad.cli.main import main as command_line
from nbgrad.tracing import Trace
from nbgrad.views.stepper.page import page_html
from tests.fuzz import target_magics
from tests.fuzz.checks import check_terminal
from tests.pyodide import packages
from tests.robustness.hostile import FIELDS, SOURCES, STRINGS, document
from tests.robustness.security_table import SINKS, outcome
from tests.views.page_checks import Page

ROOT = Path(__file__).resolve().parents[2]
PACKAGE, FRONT_END = ROOT / "nbgrad", ROOT / "js" / "src"


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("source", SOURCES)
def test_the_table(source: str, sink: str) -> None:
    verdict, failed = outcome(source, sink)
    # A loaded trace has no live objects, which have views of their own.
    live_only = sink in {"HTML of a Variable", "HTML of a Function", "errors"}
    wanted = "–" if live_only and source.startswith("trace file") else "holds"
    assert verdict == wanted, failed


def test_the_table_has_no_holes() -> None:
    """Only a loaded trace has views that it cannot have: those of live objects."""
    missing = {"HTML of a Variable", "HTML of a Function", "errors"}
    holes = {
        (source, sink) for source in SOURCES if source.startswith("trace file") for sink in missing
    }
    harmless = dict.fromkeys(STRINGS, "x")
    assert len(harmless) == len(set(STRINGS.values()))
    for source, sink in holes:
        assert outcome(source, sink)[0] == "–"


# ---------------------------------------------------------------- the other texts of a trace file


def strings(data: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Yield where the texts of a document stand."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from strings(value, (*path, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from strings(value, (*path, i))
    elif isinstance(data, str):
        yield path


def is_free(path: tuple[object, ...]) -> bool:
    words = ".".join(str(part) for part in path if not isinstance(part, int))
    return words in {f"{kind}.{field}" for kind, fields in FIELDS.items() for field in fields}


def is_read(path: tuple[object, ...]) -> bool:
    """Whether a text is read at all: the queue after a step is that after its last call."""
    return path[0] != "steps" or path[2] != "waiting"


FIXED = [path for path in strings(document()) if not is_free(path) and is_read(path)]


@pytest.mark.parametrize("path", FIXED, ids=lambda path: ".".join(map(str, path)))
def test_every_other_text_of_a_trace_is_one_of_few(path: tuple[object, ...]) -> None:
    for string in STRINGS.values():
        data = document()
        owner = data
        for key in path[:-1]:
            owner = owner[key]
        owner[path[-1]] = string
        with pytest.raises(ng.TraceFormatError) as caught:
            Trace.from_dict(data)
        check_terminal(str(caught.value))
        assert len(str(caught.value)) < 300


# ---------------------------------------------------------------- array contents

NUMBERS = [np.nan, np.inf, -np.inf, -0.0, 5e-324, -1.7976931348623157e308, 2.0**63, 1e-5]


@pytest.mark.parametrize("shape", [(), (1,), (4, 5), (30, 40), (0, 3)])
@pytest.mark.parametrize("number", NUMBERS)
def test_contents_of_arrays_stay_numbers(shape: tuple[int, ...], number: float) -> None:
    x = ng.Variable(np.full(shape, number), name="x")
    with np.errstate(all="ignore"):
        trace = ng.trace(ng.sum(x * x), apply=False)
    for html in (x._repr_html_(), trace._repr_html_(), ng.graph(trace)._repr_html_()):
        Page(html or "")
    for text in (str(trace), repr(x), str(ng.graph(trace))):
        check_terminal(text)
    assert Trace.from_dict(trace.to_dict()) == trace


# ---------------------------------------------------------------- the command line

SCRIPT = """\
import numpy as np, nbgrad as ng
class Own(ng.Function):
    def forward(self, x): return x * 2
    def backward(self, gy): {rule}
Own.label = {text!r}
Own.__name__ = Own.label.replace(chr(0), "").encode("utf-8", "replace").decode()
x = ng.Variable(np.array(2.0), name={text!r})
y = Own()(x)
y.name = {text!r}
"""
RULES = {"fine": "return gy * 2", "broken": "raise ValueError({text!r})", "wrong": "return gy[:5]"}


def possible(text: str) -> str:
    """Return what a text is as a file name or in a source file."""
    return text.replace("\0", "").replace("/", "∕").encode("utf-8", "replace").decode()[:60]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    try:
        command_line(arguments)
    except SystemExit as end:
        assert end.code == 2
    out, err = capsys.readouterr()
    assert not any(line.startswith("Traceback") for line in (out + err).splitlines())
    return out + err


@pytest.mark.parametrize("name", STRINGS)
def test_the_command_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = STRINGS[name]
    file = tmp_path / f"{possible(text)}.py"
    for rule in RULES.values():
        code = SCRIPT.format(text=text, rule=rule.format(text=text))
        file.write_text(code, encoding="utf-8", errors="backslashreplace")
        check_terminal(said(capsys, "trace", f"{file}:y"))
    check_terminal(said(capsys, "trace", f"{file}:none"))
    for output in (f"{file}", f"{tmp_path / possible(text)}.html", f"{file}/x.json"):
        check_terminal(said(capsys, "trace", f"{file}:y", "-o", output))
    check_terminal(said(capsys, "trace", f"{possible(text)}.py:y"))
    check_terminal(said(capsys, "trace", f"{file}:y", possible(text), f"--{possible(text)}"))
    check_terminal(said(capsys, "demo", "-o", f"{tmp_path / possible(text)}.html"))


@pytest.fixture(scope="module")
def shell() -> Iterator[Any]:
    yield target_magics.shell()
    target_magics.close()


@pytest.mark.parametrize("name", STRINGS)
def test_the_magics(name: str, shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What a magic prints or refuses, of its arguments and of Variables and rules of a stranger."""
    text = STRINGS[name]
    given = text.replace("\n", " ")  # an argument is the rest of its line
    magics = shell.magics_manager.registry["NbgradMagics"]
    for rule in RULES.values():
        names: dict[str, Any] = {}
        exec(SCRIPT.format(text=text, rule=rule.format(text=text)), names)
        shell.user_ns.update(y=names["y"])
        for magic, argument in (
            *((magics.backward, line) for line in ("y", f"y {given}", given, f"--order {given} y")),
            *((magics.graph, line) for line in ("y", given)),
            *((magics.no_grad, line) for line in ("status", f"status {given}")),
        ):
            try:
                magic(argument)
            except UsageError as error:
                check_terminal(str(error))
            out, err = capsys.readouterr()
            check_terminal(out + err)


@pytest.mark.parametrize("name", STRINGS)
def test_files_that_are_no_trace(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{possible(STRINGS[name])}.json"
    path.write_text("[]no", encoding="utf-8")
    with pytest.raises(ng.TraceFormatError) as caught:
        Trace.load(path)
    check_terminal(str(caught.value))
    with pytest.raises(ValueError, match="must end in one of") as refused:
        ng.trace(ng.square(ng.Variable(np.array(1.0)))).save(f"{path}{STRINGS[name][:50]}")
    check_terminal(str(refused.value))


# ---------------------------------------------------------------- a saved page


def policy() -> dict[str, list[str]]:
    x = ng.Variable(np.array(2.0), name=STRINGS["script ended"])
    page = Page(page_html(ng.trace(ng.square(x))))
    metas = [e for e in page.of("meta") if "http-equiv" in e.attributes]
    assert [e.attributes["http-equiv"] for e in metas] == ["Content-Security-Policy"]
    before = [e.tag for e in page.elements[: page.elements.index(metas[0])]]
    assert before == ["html", "head", "meta"]  # only the character set stands before it
    rules = (rule.split() for rule in unescape(metas[0].attributes["content"]).split(";"))
    return {name: allowed for name, *allowed in rules}


def test_a_saved_page_allows_nothing_from_outside() -> None:
    rules = policy()
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == ["'none'"]
    inside = {"'none'", "'unsafe-inline'", "data:", "blob:"}
    for name, allowed in rules.items():
        rest = [a for a in allowed if a not in inside and not a.startswith("'sha256-")]
        assert rest == [], f"{name} allows {rest}"
    assert "'unsafe-eval'" not in rules["script-src"]


def test_a_saved_page_runs_its_own_script_and_no_other() -> None:
    """The script is named by its digest: a handler or script from elsewhere would not run."""
    allowed = policy()["script-src"]
    assert "'unsafe-inline'" not in allowed
    template = (PACKAGE / "views" / "static" / "page.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", template, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    assert [a for a in allowed if a != "blob:"] == [f"'sha256-{d}'" for d in digests]


# ---------------------------------------------------------------- no code of ours runs data

# Where the package runs code, and whose: the user's own, who asked for it by name.
RUNS_CODE = {
    ("cli/script.py", "compile"): "python -m nbgrad trace FILE.py:NAME runs FILE.py",
    ("cli/script.py", "exec"): "the same",
    ("cli/script.py", "eval"): "the pass is called from the line that NumPy's warnings then name",
    ("ipython/magics.py", "compile"): "%backward EXPRESSION evaluates the user's expression",
    ("ipython/magics.py", "eval"): "the same",
    (
        "compiler/emit.py",
        "compile",
    ): "ng.compile runs NumPy calls that it wrote itself, names of its own",
    ("compiler/emit.py", "exec"): "the same",
    ("compiler/entry.py", "compile"): "the same, for reading the arguments",
    ("compiler/entry.py", "exec"): "the same",
}
FORBIDDEN = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
MODULES = {"pickle", "marshal", "shelve", "dill", "runpy", "code", "codeop", "subprocess", "ctypes"}
IMPORTED = {
    ("views/stepper/film.py", "subprocess"): "ffmpeg makes a film of pictures, of names of our own",
    ("engine/memory.py", "ctypes"): "keep_freed_memory() calls mallopt with constants, once",
}


def test_nothing_is_evaluated_but_what_the_user_asked_for() -> None:
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", None) if isinstance(node, ast.Call) else None
            if name in FORBIDDEN:
                found.add((path.relative_to(PACKAGE).as_posix(), name))
    assert found == set(RUNS_CODE)


def test_no_module_that_can_run_data_is_imported() -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            place = path.relative_to(PACKAGE).as_posix()
            found |= {(place, n) for n in names if n.partition(".")[0] in MODULES}
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                found.add((place, "allow_pickle"))
    assert found == set(IMPORTED)


def test_what_goes_to_the_c_library_is_constant() -> None:
    tree = ast.parse((PACKAGE / "engine/memory.py").read_text(encoding="utf-8"))
    constants = {
        name.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }
    (function,) = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    calls = [
        {getattr(argument, "id", None) for argument in node.args}
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "mallopt"
    ]
    assert not function.args.args
    assert len(calls) == 2
    assert all(given <= constants for given in calls)


# Ways in which text becomes markup or code. Reading .innerHTML writes nothing; setting it does.
MAKES_MARKUP = re.compile(
    r"""\.(?:inner|outer)HTML\s*(?:[+]?=)(?!=) | insertAdjacentHTML | document\s*\.\s*write
    | \bsrcdoc\b | createContextualFragment | DOMParser | setHTMLUnsafe | dangerouslySetInnerHTML
    | \beval\s*\( | \bnew\s+Function\b | (?<![\w.$])Function\s*\( | set(?:Timeout|Interval)\s*\(\s*["'`]
    | \bimportScripts\b | \bon\w+\s*=\s*\\?["'] | javascript:""",
    re.VERBOSE,
)
REACHES_OUT = re.compile(
    r"""\bfetch\s*\( | XMLHttpRequest | WebSocket | EventSource | sendBeacon | \bnew\s+Worker\b
    | \bwindow\.open\b | https?://(?!www\.w3\.org/)""",
    re.VERBOSE,
)


def loader() -> str:
    return (PACKAGE / "views" / "static" / "stepper.js").read_text(encoding="utf-8")


def bundle() -> str:
    """Return the front end's code as it runs: what the loader carries, unpacked."""
    ((text, length),) = re.findall(r'"([^"]{1000,})",(\d+)\)', loader())
    unpack = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ unpack }} from {json.dumps((FRONT_END / "packing.js").as_uri())};
        process.stdout.write(unpack(readFileSync(0, "utf8"), {length}));
    """
    command = [packages.node(), "--input-type=module", "--eval", unpack]
    return subprocess.run(command, input=text, capture_output=True, check=True, text=True).stdout


def without_comments(code: str) -> str:
    return re.sub(r"(?m)^\s*//.*$|/\*.*?\*/", "", code)


FRONT = {
    "bundle": bundle,
    "loader": lambda: re.sub(r'"[^"]{1000,}"', '""', loader()),
    "page": lambda: (PACKAGE / "views" / "static" / "page.html").read_text(encoding="utf-8"),
    **{p.name: lambda p=p: p.read_text(encoding="utf-8") for p in sorted(FRONT_END.glob("*.ts"))},
}


@pytest.mark.parametrize("name", FRONT)
def test_the_front_end_makes_no_markup_of_text_and_reaches_nowhere(name: str) -> None:
    code = without_comments(FRONT[name]())
    assert len(code) > 100
    assert MAKES_MARKUP.findall(code) == []
    assert REACHES_OUT.findall(code) == []


def test_the_checks_see_what_they_look_for() -> None:
    bad = ["x.innerHTML = y", "a.outerHTML+=b", "eval(x)", 'setTimeout("x", 1)', "new Function(x)"]
    good = ["x.innerHTML === y", "return x.innerHTML;", "setTimeout(() => f(), 1)", "e.onclick=f"]
    assert [bool(MAKES_MARKUP.search(code)) for code in (*bad, *good)] == [True] * 5 + [False] * 4
    assert REACHES_OUT.search('fetch("x")')


def test_code_is_imported_from_the_bundle_alone() -> None:
    """Two places import a Blob: the loader its own packed constant, a page its script of the module.

    Neither is data of a trace: the constant is in the file, and the page's comes from it.
    """
    imports = {name: re.findall(r"\bimport\s*\((.*?)\)", code()) for name, code in FRONT.items()}
    assert {name: len(found) for name, found in imports.items() if found} == {
        "loader": 1,
        "page": 1,
        "bundle": 1,  # the text of a page, to be saved from a notebook
    }
    source = (FRONT_END / "loader.js").read_text(encoding="utf-8")
    made = re.findall(r"createObjectURL\(new Blob\(\[(\w.*?)\]", source + FRONT["page"]())
    assert made == ['unpack("PACKED", "LENGTH")', "source"]
    assert 'const source = read("module");' in FRONT["page"]()
