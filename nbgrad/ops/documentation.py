"""The documentation of public functions, completed by what they have in common.

A function documents the parameters that are its own. Those that mean the same everywhere,
such as `axis` and `keepdims`, are described here once; where a name says it all, such as `n`, its
annotation is written out. The rule, the convention where there is no derivative and NumPy's names
come from the row.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

PARAMETERS = {
    "x0": "x0, x1 : Variable, array or number, any shape, that broadcast",
    "x1": "",
    "axis": "axis : int or tuple of int, optional\n    Over which axes; all by default.",
    "ddof": "ddof : number\n    1 for the sample's estimate, as PyTorch's default.",
    "correction": "correction : number, optional\n    Another name of ddof.",
    "shape": "shape : int or tuple of int",
    "rowvar": "rowvar : bool\n    False if the variables are the columns.",
    "hermitian": "hermitian : bool\n    Whether x is symmetric; its lower triangle is read.",
    "UPLO": 'UPLO : {"L", "U"}\n    Which triangle.',
    "dtype": "dtype : floating dtype, optional\n    Convert x to it first.",
    "initial": "initial : Variable, array or number, optional\n    What the result starts from.",
    "where": "where : array of bool, optional\n    Which elements count; it broadcasts to x.",
    "mean": "mean : Variable or array, optional\n    The mean, if it is known: of the shape that keepdims=True gives.",
    "eps": "eps : float\n    Added to the variance.",
    "groups": "groups : int\n    Into how many parts channels and kernels are divided, each convolved by itself.",
    "casting": 'casting : {"same_kind", "safe", "no", "equiv", "unsafe"}\n    Which conversions to dtype are allowed.',
    "reduction": 'reduction : {"mean", "sum", "none"}\n    What becomes of the losses of all elements.',
    "indices_or_sections": "indices_or_sections : int or sequence of int\n    How many equal parts, or where to split.",
    "k": "k : int\n    Which diagonal: above the main one if positive.",
    "tup": "tup : sequence of Variables, arrays and numbers",
    "keepdims": "keepdims : bool\n    Keep the reduced axes with length one.",
}
ONE_AXIS = "axis : int, optional\n    Without it, the elements are taken in one dimension."
TYPES = {
    "Operand": "Variable, array or number, any shape",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "str": "str",
    "int | None": "int, optional",
    "float | None": "float, optional",
}
"""By the annotation of a parameter that is documented nowhere else."""
ERRORS = {
    "axis": "AxisError\n    If x does not have the axis.",
    "reduction": "OperandError\n    For another reduction.",
    "kernel_size": "ShapeError\n    If the window does not fit.",
    "groups": "ShapeError\n    If the shapes do not fit.",
    "UPLO": "ShapeError\n    If x is not square.",
}

_RETURNS = {
    1: "Variable\n    Of x's shape; float32 stays float32.",
    2: "Variable\n    Of the shape that both broadcast to; float32 stays float32.",
}
_REDUCED = "Variable\n    Of x's shape without the axes; float32 stays float32."
_LOSS = 'Variable, shape ()\n    Of the elements\' shape with ``reduction="none"``.'
_RAISES = {1: "", 2: "ShapeError\n    If the shapes do not broadcast."}
_COMPOSED = "Made of other operations: a graph shows those."
_SECTIONS = [
    (name, f"\n\n{name}\n{'-' * len(name)}\n")
    for name in ("Parameters", "Returns", "Raises", "Notes", "Examples")
]


def documented(
    function: Callable[..., Any], elementwise: bool, rule: str, edge: str, twins: str
) -> str:
    """Complete a function's documentation.

    Parameters
    ----------
    function : callable
    elementwise : bool
        Whether the result has the shape that the operands broadcast to.
    rule, edge, twins : str
        Of the row; empty for what it does not have.

    Returns
    -------
    str
    """
    head, sections = _parts(function.__doc__ or "")
    names = _annotations(function)
    own = sections.get("Parameters")
    sections["Parameters"] = _parameters(own, names)
    if elementwise and not own:
        sections.setdefault("Returns", _RETURNS[len(names)])
        sections.setdefault("Raises", _RAISES[len(names)])
    if "axis" in names and "keepdims" in names:
        sections.setdefault("Returns", _REDUCED)
    if "reduction" in names:
        sections.setdefault("Returns", _LOSS)
    for name, error in ERRORS.items():
        if name in names and error.split()[0] not in sections.get("Raises", ""):
            sections["Raises"] = f"{error}\n{sections.get('Raises', '')}".rstrip()
    notes = [sections["Notes"]] if "Notes" in sections else []
    notes.append(f"Backward: ``{rule}``." if rule else _COMPOSED)
    if edge:
        notes.append(edge)
    if twins:
        notes.append(f"The same on a Variable: {twins}.")
    sections["Notes"] = "\n\n".join(notes)
    text = head
    for name, underlined in _SECTIONS:
        if section := sections.get(name):
            text += underlined + section
    return text + "\n"


def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotation of each parameter in order, ``"*arrays"`` for any number of them."""
    return {
        f"*{p.name}" if p.kind is p.VAR_POSITIONAL else p.name: p.annotation
        for p in inspect.signature(function).parameters.values()
    }


_HEADING = re.compile(r"\n+(\w+)\n-{3,}\n")
_ENTRY = re.compile(r"\n(?! )")


def _parts(doc: str) -> tuple[str, dict[str, str]]:
    """Split a docstring into what comes before the sections, and the sections by name."""
    if "\n" not in doc:
        return doc, {}
    indented = "\n---" not in doc  # as a function writes it, not a module
    head, *rest = _HEADING.split(doc.replace("\n    ", "\n") if indented else doc)
    texts = [text.strip("\n ") for text in rest[1::2]]
    return head.strip(), dict(zip(rest[::2], texts, strict=True))


def _parameters(own: str | None, annotations: dict[str, Any]) -> str:
    """Return the entries of a function's own and of the shared parameters, in its order."""
    entries = _ENTRY.split(own) if own else []
    of_name = {
        name.strip("* "): entry
        for entry in entries
        for name in entry.partition("\n")[0].partition(" :")[0].split(",")
    }
    ordered = [
        of_name.get(name.strip("*")) or _shared(name, kind) for name, kind in annotations.items()
    ]
    others = [entry for entry in entries if entry not in ordered]
    return "\n".join(dict.fromkeys(entry for entry in others + ordered if entry))


def _shared(name: str, annotation: Any) -> str:
    """Return the entry of a parameter that a function does not document itself."""
    if name == "axis" and annotation == "int | None":
        return ONE_AXIS
    if name in PARAMETERS and (name, annotation) != ("axis", "int"):  # one axis alone
        return PARAMETERS[name]
    return f"{name} : {TYPES[annotation]}" if annotation in TYPES else ""
