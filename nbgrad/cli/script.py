"""Running a user's script, to get a Variable out of it."""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib.util
import io
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from nbgrad.engine.diagnostics import positions as source
from nbgrad.engine.diagnostics.numpy_warnings import WarningsAtUsersLine

from .errors import CommandError, because, lines_of
from .target import Target, find, parse


def load_variable(
    text: str, arguments: Sequence[str], *, module: bool = False
) -> tuple[Any, dict[Any, Any]]:
    """Run the script of ``FILE.py:NAME``; return its Variable of that name, and all its names.

    Parameters
    ----------
    text : str
        Such as ``train.py:loss``; see `nbgrad.cli.target`.
    arguments : sequence of str
        The script's ``sys.argv[1:]``.
    module : bool
        The script is a module's name, as after ``python -m``.

    Raises
    ------
    CommandError
        If there is no such file or name, if it is not a Variable, or if the script fails.
    """
    target = parse(text, module=module)
    main = ModuleType("__main__")
    locals_of = _Locals(target)
    here = str(Path.cwd()) if module else ""
    found = None if module else _file(target.script)
    with _running(main, target.script):
        script = found or _module(target.script, here)
        main.__dict__.update(
            __file__=script.file,
            __builtins__=builtins,
            __package__=script.package,
            __spec__=script.spec,
        )
        sys.argv = [script.argument, *arguments]
        sys.path[0] = script.root
        tree: Any = compile(
            script.program, script.file, "exec", ast.PyCF_ONLY_AST, dont_inherit=True
        )
        code = compile(tree, script.file, "exec", dont_inherit=True)
        with locals_of.kept(tree, script.file):
            exec(code, main.__dict__)  # noqa: S102 - running it is what was asked for
    return find(target, main.__dict__, locals_of.found, locals_of.depth)


def at_line_of(y: Any, run: Callable[[], Any]) -> Any:
    """Call a function as if from the line that made a Variable, which NumPy's warnings then name."""
    mark: Any = getattr(y, "_source", None)
    made = source.resolve(mark)
    if made is None:
        return run()
    code: CodeType = getattr(mark, "position", mark)[0]
    call = compile("\n" * (made.line - 1) + "run()", code.co_filename, "eval")
    return eval(call, {"run": run, "__name__": "__main__"})  # noqa: S307 - the call above


# ---------------------------------------------------------------- the script


@dataclass(frozen=True)
class _Script:
    """A program, and what Python lets it see of itself."""

    program: bytes | str
    file: str
    argument: str
    root: str
    package: str | None = None
    spec: Any = None


def _file(path: str) -> _Script:
    """Find a file; one with relative imports runs as the module of its package that it is."""
    file = os.path.realpath(path)
    program = _read(Path(path), file)
    folder, package = Path(file).parent, list[str]()
    levels = _relative(program)
    while levels and (len(package) < levels or (folder / "__init__.py").exists()):
        package.insert(0, folder.name)
        folder = folder.parent
    return _Script(program, file, path, str(folder), ".".join(package) or None)


def _relative(program: bytes) -> int:
    """Return how many folders upwards the relative imports of a program reach."""
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        nodes = ast.walk(ast.parse(program))
        return max((n.level for n in nodes if isinstance(n, ast.ImportFrom)), default=0)
    return 0  # it is compiled below, where an error is told


def _module(name: str, here: str) -> _Script:
    """Find a module, as ``python -m`` does; its packages are imported."""
    sys.path[0] = here
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            name += ".__main__"
            spec = importlib.util.find_spec(name)
            if spec is None:
                package = name.removesuffix(".__main__")
                raise CommandError(f"{package} is a package without __main__: name a module in it.")
        get_source = getattr(spec and spec.loader, "get_source", None)
        program = None if get_source is None else get_source(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # a package's own import failed
        spec = program = None
    if spec is None or spec.origin is None or program is None:
        raise CommandError(f"there is no module {name} (looked in {here} and on Python's path).")
    return _Script(program, spec.origin, spec.origin, here, spec.parent, spec)


def _read(path: Path, file: str) -> bytes:
    if path.is_dir():
        raise CommandError(f"{path} is a folder, not a Python script.")
    try:
        with io.open_code(file) as opened:
            return opened.read()
    except FileNotFoundError:
        raise CommandError(f"there is no file {path} (looked in {Path.cwd()}).") from None
    except OSError as error:
        raise CommandError(f"cannot read {path}: {because(error)}.") from None


# ---------------------------------------------------------------- while it runs


@contextmanager
def _running(main: ModuleType, shown: str) -> Iterator[None]:
    """Let a module be ``__main__``, and say in a sentence what its program raises."""
    before = sys.argv, sys.path[:], sys.modules["__main__"], sys.stdout, sys.stderr
    sys.modules["__main__"] = main
    source.keep_positions(True, "script")
    numpy_warnings = WarningsAtUsersLine()
    numpy_warnings.start()
    try:
        yield
    except (CommandError, KeyboardInterrupt):
        raise
    except SystemExit as stop:
        code = stop.code
        if not (code is None or (isinstance(code, int) and code == 0)):
            raise CommandError(f"{shown} ended itself: {_exit(stop)}.", code=1) from None
    except BaseException as error:  # noqa: BLE001 - whatever the script raised
        message, more = _failure(shown, main.__dict__.get("__file__"), error)
        raise CommandError(message, 1, more) from None
    finally:
        numpy_warnings.stop()
        source.keep_positions(False, "script")
        sys.argv, sys.path[:], sys.modules["__main__"], sys.stdout, sys.stderr = before


def _exit(stop: SystemExit) -> str:
    if isinstance(stop.code, int):
        return f"exit code {stop.code}"
    return lines_of(stop)[0].partition(": ")[2]


def _failure(shown: str, file: Any, error: BaseException) -> tuple[str, list[str]]:
    """Say what a script raised, and at which of its lines; further lines are the exception's."""
    if isinstance(error, SyntaxError) and error.filename == file:
        at = f"line {error.lineno}: {error.msg}"
        return f"{shown} is not valid Python: {at}. Nothing was written.", []
    last = lines_of(error)
    lines = [
        (frame.lineno, frame.line)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == file
    ]
    number, text = lines[-1] if lines else (None, None)
    place = f" at line {number}" if number else ""
    code = f" ({text})" if text else ""
    return f"{shown} failed{place}{code}: {last[0]}. Nothing was written.", last[1:]


@dataclass
class _Locals:
    """The locals of a function of the script, as they are when it returns.

    The names of the target before the last may be those of a function: ``main.loss``,
    ``Trainer.fit.loss``. Python tells when it returns, to a profiler.
    """

    target: Target
    depth: int = 0
    found: dict[str, Any] | None = None
    _lines: set[int] = field(default_factory=set)

    @contextmanager
    def kept(self, tree: ast.Module, file: str) -> Iterator[None]:
        """Keep them while a program runs, if it has such a function."""
        for depth in range(1, len(self.target.names)):
            if lines := _defined(tree, self.target.names[:depth]):
                self.depth, self._lines = depth, lines
        if not self.depth:
            yield
            return
        name, local = self.target.names[self.depth - 1 : self.depth + 1]

        def note(frame: FrameType, event: str, _: Any) -> None:
            code = frame.f_code
            if event != "return" or code.co_name != name or code.co_filename != file:
                return
            if code.co_firstlineno in self._lines:
                values = dict(frame.f_locals)
                if local in values or self.found is None:
                    self.found = values

        before = sys.getprofile()
        sys.setprofile(note)
        threading.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(before)
            threading.setprofile(before)


def _defined(tree: ast.AST, names: Sequence[str]) -> set[int]:
    """Return the first lines of the functions of a dotted name, as their code has them."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if getattr(node, "name", None) != names[0]:
            continue
        if len(names) > 1:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                lines |= _defined(ast.Module(node.body, []), names[1:])
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines.add(min([node.lineno, *(d.lineno for d in node.decorator_list)]))
    return lines
