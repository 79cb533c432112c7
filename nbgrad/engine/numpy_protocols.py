"""How operators and NumPy's functions find the recorded operation.

The engine knows no operation by name. `ops/` fills two tables here: one from the
names that `Operators` calls, one from NumPy's own functions.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from .diagnostics.naming import is_library
from .errors import (
    DataTypeError,
    GraphCutError,
    InPlaceError,
    NbgradError,
    OperandError,
    SecondOrderError,
    UnsupportedFunctionError,
    listed,
    unfit,
)
from .grad_mode import differentiating
from .observer import appointed
from .scope_guard import call_with

Call = Callable[..., Any]


class Methods:
    """The function behind each operator and array method of Variable; filled by `register`."""


methods: Any = Methods
"""The class itself, since class attributes are the fastest lookup."""
numpy_twins: dict[Any, Call] = {}


ufunc_methods: dict[str, Call] = {}
"""What answers a method of a ufunc of two operands, from the ufunc and its twin."""


late_twins: list[Callable[[Any], Call | None]] = []
"""Functions that may know what is not in `numpy_twins`: what is imported when it is first used."""


def twin_of(function: Any) -> Call | None:
    """Return what answers a function, a ufunc or its method; None for what nobody knows."""
    twin = numpy_twins.get(function)
    if twin is None and (twin := next(filter(None, (f(function) for f in late_twins)), None)):
        numpy_twins[function] = twin
    return twin


def register(name: str, function: Call, method: Call, twins: Iterable[Any] = ()) -> None:
    """Make an operation known to `Variable` by name, as a method, and to NumPy by its twins."""
    setattr(methods, name, getattr(method, "for_operators", method))
    for twin in twins:
        numpy_twins[twin] = function


def as_operand(x: Any) -> Any:
    """Return a list as an array, or as a Variable if it holds one; anything else as it is.

    Raises
    ------
    OperandError
        For rows of several lengths.
    """
    if not isinstance(x, (list, tuple)):
        return x
    if holds_variable(x):
        return methods.array(x)
    try:
        return np.asarray(x)
    except ValueError as error:
        raise OperandError(f"{unfit(x)} is not an array: {error}") from None


def holds_variable(x: Any) -> bool:
    """Whether x is a Variable, or a nested list with one in it."""
    if isinstance(x, (list, tuple)):
        return any(holds_variable(item) for item in x)
    return hasattr(x, "_data")


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer ``np.exp(x)``, ``np.add(a, x)``, ``np.add.reduce(x)`` and ``array += x``."""
    inputs = tuple(map(as_operand, inputs))
    twin = twin_of(ufunc)
    if method == "__call__" and twin is not None and not kwargs:
        return twin(*inputs)
    name = f"np.{ufunc.__name__}" + f".{method}" * (method != "__call__")
    if kwargs.get("out") is not None:
        raise in_place_error(name, kwargs.get("where", True) is not True)
    if method == "__call__" and twin is not None:
        inputs = in_dtype(ufunc, inputs, kwargs)
        return twin(*inputs, **refuse_unknown(name, twin, kwargs))
    if method == "outer" and twin is not None and len(inputs) == 2:
        a, b = (x if hasattr(x, "_data") else np.asarray(x) for x in inputs)
        return twin(a.reshape(a.shape + (1,) * b.ndim), b)
    if len(inputs) > 1:
        kwargs.pop("indices", None)  # NumPy passes those of `reduceat` twice
    reduction = twin_of((ufunc, method))
    if reduction is not None:
        kwargs.setdefault("axis", 0)
        if "dtype" not in _parameters(reduction):
            inputs = in_dtype(ufunc, inputs, kwargs)
        kwargs = refuse_unknown(name, reduction, kwargs)
        return reduction(*inputs, **kwargs)
    made = ufunc_methods.get(method) if ufunc.nin == 2 and ufunc.nout == 1 else None
    if made is not None and twin is not None and ufunc.signature is None:
        kwargs = refuse_unknown(name, made, kwargs)
        return made(ufunc, twin, *inputs, **kwargs)
    raise unsupported(name)


def in_dtype(ufunc: np.ufunc, inputs: tuple[Any, ...], kwargs: Any) -> tuple[Any, ...]:
    """Return operands in the floating dtype that a call of a ufunc asks for, which is taken out.

    Raises
    ------
    DataTypeError
        Where the call's ``casting`` forbids it, as NumPy does.
    """
    dtype = np.dtype(kwargs["dtype"]) if kwargs.get("dtype") is not None else None
    if dtype is None or dtype.kind != "f":
        return inputs
    if f"{dtype.char * ufunc.nin}->{dtype.char * ufunc.nout}" not in ufunc.types:
        return inputs
    casting, converted = kwargs.get("casting", "same_kind"), []
    for x in inputs:
        x = x if hasattr(x, "astype") else np.asarray(x, dtype)
        if not np.can_cast(x.dtype, dtype, casting):
            raise DataTypeError(
                f"np.{ufunc.__name__}: {x.dtype} does not become {dtype} by {casting!r} casting."
            )
        converted.append(x if x.dtype == dtype else x.astype(dtype))
    del kwargs["dtype"]
    return tuple(converted)


def call_function(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], name: str = "") -> Any:
    """Answer ``np.sum(x)``, ``np.concatenate([x, y])`` and the like; ``name`` is for errors."""
    if kwargs.get("out") is not None:
        raise in_place_error(name or _numpy_name(func))
    twin = twin_of(func)
    if twin is None:
        raise unsupported(_numpy_name(func))
    if kwargs or len(args) > SAME_ARGUMENTS:
        kwargs.pop("out", None)
        args, kwargs = in_our_order(func, twin, args, kwargs)
        kwargs = refuse_unknown(name or _numpy_name(func), twin, kwargs)
    return twin(*args, **kwargs)


# -- arguments of NumPy's functions that an operation does not take, or has elsewhere ----
# In np.sum(x, 0, float) the third argument is dtype, where ng.sum has keepdims: it is passed by
# NumPy's name, and refused by that name.

SAME_ARGUMENTS = 2
"""How many first arguments mean the same here and in NumPy."""

ADVICE = {
    "dtype": "Convert with x.astype(dtype).",
    "where": "Choose elements first: x[mask], or ng.where(mask, x, 0.0).",
    "reflect_type": "Make the margin yourself and join it with ng.concatenate([margin, x], axis).",
    **dict.fromkeys(("full", "cov"), "Compute what else np.polyfit gives from a fit of x.data."),
    "interpolation": "Its name is method.",
    "descending": "Turn the sorted elements round: np.flip(np.sort(x, axis), axis).",
    "bias": "np.corrcoef divides it out: leave it out.",
    "ddof": "np.corrcoef divides it out: leave it out.",
    "order": "A Variable has one memory layout: leave it out.",
    "out": "An array cannot remember the graph: give the result a name instead.",
    "newshape": "Its name is shape.",
    "ndmin": "Write y[None] for one more dimension.",
}


def in_our_order(
    theirs: Callable[..., Any], ours: Callable[..., Any], args: tuple[Any, ...], kwargs: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of NumPy's function as ours takes them."""
    names, known, named, first = _ordered(theirs), _ordered(ours), dict(kwargs), list(args)
    for name in names[len(first) : SAME_ARGUMENTS]:
        if name not in named or name in known:
            break
        first.append(named.pop(name))  # np.sum(a=x)
    for i in range(SAME_ARGUMENTS, min(len(first), len(names)) if known else 0):
        if names[i : i + 1] != known[i : i + 1]:
            named.update(zip(names[i:], first[i:], strict=False))
            return tuple(first[:i]), named
    return tuple(first), named


def has_parameters(function: Callable[..., Any], names: Iterable[str]) -> bool:
    """Whether a function has parameters of these names."""
    known = _parameters(function)
    return known.keys() >= set(names) or any(p.kind is p.VAR_KEYWORD for p in known.values())


def refuse_unknown(name: str, ours: Callable[..., Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments that our function takes; NumPy's defaults are left out.

    Raises
    ------
    UnsupportedFunctionError
        Naming the function, what it does not take and what it takes.
    """
    if has_parameters(ours, kwargs):
        return kwargs
    if kwargs.get("out") is not None:
        raise in_place_error(name) from None
    known = _parameters(ours)
    unknown = [k for k, v in kwargs.items() if k not in known and not _is_default(k, v)]
    if unknown:
        optional = listed(k for k, p in known.items() if isinstance(p.default, _WRITTEN_OUT))
        takes = f" (only {optional})" if optional else ""
        advice = " ".join(ADVICE.get(k, f"Leave {k} out.") for k in unknown)
        raise UnsupportedFunctionError(
            f"{name} on a Variable takes no {listed(unknown)}{takes}. {advice}"
        ) from None
    return {k: v for k, v in kwargs.items() if k in known}


_WRITTEN_OUT = (int, float, str, type(None))
"""Types of the defaults that are real values; other types are NumPy's markers for "not given"."""


_NO_MATTER = {
    "overwrite_input", "kind", "stable", "copy", "subok", "writeable", "device", "tol", "casting",
}  # fmt: skip
"""Arguments that change how NumPy computes or keeps the result, not what it is of real numbers."""


def _is_default(name: str, value: Any) -> bool:
    if name in _NO_MATTER:
        return True
    if isinstance(value, str):
        return (name, value) in (("reflect_type", "even"), ("order", "K"), ("order", "C"))
    return value is None or (name == "where" and value is True)


@lru_cache(maxsize=512)
def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return what a function takes; nothing where that is unknown, as of some of NumPy's."""
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


@lru_cache(maxsize=512)
def _ordered(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the positional parameters; none where there may be any number."""
    parameters = _parameters(function).values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return ()
    return tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)


# -- errors -----------------------------------------------------------------------------


def _numpy_name(func: Any) -> str:
    module = getattr(func, "__module__", None) or "numpy"
    return f"{module.replace('numpy', 'np', 1)}.{func.__name__}"


advisers: list[Callable[[str], str]] = []
"""Functions that return advice on ``np.name``, or an empty string."""


def _advice(name: str) -> str:
    return next((text for ask in advisers if (text := ask(name))), "")


def unsupported(name: str) -> UnsupportedFunctionError:
    """Build the error for a NumPy function without a rule, with what to do instead."""
    advice = _advice(name) or library_advice()
    return UnsupportedFunctionError(
        f"nbgrad has no rule for {name} on a Variable.{' ' * bool(advice)}{advice} "
        "For a plain array without a gradient use x.data; "
        "for a rule of your own subclass ng.Function."
    )


_IN_PLACE = {
    "np.add": "+", "np.subtract": "-", "np.multiply": "*", "np.divide": "/", "np.power": "**",
    "np.floor_divide": "//", "np.remainder": "%", "np.matmul": "@",
}  # fmt: skip
"""The ufuncs that ``a += x`` and the like call, and their operators."""


def in_place_error(name: str, chosen: bool = False) -> InPlaceError:
    """Build the error for ``out=`` and ``array += x``; ``chosen``: for ``where=`` beside it."""
    symbol = _IN_PLACE.get(name)
    instead = f"Write y = {name}(...)."
    if symbol is not None:
        instead = f"Write y = a {symbol} x instead of a {symbol}= x."
    if chosen:
        instead = (
            "Make the operands safe, x = ng.where(mask, x, 1.0), and choose afterwards: "
            f"ng.where(mask, {name}(...), 0.0)."
        )
    return InPlaceError(
        f"{name} was asked to write its result into an existing array (out="
        f"{f', or array {symbol}= x' if symbol else ''}): an array cannot remember the graph. {instead}"
    )


class OnlyOfArrays:
    """An attribute that arrays have and a Variable lacks: to ask for it is an error that says so."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, x: Any, kind: type) -> Any:
        if x is None:
            raise AttributeError(f"type object {kind.__name__!r} has no attribute {self.name!r}")
        advice = library_advice()
        recorded = _has_rule(f"np.{self.name}")
        other = f"np.{self.name} takes it" if recorded else f"its array has it, x.data.{self.name}"
        more = f". {advice}" if advice else f": {other}."
        text = f"{type(x).__name__!r} object has no attribute {self.name!r}{more}"
        raise AttributeError(text, name=self.name, obj=x)


def no_array_error() -> NbgradError:
    """Build the error for ``np.asarray(x)``, which would lose the graph silently."""
    kind: type[NbgradError] = GraphCutError if differentiating() else UnsupportedFunctionError
    called, asked = _library_calls(), _calls_that_ask()
    name, advice = next(((name, text) for name in called if (text := _advice(name))), ("", ""))
    for name in () if advice else (*called, *asked):
        if advice := _advice(name):
            break
        if _has_rule(name):
            return kind(
                f"{name} looks for Variables among its arguments, not inside a list, and would "
                f"silently cut this one off from the graph. Write {name}(ng.array([...])), or x.data "
                "for a plain array."
            )
    if advice and name.startswith("scipy."):
        return kind(advice)
    if name in ("np.nditer", "np.nested_iters"):
        kind = NbgradError  # in place of a TypeError NumPy raises one with words of its own
    return kind(
        "Converting a Variable to a plain array would silently cut it off from the graph. Use "
        f"x.data for its array, or ng.array([...]) to make one Variable of several. {advice}".rstrip()
    )


def _has_rule(name: str) -> bool:
    """Whether the function ``np.name`` takes a Variable."""
    found: Any = np if name.startswith("np.") else None
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return callable(found) and twin_of(found) is not None


def is_asked_its_library() -> bool:
    """Whether SciPy asks which library an operand is of, as it does where SCIPY_ARRAY_API is set.

    It converts what it does not know, and uses nothing of that array.
    """
    code = sys._getframe(2).f_code
    return code.co_name in ("array_namespace", "_compliance_scipy") and "scipy" in code.co_filename


def library_advice() -> str:
    """Return the advice on the function of NumPy or SciPy that runs, or an empty string."""
    return next((text for text in map(_advice, _library_calls()) if text), "")


def _asking_frame() -> FrameType | None:
    """Return the nearest frame outside of nbgrad."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("nbgrad."):
        frame = frame.f_back
    return frame


def _calls_that_ask() -> Iterator[str]:
    """Yield ``array.dot`` or ``np.nditer`` where what asks is not in Python, which does not tell."""
    frame = _asking_frame()
    if frame is None:
        return
    called = appointed.supervisor.called_at(frame)
    owner, _, rest = called.partition(".")
    method = called.rpartition(".")[2]
    module = frame.f_globals.get(owner)
    if module is np:
        yield f"np.{rest}"
    elif rest and not isinstance(module, ModuleType):
        yield f"array.{method}"
    random = sys.modules.get("numpy.random")
    if random is not None and (hasattr(random, method) or hasattr(random.Generator, method)):
        yield f"np.random.{method}"


def _library_calls() -> list[str]:
    """Return NumPy's and SciPy's public functions that run, from the outside, then all modules.

    A function that a decorator has not called yet is known by the name that the user calls.
    """
    frame = _asking_frame()
    functions: list[str] = []
    modules: list[str] = []
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in ("numpy", "scipy"):
            break
        package = ".".join(module.split(".")[:2])
        name = frame.f_code.co_name
        if name in ("__init__", "__call__"):
            name = type(frame.f_locals.get("self")).__name__
        functions[:0] = _public(package, name) or _public(package.partition(".")[0], name)
        modules.append(module.replace("numpy", "np", 1))
        frame = frame.f_back
    if frame is None or not modules:
        return functions
    if modules[-1].startswith("np"):  # of which a library such as Matplotlib says nothing
        return [] if is_library(frame.f_code.co_filename) else functions + modules
    if not functions:
        called = appointed.supervisor.called_at(frame).rpartition(".")[2]
        packages = [name for name in list(sys.modules) if name.startswith("scipy.")]
        functions = [found for name in packages for found in _public(name, called)]
    return functions + modules


def _public(package: str, function: str) -> list[str]:
    """Return the full name of a function, if ``numpy`` or a package such as ``scipy.special`` has it."""
    # NumPy 1 fills these two with the functions of np.
    inner = package in ("numpy.lib", "numpy.core") or "._" in package
    is_public = package == "numpy" or ("." in package and not inner)
    has_it = is_public and function in vars(sys.modules.get(package, sys))
    return [f"{package}.{function}".replace("numpy.", "np.")] if has_it else []


# While a user's rule is replayed for a second derivative, reading `.data` of its inputs
# must not lose the dependence on them (see second_order.py).
_traced: ContextVar[tuple[Any, ...]] = ContextVar("nbgrad_traced", default=())
replays: set[object] = set()
"""The replays that run in the process; while it is empty, `.data` need not read the context
variable."""


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
    """Call a function inside which ``.data`` of these variables answers with the variable."""
    return call_with(_traced, _traced.get() + variables, replays, function, *args)
