"""Target: what stands after `%no_grad`, `%backward`, `%graph`, and what a magic cell is made of.

The user's own expression is his code and is evaluated, so the target keeps to expressions that
cannot run long: names, small numbers, sums, tuples.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import io
from functools import cache
from typing import Any

import numpy as np
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config as Settings

import nbgrad as ng
from nbgrad.engine.grad_mode import Config
from nbgrad.ipython import cells, extension
from nbgrad.ipython.completion import candidates
from nbgrad.ipython.steps import parse_options
from tests.fuzz.checks import check_terminal
from tests.fuzz.mutate import mutate_bytes

mutate = mutate_bytes
MAGICS = ("no_grad", "backward", "graph")
HARMLESS = (
    *(ast.Expression, ast.Name, ast.Load, ast.Constant, ast.Tuple, ast.List),
    *(ast.BinOp, ast.Add, ast.Sub, ast.UnaryOp, ast.USub, ast.UAdd, ast.Compare, ast.Gt),
)


def seeds() -> list[bytes]:
    lines = [
        *("", "on", "off", "status", "ON ", "maybe", "y", "x + y", "(x - y) # z", "y;", "nope"),
        *(
            "y --order naive",
            "--order best y",
            "--retain --no-apply y",
            "--order",
            "'y",
            "y --help",
        ),
        *("y --ord=naive", "-- y", "y\x1b[31m", "\u202ey", "'\ud800'", "x y", "1", "y --retain=1"),
    ]
    whole = [(f"{line}\ny = x + x\ny\n") for line in lines]
    texts = [text.encode("utf-8", "surrogatepass") for text in (*lines, *whole)]
    return [bytes([which]) + text for which in range(6) for text in texts]


@cache
def shell() -> Any:
    """Return a shell with the extension, and two Variables; nothing built in is in reach."""
    quiet = Settings({"HistoryManager": {"enabled": False}})
    ip = InteractiveShell.instance(config=quiet)
    ip.display_formatter.active_types = ["text/plain"]  # as a terminal, which shows tables
    atexit.unregister(ip.atexit_operations)
    extension.load(ip)
    return ip


def close() -> None:
    """Take back what the shell was given, and the shell, if there is one."""
    if shell.cache_info().currsize:
        extension.unload(shell())
        shell().atexit_operations()
        InteractiveShell.clear_instance()
        shell.cache_clear()


def fresh(ip: Any) -> None:
    x = ng.Variable(np.array(2.0), name="x")
    ip.user_ns.update(x=x, y=ng.square(x), __builtins__={})


def target(data: bytes) -> None:
    """Give a magic its arguments."""
    which, text = (data[:1] or b"\0")[0] % 6, data[1:].decode("utf-8", "surrogateescape")
    ip, magic = shell(), MAGICS[which % 3]
    fresh(ip)
    candidates(f"{'%' * (1 + which // 3)}{magic} {text}", ["x", "y"])
    (run_line if which < 3 else run_cell)(ip, magic, text)


def run_line(ip: Any, magic: str, text: str) -> None:
    """Run a line magic: it does what it says, or the usage is shown and nothing changed."""
    line = text.split("\n", maxsplit=1)[0]
    if magic != "no_grad" and not harmless(magic, line):
        return
    before = Config.enable_backprop
    out = io.StringIO()
    refused = False
    with contextlib.redirect_stdout(out):
        try:
            getattr(ip.magics_manager.registry["NbgradMagics"], magic)(line)
        except UsageError as error:
            refused = True
            out.write(str(error))
    check_terminal(out.getvalue())
    if magic != "no_grad" or refused:
        assert Config.enable_backprop == before
    Config.enable_backprop = True


def harmless(magic: str, line: str) -> bool:
    """Whether what would be evaluated ends soon; what is not an expression is not evaluated at all."""
    try:
        if magic == "backward":
            line = " ".join(parse_options(line, "%backward").expression)
        tree = ast.parse(line.strip().rstrip("; "), mode="eval")
    except (UsageError, SyntaxError, ValueError, MemoryError, RecursionError):
        return True
    return all(isinstance(node, HARMLESS) for node in ast.walk(tree))


def run_cell(ip: Any, magic: str, text: str) -> None:
    """Rewrite a magic cell as far as its compilation, and refuse wrong options with the usage."""
    lines = f"%%{magic} {text}".splitlines(keepends=True)
    marked = cells.mark_cell(lines)
    if "%" not in text:
        assert len(marked) == len(lines)
    try:
        tree = ast.parse("".join(marked))
    except (SyntaxError, ValueError):
        return
    try:
        compile(ast.fix_missing_locations(cells.CellRewriter(ip).visit(tree)), "<cell>", "exec")
    except SyntaxError:  # a `return` outside a function, say
        return
    if magic != "graph":
        try:
            cells.start(magic, text.split("\n", maxsplit=1)[0].strip())
        except UsageError as error:
            check_terminal(str(error))
