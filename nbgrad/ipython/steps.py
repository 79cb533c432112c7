"""What ``%backward`` shows: a Stepper in a notebook, a table in a terminal."""

from __future__ import annotations

import math
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
    from nbgrad.tracing.takes import Series

display: Any = _display  # IPython does not annotate it; any version may come to

SESSION = "_nbgrad"
"""Where a shell keeps what the extension gave it: an attribute, which survives a reload of our modules."""
ORDERS = ("generation", "naive", "sequence")
_CHOICE = f"{', '.join(ORDERS[:-1])} or {ORDERS[-1]}"
_OPTION = (
    r"--(retain|no-apply|order(?:[ \t]*=[ \t]*|[ \t]+)([\"']?)([\w-]+)\2"
    r"|sweep(?:[ \t]*=[ \t]*|[ \t]+)(\S+=\S*)|modules(?:[ \t]*=[ \t]*|[ \t]+)(\d+))"
)
_LEADING = re.compile(rf"\s*{_OPTION}(?=\s|$)")
_TRAILING = re.compile(rf"(?:^|(?<=\s)){_OPTION}[\s;]*$")
_WITHOUT_VALUE = re.compile(r"(?:^|\s)--(?:(order)[\s=]*$|(modules|sweep)(?:[\s=]|$))")
_STRING = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\""
_COMMENT = re.compile(rf"({_STRING})|#.*")
MAX_SWEEP = 1000
_UNKNOWN = re.compile(r"(?:^|\s)--(?=[a-z])")


SWEEPS = "x=-3:3:31 (from, to, how many) or x=1,2,5"
_NEEDED = {
    "order": f"a value, {_CHOICE}",
    "modules": "a depth, such as 1",
    "sweep": f"a leaf and its values, {SWEEPS}",
}


@dataclass
class Options:
    """The arguments of ``%backward`` and ``%%backward``."""

    expression: str = ""
    order: str = "generation"
    retain: bool = False
    no_apply: bool = False
    sweep: str = ""
    modules: int | None = None


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
    rest = _COMMENT.sub(lambda match: match[1] or "", line).strip()
    while match := _LEADING.match(rest) or _TRAILING.search(rest):
        rest = (rest[: match.start()] + rest[match.end() :]).strip()
        word = match[1]
        if word == "retain":
            found.retain = True
        elif word == "no-apply":
            found.no_apply = True
        elif match[4]:
            found.sweep = match[4]
            swept_values(found.sweep, magic)
        elif match[5]:
            found.modules = int(match[5])
        elif match[3] in ORDERS:
            found.order = match[3]
        else:
            raise usage_of(magic, f"--order is {_CHOICE}, not {match[3]}")
    if match := _WITHOUT_VALUE.search(re.sub(_STRING, "''", rest)):
        option = match[1] or match[2]
        raise usage_of(magic, f"--{option} needs {_NEEDED[option]}")
    found.expression = rest.rstrip("; ")
    return found


def swept_values(sweep: str, magic: str) -> tuple[str, list[float]]:
    """Read ``x=-3:3:31`` or ``x=1,2,5``: a leaf's name, and its values.

    Raises
    ------
    UsageError
        If it is neither.
    """
    name, _, values = sweep.partition("=")
    try:
        if ":" in values:
            first, last, count = values.split(":")
            number = int(count)
            if not 2 <= number <= MAX_SWEEP:
                raise usage_of(magic, f"--sweep takes 2 to {MAX_SWEEP} values, not {number}")
            step = (float(last) - float(first)) / (number - 1)
            if not math.isfinite(step):
                raise usage_of(magic, f"--sweep is written {SWEEPS}, not {sweep}")
            found = [float(first) + k * step for k in range(number - 1)] + [float(last)]
        else:
            found = [float(value) for value in values.split(",")]
    except ValueError:
        raise usage_of(magic, f"--sweep is written {SWEEPS}, not {sweep}") from None
    return name, found


def usage_of(magic: str, problem: str) -> UsageError:
    """Return the error that says what a magic takes."""
    what = "" if magic == "%%backward" else " EXPRESSION"
    takes = (
        f"[--order {'|'.join(ORDERS)}] [--retain] [--no-apply] [--modules DEPTH] "
        "[--sweep NAME=FROM:TO:COUNT]"
    )
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
    if options.sweep:
        show_sweep(y, options, what)
        return
    try:
        depth: dict[str, Any] = {} if options.modules is None else {"modules": options.modules}
        steps = trace(
            y, retain_grad=options.retain, order=options.order, apply=not options.no_apply, **depth
        )
    except Exception as error:  # noqa: BLE001 - a magic shows a sentence, no traceback
        raise usage(f"%backward {what}: {sentence(error)}") from None
    show(steps, y if type(y).__module__.startswith("nbgrad") and options.order != "naive" else None)


def show_sweep(y: Any, options: Options, what: str) -> None:
    """Compute a variable's graph again for other values of a leaf, and show the series."""
    from nbgrad.tracing.takes import sweep

    name, values = swept_values(options.sweep, "%backward")
    try:
        found = sweep(y, name, values)
    except Exception as error:  # noqa: BLE001 - a magic shows a sentence, no traceback
        raise usage(f"%backward --sweep {options.sweep} {what}: {sentence(error)}") from None
    show(found)


def check_variable(y: Any, what: str, magic: str) -> None:
    """Refuse what is not a Variable.

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
    raise usage(f"{magic}: {what} is not a Variable but {kind.__name__}.")


def is_rich() -> bool:
    """Whether the front end shows HTML: a notebook does, a terminal does not."""
    ip: Any = get_ipython()
    return ip is not None and "text/html" in ip.display_formatter.active_types


def show(steps: Trace | Series, y: Any = None) -> None:
    """Display a trace or a series; with the variable it is of, a stepper can be edited."""
    if not is_rich():
        say(str(steps))
        return
    try:
        from nbgrad.views.stepper.widget import Stepper

        stepper = Stepper(steps, live=y)
    except (ImportError, MissingDependencyError) as error:
        sys.stderr.write(f"{error} Here is the story without buttons:\n")
        display(steps)
        return
    session = getattr(get_ipython(), SESSION, None)
    if session is not None:
        session.cells.steppers.add(stepper)
    display(stepper)
