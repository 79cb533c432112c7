"""What NumPy asks of a Variable: ``__array_ufunc__`` and ``__array_function__``."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .dispatch import as_operand, twin_of, ufunc_methods
from .numpy_arguments import SAME_ARGUMENTS, in_dtype, in_our_order, parameters_of, refuse_unknown
from .unsupported import in_place_error, unsupported


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer ``np.exp(x)``, ``np.add(a, x)``, ``np.add.reduce(x)`` and ``array += x``."""
    inputs = tuple(map(as_operand, inputs))
    twin = twin_of(ufunc)
    if method == "__call__" and twin is not None and not kwargs:
        return twin(*inputs)
    name = _ufunc_name(ufunc) + f".{method}" * (method != "__call__")
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
        if "dtype" not in parameters_of(reduction):
            inputs = in_dtype(ufunc, inputs, kwargs)
        kwargs = refuse_unknown(name, reduction, kwargs)
        return reduction(*inputs, **kwargs)
    made = ufunc_methods.get(method) if ufunc.nin == 2 and ufunc.nout == 1 else None
    if made is not None and twin is not None and ufunc.signature is None:
        kwargs = refuse_unknown(name, made, kwargs)
        return made(ufunc, twin, *inputs, **kwargs)
    raise unsupported(name)


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


def _ufunc_name(ufunc: Any) -> str:
    """Return ``np.exp`` or ``scipy.special.expit``: a ufunc does not know its module."""
    name = ufunc.__name__
    modules = (np, *map(sys.modules.get, ("scipy.special", "scipy.special._ufuncs")))
    places = ("np", "scipy.special", "scipy.special")
    found = (place for place, m in zip(places, modules, strict=True) if hasattr(m, name))
    return f"{next(found, 'np')}.{name}"


def _numpy_name(func: Any) -> str:
    module = getattr(func, "__module__", None) or "numpy"
    return f"{module.replace('numpy', 'np', 1)}.{func.__name__}"
