"""The extension: ``%load_ext nbgrad`` and how all of it is taken back.

What a shell was given is kept on the shell itself, so that it survives a reload
of this module.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MethodType
from typing import Any

from nbgrad.engine import grad_mode as config
from nbgrad.engine.diagnostics import positions as source
from nbgrad.engine.diagnostics.numpy_warnings import WarningsAtUsersLine
from nbgrad.engine.function import Function
from nbgrad.engine.variable import Variable
from nbgrad.tracing import namespaces

from .cell_state import CellState
from .cells import CellRewriter, mark_cell
from .completion import make_matcher
from .magics import NbgradMagics
from .positions import Cells
from .steps import SESSION
from .tracebacks import Tracebacks
from .words import say

_KINDS = ("line", "cell")


@dataclass
class Session:
    """What one shell was given.

    Attributes
    ----------
    ip : InteractiveShell
    names : dict
        The names put into the user's namespace.
    replaced : dict
        The magics of others that ours stand in for, by (kind, name).
    """

    ip: Any
    names: dict[str, Any] = field(default_factory=dict)
    replaced: dict[tuple[str, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cells = Cells(self.ip)
        self.cell_state = CellState()
        self.magics = NbgradMagics(self.ip, self.cells)
        self.rewriter = CellRewriter(self.ip)
        self.matcher = make_matcher(self.ip)
        self.tracebacks = Tracebacks(self.ip)
        self.warnings = WarningsAtUsersLine()
        self.positions, self.keep_positions = source.state, source.keep_positions
        self.outer_positions = source.state.cell_of, source.state.nameless, source.state.place
        self.outer_namespace = namespaces.notebook

    # -- give -----------------------------------------------------------------------------

    def start(self) -> None:
        """Set the shell up."""
        ip = self.ip
        self._give_names()
        registry = ip.magics_manager.magics
        for kind in _KINDS:
            for name in self.magics.magics[kind]:
                if name in registry[kind]:
                    self.replaced[kind, name] = registry[kind][name]
        ip.register_magics(self.magics)
        ip.input_transformer_manager.line_transforms.insert(0, mark_cell)
        ip.ast_transformers.append(self.rewriter)
        if self.matcher is not None:
            ip.Completer.custom_matchers.append(self.matcher)
        self.tracebacks.start()
        self.warnings.start()
        for event, callback in self._callbacks():
            ip.events.register(event, callback)
        self.keep_positions(True, self.cells)
        self.positions.cell_of = self.cells.number
        self.positions.nameless = self.cells.nameless
        self.positions.place = self.cells.place
        namespaces.notebook = self._namespace

    def _callbacks(self) -> tuple[tuple[str, Any], ...]:
        return (
            ("pre_run_cell", self.cells.start),
            ("pre_run_cell", self.warnings.forget),
            ("post_run_cell", self.cells.stop),
            ("pre_run_cell", self.cell_state.start),
            ("post_run_cell", self.cell_state.stop),
        )

    def _give_names(self) -> None:
        ours = {"Variable": Variable, "Function": Function}
        missing = object()
        for name, value in ours.items():
            present = self.ip.user_ns.get(name, missing)
            if present is missing:
                self.names[name] = value
            elif present is not value:
                say(f"{name} is yours already and stays as it is; nbgrad's is nbgrad.{name}.")
        self.ip.push(self.names)

    def _namespace(self) -> dict[str, Any]:
        return self.ip.user_ns  # type: ignore[no-any-return]

    # -- take back ------------------------------------------------------------------------

    def stop(self) -> None:
        """Leave the shell as it was."""
        ip = self.ip
        ip.drop_by_id(self.names)
        self._take_magics()
        self.tracebacks.stop()
        self.warnings.stop()
        for items, item in (
            (ip.input_transformer_manager.line_transforms, mark_cell),
            (ip.ast_transformers, self.rewriter),
            (ip.Completer.custom_matchers, self.matcher),
        ):
            # By name for what a reload of its module replaced, by identity for the rest.
            items[:] = [i for i in items if i is not item and not _is_stale(i)]
        for event, callback in self._callbacks():
            if callback in ip.events.callbacks[event]:
                ip.events.unregister(event, callback)
        self.keep_positions(False, self.cells)
        if self.positions.cell_of == self.cells.number:
            place = self.positions
            place.cell_of, place.nameless, place.place = self.outer_positions
        if namespaces.notebook == self._namespace:
            namespaces.notebook = self.outer_namespace
        if self.magics.switched_off and not config.process.enable_backprop:
            config.process.enable_backprop = True
            say("no_grad is off again: operations are recorded.")

    def _take_magics(self) -> None:
        registry = self.ip.magics_manager.magics
        for kind in _KINDS:
            for name in self.magics.magics[kind]:
                present = registry[kind].get(name)
                if isinstance(present, MethodType) and present.__self__ is self.magics:
                    del registry[kind][name]
                    if (kind, name) in self.replaced:
                        registry[kind][name] = self.replaced[kind, name]
        self.ip.magics_manager.registry.pop(type(self.magics).__name__, None)


def _is_stale(item: Any) -> bool:
    """Whether an input transformer is one of ours, from before its module was reloaded."""
    return getattr(item, "__module__", "") == mark_cell.__module__ and (
        getattr(item, "__name__", "") == mark_cell.__name__
    )


def load(ip: Any) -> None:
    """Set up a shell; one that is set up already stays as it is."""
    if getattr(ip, SESSION, None) is None:
        session = Session(ip)
        session.start()
        setattr(ip, SESSION, session)


def unload(ip: Any) -> None:
    """Take back from a shell all that `load` gave it."""
    session = getattr(ip, SESSION, None)
    if session is not None:
        session.stop()
        delattr(ip, SESSION)
