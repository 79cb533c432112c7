"""`Stepper`: a backward pass as a widget that plays in the browser.

The kernel sends one payload (`scene`) and then only follows: every step is worked out in
the page, so stepping needs no round trip and works in a saved page too.  What remains here
are the traits, which Python code can read, set, observe and link, and their checks.  The pass
runs when a stepper is made; its scene is worked out when somebody first looks.

A click during a running cell may arrive in another thread with no context variables, so
nothing here keeps any: what the checks read is made once and never changed.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, cast

import anywidget
import ipywidgets
import traitlets as t

from nbgrad.engine.errors import NbgradError
from nbgrad.engine.variable import Variable
from nbgrad.tracing import Trace, trace
from nbgrad.tracing.engines import Tensor, has_pass
from nbgrad.tracing.takes import Series
from nbgrad.tracing.takes.what_if import WhatIf
from nbgrad.views.theme import read_static

from .folding import check_closed, open_and_close, turn
from .live import Live
from .mimebundle import Mimebundle, new_model_id
from .plans import Plans, Shown
from .scene import LANGUAGES, Room, error_scene, numbers_of, scene
from .series import first_take, series_scene, series_table
from .static_story import story_html

HTML_LIMIT = 100_000


class _Comm(t.Any):
    """A widget's line to the page, which opens when it is first asked for."""

    def get(self, obj: Any, cls: Any = None) -> Any:
        """Return it; a stepper that nobody has shown, nested, linked or moved has none yet."""
        if obj._unopened:
            obj._open()
        return super().get(obj, cls)


class Stepper(Mimebundle, Live, anywidget.AnyWidget):
    """Step through a backward pass.

    Parameters
    ----------
    y : Variable, torch.Tensor, Trace or Series
        A Variable or a tensor runs ``ng.trace(y, …)``: its backward pass happens now, and
        what the page shows of it is worked out when it is first shown. A series
        (`nbgrad.History`, `nbgrad.sweep`) is shown with a slider along its axis.
    predict : bool
        Hide each new gradient until the reader has guessed it.
    ask : mapping of int to str, optional
        Questions of your own, by the step at which they stand: ``{2: "What is a.grad?"}``.
        The gradient that a question names is hidden until it is answered.
    lang : {"auto", "en", "ko"}
        Language of the texts; by default that of the notebook or the browser.
    live : Variable, optional
        The variable that a trace is of: then its leaves can be edited, as with ``Stepper(y)``.
    **options
        Options of `nbgrad.trace`, such as ``retain_grad=True`` or ``apply=False``.

    Attributes
    ----------
    step : int
        0: the forward pass is done and the root has its seed gradient … number of steps.
    rewind : int
        How many stops of the forward pass are taken back; 0 unless one looks at the
        forward pass, and then ``step`` is 0.
    granularity : {"generation", "function"}
        How much happens in a step.
    order : {"generation", "naive"}
        ``"naive"`` shows the last-in-first-out order, function by function.
    playing : bool
    speed : float
    selected : str or None
        Id of the node that the inspector shows.
    take : int
        Which take of a series is shown.
    series : Series or None
        The series that is shown; another one can be set.
    closed : list of str
        The module calls that are shown closed, as one function each, such as
        ``["layers.0", "layers.1"]``; of a pass of PyTorch's.
    toggle : str
        Set to a module call such as ``"layers.0"`` it opens or closes it, as a click does.
    trace : Trace or None
        What is shown; None when there is only a message. Another trace can be set: it is
        shown in its place, at the same step where it has one.

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> x = ng.Variable(np.array(2.0), name="x")
    >>> stepper = ng.Stepper(ng.square(x))
    >>> stepper.step, stepper.steps
    (0, 1)
    """

    _esm = read_static("stepper.js")
    _scene = t.Unicode("").tag(sync=True)
    _packed = t.Bytes(b"").tag(sync=True)
    _numbers = t.Unicode("", help="What was computed of the scene's graph since.").tag(sync=True)

    step = t.Int(0, help="Steps of the backward pass that have run.").tag(sync=True)
    rewind = t.Int(0, help="Stops of the forward pass that are taken back.").tag(sync=True)
    granularity = t.Enum(["generation", "function"], "generation").tag(sync=True)
    order = t.Enum(["generation", "naive"], "generation").tag(sync=True)
    playing = t.Bool(False).tag(sync=True)
    speed = t.Float(1.0).tag(sync=True)
    selected = t.Unicode(None, allow_none=True).tag(sync=True)
    predict = t.Bool(False).tag(sync=True)
    take = t.Int(0, help="Which take of a series is shown.").tag(sync=True)
    lang = t.Enum(["auto", "en", "ko"], "auto").tag(sync=True)
    toggle = t.Unicode("", help="Set to a module call: it opens or closes.").tag(sync=True)
    closed = t.List(t.Unicode(), help="Module calls that are shown closed.").tag(sync=True)
    _toggled = t.observe("toggle")(turn)
    _folded = t.observe("closed")(open_and_close)
    _closed, _refused = t.validate("closed")(check_closed), t.TraitError
    ask = t.Dict(help="Questions by step.").tag(
        sync=True,
        to_json=lambda ask, widget: {str(step): text for step, text in ask.items()},
        from_json=lambda ask, widget: {int(step): text for step, text in ask.items()},
    )

    comm = _Comm(allow_none=True)
    # Of the class: close() also runs after an __init__ that failed, and when Python ends.
    _known: Any = getattr(ipywidgets.widgets.widget, "_instances", None)
    """The widgets that ipywidgets writes into a page, by the ids of their models."""
    _unopened = False
    _own_layout: Any = None
    _seen: Shown | None = None

    def __init__(
        self,
        y: Variable | Tensor | Trace | Series,
        *,
        predict: bool = False,
        lang: str = "auto",
        ask: Mapping[int, str] | None = None,
        live: Variable | None = None,
        **options: Any,
    ) -> None:
        self._front: frozenset[int] = frozenset()
        again = y if isinstance(y, Variable) else live
        self._message, self._first_lang = "", lang
        y = y.snapshot() if isinstance(y, Series) else y
        self._series = y if isinstance(y, Series) else None
        self._trace = self._trace_of(y, options)
        self._what_if = (
            WhatIf(again, options.get("names"), self._trace)
            if isinstance(again, Variable) and self._series is None
            else None
        )
        self._room = Room(live=self._what_if is not None)
        given: dict[str, Any] = {"ask": dict(ask)} if ask else {}
        if self._series is not None:
            given["take"] = first_take(self._series)
        super().__init__(predict=predict, lang=lang, model_id=new_model_id(), **given)

    def open(self) -> None:
        """Let the page have the widget once it is shown, nested in another, linked or moved."""
        self._own_layout = self.layout
        if self._known is None:
            super().open()
        elif self.comm is None:  # no host has brought its own
            self._unopened = True
            self._known[self._model_id] = self

    def _open(self) -> None:
        self._unopened = False
        try:
            super().open()
        except BaseException:
            self._unopened = True
            raise

    def _trace_of(self, y: object, options: dict[str, Any]) -> Trace | None:
        """Run the pass; without a graph the widget shows a message."""
        if isinstance(y, (Trace, Series)):
            if options:
                given, kind = ", ".join(sorted(options)), type(y).__name__
                raise TypeError(f"A {kind} is shown as it was recorded; it takes no {given}.")
            return y if isinstance(y, Trace) else _take_of(y, first_take(y))
        if not isinstance(y, Variable) and not has_pass(y):
            raise TypeError(
                f"Stepper() shows a Variable or a Trace, not {type(y).__name__}. "
                "Give it the result of a computation on Variables."
            )
        try:
            return trace(y, **options)
        except NbgradError as error:
            self._message = str(error)
            return None

    @property
    def _shown(self) -> Shown:
        """What the page gets, and what the checks need of it."""
        if self._seen is None:
            data = self._scene_of(self._trace, self._first_lang, self.take)
            self._seen = self._made(data, self.take)
        return self._seen

    @property
    def _plans(self) -> Plans:
        return self._shown.plans

    def _made(self, data: dict[str, Any], take: int) -> Shown:
        data["live"] = self._is_live(data)
        return Shown(data, take)

    @t.default("_scene")
    def _first_scene(self) -> str:
        return self._shown.text

    @t.default("_packed")
    def _first_packed(self) -> bytes:
        return self._shown.packed

    @t.default("closed")
    def _first_closed(self) -> list[str]:
        return self._shown.closed

    def _scene_of(
        self, shown: Trace | None, lang: str, take: int = 0, closed: list[str] | None = None
    ) -> dict[str, Any]:
        if shown is None:
            return error_scene({"en": self._message, "ko": self._message})
        if self._series is None:
            data = scene(shown, lang, closed, room=self._room)
        else:
            data = series_scene(self._series, lang, take)
        self._message = data.get("error", {}).get("en", "")
        return data

    @property
    def trace(self) -> Trace | None:
        """The trace that is shown, or None."""
        return self._trace

    @trace.setter
    def trace(self, shown: Trace) -> None:
        if not isinstance(shown, Trace):
            raise TypeError(
                f"Stepper.trace is a Trace (see nbgrad.trace), not {type(shown).__name__}."
            )
        self._show(shown)

    @property
    def series(self) -> Series | None:
        """The series that is shown, or None."""
        return self._series

    @series.setter
    def series(self, shown: Series) -> None:
        if not isinstance(shown, Series):
            raise TypeError(
                f"Stepper.series is a Series (see nbgrad.History and nbgrad.sweep), "
                f"not {type(shown).__name__}."
            )
        shown = shown.snapshot()
        take = first_take(shown)
        self._show(_take_of(shown, take), shown, take)

    def _show(
        self,
        shown: Trace,
        series: Series | None = None,
        take: int = 0,
        what_if: WhatIf | None = None,
    ) -> None:
        """Show something else, at the same step where it has one."""
        before, room = self._series, self._room
        self._message, self._series = "", series
        same = what_if is not None  # the same graph: as wide as all numbers need, and as open
        self._room = room if same else Room()
        try:
            data = self._scene_of(shown, self.lang, take, self.closed if same else None)
        except BaseException:
            self._series, self._room = before, room
            raise
        self._trace, self._what_if = shown, what_if
        self._put(data, self.step, self.selected, take)

    def _put(self, data: dict[str, Any], step: int, selected: str | None, take: int = 0) -> None:
        """Replace the scene, at a step and with a node selected."""
        shown = self._made(data, take)
        plans = shown.plans
        with self.hold_sync():
            self._seen = shown
            self.take = take
            if self.order == "naive" and not plans.has_naive:
                self.order = "generation"
            self.step, self.rewind = min(step, self.steps), min(self.rewind, plans.forward)
            self.selected = selected if selected in plans.nodes else None
            self.playing = False
            self.closed = shown.closed
            self._scene, self._packed, self._numbers = shown.text, shown.packed, ""

    def _renumber(self, found: Trace, lang: object = None) -> None:
        """Show other numbers of the same graph.

        A page that waits gets what it shows, in its language, and asks for the whole scene later.
        """
        if self._seen is None or lang not in LANGUAGES or self.order == "naive":
            self._show(found, what_if=self._what_if)
            return
        numbers = numbers_of(found, self.closed, self._room, str(lang), self.granularity)
        with self.hold_sync():
            self._trace, self.playing = found, False
            self._numbers = self._seen.renumber(numbers)

    @property
    def steps(self) -> int:
        """Number of steps in the current granularity and order."""
        return self._plans.count(self.granularity, self.order)

    # ---- checks: a value that cannot be shown is an error with a sentence

    @t.validate("step")
    def _check_step(self, proposal: Any) -> int:
        how = "in the naive order" if self.order == "naive" else f"by {self.granularity}"
        return _in_range(proposal, self.steps, f"{self.steps} steps {how}")

    @t.validate("take")
    def _check_take(self, proposal: Any) -> int:
        count = 1 if self._series is None else len(self._series)
        return _in_range(proposal, count - 1, f"{count} takes")

    @t.observe("take")
    def _change_take(self, change: Any) -> None:
        """Use the graph of another take in the checks."""
        if self._series is None:
            return
        self._trace, shown = _take_of(self._series, change["new"]), self._seen
        if shown is None or not shown.plans_of_takes:
            return
        shown.told = {}
        plans = shown.plans_of_takes[change["new"]]
        if plans is not shown.plans:
            shown.plans = plans
            self.step, self.rewind = min(self.step, self.steps), min(self.rewind, plans.forward)
            if self.selected not in plans.nodes:
                self.selected = None

    @t.validate("rewind")
    def _check_rewind(self, proposal: Any) -> int:
        return _in_range(proposal, self._plans.forward, "stops of the forward pass")

    @t.validate("order")
    def _check_order(self, proposal: Any) -> str:
        if proposal["value"] == "naive" and not self._plans.has_naive:
            raise t.TraitError(
                "There is no naive order to show: it was not replayed. "
                "Small graphs of built-in operations have one; else Stepper(y, naive=True)."
            )
        return cast(str, proposal["value"])

    @t.validate("selected")
    def _check_selected(self, proposal: Any) -> str | None:
        selected = cast("str | None", proposal["value"])
        if selected and selected not in self._plans.nodes:
            raise t.TraitError(f"selected must be the id of a node or None, not {selected!r}.")
        return selected or None

    @t.validate("ask")
    def _check_ask(self, proposal: Any) -> dict[int, str]:
        ask = cast("dict[Any, Any]", proposal["value"])
        for step, text in ask.items():
            if not isinstance(step, int) or not isinstance(text, str) or not text.strip():
                raise t.TraitError(
                    'ask holds questions by step, such as {2: "What is a.grad?"}, '
                    f"not {step!r}: {text!r}."
                )
            if not 0 <= step <= self.steps:
                raise t.TraitError(f"ask: there is no step {step}; the last is {self.steps}.")
        return ask

    @t.validate("speed")
    def _check_speed(self, proposal: Any) -> float:
        speed = cast(float, proposal["value"])
        if not 0 < speed <= 100:
            raise t.TraitError(f"speed must be above 0 and at most 100, not {speed}.")
        return speed

    # ---- what follows from a change made in Python; the page has thought of it itself

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Accept changes of the public traits from the page.

        The module and the scene belong to the kernel: changes to them are refused, and the page
        gets the kernel's own again.
        """
        kept = {name for name in sync_data if name[:1] == "_" and name != "_view_count"}
        asked = {name: value for name, value in sync_data.items() if name not in kept}
        thought_of = "step" in asked
        me = threading.get_ident()
        if thought_of:
            self._front |= {me}
        try:
            super().set_state(asked)
        except t.TraitError:
            kept |= asked.keys()
            raise
        finally:
            self._front -= {me}
            kept &= set(self.keys)
            if kept:
                self.send_state(kept)
        # A value that did not change is not checked against the others that did. It is not written
        # back as it was: another thread may have set it meanwhile.
        if self.step > self.steps:
            self.step = self.steps
        if self.step and self.rewind:
            self.rewind = 0

    @t.observe("granularity", "order")
    def _keep_place(self, change: Any) -> None:
        """Stay as near as possible when the granularity or order changes."""
        if threading.get_ident() in self._front:
            return
        before = {"granularity": self.granularity, "order": self.order}
        before[change["name"]] = change["old"]
        done = self._plans.done(**before, step=self.step)
        self.step = self._plans.nearest(self.granularity, self.order, done)

    @t.observe("step")
    def _leave_forward(self, change: Any) -> None:
        if change["new"] > 0 and self.rewind and threading.get_ident() not in self._front:
            self.rewind = 0

    @t.observe("rewind")
    def _enter_forward(self, change: Any) -> None:
        if change["new"] > 0 and self.step and threading.get_ident() not in self._front:
            self.step = 0

    # ---- shown where no widget lives

    def __repr__(self) -> str:
        """Return the trace as text: what a terminal shows."""
        if self._series is not None:
            return str(self._series)
        return self._message if self._trace is None else str(self._trace)

    def _story(self, model: str) -> str:
        lang = "ko" if self.lang == "ko" else "en"
        told = self._shown.told.get(lang)
        return story_html(
            self._trace,
            self._message,
            lang=lang,
            limit=HTML_LIMIT,
            told=told,
            model=model,
            more="" if self._series is None else series_table(self._series, lang),
        )

    def close(self) -> None:
        """Remove the widget from page and kernel, and let go of the trace."""
        if self._unopened:  # what nobody has seen is not opened to be closed
            self._unopened = False
            self._known.pop(self._model_id, None)
        super().close()
        if self._own_layout is not None:  # ipywidgets made it and would keep it alive
            self._own_layout.close()
            self._own_layout = None
        if self._seen is not None:
            self._seen.told = {}
        self._trace, self._series, self._what_if = None, None, None
        self._message = "This stepper was closed."


def _take_of(series: Series, take: int) -> Trace:
    """Return a take of a series as it is shown."""
    if not len(series):
        raise ValueError("This series has no take yet: there is nothing to show.")
    return series[take].shown


def _in_range(proposal: Any, last: int, what: str) -> int:
    """Return the number that a trait is to become, if it is from 0 to the last."""
    value = int(proposal["value"])
    if not 0 <= value <= last:
        name = proposal["trait"].name
        raise t.TraitError(f"{name} must be from 0 to {last} ({what}), not {value}.")
    return value
