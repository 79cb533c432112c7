"""nbgrad: automatic differentiation for notebooks, where one sees backpropagation happen.

>>> import numpy as np
>>> import nbgrad as ng
>>> x = ng.Variable(np.array(2.0))
>>> y = ng.square(x)
>>> y.backward()
>>> x.grad
array(4.)
"""

from __future__ import annotations

import typing as _typing
from importlib import import_module as _import_module
from typing import Any as _Any

from . import ops as _ops
from ._version import __version__
from .engine import errors as _errors
from .engine.arrays import as_array
from .engine.display import renderers as _renderers
from .engine.errors import *  # noqa: F403 - the list is errors.__all__
from .engine.function import Function
from .engine.grad_mode import Config, enable_grad, no_grad, using_config
from .engine.variable import Variable, as_variable
from .ops.row import public as _public

if _typing.TYPE_CHECKING:
    from .bridges.torch import watch, why_none
    from .calculus import grad, gradcheck, hessian, hvp, jacobian, jvp, value_and_grad
    from .compiler import compile  # noqa: A004
    from .engine.diagnostics.anomaly import detect_anomaly
    from .ops import *  # noqa: F403 - the list is ops.__all__
    from .tracing import Trace, trace
    from .tracing.takes import History, Series, series, sweep
    from .views.graph.graph import Graph, graph
    from .views.stepper.widget import Stepper
    from .views.theme import static_script

_renderers["variable"] = "nbgrad.views.repr.html:variable_html"
_renderers["function"] = "nbgrad.views.repr.html:function_html"

# What a plain script rarely needs is imported when it is first used.
_LAZY = {
    **dict.fromkeys(
        ("grad", "gradcheck", "hessian", "hvp", "jacobian", "jvp", "value_and_grad"), "calculus"
    ),
    "compile": "compiler",
    "detect_anomaly": "engine.diagnostics.anomaly",
    "Trace": "tracing",
    "trace": "tracing",
    **dict.fromkeys(("History", "Series", "series", "sweep"), "tracing.takes"),
    "static_script": "views.theme",
    "watch": "bridges.torch",
    "why_none": "bridges.torch",
    "Graph": "views.graph.graph",
    "graph": "views.graph.graph",
    "Stepper": "views.stepper.widget",
}

__all__ = [
    "Config", "Function", "Graph", "History", "Series", "Stepper", "Trace", "Variable",
    "__version__", "as_array", "as_variable", "compile", "detect_anomaly", "enable_grad", "grad",
    "gradcheck", "graph", "hessian", "hvp", "jacobian", "jvp", "no_grad", "series",
    "static_script", "sweep", "trace", "using_config", "value_and_grad", "watch", "why_none",
]  # fmt: skip
__all__ += _errors.__all__
__all__ += _ops.__all__


if not _typing.TYPE_CHECKING:  # a type checker that sees it takes every misspelled name for right

    def __getattr__(name: str) -> _Any:
        if name in _ops.PUBLIC:
            function = globals()[name] = _public(name)
            return function
        module = _LAZY.get(name)
        if module is None:
            raise AttributeError(f"module 'nbgrad' has no attribute {name!r}")
        try:
            value = getattr(_import_module(f".{module}", __name__), name)
        except ModuleNotFoundError as error:
            raise MissingDependencyError(  # noqa: F405
                f"nbgrad.{name} needs {error.name}, which is not installed here. "
                "`pip install nbgrad` brings all that a notebook needs."
            ) from error
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))


def load_ipython_extension(ip: _Any) -> None:
    """Set up a notebook: ``%load_ext nbgrad``."""
    from .ipython.extension import load

    load(ip)


def unload_ipython_extension(ip: _Any) -> None:
    """Take back all that `load_ipython_extension` did: ``%unload_ext nbgrad``."""
    from .ipython.extension import unload

    unload(ip)
