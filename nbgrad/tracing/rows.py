"""A graph as rows of plain data: what is kept of its variables and functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, TypeAlias

from .summaries import Handle


@dataclass(frozen=True)
class OpRow:
    """What is kept of an operation; `gxi` runs its rules on arrays, of one in the table."""

    name: str
    symbol: str
    label: str
    rule: str
    code: CodeType | str | None
    gxi: Callable[..., Any] | None = field(default=None, compare=False, repr=False)


@dataclass(slots=True)
class VariableRow:
    """What is kept of a variable; `creator` counts functions."""

    name: str
    kind: str
    generation: int
    value: Handle | None
    before: Handle | None
    creator: int
    position: Any
    spec: tuple[tuple[int, ...], str] | None = None
    backward: bool = False


FunctionRow: TypeAlias = tuple[OpRow, tuple[int, ...], tuple[int, ...]]
"""What is kept of a function: its operation, inputs and outputs, which count variables.

Its generation, position and whether a backward pass made it are those of its outputs.
"""
