"""What ``%backward`` shows: a Stepper in a notebook, a table in a terminal."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.display import display as _display

from nbgrad.engine.errors import MissingDependencyError
from nbgrad.tracing.engines import has_pass

from .words import say, sentence, usage

if TYPE_CHECKING:
    from nbgrad.tracing import Trace

display: Any = _display  # IPython does not annotate it; any version may come to

SESSION = "_nbgrad"
"""Where a shell keeps what the extension gave it: an attribute, which survives a reload of our modules."""
ORDERS = ("generation", "naive")
_OPTION = r"--(retain|no-apply|order(?:[ \t]*=[ \t]*|[ \t]+)([\"']?)([\w-]+)\2)"
_LEADING = re.compile(rf"\s*{_OPTION}(?=\s|$)")
_TRAILING = re.compile(rf"(?:^|(?<=\s)){_OPTION}[\s;]*$")
_WITHOUT_VALUE = re.compile(r"(?:^|\s)--order[\s=]*$")
_UNKNOWN = re.compile(r"(?:^|\s)--(?=[a-z])")


@dataclass
class Options:
    """The arguments of ``%backward`` and ``%%backward``."""

    expression: str = ""
    order: str = "generation"
    retain: bool = False
    no_apply: bool = False


def parse_options(line: str, magic: str) -> Options:
    """Read the arguments of a magic.

    Options stand before or after the expression, which is Python and stays as written:
    ``y -x`` and ``d['a  b']`` are not split into words.

    Raises
    ------
    UsageError
        For arguments that it does not have.
    """
    found = Options()
    rest = line.strip()
    while match := _LEADING.match(rest) or _TRAILING.search(rest):
        rest = (rest[: match.start()] + rest[match.end() :]).strip()
        word = match[1]
        if word == "retain":
            found.retain = True
        elif word == "no-apply":
            found.no_apply = True
        elif match[3] in ORDERS:
            found.order = match[3]
        else:
            raise usage_of(magic, f"--order is generation or naive, not {match[3]}")
    if _WITHOUT_VALUE.search(rest):
        raise usage_of(magic, "--order needs a value, generation or naive")
    found.expression = rest.rstrip("; ")
    return found


def usage_of(magic: str, problem: str) -> UsageError:
    """Return the error that says what a magic takes."""
    what = "" if magic == "%%backward" else " EXPRESSION"
    takes = "[--order generation|naive] [--retain] [--no-apply]"
    return usage(f"{magic}: {problem}. Usage: {magic} {takes}{what}")


def may_be_option(expression: str) -> bool:
    """Whether an expression with an unknown name in it was rather meant as an option."""
    return _UNKNOWN.search(expression) is not None


def show_steps(y: Any, options: Options, what: str) -> None:
    """Run the backward pass of a variable, and show it step by step.

    Parameters
    ----------
    y : Variable
    options : Options
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
    if has_pass(y):
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

        stepper = Stepper(steps)
    except (ImportError, MissingDependencyError) as error:
        sys.stderr.write(f"{error} Here is the story without buttons:\n")
        display(steps)
        return
    session = getattr(get_ipython(), SESSION, None)
    if session is not None:
        session.cells.steppers.add(stepper)
    display(stepper)
