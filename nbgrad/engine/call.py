"""What the engine keeps of one call of a Function.

A user may set whatever they like on their Function. So the engine keeps what it needs of a
call in a record of its own, a `Call`, and reads nothing else. The Function holds its latest
call; each output holds both, so nothing holds itself.
"""

from __future__ import annotations

import copy
import weakref
from typing import Any

import numpy as np

from . import recording
from .arrays import to_raw
from .diagnostics.escaping import short
from .errors import GradientCountError, describe, describe_all, listed
from .nested import replaced
from .observer import appointed
from .sentinels import CONSTANT
from .variable import Variable, made_by

CALL = "_nbgrad_call"
"""Where a Function holds its latest call."""


class Call:
    """One call of a user's Function.

    Attributes
    ----------
    cls : type
        The Function's class.
    inputs : tuple of Variable
    generation : int
        The largest of its inputs'.
    takes_list : bool
        Whether they were given as one list (step 11 of the book).
    outputs : list of weakref, or None
        None while the call runs, and where nothing is recorded.
    specs : list of (shape, dtype)
        Of each output: it may be dropped before the pass.
    codes : tuple
        The code of forward and backward at the call: a notebook may change it since.
    before : dict
        The Function's attributes before the forward, lists, dictionaries and sets copied.
    filled : tuple of str
        Which of those the forward put something in: each call has its own.
    """

    __slots__ = (
        "before", "cls", "codes", "filled", "generation", "inputs", "outputs", "specs",
        "takes_list",
    )  # fmt: skip

    aliases = True
    """Whether a gradient may share memory with gy or an input: a user's may."""

    before: dict[str, Any]
    filled: tuple[str, ...]
    specs: list[tuple[tuple[int, ...], np.dtype[Any]]]
    outputs: list[weakref.ref[Variable]] | None

    def __init__(
        self, cls: type[Any], inputs: tuple[Variable, ...], generation: int, takes_list: bool
    ) -> None:
        self.cls = cls
        self.inputs = inputs
        self.generation = generation
        self.takes_list = takes_list
        try:
            self.codes = cls.forward.__code__, cls.backward.__code__
        except AttributeError:  # a rule that is no Python function
            self.codes = codes_of(cls)
        self.before = _NOTHING
        self.filled = ()
        self.outputs = None

    @property
    def label(self) -> str:
        """The name shown in drawings and errors."""
        return short(self.cls.__name__)

    @property
    def symbol(self) -> str:
        """What a drawing shows in place of the name, where the class has such a text."""
        return _text_of_class(self.cls, "symbol")

    @property
    def formula(self) -> str:
        """The backward rule as text, where the class has one: ``gx = 2 · x · gy``."""
        return _text_of_class(self.cls, "formula")

    def record(self, function: Any, arrays: list[Any]) -> list[Variable]:
        """Make the outputs of a Function that holds this call."""
        if len(arrays) == 1:  # the commonest case, without a loop
            y = made_by(self, self.inputs, function, self.generation, arrays[0], 3)
            outputs, refs, specs = [y], [_ref(y)], [(y._data.shape, y._data.dtype)]
        else:
            outputs, refs, specs = [], [], []
            for array in arrays:  # in a comprehension the user's line would be a call further away
                y = made_by(self, None, function, self.generation, array, 3)
                outputs.append(y)
                refs.append(_ref(y))
                specs.append((array.shape, array.dtype))
        if not outputs or outputs[0]._op is self:
            self.specs, self.outputs = specs, refs
            if recording.running and (recorder := recording.current()) is not None:
                recorder.called(self, function, outputs)
        return outputs

    def join(self, function: Any, outputs: list[Variable]) -> None:
        """Let a Function know this call, whose outputs are there."""
        self.specs = [(y._data.shape, y._data.dtype) for y in outputs]
        self.outputs = [weakref.ref(y) for y in outputs]
        function.__dict__[CALL] = self

    def creator_of(self, y: Variable) -> Any:
        """Return the Function that a user sees as ``y.creator``."""
        return y._x1

    def alive(self) -> list[Variable | None]:
        """Return the outputs, None for one that was dropped."""
        return [ref() for ref in self.outputs or ()]

    def note(self) -> str:
        """Return what an error's note says of it beside its name."""
        return appointed.supervisor.note(self)

    def is_over(self) -> bool:
        """Whether all outputs are gone, so that its Function may hold another call."""
        return self.outputs is not None and all(ref() is None for ref in self.outputs)

    # -- the pass ------------------------------------------------------------------------

    def pull(self, y: Variable, gy: Any, graph: bool, _spent: bool = False) -> Any:
        """Run the rule of a call with one output; see `rules`."""
        appointed.supervisor.before_rule(self)
        if graph:
            result = appointed.supervisor.recorded_rule(self, y._x1, [y], [gy])
        else:
            result = y._x1.backward(np.array(gy))  # an ndarray that the rule may change
        inputs = self.inputs
        if len(inputs) == 1 and not isinstance(result, (tuple, list)):
            return ((0, inputs[0], result),) if inputs[0]._op is not CONSTANT else ()
        return self._parts(result)

    def pull_outputs(self, node: Variable, ys: list[Any], gys: list[Any], graph: bool) -> Any:
        """Run the rule on the gradient of each output, None where none arrived."""
        appointed.supervisor.before_rule(self)
        gys = self.with_zeros(gys, graph)
        if graph:
            return self._parts(appointed.supervisor.recorded_rule(self, node._x1, ys, gys))
        return self._parts(node._x1.backward(*[np.array(gy) for gy in gys]))

    def with_zeros(self, gys: list[Any], graph: bool) -> list[Any]:
        """Put zeros where an output was dropped or not used."""
        filled = []
        for gy, (shape, dtype) in zip(gys, self.specs, strict=True):
            if gy is None:
                gy = np.zeros(shape, dtype if dtype.kind == "f" else np.float64)
                gy = Variable(gy) if graph else to_raw(gy)
            filled.append(gy)
        return filled

    def _parts(self, result: Any) -> list[Any]:
        """Give each gradient that a rule returned its input; constants need none."""
        gxs = result if isinstance(result, (tuple, list)) else (result,)
        if len(gxs) != len(self.inputs):
            self._check_count(result, len(gxs))
        pairs = zip(range(len(gxs)), self.inputs, gxs, strict=False)
        return [part for part in pairs if part[1]._op is not CONSTANT]

    def _check_count(self, result: Any, count: int) -> None:
        """Refuse a wrong number of gradients; trailing ones that are None may be left out."""
        inputs = self.inputs
        if result is None and not inputs:
            return
        left_out = inputs[count:]
        needed = [x for x in left_out if x._op is not CONSTANT and x._data.dtype.kind == "f"]
        if result is not None and left_out and not needed:
            return
        given = f"{count} gradient{'s' * (count != 1)}" if result is not None else "None"
        few = (
            f" {listed(map(describe, needed))} needs one."
            if 0 < len(needed) < len(left_out)
            else ""
        )
        raise GradientCountError(
            f"{self.label}.backward returned {given} for "
            f"{len(inputs)} input{'s' * (len(inputs) != 1)} ({describe_all(inputs)}).{few} "
            "Return one per input, in their order; None for an input that has none."
        )


_NOTHING: dict[str, Any] = {}
_ref = weakref.ref


def call_of(function: Any) -> Call | None:
    """Return the latest recorded call of a Function."""
    call: Call | None = function.__dict__.get(CALL)
    return None if call is None or call.outputs is None else call


def generation_of(inputs: tuple[Any, ...]) -> int:
    """Return the largest generation of inputs; constants have none."""
    return max([x.generation for x in inputs if isinstance(x, Variable)], default=0)


def codes_of(cls: type[Any]) -> tuple[Any, Any]:
    """Return what a class computes with, as it is now: the code of its two rules."""
    return getattr(cls.forward, "__code__", None), getattr(cls.backward, "__code__", None)


def _text_of_class(cls: type[Any], name: str) -> str:
    text = getattr(cls, name, "")
    return text if isinstance(text, str) else ""


# -- what a user keeps on a Function -------------------------------------------------------

_CONTAINERS = (list, dict, set)


def kept(function: Any) -> dict[str, Any]:
    """Return the attributes that a user's constructor and forward set, containers copied."""
    found: dict[str, Any] = function.__dict__.copy()
    found.pop(CALL, None)
    for name, value in found.items():
        if type(value) in _CONTAINERS:
            found[name] = value.copy()
    return found


def like_before(function: Any, before: dict[str, Any]) -> Any:
    """Return a function as it was before the forward of a call, sharing no array with it.

    ``before`` is `Call.before`.
    """
    node = copy.copy(function)
    node.__dict__.clear()
    for name, value in before.items():
        node.__dict__[name] = replaced(value, _own)
    return node


def copy_of_container(value: Any) -> Any:
    """Return a copy of a list, dictionary or set; anything else as it is."""
    return value.copy() if type(value) in _CONTAINERS else value


def filled(before: dict[str, Any], function: Any) -> tuple[str, ...]:
    """Return which lists, dictionaries and sets hold other objects than their earlier copies."""
    containers = [k for k, v in before.items() if type(v) in _CONTAINERS]
    if not containers:
        return ()
    now = function.__dict__
    return tuple(k for k in containers if _was_filled(before[k], now.get(k)))


def _was_filled(before: Any, now: Any) -> bool:
    if type(now) is not type(before):
        return False
    if isinstance(before, dict):
        return before.keys() != now.keys() or any(before[k] is not now[k] for k in before)
    return len(before) != len(now) or {id(v) for v in before} != {id(v) for v in now}


def _own(value: Any) -> Any:
    """Return a copy of an array or a set, which holds no array; anything else as it is."""
    return value.copy() if isinstance(value, np.ndarray) or type(value) is set else value
