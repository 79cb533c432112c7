"""How operators and NumPy's functions find the recorded operation.

The engine knows no operation by name. `ops/` fills two tables here: one from the
names that `Operators` calls, one from NumPy's own functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

from .errors import InPlaceError, SecondOrderError, UnsupportedFunctionError
from .numpy_arguments import ALIKE, in_our_order, refuse_unknown

Call = Callable[..., Any]


class Methods:
    """What each operator and array method of Variable calls; filled by `register`."""


methods: Any = Methods
"""The class itself: the interpreter finds nothing faster than an attribute of a class."""
numpy_twins: dict[Any, Call] = {}


def register(name: str, function: Call, twins: Iterable[Any] = ()) -> None:
    """Make an operation known to `Variable` by name and to NumPy by its twins."""
    setattr(methods, name, getattr(function, "for_operators", function))
    for twin in twins:
        numpy_twins[twin] = function


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer ``np.exp(x)``, ``np.add(a, x)``, ``np.add.reduce(x)`` and ``array += x``."""
    if kwargs.get("out") is not None:
        raise in_place_error(f"np.{ufunc.__name__}")
    twin = numpy_twins.get(ufunc)
    if method == "__call__" and twin is not None:
        if kwargs:
            kwargs = refuse_unknown(f"np.{ufunc.__name__}", twin, kwargs)
        return twin(*inputs, **kwargs)
    reduction = numpy_twins.get((ufunc, method))
    if reduction is not None:
        kwargs.setdefault("axis", 0)
        kwargs = refuse_unknown(f"np.{ufunc.__name__}.{method}", reduction, kwargs)
        return reduction(*inputs, **kwargs)
    suffix = "" if method == "__call__" else f".{method}"
    raise unsupported(f"np.{ufunc.__name__}{suffix}")


def call_function(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer ``np.sum(x)``, ``np.concatenate([x, y])`` and the like."""
    if kwargs.get("out") is not None:
        raise in_place_error(_numpy_name(func))
    twin = numpy_twins.get(func)
    if twin is None:
        raise unsupported(_numpy_name(func))
    if kwargs or len(args) > ALIKE:
        args, kwargs = in_our_order(func, twin, args, kwargs)
        kwargs = refuse_unknown(_numpy_name(func), twin, kwargs)
    return twin(*args, **kwargs)


def _numpy_name(func: Any) -> str:
    module = getattr(func, "__module__", None) or "numpy"
    return f"{module.replace('numpy', 'np', 1)}.{func.__name__}"


def unsupported(name: str) -> UnsupportedFunctionError:
    """Build the error for a NumPy function without a rule, with the nearest names."""
    known = sorted({_numpy_name(t) for t in numpy_twins if hasattr(t, "__name__")})
    import difflib  # rarely needed, and slow to import

    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f" The nearest that it has: {', '.join(near)}." if near else ""
    return UnsupportedFunctionError(
        f"nbgrad has no rule for {name} on a Variable.{hint} "
        "For a plain array without a gradient use x.data; "
        "for a rule of your own subclass ng.Function."
    )


def in_place_error(name: str) -> InPlaceError:
    """Build the error for ``out=`` and ``array += x``."""
    return InPlaceError(
        f"{name} was asked to write its result into an existing array (out=, or array += x): "
        "an array cannot remember the graph. Write y = a + x instead of a += x."
    )


def no_array_error(x: Any) -> UnsupportedFunctionError:
    """Build the error for ``np.asarray(x)``, which would lose the graph silently."""
    refuse_leak(x, "np.asarray()")
    return UnsupportedFunctionError(
        "Converting a Variable to a plain array would silently cut it off from the graph. "
        "Use x.data for its array, or ng.stack([...]) to join Variables."
    )


# While a user's rule is replayed for a second derivative, reading `.data` of its inputs
# must not lose the dependence on them (see second_order.py).
_traced: ContextVar[tuple[Any, ...]] = ContextVar("nbgrad_traced", default=())
replays: set[object] = set()
"""The replays that run in the whole process: empty, it spares `.data` the context variable."""


def is_traced(x: Any) -> bool:
    """Whether a user's rule is being replayed on this variable, here."""
    return any(x is t for t in _traced.get())


def refuse_leak(x: Any, how: str) -> None:
    """Refuse to turn a replayed input into a plain number."""
    if replays and is_traced(x):
        raise SecondOrderError(
            f"the rule turns an input into a plain number or array with {how}, "
            "which hides how its gradient depends on the input"
        )


def call_traced(variables: tuple[Any, ...], function: Call, *args: Any) -> Any:
    """Call a function inside which ``.data`` of these variables answers with the variable.

    Not a context manager: Ctrl-C between its steps must not leave them so.
    """
    before = _traced.get()
    replay = object()
    try:
        replays.add(replay)
        _traced.set(before + variables)
        return function(*args)
    finally:
        _traced.set(before)
        replays.discard(replay)
