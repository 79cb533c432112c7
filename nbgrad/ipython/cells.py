"""Cells that run in place: ``%%no_grad``, ``%%backward`` and ``%%history``.

An ordinary cell magic gets its cell as a string and runs it as a cell within the
cell. There ``await`` fails, since the kernel's loop is running already, and lines
are counted anew. So these are not ordinary magics. The line of the magic
becomes a mark, a string of the same text that does nothing; the cell is otherwise
left as it is, so IPython sees its ``await``, its line numbers and its last
expression. When it is about to run, its syntax tree is rewritten: each statement
goes into a ``with`` of its own, or the last expression is handed to the stepper.
"""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from IPython.core.inputtransformer2 import cell_magic as _cell_magic

from nbgrad.engine.grad_mode import no_grad  # noqa: F401 - rewritten cells enter it

from .steps import parse_options, show, show_steps
from .words import say, usage

if TYPE_CHECKING:
    from nbgrad.tracing.takes import History

_HEAD = re.compile(r"%%(no_grad|backward|history)(?:[ \t]+([^\n]*?))?[ \t]*")
cell_magic: Any = _cell_magic

_HERE = "__import__('nbgrad.ipython.cells', fromlist=['start'])"


# ---------------------------------------------------------------- before it is compiled


def mark_cell(lines: list[str]) -> list[str]:
    """Replace the line of our cell magic by a mark (an input transformer of IPython)."""
    head = _HEAD.fullmatch(lines[0].rstrip("\r\n")) if lines else None
    if head is None or not "".join(lines[1:]).strip():
        return lines
    blank = next(i for i, line in enumerate(lines[1:], 1) if line.strip())
    body = cell_magic(mark_cell(lines[blank:]))
    return [f"{head[0].strip()!r}  # runs this cell\n", *lines[1:blank], *body]


class CellRewriter:
    """Rewrites the syntax tree of a marked cell (an AST transformer of IPython)."""

    def __init__(self, ip: Any) -> None:
        self._ip = ip

    def visit(self, node: ast.AST) -> ast.AST:
        """Rewrite a module; leave anything else alone."""
        if isinstance(node, ast.Module):
            node.body = self._rewrite(node.body)
        return node

    def _rewrite(self, body: list[ast.stmt]) -> list[ast.stmt]:
        head = _mark_of(body[0]) if body else None
        if head is None:
            return body
        mark, rest = body[0], self._rewrite(body[1:])
        options = (head[2] or "").strip()
        first = _template(f"{_HERE}.start({head[1]!r}, {options!r})", mark)
        if head[1] == "history":
            return [first, *self._recorded(rest)]
        if head[1] == "no_grad":
            shows_assigned = self._ip.ast_node_interactivity == "last_expr_or_assign"
            if shows_assigned and rest and (name := _assigned(rest[-1])):
                rest.append(_template(name, rest[-1]))
            return [first, *(new for old in rest for new in _within("no_grad", old))]
        stepped = _stepped(rest, options) if rest else None  # a cell of comments has no statement
        if stepped is None:
            problem = (
                "the last line of the cell must be an expression: the variable to step through"
            )
            return [_template(f"{_HERE}.refuse({problem!r})", mark)]
        return [first, *stepped]

    def _recorded(self, rest: list[ast.stmt]) -> list[ast.stmt]:
        """Record what each statement runs, and show the series before the last value."""
        found = [new for old in rest for new in _within("recorded", old)]
        if not rest:
            return found
        end = _template(f"{_HERE}.show_history()", rest[-1])
        return [*found[:-1], end, found[-1]] if isinstance(rest[-1], ast.Expr) else [*found, end]


def _mark_of(statement: ast.stmt) -> re.Match[str] | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        text = statement.value.value
        return _HEAD.fullmatch(text) if isinstance(text, str) else None
    return None


def _template(source: str, place: ast.AST) -> ast.stmt:
    """Parse a statement of ours, and place it where one of the user's stands."""
    statement = ast.parse(source).body[0]
    for node in ast.walk(statement):
        ast.copy_location(node, place)
    return statement


def _within(mode: str, statement: ast.stmt) -> list[ast.stmt]:
    """Put one statement into a ``with``; an expression's value is kept, to be displayed."""
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return [statement]
    block = cast(ast.With, _template(f"with {_HERE}.{mode}(): pass", statement))
    block.body = [statement]
    if not isinstance(statement, ast.Expr):
        return [block]
    keep = cast(ast.Assign, _template(f"{_HERE}.held.value = None", statement))
    keep.value = statement.value
    block.body = [keep]
    return [block, _template(f"{_HERE}.held.take()", statement)]


def _stepped(body: list[ast.stmt], options: str) -> list[ast.stmt] | None:
    """Hand the value of the last line to the stepper; None when it has no value."""
    last = body[-1]
    call = cast(ast.Expr, _template(f"{_HERE}.step(None, {options!r})", last))
    if isinstance(last, ast.Expr):
        cast(ast.Call, call.value).args[0] = last.value
        return [*body[:-1], call]
    if name := _assigned(last):
        cast(ast.Call, call.value).args[0] = cast(ast.Expr, _template(name, last)).value
        return [*body, call]
    return None


def _assigned(statement: ast.stmt) -> str | None:
    """Return the one name that an assignment sets, if that is what it is."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)) and statement.value is not None:
        targets = [statement.target]
    return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else None


# ---------------------------------------------------------------- while it runs


class _Held(threading.local):
    """The value of an expression, on its way from the ``with`` to the display, and the history.

    A ``%%history`` cell records into that.
    """

    value: Any = None
    history: History | None = None

    def take(self) -> Any:
        """Give the value back, and let it go."""
        value, self.value = self.value, None
        return value


held = _Held()


def start(magic: str, options: str) -> None:
    """Refuse wrong arguments of a cell magic, before any line of the cell has run."""
    if magic == "backward":
        if parse_options(options, "%%backward").expression:
            raise usage(
                "%%backward steps through the last expression of its cell and takes options only: "
                f"--order, --retain, --no-apply, --modules, not {options!r}. Nothing was run."
            )
    elif magic == "history":
        held.history = new_history(options)
    elif options:
        raise usage(
            f"%%no_grad takes no argument, not {options!r}: it runs its cell under no_grad. "
            "Nothing was run. For all cells: %no_grad on, %no_grad off."
        )


def new_history(options: str) -> History:
    """Make the history of a cell from its options, ``--every`` and ``--keep``."""
    from nbgrad.tracing.takes import History

    given = re.findall(r"--(every|keep)[ \t=]+(\d+)", options)
    numbers = {name: int(value) for name, value in given}
    problem = f"{options!r} is not understood"
    if re.fullmatch(r"(?:--(?:every|keep)[ \t=]+\d+\s*)*", options) is not None:
        try:
            return History(every=numbers.get("every", 1), keep=numbers.get("keep", 200))
        except ValueError as error:
            problem = str(error).rstrip(".")
    raise usage(f"%%history: {problem}. Usage: %%history [--every N] [--keep N]. Nothing was run.")


@contextmanager
def recorded() -> Iterator[None]:
    """Record the passes of one statement; of one that fails or is interrupted, show them."""
    from nbgrad.tracing.takes.watch import recorded as into

    history = held.history
    if history is None:
        yield
        return
    try:
        with into(history):
            yield
    except BaseException:
        if len(history):
            show_history()
        raise


def show_history() -> None:
    """Show the series of every ``backward()`` of the cell."""
    history, held.history = held.history, None
    if history is None:
        return
    if len(history):
        show(history)
    elif history.iterations:
        say("%%history: no backward() ran in this cell that nbgrad can show.")
    else:
        say("%%history: no backward() ran in this cell.")


def refuse(problem: str) -> None:
    """Say why a ``%%backward`` cell is not run."""
    raise usage(f"%%backward: {problem}. Nothing was run.")


def step(value: Any, options: str) -> None:
    """Step through the value of a ``%%backward`` cell's last line."""
    show_steps(value, parse_options(options, "%%backward"), "the last line")
