"""`History`: the passes of a training loop, iteration by iteration, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

from nbgrad.engine.errors import OperandError
from nbgrad.engine.variable import Variable
from nbgrad.tracing.engines import Tensor, has_pass
from nbgrad.tracing.names import mappings
from nbgrad.tracing.plots import pyplot
from nbgrad.tracing.trace import Trace, trace

from .series import Series


class History(Series):
    """Record the passes of a training loop.

    ``history.record(loss)`` takes the place of ``loss.backward()``. Of many iterations every
    other one is dropped again and again, so that at most ``keep`` takes are held, evenly over
    the whole training; the last one is always among them.

    Parameters
    ----------
    every : int
        Keep a take of every ``every``-th iteration; the others run ``loss.backward()`` alone.
    keep : int
        The largest number of takes that are held, 2 at least.
    names : mapping, optional
        Where to look for names of variables, such as ``locals()``; in a notebook the user's
        namespace by default.

    Attributes
    ----------
    iterations : int
        How many passes have run.

    Raises
    ------
    ValueError
        If ``every`` or ``keep`` is too small.
    TypeError
        If either is not a whole number, or ``names`` not a mapping.

    Examples
    --------
    >>> import numpy as np
    >>> import nbgrad as ng
    >>> w = ng.Variable(np.array(4.0), name="w")
    >>> history = ng.History()
    >>> for _ in range(3):
    ...     w.cleargrad()
    ...     history.record(ng.square(w))
    ...     w.data = w.data - 0.25 * w.grad
    >>> history.at, history.norms()["w"]
    ([0, 1, 2], [8.0, 4.0, 2.0])
    """

    def __init__(
        self, every: int = 1, keep: int = 200, names: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__("iteration")
        self.every = _count("every", every, 1)
        self.keep = _count("keep", keep, 2)
        mappings(names)
        self.names = names
        self.iterations = 0
        self._stride = self.every

    @classmethod
    def from_dict(cls, data: Any) -> History:
        """Read what `to_dict` wrote; recording goes on after its last take."""
        found = Series.from_dict(data)
        made = cls(keep=max(200, len(found)))
        made.axis, made.notes = found.axis, found.notes
        made._sections, made._takes = found._sections, found._takes
        last = found.at[-1] if len(found) else -1
        made.iterations = last + 1 if isinstance(last, int) else len(found)
        return made

    def record(self, loss: Variable | Tensor, **options: Any) -> None:
        """Run the backward pass of a loss, and keep a take of it.

        Parameters
        ----------
        loss : Variable
            A PyTorch loss too.
        **options
            Options of `nbgrad.trace`, such as ``retain_grad=True``.

        Raises
        ------
        OperandError
            If loss is neither, or has no pass to run: then nothing is recorded.
        """
        if not has_pass(loss):
            raise OperandError(
                "History.record() takes the loss, a Variable or a PyTorch tensor, "
                f"not {type(loss).__name__}."
            )
        if not self.is_due():
            loss.backward(**options)
            self.add_pass(None)
        else:
            options = {"names": self.names, "naive": False, **options}
            self.add_pass(trace(loss, **options))

    def is_due(self) -> bool:
        """Whether a take is kept of the next pass."""
        return self.iterations % self.every == 0

    def add_pass(self, recorded: Trace | None) -> None:
        """Count a pass, and keep a take of it unless it is None."""
        if recorded is not None:
            self._keep(recorded)
        self.iterations += 1

    def _keep(self, recorded: Trace) -> None:
        """Keep a take, and drop every other one when there are too many."""
        former = self._takes[-1:]
        if former and int(former[0].at) % self._stride:
            self._takes.pop()  # it was kept only as the latest take
        self.add(recorded, self.iterations)
        self._note_change((former or self._takes)[0])
        while len(self._takes) > self.keep:
            self._stride *= 2
            last = self._takes[-1]
            kept = [t for t in self._takes[:-1] if int(t.at) % self._stride == 0]
            self._takes = [*kept, last]

    def plot(self, names: list[str] | None = None) -> Any:
        """Draw the loss, and the norm of each leaf's gradient, with matplotlib.

        Parameters
        ----------
        names : list of str, optional
            Whose gradients; by default the leaves'.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        MissingDependencyError
            If matplotlib is not installed.
        """
        plt = pyplot()
        norms = self.norms()
        leaves = {v.name for trace in self for v in trace.variables if v.kind == "leaf"}
        shown = [name for name in norms if name in leaves] if names is None else names
        unknown = [name for name in shown if name not in norms]
        if unknown:
            raise KeyError(f"no gradient of {unknown[0]!r}; there are those of {', '.join(norms)}")
        figure, (above, below) = plt.subplots(2, 1, sharex=True)
        nothing = float("nan")
        above.plot(self.at, [nothing if v is None else v for v in self.values()])
        above.set_ylabel(self[-1].root.name if len(self) else "loss")
        for name in shown:
            below.plot(self.at, [nothing if v is None else v for v in norms[name]], label=name)
        below.set_yscale("log")
        below.set_ylabel("norm of the gradient")
        below.set_xlabel(self.axis)
        if shown:
            below.legend()
        return figure


def _count(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise OperandError(f"{name} must be a whole number, not {type(value).__name__}.")
    if value < least:
        raise ValueError(f"{name} must be {least} at least, not {value}.")
    return int(value)
