"""Which operations exist? One short class each, in one file per family, and one table.

The public functions are those of the table. ``__init__.pyi`` holds them for editors and type
checkers; `stub` writes it.
"""

import sys as _sys
from typing import Any as _Any

from nbgrad.engine.numpy_protocols import late_twins as _late_twins

from . import alternatives, composite, in_place, older_names, plain, table, ufunc_methods  # noqa: F401 (they register what they hold)
from .row import PUBLIC


def _twin_of_scipy(ufunc: _Any) -> _Any:
    """Return what answers a ufunc of SciPy, whose rules are imported when SciPy has been."""
    if "scipy.special" not in _sys.modules:
        return None
    from .scipy_special import twin_of

    return twin_of(ufunc)


_late_twins.append(_twin_of_scipy)

globals().update(PUBLIC)

__all__ = sorted(PUBLIC)  # noqa: PLE0605 (the stub lists the names)
