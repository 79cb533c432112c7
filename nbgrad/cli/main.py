"""The command line: ``python -m nbgrad demo``, ``python -m nbgrad trace FILE.py:NAME``.

Whatever is wrong with the input is one sentence on stderr and exit code 2; a
script that fails is exit code 1. A file that exists is replaced only by a
complete new one.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from nbgrad._version import __version__
from nbgrad.engine.diagnostics.escaping import visible
from nbgrad.engine.errors import NbgradError
from nbgrad.tracing.files import exporters

from .demo import diamond, small_net
from .script import CommandError, load_variable

if TYPE_CHECKING:
    from nbgrad.tracing import Trace

DEMO = "nbgrad-demo.html"

DESCRIPTION = """\
Automatic differentiation one can watch.

  python -m nbgrad demo                            two backward passes to look at
  python -m nbgrad trace train.py:loss -o s.html   the backward pass of your own variable
"""

AFTERWARDS = """\
In a notebook:

    %load_ext nbgrad
    %backward y

The example notebooks are in examples/ of nbgrad's repository; `make lab` opens them there."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_symbols(stream)
    parser = make_parser()
    words = list(sys.argv[1:] if argv is None else argv)
    end = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:end])
    options.arguments = words[end + 1 :]
    if options.command is None:
        parser.print_help()
        return 0
    try:
        if options.command == "demo":
            demo(options.output)
        else:
            trace_script(options)
        sys.stdout.flush()
    except CommandError as error:
        print(f"nbgrad {options.command}: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        print(f"nbgrad {options.command}: interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


class Parser(argparse.ArgumentParser):
    """A parser whose errors repeat no control characters of its arguments."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and leave."""
        super().error(visible(message))


def make_parser() -> argparse.ArgumentParser:
    """Describe the commands and their arguments."""
    parser = Parser(
        prog="python -m nbgrad",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"nbgrad {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    demo_ = commands.add_parser("demo", help="step through two small graphs")
    demo_.add_argument(
        "-o",
        "--output",
        metavar="DIR|FILE",
        default=DEMO,
        help=f"where the pages go: a folder, or a file ending in .html (default: {DEMO})",
    )

    trace_ = commands.add_parser(
        "trace",
        help="run a script, then trace one of its variables",
        epilog="What follows -- are the script's own arguments.",
    )
    trace_.add_argument("target", metavar="FILE.py:NAME", help="the script, and its Variable")
    trace_.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=f"a file ending in {endings(exporters)} (default: print)",
    )
    trace_.add_argument("--order", choices=("generation", "naive"), default="generation")
    trace_.add_argument(
        "--retain", action="store_true", help="keep the gradients of intermediates too"
    )
    return parser


# ---------------------------------------------------------------- the commands


def demo(output: str) -> None:
    """Trace the diamond and a small net, and write a page for each."""
    from nbgrad.tracing import trace

    wanted = Path(output)
    first = wanted / DEMO if wanted.is_dir() or output.endswith(("/", os.sep)) else wanted
    check_output(first, (".html",))
    second = first.with_name(f"{first.stem}-net{first.suffix}")
    check_output(second, (".html",))
    steps, net = trace(diamond()), trace(small_net())
    print(steps)
    print()
    save(steps, first)
    save(net, second)
    print(
        f"Open {visible(str(first))} in a browser and step through this diamond; "
        f"{visible(str(second))} has a small network."
    )
    print()
    print(AFTERWARDS)


def trace_script(options: argparse.Namespace) -> None:
    """Run a script, and save or print the trace of a Variable of its."""
    from nbgrad.tracing import trace

    output = None if options.output is None else Path(options.output)
    if output is not None:
        check_output(output, exporters)
        output = output.absolute()  # the script may change the folder
    y, names = load_variable(options.target, options.arguments)
    name = options.target.rpartition(":")[2]
    try:
        steps = trace(y, retain_grad=options.retain, order=options.order, names=names)
    except NbgradError as error:
        raise CommandError(f"backward() of {name}: {error}", more=_notes(error)) from None
    except Exception as error:  # noqa: BLE001 - whatever a rule of the script raised
        what = f"{type(error).__name__}: {error}"
        raise CommandError(f"backward() of {name} failed: {what}", 1, _notes(error)) from None
    if output is None:
        print(steps)
        return
    save(steps, output)
    print(f"Wrote {visible(options.output)}, {len(steps.steps)} steps of backward() from {name}.")


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", []))


# ---------------------------------------------------------------- files


def endings(suffixes: Iterable[str]) -> str:
    """List endings: ``.html, .json or .svg``."""
    *first, last = sorted(suffixes)
    return f"{', '.join(first)} or {last}" if first else last


def check_output(path: Path, suffixes: Collection[str]) -> None:
    """Refuse what could not be written, before anything runs.

    Raises
    ------
    CommandError
    """
    if path.is_dir():
        raise CommandError(f"{path} is a folder: name a file in it, with -o {path / 'steps.html'}.")
    if path.suffix.lower() not in suffixes:
        what = f"{path.suffix} files" if path.suffix else "a file without an ending"
        raise CommandError(
            f"cannot write {what}: {path} must end in {' or '.join(sorted(suffixes))}."
        )
    if not path.parent.is_dir():
        raise CommandError(f"cannot write {path}: there is no folder {path.parent}. Make it first.")
    place = path if path.exists() else path.parent
    if not os.access(place, os.W_OK):
        raise CommandError(f"cannot write {path}: {place} is write-protected.")


def save(steps: Trace, path: Path) -> None:
    """Write a trace; a file that is there already is replaced when the new one is complete."""
    try:
        steps.save(path)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror or error}.") from None
    except NbgradError as error:
        raise CommandError(f"cannot write {path}: {error}") from None


def _never_fail_on_symbols(stream: TextIO) -> None:
    """Let a terminal that has no ² show a question mark in its place."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
