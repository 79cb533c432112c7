"""Gradients: the seed, fitting one to its variable, and adding them up.

The pass *owns* a buffer that nothing else refers to: one that a rule or an addition allocated.
Only owned buffers are added into, and only they become a ``.grad`` without a copy.
"""

from __future__ import annotations

import operator
from collections.abc import MutableSet, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .arrays import broadcastable, ordinary, sum_to_shape, to_raw
from .diagnostics.naming import called
from .diagnostics.numpy_warnings import computed, is_refused, refuse_warnings, unrefused, warn_user
from .diagnostics.positions import mark_seed
from .dispatch import methods
from .errors import GradientShapeError, GradientTypeError, NoGraphError, describe
from .memory import ASK_FROM, keep_freed_memory
from .memory import state as memory
from .sentinels import Retained, State
from .variable import Variable

if TYPE_CHECKING:
    from .backward import Pass

_float64 = np.dtype(np.float64)
_scalar = np.float64
_ndarray = np.ndarray


def gradient_dtype(x: Variable) -> np.dtype[Any]:
    """Return the dtype of a variable's gradient: its own; float64 for integers."""
    dtype: np.dtype[Any] = x._data.dtype
    return dtype if dtype.kind == "f" else _float64


def as_gradient(g: Any, x: Variable) -> Any:
    """Return a gradient in its variable's own dtype."""
    if g.dtype is x._data.dtype or g.dtype == (dtype := gradient_dtype(x)):
        return g
    return computed(g.astype, dtype)


def seed_of(root: Variable, create_graph: bool, gradient: Any = None) -> Any:
    """Return the root's upstream gradient: the given one, its preset ``grad``, else ones.

    A gradient that an earlier pass retained is not a preset one.
    """
    if root._data is None:
        raise NoGraphError(
            f"backward() of {called(root, 'this variable')}: it holds no data (None). "
            "Give it an array first."
        )
    dtype = gradient_dtype(root)
    if gradient is not None:
        return _as_seed(root, _checked_upstream(root, gradient), dtype, create_graph)
    preset = root._grad
    if preset is None or isinstance(preset, (State, Retained)):
        shape = root._data.shape
        if create_graph:
            return _recorded_seed(root, np.ones(shape, dtype))
        return np.ones(shape, dtype) if shape else dtype.type(1)
    if preset.shape != root._data.shape:
        raise GradientShapeError(
            f"backward() of {describe(root)}: its preset grad has shape {preset.shape}. "
            "The upstream gradient needs the variable's own shape; clear it with "
            "cleargrad(), or set one that fits."
        )
    return _as_seed(root, preset, dtype, create_graph)


def _recorded_seed(root: Variable, upstream: Any) -> Variable:
    seed = Variable(upstream)
    mark_seed(seed, root)
    return seed


def _as_seed(root: Variable, upstream: Any, dtype: np.dtype[Any], create_graph: bool) -> Any:
    """Return an upstream gradient in the form that the pass computes with."""
    if not create_graph:
        raw = upstream._data if isinstance(upstream, Variable) else upstream
        return to_raw(computed(np.asarray, raw, dtype))
    if isinstance(upstream, Variable):
        return upstream if upstream.dtype == dtype else upstream.astype(dtype)
    return _recorded_seed(root, computed(np.array, upstream, dtype))


def _checked_upstream(root: Variable, gradient: Any) -> Any:
    """Refuse an upstream gradient that is not a real array of its root's shape."""
    number = isinstance(gradient, (int, float)) and not isinstance(gradient, np.generic)
    array = isinstance(gradient, (np.ndarray, np.generic, Variable))
    if array and type(gradient) is not _ndarray:
        what = f"backward() of {describe(root)}: its upstream gradient cannot be"
        gradient = ordinary(gradient, what, GradientTypeError)
    if not number and not (array and gradient.dtype.kind in "fiu"):
        raise GradientTypeError(
            f"backward() of {describe(root)}: its upstream gradient is {_kind(gradient)}. Give an "
            "array, a number or a Variable of the variable's shape; np.array(...) makes an array."
        )
    shape = () if number else gradient.shape
    if shape != root._data.shape:
        raise GradientShapeError(
            f"backward() of {describe(root)}: its upstream gradient has shape {shape}. It needs "
            f"the variable's own, {root._data.shape}: np.full({root._data.shape}, number) makes "
            "one of equal elements."
        )
    return gradient


def recorded(gx: Any) -> Any:
    """Let a rule's constant gradient be a Variable like the others, under ``create_graph``."""
    if isinstance(gx, (np.ndarray, np.generic, int, float)):
        gx = _unmasked(gx, "A backward rule")
        return Variable(np.array(gx)) if np.asarray(gx).dtype.kind in "fiu" else gx
    return gx


def gathered(
    before: Any, gx: Any, x: Variable, op: Any, i: int, gys: Sequence[Any], state: Pass
) -> tuple[Any, Any]:
    """Return a rule's gradient fitted to its input, and its sum with what has arrived there."""
    value = x._data
    if state.create_graph:
        gx = recorded(gx)
    elif type(gx) is _ndarray:
        if not memory.asked and gx.nbytes >= ASK_FROM:
            keep_freed_memory()
        dtype = value.dtype
        if (
            before is None
            and gx.dtype is dtype
            and (dtype is _float64 or dtype.kind == "f")
            and gx.shape == value.shape != ()
        ):
            # The commonest case: nothing to do.
            if not op.aliases:
                state.owned.add(x)
            return gx, gx
    elif type(gx) is _scalar and value.dtype is _float64 and not value.ndim:
        # Of a 0-d array: nothing to fit, nothing to own.
        return gx, gx if before is None else plus(before, gx)
    elif type(gx) is Variable:  # of a user's rule that computes with Variables
        return gathered(before, gx._data, x, op, i, gys, state)
    gx, fresh = fit(gx, x, op, i, gys, state.create_graph)
    return gx, add(before, gx, x, fresh, state.owned, state.keep)


def fit(
    gx: Any, x: Variable, op: Any, i: int, gys: Sequence[Any], create_graph: bool
) -> tuple[Any, bool]:
    """Give a rule's gradient the shape and dtype of its variable.

    Returns
    -------
    gradient : array, NumPy scalar, or Variable with ``create_graph``
    fresh : bool
        Whether nothing else refers to its buffer.

    Raises
    ------
    GradientTypeError, GradientShapeError
        Naming the function, the input and both shapes.
    """
    fresh = not op.aliases
    value = x._data
    dtype, shape = value.dtype, value.shape
    if gx.__class__ in (_ndarray, dtype.type) and gx.dtype is dtype and dtype.kind == "f":
        plain = gx.ndim or gx.__class__ is not _ndarray  # as the rules of operations return it
    else:
        plain = False
        gx = _checked(gx, x, op, i, create_graph)
    if gx.shape != shape:
        _check_shape(gx, x, op, i, gys)
        gx = methods.sum_to(gx, shape) if create_graph else computed(sum_to_shape, gx, shape)
        fresh = True
    if plain:
        return gx, fresh
    dtype = gradient_dtype(x)
    if gx.dtype != dtype:
        gx, fresh = computed(gx.astype, dtype), True
    return (gx if create_graph else to_raw(gx)), fresh


def _checked(gx: Any, x: Variable, op: Any, i: int, create_graph: bool) -> Any:
    """Return a rule's gradient as an array, or as a Variable with ``create_graph``."""
    if not create_graph and isinstance(gx, Variable):
        gx = gx._data
    if isinstance(gx, np.ndarray) and type(gx) is not _ndarray:
        gx = _unmasked(gx, f"{op.label}.backward")
    if isinstance(gx, (int, float)) and not isinstance(gx, np.generic):
        gx = computed(np.asarray, gx, gradient_dtype(x))
    if not isinstance(gx, (np.ndarray, np.generic, Variable)) or gx.dtype.kind not in "fiu":
        raise GradientTypeError(
            f"{op.label}.backward returned {_kind(gx)} as the gradient of input {i}, "
            f"{describe(x)}. Return a real array of that shape, or None if it has no gradient."
        )
    return gx


def _unmasked(gx: Any, who: str) -> Any:
    """Return a gradient as a plain array; refuse matrices and masked arrays."""
    if type(gx) is not _ndarray and isinstance(gx, np.ma.MaskedArray) and not np.ma.is_masked(gx):
        return gx.data
    return ordinary(gx, f"{who} cannot return", GradientTypeError)


def _check_shape(gx: Any, x: Variable, op: Any, i: int, gys: Sequence[Any]) -> None:
    """Refuse a gradient that is not an output's shape, to which the input was broadcast."""
    shape = x._data.shape
    for gy in gys:
        if gy is not None and gy.shape == gx.shape and broadcastable(shape, gx.shape):
            return
    raise GradientShapeError(
        f"{op.label}.backward returned a gradient of shape {gx.shape} for input {i}, "
        f"{describe(x)}. Return one of shape {shape} (broadcasting from {shape} to the "
        "output's shape would be undone for you)."
    )


def _kind(gx: Any) -> str:
    dtype = getattr(gx, "dtype", None)
    return f"an array of dtype {dtype}" if dtype is not None else f"{type(gx).__name__} ({gx!r})"


def add(
    before: Any, gx: Any, x: Variable, fresh: bool, owned: MutableSet[Variable], keep: bool
) -> Any:
    """Add a gradient to what was gathered, in place where the buffer is the pass's own.

    ``before`` is None for the first one; ``keep`` says that the old buffers are still looked at.
    A NumPy scalar has no buffer.
    """
    if before is None:
        if fresh and not isinstance(gx, np.generic):
            owned.add(x)
        return gx
    if before.dtype.char == "e":  # ones would stop at 2048
        before = before.astype(np.float32)
        owned.add(x)
    if isinstance(before, np.ndarray) and not keep:
        if x in owned:
            return _added_to(before, gx)
        if fresh and isinstance(gx, np.ndarray):
            owned.add(x)
            return _added_to(gx, before)
    owned.add(x)
    return plus(before, gx)


def plus(before: Any, gx: Any) -> Any:
    """Return the sum of two gradients."""
    try:
        return before + gx
    except TypeError as error:
        return unrefused(error, operator.add, before, gx)


def _added_to(total: Any, gx: Any) -> Any:
    """Add a gradient in place. NumPy warns when the sum is there: it is not computed again."""
    try:
        total += gx
    except TypeError as error:
        if not is_refused(error):
            raise
        opposite = np.isnan(total) & np.isinf(gx)
        warn_user(f"{'invalid value' if opposite.any() else 'overflow'} encountered in add")
    return total


refuse_warnings(globals())
