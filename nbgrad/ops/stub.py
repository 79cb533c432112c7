"""The stub of the public functions, made from the table: ``python -m nbgrad.ops.stub``.

Editors and type checkers do not run code: they read names, signatures and documentation here.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .row import PUBLIC, public

FILE = Path(__file__).with_name("__init__.pyi")

_HEAD = '''"""The public functions. Made from the table in `table.py` by `python -m nbgrad.ops.stub`."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from numpy.typing import ArrayLike

from nbgrad.engine.variable import Variable

from . import composite as composite
from . import in_place as in_place
from . import plain as plain
from . import scipy_special as scipy_special
from . import table as table
from .row import PUBLIC as PUBLIC

Operand: TypeAlias = Variable | ArrayLike
"""A Variable, an array, a number, or a list of numbers."""
Axis: TypeAlias = int | Sequence[int] | None

__all__ = [
{names},
]
'''


def stub() -> str:
    """Return the whole file."""
    names = sorted(PUBLIC, key=lambda name: (name != PUBLIC[name].__name__, name))
    listed = textwrap.indent(
        textwrap.fill(", ".join(f'"{name}"' for name in sorted(names)), 96), "    "
    )
    functions = (written(name, public(name)) for name in names)
    return "\n".join([_HEAD.replace("{names}", listed), *functions])


def written(name: str, function: Callable[..., Any]) -> str:
    """Return one function as a stub has it: the signature and the documentation."""
    if name != function.__name__:
        return f"{name} = {function.__name__}"
    signature = inspect.signature(function)
    shown = signature.replace(
        parameters=[_with_short_default(p) for p in signature.parameters.values()]
    )
    doc = textwrap.indent((function.__doc__ or "").replace("\\", "\\\\").strip(), "    ")
    return f'def {name}{_unquoted(shown)}:\n    """{doc.strip()}\n    """\n'


class _Ellipsis:
    """A default that a stub leaves out."""

    def __repr__(self) -> str:
        return "..."


def _with_short_default(p: inspect.Parameter) -> inspect.Parameter:
    plain = p.default is p.empty or isinstance(p.default, (bool, int, float, str, type(None)))
    return p if plain else p.replace(default=_Ellipsis())


def _unquoted(signature: inspect.Signature) -> str:
    """Write a signature whose annotations are strings, as they are under postponed evaluation."""
    text = str(signature)
    annotations = [p.annotation for p in signature.parameters.values()]
    for annotation in [*annotations, signature.return_annotation]:
        if isinstance(annotation, str):
            text = text.replace(repr(annotation), annotation)
    return text


if __name__ == "__main__":
    FILE.write_text(stub(), encoding="utf-8")
