"""Running somebody's script, to get a Variable out of it."""

from __future__ import annotations

import builtins
import difflib
import io
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from nbgrad.engine.diagnostics import positions as source
from nbgrad.engine.diagnostics.escaping import visible
from nbgrad.engine.errors import listed
from nbgrad.engine.variable import Variable


class CommandError(Exception):
    """What a command says when it cannot be done: a line, more lines below it, an exit code."""

    def __init__(self, message: str, code: int = 2, more: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.more = more

    def __str__(self) -> str:
        """Return the lines; a file's name in them does nothing to a terminal."""
        return "\n  ".join(map(visible, (*self.args, *self.more)))


def load_variable(target: str, arguments: Sequence[str]) -> tuple[Variable, dict[str, Any]]:
    """Run the script of ``FILE.py:NAME``; return its Variable of that name, and all its names.

    Parameters
    ----------
    target : str
        Such as ``train.py:loss``.
    arguments : sequence of str
        The script's ``sys.argv[1:]``.

    Raises
    ------
    CommandError
        If there is no such file or name, if it is no Variable, or if the script fails.
    """
    file, colon, name = target.rpartition(":")
    if not colon or not name.isidentifier():
        raise CommandError(
            f"{target!r} names no variable: write FILE.py:NAME, such as {file or target}:loss."
        )
    path = Path(file)
    namespace = run(path, arguments)
    names = [n for n, v in namespace.items() if isinstance(v, Variable) and n[:1] != "_"]
    there = f"Its Variables are: {listed(names)}." if names else "It has no Variables at its end."
    if name not in namespace:
        close = difflib.get_close_matches(name, names, 1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise CommandError(f"{path} has no name {name!r} at its end.{hint} {there}")
    value = namespace[name]
    if not isinstance(value, Variable):
        raise CommandError(f"{name} in {path} is no Variable but {type(value).__name__}. {there}")
    return value, namespace


def run(path: Path, arguments: Sequence[str]) -> dict[str, Any]:
    """Run a script as ``python script.py arguments`` would; return its global names."""
    program = _read(path)
    file = str(path.resolve())
    main = ModuleType("__main__")
    main.__dict__.update(__file__=file, __builtins__=builtins)
    try:
        with _as_main(main, path, arguments):
            code = compile(program, file, "exec", dont_inherit=True)
            exec(code, main.__dict__)  # noqa: S102 - running it is what was asked for
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise CommandError(f"{path} ended itself: {_exit(stop.code)}.", code=1) from None
    except Exception as error:  # noqa: BLE001 - whatever the script raised
        message, more = _failure(path, file, error)
        raise CommandError(message, 1, more) from None
    return main.__dict__


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise CommandError(f"{path} is a folder, not a Python script.")
    try:
        with io.open_code(str(path.resolve())) as file:
            return file.read()
    except FileNotFoundError:
        raise CommandError(f"there is no file {path} (looked in {Path.cwd()}).") from None
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror or error}.") from None


@contextmanager
def _as_main(main: ModuleType, path: Path, arguments: Sequence[str]) -> Iterator[None]:
    """Let a module be ``__main__``, with the arguments and the path of a script."""
    before = sys.argv, sys.path[:], sys.modules["__main__"]
    sys.argv = [str(path), *arguments]
    sys.path[0] = str(path.resolve().parent)
    sys.modules["__main__"] = main
    source.keep_positions(True)
    try:
        yield
    finally:
        source.keep_positions(False)
        sys.argv, sys.path[:], sys.modules["__main__"] = before


def _exit(code: Any) -> str:
    return f"exit code {code}" if isinstance(code, int) else str(code)


def _failure(path: Path, file: str, error: Exception) -> tuple[str, list[str]]:
    """Say what a script raised, and at which of its lines; further lines are the exception's."""
    last = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()
    if isinstance(error, SyntaxError):
        at = f"line {error.lineno}: {error.msg}"
        return f"{path} is not valid Python: {at}. Nothing was written.", []
    lines = [
        (frame.lineno, frame.line)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == file
    ]
    number, text = lines[-1] if lines else (None, None)
    place = f" at line {number}" if number else ""
    shown = f" ({text})" if text else ""
    return f"{path} failed{place}{shown}: {last[0]}. Nothing was written.", last[1:]
