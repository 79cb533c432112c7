"""The command line: ``python -m nbgrad demo``, ``python -m nbgrad trace FILE.py:NAME``.

Whatever is wrong with the input is one sentence on stderr and exit code 2; a
script that fails is exit code 1. A file that exists is replaced only by a
complete new one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from nbgrad._version import __version__
from nbgrad.engine.diagnostics.escaping import visible
from nbgrad.engine.errors import NbgradError
from nbgrad.tracing.files import exporters

from .demo import diamond, small_net
from .errors import CommandError, because, lines_of
from .output import check_output, endings, writing
from .script import at_line_of, load_variable

if TYPE_CHECKING:
    from nbgrad.tracing import Trace

DEMO = "nbgrad-demo.html"

DESCRIPTION = """\
Automatic differentiation one can watch.

  python -m nbgrad demo                            two backward passes to look at
  python -m nbgrad trace train.py:loss -o s.html   the backward pass of your own variable
  python -m nbgrad trace -m pkg.train:main.loss    of a function's local, in a module
  python -m nbgrad export notebook.ipynb -o p.html a notebook as a page, its steppers alive
"""

AFTERWARDS = """\
In a notebook:

    %load_ext nbgrad
    %backward y

The example notebooks are in examples/ of nbgrad's repository; `make lab` opens them there."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        _replace_unencodable(stream)
    command = ""
    try:
        options = _parse(sys.argv[1:] if argv is None else argv)
        command = f" {options.command}" if options.command else ""
        if options.command is None:
            make_parser().print_help()
        elif options.command == "demo":
            demo(options.output)
        elif options.command == "export":
            export(options)
        else:
            trace_script(options)
        say(None)
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        _discard_buffer(sys.stdout)
    except BaseException as error:  # noqa: BLE001 - a user gets a sentence, not nbgrad's traceback
        code, text = _outcome(error)
        complain(f"nbgrad{command}: {text}" if text else "")
        return code
    return 0


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; those of the script stand behind ``--``."""
    words = list(argv)
    end = words.index("--") if "--" in words else len(words)
    options = make_parser().parse_args(words[:end])
    options.arguments = words[end + 1 :]
    return options


def _outcome(error: BaseException) -> tuple[int, str]:
    """Return the exit code for an exception, and what is said."""
    if isinstance(error, CommandError):
        return error.code, str(error)
    if isinstance(error, KeyboardInterrupt):
        return 130, "interrupted."
    if isinstance(error, SystemExit):  # of the parser, which has said all
        return error.code if isinstance(error.code, int) else 2, ""
    if isinstance(error, FileNotFoundError) and not _working_folder_exists():
        return 2, "the working directory does not exist any more."
    if isinstance(error, OSError):
        return 2, f"{because(error)}."
    return 1, visible(
        f"this is a fault of nbgrad, please report it: {' '.join(lines_of(error))}", keep="\n"
    )


def _working_folder_exists() -> bool:
    try:
        return Path.cwd().is_dir()
    except OSError:
        return False


# ---------------------------------------------------------------- what is printed


def say(text: str | None) -> None:
    """Print a line, or None to flush what was printed.

    Raises
    ------
    CommandError
        If standard output cannot be written to.
    """
    if sys.stdout is None:  # closed from the start, or a program without a console
        if text is not None:
            raise CommandError("there is no standard output to print to. Write a file, with -o.")
        return
    try:
        if text is not None:
            sys.stdout.write(f"{text}\n")  # print may be the script's own
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        _discard_buffer(sys.stdout)
        why = because(error) if isinstance(error, OSError) else "it is closed"
        raise CommandError(f"cannot print to standard output: {why}.") from None


def complain(text: str) -> None:
    """Print a line to standard error, if it can be written to."""
    if text and sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(text, file=sys.stderr)
            sys.stderr.flush()


def _discard_buffer(stream: TextIO) -> None:
    """Discard what a stream has buffered, so that Python does not fail on it at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Parser(argparse.ArgumentParser):
    """A parser whose errors repeat no control characters of its arguments."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and leave."""
        super().error(visible(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is sys.stderr:
            complain(message.rstrip("\n"))
        elif message:
            say(message.rstrip("\n"))


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
    _add_trace(commands)
    _add_export(commands)
    return parser


def _add_trace(commands: Any) -> None:
    """Describe ``trace``."""
    trace_ = commands.add_parser(
        "trace",
        help="run a script, then trace one of its variables",
        epilog="What follows -- are the script's own arguments. "
        "main.loss is also the local variable of a function main, when it returned.",
    )
    trace_.add_argument(
        "target",
        metavar="FILE.py:NAME",
        help="the script, and its Variable or tensor: loss, main.loss, trainer.loss, losses[-1]",
    )
    trace_.add_argument(
        "-m", dest="module", action="store_true", help="name a module in place of a file"
    )
    trace_.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=f"a file ending in {endings(exporters)} (default: print)",
    )
    trace_.add_argument(
        "--order",
        choices=("generation", "naive", "sequence"),
        default="generation",
        help="sequence is the order in which PyTorch ran",
    )
    trace_.add_argument(
        "--modules",
        type=int,
        metavar="DEPTH",
        help="of PyTorch's tensors: show modules nested deeper than this as one function",
    )
    trace_.add_argument(
        "--retain", action="store_true", help="keep the gradients of intermediates too"
    )


def _add_export(commands: Any) -> None:
    """Describe ``export``."""
    export_ = commands.add_parser(
        "export", help="write a notebook as one page in which its steppers are alive"
    )
    export_.add_argument("notebook", metavar="NOTEBOOK.ipynb")
    export_.add_argument(
        "-o", "--output", metavar="PAGE.html", help="default: the notebook's name, ending in .html"
    )
    export_.add_argument("--execute", action="store_true", help="run the notebook first")


# ---------------------------------------------------------------- the commands


def export(options: argparse.Namespace) -> None:
    """Write a notebook as a page."""
    from .export import export_notebook  # nbconvert is slow to import

    page = export_notebook(options.notebook, options.output, execute=options.execute)
    say(f"Wrote {visible(str(page))}.")


def demo(output: str) -> None:
    """Trace the diamond and a small net, and write a page for each."""
    from nbgrad.tracing import trace

    wanted = Path(output)
    first = wanted / DEMO if wanted.is_dir() or output.endswith(("/", os.sep)) else wanted
    check_output(first, (".html",))
    second = first.with_name(f"{first.stem}-net{first.suffix}")
    check_output(second, (".html",))
    steps, net = trace(diamond()), trace(small_net())
    say(f"{steps}\n")
    save(steps, first)
    save(net, second)
    say(
        f"Open {visible(str(first.absolute()))} in a browser and step through this diamond; "
        f"{visible(str(second.absolute()))} has a small network.\n"
    )
    say(AFTERWARDS)
    show_page(first)


def show_page(page: Path) -> None:
    """Open a page in the browser, where a person at a terminal can see its window."""
    has_windows = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if has_windows and sys.stdout.isatty() and not os.environ.get("CI"):
        webbrowser.open(page.absolute().as_uri())


def trace_script(options: argparse.Namespace) -> None:
    """Run a script, and save or print the trace of one of its Variables."""
    from nbgrad.tracing import trace

    output = None if options.output is None else Path(options.output)
    if output is not None:
        check_output(output, exporters)
        output = output.absolute()  # the script may change the folder
    y, names = load_variable(options.target, options.arguments, module=options.module)
    name = options.target.partition(".py:")[2] or options.target.rpartition(":")[2]
    try:
        depth: dict[str, Any] = {} if options.modules is None else {"modules": options.modules}
        steps = at_line_of(
            y,
            lambda: trace(y, retain_grad=options.retain, order=options.order, names=names, **depth),
        )
    except NbgradError as error:
        said = str(error)
        whole = said if said.startswith("backward() of ") else f"backward() of {name}: {said}"
        raise CommandError(whole, more=_notes(error)) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a rule of the script raised
        what = lines_of(error)[0]
        raise CommandError(f"backward() of {name} failed: {what}", 1, _notes(error)) from None
    if output is None:
        say(str(steps))
        return
    save(steps, output)
    if sys.stdout is not None:
        count = len(steps.steps)
        counted = "1 step" if count == 1 else f"{count} steps"
        say(f"Wrote {visible(options.output)}, {counted} of backward() from {name}.")


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", []))


# ---------------------------------------------------------------- files


def save(steps: Trace, path: Path) -> None:
    """Write a trace; a file that is there already is replaced when the new one is complete."""
    with writing(path):
        steps.save(path)


def _replace_unencodable(stream: TextIO | None) -> None:
    """Write a question mark for a character that a stream cannot encode, such as ²."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        with contextlib.suppress(ValueError):  # a stream that is closed
            reconfigure(errors="replace")
