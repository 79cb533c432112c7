"""Which operations exist? One short class each, in one file per family, and one table.

The public functions are those of the table. ``__init__.pyi`` holds them for editors and type
checkers; `stub` writes it.
"""

from . import alternatives, composite, in_place, plain, scipy_special, table  # noqa: F401 (they register what they hold)
from .row import PUBLIC

globals().update(PUBLIC)

__all__ = sorted(PUBLIC)  # noqa: PLE0605 (the stub lists the names)
