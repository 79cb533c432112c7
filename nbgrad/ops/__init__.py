"""Which operations exist? One short class each, in one file per family, and one table.

The public functions are those of the table. ``__init__.pyi`` holds them for editors and type
checkers; `stub` writes it. What a program rarely needs is imported when it is first used: the
functions and ufunc methods without a row, advice on those that have no rule, and SciPy's.
"""

import sys as _sys
from typing import Any as _Any

from nbgrad.engine import dispatch as _dispatch
from nbgrad.engine.unsupported import advisers as _advisers

from . import table  # noqa: F401 (it registers what it holds)
from .row import PUBLIC


def _rare_twin(function: _Any) -> _Any:
    from . import composite, in_place, older_names, plain, ufunc_methods  # noqa: F401

    return _dispatch.numpy_twins.get(function)


def _twin_of_scipy(ufunc: _Any) -> _Any:
    if "scipy.special" not in _sys.modules or isinstance(ufunc, tuple):  # a ufunc's method
        return None
    from .scipy_special import twin_of

    return twin_of(ufunc)


def _advice(name: str) -> str:
    from .alternatives import alternative

    return alternative(name)


_dispatch.late_twins += [_rare_twin, _twin_of_scipy]
_advisers.append(_advice)

globals().update(PUBLIC)

__all__ = sorted(PUBLIC)  # noqa: PLE0605 (the stub lists the names)
