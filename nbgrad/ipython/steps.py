"""What ``%backward`` shows: a Stepper in a notebook, a table in a terminal."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.core.magic_arguments import MagicArgumentParser
from IPython.display import display as _display

from nbgrad.engine.errors import MissingDependencyError
from nbgrad.engine.variable import Variable

from .words import say, sentence, usage

if TYPE_CHECKING:
    from nbgrad.tracing import Trace

# IPython annotates neither; any version may come to.
display: Any = _display
Parser: Any = MagicArgumentParser

ORDERS = ("generation", "naive")


def parser(magic: str) -> Any:
    """Return the parser of the arguments of ``%backward`` and ``%%backward``."""
    made = Parser(prog=magic)
    made.add_argument("expression", nargs="*")
    made.add_argument("--order", choices=ORDERS, default="generation")
    made.add_argument("--retain", action="store_true")
    made.add_argument("--no-apply", action="store_true")
    return made


def parse_options(line: str, magic: str) -> argparse.Namespace:
    """Read the arguments of a magic.

    Raises
    ------
    UsageError
        For arguments that it does not have.
    """
    try:
        options: argparse.Namespace = parser(magic).parse_argstring(line)
    except (UsageError, ValueError) as error:
        takes = "[--order generation|naive] [--retain] [--no-apply]"
        what = "" if magic == "%%backward" else " EXPRESSION"
        raise usage(f"{magic}: {error}. Usage: {magic} {takes}{what}") from None
    return options


def show_steps(y: Any, options: argparse.Namespace, what: str) -> None:
    """Run the backward pass of a variable, and show it step by step.

    Parameters
    ----------
    y : Variable
    options : Namespace
        Of `parse_options`.
    what : str
        What the user wrote for ``y``.

    Raises
    ------
    UsageError
        If it cannot be done; the message says why.
    """
    from nbgrad.tracing import trace

    check_variable(y, what, "%backward")
    try:
        steps = trace(
            y, retain_grad=options.retain, order=options.order, apply=not options.no_apply
        )
    except Exception as error:  # noqa: BLE001 - a magic shows a sentence, no traceback
        raise usage(f"%backward {what}: {sentence(error)}") from None
    show(steps)


def check_variable(y: Any, what: str, magic: str) -> None:
    """Refuse what is no Variable.

    Raises
    ------
    UsageError
        Naming its type.
    """
    if isinstance(y, Variable):
        return
    kind = type(y)
    if kind.__name__ == "Variable" and kind.__module__.startswith("nbgrad"):
        raise usage(
            f"{magic}: {what} was made by an nbgrad that has been reloaded since. "
            "Run %reload_ext nbgrad, then the cells that make it, again."
        )
    raise usage(f"{magic}: {what} is no Variable but {kind.__name__}.")


def is_rich() -> bool:
    """Whether the front end shows HTML: a notebook does, a terminal does not."""
    ip: Any = get_ipython()
    return ip is not None and "text/html" in ip.display_formatter.active_types


def show(steps: Trace) -> None:
    """Display a trace."""
    if not is_rich():
        say(str(steps))
        return
    try:
        from nbgrad.views.stepper.widget import Stepper

        display(Stepper(steps))
    except (ImportError, MissingDependencyError) as error:
        sys.stderr.write(f"{error} Here is the story without buttons:\n")
        display(steps)
