"""Which operations exist? One short class each, in one file per family, and one table.

The public functions are those of the table. ``__init__.pyi`` holds them for editors and type
checkers; `stub` writes it.
"""

from . import composite, plain, table  # noqa: F401 (they register what they hold)
from .row import TABLE

globals().update({name: row.function for name, row in TABLE.items()})

__all__ = sorted(TABLE)  # noqa: PLE0605 (the stub lists the names)
