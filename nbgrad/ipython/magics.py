"""The magics: grad mode, the backward pass and its history, the graph."""

from __future__ import annotations

import ast
import difflib
from typing import Any

from IPython.core.magic import (
    Magics,
    cell_magic,
    line_cell_magic,
    line_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)

from nbgrad.engine.errors import listed
from nbgrad.engine.grad_mode import Config, override, process

from .completion import variables_in
from .failing_call import led_to_last_error
from .positions import Cells
from .steps import (
    check_variable,
    display,
    is_rich,
    may_be_option,
    parse_options,
    show_steps,
    usage_of,
)
from .words import say, sentence, usage


@magics_class
class NbgradMagics(Magics):
    """The magics of one shell."""

    def __init__(self, shell: Any, cells: Cells) -> None:
        super().__init__(shell=shell)
        self.ip: Any = shell
        self.cells = cells
        self.switched_off = False

    # -- grad mode ------------------------------------------------------------------------

    @no_var_expand
    @line_cell_magic
    def no_grad(self, line: str, cell: str | None = None) -> None:
        """Switch recording off and on.

        While no_grad is on, no graph is recorded: results cost no memory, and have
        nothing to go back through.

        As a line magic it holds for all cells until it is changed, in every
        thread too, and prints the state::

            %no_grad           toggle
            %no_grad on        no_grad is on: recording is off
            %no_grad off       no_grad is off: recording is on
            %no_grad status    say which, and change nothing

        As a cell magic it holds for the cell, and ends with it whatever happens::

            %%no_grad
            y = model(x)
            y.shape

        In a function, or for a few lines: ``with ng.no_grad():``.
        """
        if cell is not None:
            self.ip.run_cell(f"%%no_grad {line}\n{cell}")
            return
        wanted = line.strip().lower()
        if wanted not in {"", "on", "off", "status"}:
            raise usage(
                f"%no_grad on|off|status: {line.strip()!r} is none of these. "
                f"Nothing was changed: {_state()}"
            )
        if wanted != "status":
            Config.enable_backprop = {"on": False, "off": True}.get(
                wanted, not process.enable_backprop
            )
            self.switched_off = not process.enable_backprop
        say(_state())

    # -- the backward pass ----------------------------------------------------------------

    @needs_local_scope
    @no_var_expand
    @line_cell_magic
    def backward(
        self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None
    ) -> None:
        """Run backward() and step through it.

        Shows a stepper in a notebook and a table in a terminal. Gradients are added
        to the leaves, as ``y.backward()`` does::

            %backward y
            %backward (a * b).sum()
            %backward y --order naive

        Options:
            --order naive    last in, first out, as if there were no generations: shows what
                             would come out, and changes no gradient
            --order sequence    of a PyTorch tensor: the order in which PyTorch ran
            --retain         keep the gradients of intermediate variables too
            --no-apply       only look: leave every .grad as it is
            --modules 1      of a PyTorch tensor: modules nested deeper are shown as one function
            --sweep x=-3:3:31   for 31 other values of the leaf x, side by side; no gradient
                             is changed

        As a cell magic it steps through the last expression of the cell::

            %%backward --retain
            y = ng.square(x) + x
            y

        ``ng.Stepper(y)`` gives the same as an object.
        """
        if cell is not None:
            self.ip.run_cell(f"%%backward {line}\n{cell}")
            return
        options = parse_options(line, "%backward")
        y = self._value(options.expression, "%backward", local_ns)
        show_steps(y, options, options.expression)

    @no_var_expand
    @cell_magic
    def history(self, line: str, cell: str) -> None:
        """Run the cell, and show every backward() in it, iteration by iteration.

        Example::

            %%history
            for _ in range(100):
                loss = mean_squared_error(model(x), t)
                w.cleargrad()
                loss.backward()
                w.data -= 0.1 * w.grad

        Options:
            --every N    keep each N-th pass
            --keep N     keep at most N takes; beyond that every other one is dropped

        ``ng.History()`` gives the same as an object, and takes a PyTorch loss too.
        """
        self.ip.run_cell(f"%%history {line}\n{cell}")

    @needs_local_scope
    @no_var_expand
    @line_magic
    def graph(self, line: str, local_ns: dict[str, Any] | None = None) -> None:
        """Draw how a variable was computed, in columns by generation.

        Examples::

            %graph y
            %graph (a * b).sum()

        After an operation has failed, ``%graph`` alone draws what led to it.

        ``ng.graph(y)`` gives the same as an object, which can be saved.
        """
        expression = line.strip().rstrip("; ")
        y = None if expression else led_to_last_error()
        if y is None:
            y = self._value(expression, "%graph", local_ns)
        check_variable(y, expression, "%graph")
        from nbgrad.views.graph.graph import graph

        try:
            drawing = graph(y)
        except Exception as error:  # noqa: BLE001 - a magic shows a sentence, no traceback
            raise usage(f"%graph {expression}: {sentence(error)}") from None
        if is_rich():
            display(drawing)
        else:
            say(str(drawing))

    # -- what they go back from -----------------------------------------------------------

    def _value(self, expression: str, magic: str, local_ns: dict[str, Any] | None) -> Any:
        """Evaluate what the user wrote, as if it stood on the magic's own line."""
        namespace = self.ip.user_ns
        if not expression:
            raise usage(f"{magic} needs a variable: {magic} y. {_variables(namespace)}")
        filename, line = self.cells.calling_line()
        try:
            tree = ast.parse(expression, filename, mode="eval")
            ast.increment_lineno(tree, line - 1)
            code = compile(tree, filename, "eval")
        except (SyntaxError, ValueError) as error:
            problem = f"{expression!r} is not an expression: {getattr(error, 'msg', error)}"
            if magic == "%backward" and may_be_option(expression):
                raise usage_of(magic, problem) from None
            raise usage(f"{magic}: {problem}.") from None
        try:
            return eval(code, namespace, namespace if local_ns is None else local_ns)  # noqa: S307
        except NameError as error:
            problem = _unknown(error, namespace)
            if magic == "%backward" and may_be_option(expression):
                raise usage_of(magic, problem.rstrip(".")) from None
            raise usage(f"{magic}: {problem}") from None
        except Exception as error:  # noqa: BLE001 - a magic shows a sentence, no traceback
            raise usage(f"{magic} {expression}: {sentence(error)}") from None


def _state() -> str:
    """Say whether operations are recorded."""
    if process.enable_backprop:
        text = "no_grad is off: operations are recorded, and backward() works."
    else:
        text = (
            "no_grad is on: operations are not recorded, and backward() has no graph. "
            "%no_grad off records again."
        )
    inner = override.get()
    if inner is not None and inner.value != process.enable_backprop:
        what = "recorded" if inner.value else "not recorded"
        text += f" But in this block a `with` or %%no_grad goes first: here operations are {what}."
    return text


def _variables(namespace: dict[str, Any]) -> str:
    names = variables_in(namespace)
    return f"The Variables here: {listed(names)}." if names else "There are no Variables yet."


def _unknown(error: NameError, namespace: dict[str, Any]) -> str:
    name = getattr(error, "name", None)
    close = difflib.get_close_matches(name or "", variables_in(namespace), 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return f"{error}.{hint} {_variables(namespace)}"
